//! The bus on a real broker and a real database. Here `orders` tells and `payments` hears.

mod world;

mod faults;
mod listening;
mod parking;
mod relaying;
mod sending;
