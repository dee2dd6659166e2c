//! The shop: what an importer relies on, and what it has to bear.

mod edits;
mod faults;
mod files;
mod keys;
mod large;
mod lists;
mod settings;
mod shapes;
mod totals;
mod world;
