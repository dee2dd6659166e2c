//! Themes: folders of data that decide how a store looks.
//!
//! `web/themes/base` has what all share; a theme's file of the same name takes its place. Templates
//! reach nothing but what a page gives them: they are read into memory once, run with a bounded
//! amount of work, and everything they print is escaped unless a service has cleaned it.

mod assets;
pub mod check;
mod engine;
mod fields;
mod filters;
pub mod folder;
mod library;
mod manifest;
mod minify;
mod sections;
mod texts;
mod tokens;

pub use assets::{Asset, content_type};
pub use engine::{RenderError, Theme};
pub use library::{Library, keep_watching};
pub use sections::{Placed, SectionTypes};
pub use texts::Lang;
pub use tokens::tokens_css;

/// Why a theme cannot be used: the file, the line where it is known, and what is wrong.
#[derive(Debug, thiserror::Error)]
#[error("{file}{}: {reason}", .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct ThemeFault {
    pub file: String,
    pub line: Option<usize>,
    pub reason: String,
}

impl ThemeFault {
    pub fn new(file: impl Into<String>, line: Option<usize>, reason: impl ToString) -> Self {
        Self {
            file: file.into(),
            line,
            reason: reason.to_string(),
        }
    }
}
