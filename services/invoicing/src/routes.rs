//! The path table.

pub mod callback;
pub mod checks;
pub mod choices;
pub mod connection;
pub mod cookies;
pub mod documents;
pub mod settings;
pub mod shop;
pub mod troubles;

use http_kit::{Routes, routes};

use crate::app::App;

pub fn table() -> Routes<App> {
    routes![
        connection: get_connection, begin_connection, end_connection;
        callback: finish_connection;
        choices: list_moloni_companies, get_moloni_company;
        settings: get_invoicing_settings, set_invoicing_settings;
        documents: list_documents, get_document, retry_document, get_document_pdf;
        checks: list_checks, check_books;
        shop: list_order_documents, get_pdf;
        troubles: list_troubles, retry_trouble;
    ]
}
