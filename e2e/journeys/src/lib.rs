pub mod client;
pub mod processes;
