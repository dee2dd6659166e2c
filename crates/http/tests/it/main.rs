//! The kit over real sockets.

#[cfg(test)]
mod auth;
#[cfg(test)]
mod base;
#[cfg(test)]
mod cache;
#[cfg(test)]
mod cors;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod people;
#[cfg(test)]
mod problems;
#[cfg(test)]
mod rates;
#[cfg(test)]
mod repeats;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod standing;
#[cfg(test)]
mod world;
