mod accounts;
mod faults;
mod money;
mod payments;
mod requests;
mod webhooks;
pub mod world;
