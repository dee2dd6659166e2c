//! Work outside requests.

pub mod run_import;
