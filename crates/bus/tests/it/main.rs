//! The bus on a real broker and a real database. Here `orders` tells and `payments` hears.

#[cfg(test)]
mod world;

#[cfg(test)]
mod access;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod listening;
#[cfg(test)]
mod parking;
#[cfg(test)]
mod relaying;
#[cfg(test)]
mod sending;
#[cfg(test)]
mod together;
