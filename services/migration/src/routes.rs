//! The path table.

pub mod events;
pub mod imports;
pub mod issues;
pub mod passwords;
pub mod report;
pub mod start;
pub mod view;

use http_kit::{Routes, routes};

use crate::app::App;

pub fn table() -> Routes<App> {
    routes![
        start: start_import;
        imports: list_imports, get_import, stop_import, resume_import, delete_import;
        events: stream_import;
        report: get_report;
        issues: list_issues;
        passwords: import_passwords;
    ]
}
