//! Stand-ins for the outside systems that Virtual Stores talks to, for development and tests.
//!
//! Each system is a module with `start(config) -> (address, Handle)`, so that a test runs it in
//! its own process on a free port, and `make up` runs the same thing as `simulators <system>`.

mod answer;
pub mod collector;
mod faults;
mod form;
pub mod handle;
mod html;
mod json;
mod levers;
pub mod moloni;
pub mod proxy;
mod random;
pub mod s3;
mod state;
pub mod stripe;
pub mod woocommerce;
pub mod zeptomail;

pub use handle::Handle;
