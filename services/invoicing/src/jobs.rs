//! What comes round by itself.

pub mod check_books;
pub mod keep_connections;
