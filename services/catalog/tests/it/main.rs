//! The catalog service through HTTP, on real parts.

#[cfg(test)]
mod bodies;
#[cfg(test)]
mod caches;
#[cfg(test)]
mod categories;
#[cfg(test)]
mod collecting;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod editing;
#[cfg(test)]
mod media;
#[cfg(test)]
mod pictures;
#[cfg(test)]
mod products;
#[cfg(test)]
mod search;
#[cfg(test)]
mod shelf;
#[cfg(test)]
mod stock;
#[cfg(test)]
mod strangers;
#[cfg(test)]
mod table;
#[cfg(test)]
mod world;
