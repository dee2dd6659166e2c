//! Jobs on a real database.

#[cfg(test)]
mod world;

#[cfg(test)]
mod running;
#[cfg(test)]
mod trouble;
