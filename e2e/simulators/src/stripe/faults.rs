//! Troubles on command: the next calls that fit go wrong, before or after their effect.

use super::world::World;
pub(super) use crate::faults::glob;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum When {
    #[default]
    Before,
    After,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// No answer comes.
    Timeout,
    /// The connection closes in the middle of the answer.
    Cut,
    /// Stripe's own error; stored for the idempotency key, as Stripe does.
    Error500,
    /// A gateway's page, not JSON.
    Html502,
    Unavailable503,
    RateLimit429,
    LockTimeout429,
    /// The right answer, late.
    Slow,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    pub(super) kind: Kind,
    #[serde(default)]
    pub(super) when: When,
    /// `POST`, or empty for any.
    #[serde(default)]
    method: String,
    /// Glob over the path, such as `/v1/refunds*`; empty means any.
    #[serde(default)]
    path: String,
    /// How many calls it meets.
    #[serde(default = "once")]
    times: u32,
    /// Waits this long first, whatever the kind.
    #[serde(default)]
    pub(super) slow_ms: u64,
    /// `Retry-After`, in seconds.
    pub(super) retry_after: Option<u64>,
}

fn once() -> u32 {
    1
}

/// The first fault that a call meets; it is used up.
pub(super) fn meet(world: &mut World, method: &str, path: &str) -> Option<Fault> {
    let fits = |fault: &&mut Fault| {
        (fault.method.is_empty() || fault.method.eq_ignore_ascii_case(method))
            && (fault.path.is_empty() || glob(&fault.path, path))
    };
    let fault = world.faults.iter_mut().find(fits)?;
    fault.times = fault.times.saturating_sub(1);
    let met = fault.clone();
    world.faults.retain(|fault| fault.times > 0);
    Some(met)
}
