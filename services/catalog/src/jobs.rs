//! Work beside the requests.

pub mod collect_media;
pub mod take_in_import;
pub mod tell_products;
