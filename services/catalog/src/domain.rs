//! The rules: what a product, a category and an image may be.

pub mod category;
pub mod document;
pub mod exemption;
pub mod html;
pub mod image;
pub mod product;
pub mod redirect;
pub mod slug;
