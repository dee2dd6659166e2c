//! Everything about a shop that is not its goods: how it is set up, and what is ordered to go wrong.

use super::auth::Nonces;
use super::edits::Edit;
use super::faults::Fault;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::VecDeque;

/// Older entries of the log are forgotten.
const LOG_LENGTH: usize = 20_000;

/// How the shop and its host are set up.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    /// Over plain HTTP only OAuth opens the shop, as it really is; off, Basic does too.
    pub(super) strict_http: bool,
    /// The host drops the Authorization header; only keys in the query arrive.
    pub(super) strip_authorization: bool,
    /// There is no `/wp-json/`, only `?rest_route=`.
    pub(super) plain_permalinks: bool,
    /// A plugin makes keys count there; WooCommerce alone does not.
    pub(super) plain_takes_keys: bool,
    pub(super) rest_prefix: String,
    /// Where the shop lives, such as `/loja`; empty is the root.
    pub(super) folder: String,
    pub(super) page_cap: Option<PageCap>,
    /// WooCommerce before 5.8 knows no `modified_after` and gives everything.
    pub(super) ignore_modified: bool,
    /// The host keeps `system_status` to itself.
    pub(super) hide_system_status: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            strict_http: false,
            strip_authorization: false,
            plain_permalinks: false,
            plain_takes_keys: false,
            rest_prefix: "wp-json".into(),
            folder: String::new(),
            page_cap: None,
            ignore_modified: false,
            hide_system_status: false,
        }
    }
}

/// More items a page than this, and the host does not bear it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageCap {
    pub(super) max: usize,
    pub(super) how: Capped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Capped {
    Timeout504,
    Refuse400,
    /// Shorter pages without a word; the headers go with them.
    Silent,
}

#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) settings: Settings,
    pub(super) faults: Vec<Fault>,
    /// Edits that wait for a page to be read.
    pub(super) waiting: Vec<Edit>,
    pub(super) nonces: Nonces,
    pub(super) log: VecDeque<Value>,
    pub(super) traffic: Traffic,
}

/// How hard the shop was worked.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Traffic {
    pub(super) requests: u64,
    pub(super) under_way: u64,
    pub(super) at_once_max: u64,
}

impl World {
    pub(super) fn begin(&mut self) {
        self.traffic.requests += 1;
        self.traffic.under_way += 1;
        self.traffic.at_once_max = self.traffic.at_once_max.max(self.traffic.under_way);
    }

    pub(super) fn note(&mut self, entry: Value) {
        self.log.push_back(entry);
        if self.log.len() > LOG_LENGTH {
            self.log.pop_front();
        }
    }

    pub(super) fn view(&self) -> Value {
        json!({"settings": self.settings, "faults": self.faults, "waiting": self.waiting, "traffic": self.traffic})
    }
}
