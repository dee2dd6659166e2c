//! The path table.

pub mod categories;
pub mod media;
pub mod products;
pub mod shelf;

use http_kit::{Routes, routes};

use crate::app::App;

pub fn table() -> Routes<App> {
    routes![
        products: create_product, get_product, list_products, update_product;
        media: create_media, complete_media, get_media_file;
        categories: create_category, list_category_tree;
        shelf: list_shelf, get_page, search_shelf;
    ]
}
