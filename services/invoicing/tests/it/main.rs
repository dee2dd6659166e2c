//! The invoicing service through HTTP, on real parts, with a Moloni that does as it is told.

#[cfg(test)]
mod checks;
#[cfg(test)]
mod connection;
#[cfg(test)]
mod credits;
#[cfg(test)]
mod hearing;
#[cfg(test)]
mod issuing;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod moloni;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod papers;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod trouble;
#[cfg(test)]
mod walls;
#[cfg(test)]
mod world;
