//! Work outside requests.

pub mod check_domains;
