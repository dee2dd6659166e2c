//! The outside: the shop that is read, and the object store its images are put into.

pub mod images;
pub mod s3;
pub mod woocommerce;
