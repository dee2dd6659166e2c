//! What every simulator's `/_sim/…` has in common.

use crate::faults::Fault;
use actix_web::guard::GuardContext;
use serde::Deserialize;

/// From this machine, and not handed on by a proxy.
pub(crate) fn is_local(context: &GuardContext<'_>) -> bool {
    let head = context.head();
    let forwarded = ["forwarded", "x-forwarded-for"]
        .iter()
        .any(|name| head.headers().contains_key(*name));
    !forwarded && head.peer_addr.is_some_and(|peer| peer.ip().is_loopback())
}

/// One fault, or a list of them in the order in which they are met.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Faults {
    One(Fault),
    Many(Vec<Fault>),
}

impl From<Faults> for Vec<Fault> {
    fn from(faults: Faults) -> Self {
        match faults {
            Faults::One(fault) => vec![fault],
            Faults::Many(faults) => faults,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Advance {
    pub(crate) advance_seconds: i64,
}
