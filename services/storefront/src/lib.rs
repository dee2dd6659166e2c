//! The storefront: every store's pages, made of what the services' public APIs say and of a theme.
//!
//! It owns no data and has no private door: it asks the `store` routes as any client would, for the
//! host that the visitor named. Finished pages are kept in memory until an event says that what
//! they show has changed. Looks are the theme's business, rules the services'.

pub mod api;
pub mod app;
pub mod cache;
pub mod cli;
pub mod config;
pub mod dev;
pub mod news;
pub mod pages;
pub mod panel;
pub mod server;
pub mod theme;
pub mod web;

pub use app::App;
pub use config::Settings;
pub use server::run;
