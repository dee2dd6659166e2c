//! The rules, without a database and without a clock.

pub mod entitlements;
pub mod iso;
pub mod new_tenant;
pub mod secrets;
pub mod sessions;
pub mod slugs;
