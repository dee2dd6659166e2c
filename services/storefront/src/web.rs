//! The HTTP side: who asks for what, and the shape of answers.

pub mod cookies;
pub mod form;
pub mod policy;
pub mod respond;
pub mod visit;

pub use form::Form;
pub use visit::Visit;
