//! Work outside requests.

pub mod end_stopped;
pub mod run_import;
