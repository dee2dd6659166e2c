//! The path table.

use http_kit::Routes;

use crate::app::App;

pub fn table() -> Routes<App> {
    Routes::new()
}
