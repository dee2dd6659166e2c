//! What tenants hears beside its own news.

pub mod action_recorded;
