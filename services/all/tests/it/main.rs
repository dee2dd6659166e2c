//! All services together: what must hold for every one of them, also for the next.

#[cfg(test)]
mod bodies;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod isolation;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod permissions;
#[cfg(test)]
#[cfg(test)]
mod platform;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod references;
#[cfg(test)]
mod revocation;
#[cfg(test)]
mod rows;
#[cfg(test)]
mod schemas;
#[cfg(test)]
mod shops;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod strangers;
