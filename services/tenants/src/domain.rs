//! The rules, without a database and without a clock.

pub mod entitlements;
pub mod hosts;
pub mod iso;
pub mod new_tenant;
pub mod proof;
pub mod secrets;
pub mod sessions;
pub mod slugs;
pub mod theme;

/// One thing of a body that is not acceptable: where it is (RFC 6901), and what would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    pub pointer: String,
    pub accepted: &'static str,
}

impl Misfit {
    pub fn new(pointer: impl Into<String>, accepted: &'static str) -> Self {
        Self {
            pointer: pointer.into(),
            accepted,
        }
    }
}
