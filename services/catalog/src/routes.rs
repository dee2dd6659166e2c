//! The path table.

pub mod categories;
pub mod media;
pub mod product_table;
pub mod products;
pub mod redirects;
pub mod reviews;
pub mod shelf;
pub mod words;

use http_kit::{Routes, routes};

use crate::app::App;

pub fn table() -> Routes<App> {
    routes![
        products: create_product, get_product, update_product, delete_product;
        product_table: list_products;
        media: create_media, get_media, complete_media, get_media_file;
        categories: create_category, get_category, list_categories, update_category, delete_category,
            list_category_tree;
        shelf: list_shelf, get_page, search_shelf;
        redirects: find_redirect, list_redirects;
        reviews: list_product_reviews, list_reviews;
        words: list_tags, list_attributes, list_properties;
    ]
}
