//! Work beside the requests.

pub mod collect_media;
pub mod tell_products;
pub mod take_in_import;
