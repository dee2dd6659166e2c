//! From facts to a mail that can be read.

mod engine;
pub mod samples;
pub mod texts;
mod view;

pub use engine::{Rendered, Renderer, Wanted};
pub use view::StoreLook;
