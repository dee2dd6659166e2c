//! Troubles on command: how shops and their hosts misbehave.

use crate::faults::glob;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// No answer comes.
    Timeout,
    /// The connection closes in the middle of the right answer.
    Cut,
    /// The connection closes without an answer.
    Reset,
    /// Half of the right answer, and the length fits it.
    Truncated,
    /// The right answer, late.
    Slow,
    /// The right answer in small pieces, `slow_ms` apart.
    Drip,
    RateLimit429,
    Html502,
    Unavailable503,
    Html504,
    /// A firewall's page.
    Challenge403,
    /// WordPress's own error, in JSON.
    Error500,
    /// The same, and the status says that all is well.
    Error200,
    /// A page for people, with status 200.
    Maintenance200,
    /// What PHP and plugins print before the answer.
    Bom,
    Notice,
    HtmlBefore,
    /// A lone surrogate in a name: JSON that no text can hold.
    BadText,
    /// Bytes that are no UTF-8.
    BadUtf8,
    /// The totals in the headers are `total` and `pages`, or too high.
    WrongTotals,
    NoTotals,
    /// A cache gives the first page again.
    StalePage,
    /// To `location`; without one to the same address again, without end.
    Redirect,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    pub(super) kind: Kind,
    /// `GET`, or empty for any.
    #[serde(default)]
    method: String,
    /// Glob over path and query, such as `*/products?*`; empty means any.
    #[serde(default)]
    path: String,
    /// How many requests it meets.
    #[serde(default = "one")]
    times: u32,
    /// It meets only every so many-th one that fits.
    #[serde(default = "one")]
    every: u32,
    #[serde(default)]
    pub(super) slow_ms: u64,
    /// `Retry-After`: seconds, or a date as text.
    pub(super) retry_after: Option<RetryAfter>,
    pub(super) location: Option<String>,
    /// Of a redirect: 301, 302, 307 or 308.
    #[serde(default = "found")]
    pub(super) status: u16,
    pub(super) total: Option<u64>,
    pub(super) pages: Option<u64>,
    #[serde(skip_deserializing)]
    seen: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum RetryAfter {
    Seconds(u64),
    Date(String),
}

impl std::fmt::Display for RetryAfter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Seconds(seconds) => write!(formatter, "{seconds}"),
            Self::Date(date) => formatter.write_str(date),
        }
    }
}

fn one() -> u32 {
    1
}

fn found() -> u16 {
    302
}

/// The first fault that a request meets; it is used up.
pub(super) fn meet(faults: &mut Vec<Fault>, method: &str, address: &str) -> Option<Fault> {
    let met = faults.iter_mut().find_map(|fault| {
        let fits = (fault.method.is_empty() || fault.method.eq_ignore_ascii_case(method))
            && (fault.path.is_empty() || glob(&fault.path, address));
        if !fits {
            return None;
        }
        fault.seen += 1;
        if !fault.seen.is_multiple_of(fault.every.max(1)) {
            return None;
        }
        fault.times = fault.times.saturating_sub(1);
        Some(fault.clone())
    });
    faults.retain(|fault| fault.times > 0);
    met
}

/// One fault, or a list of them in the order in which they are met.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Faults {
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
