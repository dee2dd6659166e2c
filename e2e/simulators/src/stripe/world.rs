//! Everything the double remembers: one book of objects per account, and what was asked and sent.

use super::faults::Fault;
use super::json::Json as _;
use super::webhooks::{Delivery, Endpoint, Rules};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The platform's own account, whose key is used.
pub(super) const PLATFORM: &str = "acct_platform";
/// What every account may refund from before it sold anything, so that a refund succeeds unless
/// a test takes the money away. Minor units.
const OPENING_BALANCE: i64 = 100_000_000;
/// Stripe may forget a key after 24 hours; this double always does.
pub(super) const KEY_SECONDS: i64 = 86_400;
/// Calls, deliveries and an account's events that are kept to be looked at.
const KEPT: usize = 2_000;

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct World {
    pub(super) books: BTreeMap<String, Book>,
    /// Accounts that disconnected from the platform.
    pub(super) gone: BTreeSet<String>,
    /// Onboarding links by their secret.
    pub(super) links: BTreeMap<String, Link>,
    pub(super) endpoints: BTreeMap<String, Endpoint>,
    pub(super) deliveries: BTreeMap<u64, Delivery>,
    /// First answers by account and idempotency key.
    pub(super) answers: BTreeMap<String, Answered>,
    #[serde(skip)]
    pub(super) in_flight: HashSet<String>,
    #[serde(skip)]
    pub(super) due: Vec<u64>,
    #[serde(skip)]
    pub(super) rules: Rules,
    #[serde(skip)]
    pub(super) faults: Vec<Fault>,
    #[serde(skip)]
    pub(super) log: Vec<Value>,
    /// Answers and events of ours that Stripe's document does not allow: bugs of this double.
    #[serde(skip)]
    pub(super) violations: Vec<String>,
    #[serde(skip)]
    pub(super) settings: Settings,
}

/// The objects of one account.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Book {
    objects: BTreeMap<String, Value>,
    /// Ids in the order of making.
    order: Vec<String>,
    /// Minor units that refunds and disputes are taken from.
    pub(super) balance: i64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Link {
    pub(super) account: String,
    pub(super) return_url: String,
    pub(super) refresh_url: String,
    pub(super) expires_at: i64,
    /// The address works once; the page behind it until it is left.
    pub(super) opened: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Answered {
    pub(super) fingerprint: String,
    pub(super) status: u16,
    pub(super) body: Value,
    pub(super) at: i64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    /// State of a payment that waits for the customer's MB WAY app: Stripe's types leave it open.
    pub(super) mb_way_waits_in: String,
    /// Added to `t` of every signature, in seconds.
    pub(super) signature_offset_seconds: i64,
    /// Life of a Multibanco voucher, in seconds.
    pub(super) voucher_seconds: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mb_way_waits_in: "processing".into(),
            signature_offset_seconds: 0,
            voucher_seconds: 7 * 86_400,
        }
    }
}

impl Default for Book {
    fn default() -> Self {
        Self {
            objects: BTreeMap::new(),
            order: Vec::new(),
            balance: OPENING_BALANCE,
        }
    }
}

impl Book {
    pub(super) fn put(&mut self, object: Value) {
        let id = object.text("id").to_owned();
        if self.objects.insert(id.clone(), object).is_none() {
            self.order.push(id);
        }
    }

    pub(super) fn find(&self, kind: &str, id: &str) -> Option<&Value> {
        self.objects
            .get(id)
            .filter(|object| object.text("object") == kind)
    }

    pub(super) fn find_mut(&mut self, kind: &str, id: &str) -> Option<&mut Value> {
        self.objects
            .get_mut(id)
            .filter(|object| object.text("object") == kind)
    }

    /// Objects stay; of the events only the newest do.
    fn forget_old(&mut self) {
        let events = self.newest("event").skip(KEPT);
        let old: HashSet<String> = events.map(|event| event.text("id").to_owned()).collect();
        self.objects.retain(|id, _| !old.contains(id));
        self.order.retain(|id| !old.contains(id));
    }

    pub(super) fn remove(&mut self, id: &str) {
        self.objects.remove(id);
        self.order.retain(|known| known != id);
    }

    /// The objects of a kind, newest first.
    pub(super) fn newest<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.order
            .iter()
            .rev()
            .filter_map(move |id| self.find(kind, id))
    }

    fn ids(&self, kind: &str, keep: impl Fn(&Value) -> bool) -> Vec<Value> {
        let all = self.order.iter().filter_map(|id| self.find(kind, id));
        all.filter(|object| keep(object)).cloned().collect()
    }
}

impl World {
    /// A double that runs for weeks does not grow with everything that ever happened: what is only
    /// kept to be looked at goes, the oldest first.
    pub(super) fn forget_old(&mut self, now: i64) {
        self.answers
            .retain(|_, answered| answered.at + KEY_SECONDS > now);
        let surplus = self.log.len().saturating_sub(KEPT);
        self.log.drain(..surplus);
        let mut surplus = self.deliveries.len().saturating_sub(KEPT);
        self.deliveries.retain(|_, delivery| {
            let goes = surplus > 0 && delivery.is_over();
            surplus -= usize::from(goes);
            !goes
        });
        self.books.values_mut().for_each(Book::forget_old);
    }

    pub(super) fn book(&mut self, account: &str) -> &mut Book {
        self.books.entry(account.to_owned()).or_default()
    }

    /// Notes what this double did wrong by Stripe's document.
    pub(super) fn accuse(&mut self, violations: Vec<String>) {
        for violation in &violations {
            tracing::error!("not as Stripe's document says: {violation}");
        }
        self.violations.extend(violations);
    }

    pub(super) fn known(&self, account: &str) -> bool {
        let accounts = self.books.get(PLATFORM);
        !self.gone.contains(account)
            && accounts.is_some_and(|book| book.find("account", account).is_some())
    }

    /// The account that holds an object: for admin calls, which name only the object.
    pub(super) fn owner(&self, kind: &str, id: &str) -> Option<String> {
        let mut books = self.books.iter();
        books
            .find(|(_, book)| book.find(kind, id).is_some())
            .map(|(account, _)| account.clone())
    }

    /// What happened to money, for tests that count: per account, successful charges and refunds.
    pub(super) fn effects(&self) -> Value {
        let brief = |object: Value| {
            json!({"id": object.part("id"), "amount": object.part("amount"), "currency": object.part("currency"),
                   "status": object.part("status"), "payment_intent": object.part("payment_intent"),
                   "metadata": object.part("metadata")})
        };
        let accounts: serde_json::Map<_, _> = self
            .books
            .iter()
            .map(|(account, book)| {
                let charges = book.ids("charge", |charge| charge.text("status") == "succeeded");
                let refunds = book.ids("refund", |_| true);
                let intents = book.ids("payment_intent", |_| true);
                let list = |objects: Vec<Value>| objects.into_iter().map(brief).collect::<Vec<_>>();
                let effects = json!({"charges": list(charges), "refunds": list(refunds),
                "payment_intents": list(intents), "balance": book.balance});
                (account.clone(), effects)
            })
            .collect();
        let platform = self.books.get(PLATFORM);
        let fees = platform
            .map(|book| book.ids("application_fee", |_| true))
            .unwrap_or_default();
        let connected = platform
            .map(|book| book.ids("account", |_| true))
            .unwrap_or_default();
        json!({"accounts": accounts, "application_fees": fees, "connected_accounts": connected})
    }
}
