//! The fault proxy: every trouble it can make, seen from the two ends of a connection.

mod answers;
mod lasting;
mod levers;
mod world;
