//! Systems beyond our network.

pub mod stripe;
