//! Finished pages in memory, and when they are no longer right.

mod pages;
mod turns;
mod versions;

pub use pages::{Finished, Kept, PageCache};
pub use turns::Turns;
pub use versions::{Stamp, Tag, Versions, Witness};
