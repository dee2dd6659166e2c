//! Systems beyond our network.

pub mod moloni;
pub mod s3;
