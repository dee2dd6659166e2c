//! Jobs on a real database.

mod world;

mod running;
