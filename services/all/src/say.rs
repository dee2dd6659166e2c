//! What a command says to the person who typed it.

use std::io::Write;

/// A line on standard output. A reader that went away is no reason to fail.
pub fn line(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}
