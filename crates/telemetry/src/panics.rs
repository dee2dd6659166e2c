//! A panic is told once, by its place; what it was about may hold somebody's data.

use std::panic;

pub(crate) fn install_hook() {
    panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map_or_else(String::new, ToString::to_string);
        tracing::error!(panic.place = %place, "A panic at {place}");
    }));
}
