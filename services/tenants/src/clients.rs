//! Systems outside, and the door as others see it.

pub mod certificates;
pub mod dns;
