//! Systems beyond our network.

pub mod s3;
