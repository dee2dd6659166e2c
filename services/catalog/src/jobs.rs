//! Work beside the requests.

pub mod collect_media;
pub mod tell_products;
