//! What one call works with: the world, the account it is for, the time, and the events it sends.

use super::contract::Contract;
use super::error::{Error, Result};
use super::json::Json as _;
use super::webhooks::Delivery;
use super::world::{PLATFORM, World};
use serde_json::{Value, json};

pub(super) struct Scene<'a> {
    pub(super) world: &'a mut World,
    pub(super) contract: &'a Contract,
    /// The account called: `Stripe-Account`, or the platform.
    pub(super) account: String,
    /// Seconds since 1970.
    pub(super) now: i64,
    /// `request` of the events that this call causes; null when no API call did.
    pub(super) request: Value,
    /// Address of the double's pages, without a slash at the end.
    pub(super) base: &'a str,
}

impl Scene<'_> {
    pub(super) fn is_platform(&self) -> bool {
        self.account == PLATFORM
    }

    /// A new id such as `pi_…`.
    pub(super) fn id(&self, prefix: &str) -> String {
        format!("{prefix}_{}", token(24))
    }

    /// A new object of a kind, with an id, the time, and these fields over the plainest form.
    pub(super) fn make(&self, kind: &str, prefix: &str, fields: Value) -> Value {
        let mut object = self.contract.schemas.blank(kind);
        object.merge(&json!({"id": self.id(prefix), "created": self.now}));
        object.merge(&fields);
        object
    }

    pub(super) fn get(&mut self, kind: &str, id: &str) -> Result<Value> {
        let account = self.account.clone();
        self.get_of(&account, kind, id)
    }

    pub(super) fn get_of(&mut self, account: &str, kind: &str, id: &str) -> Result<Value> {
        self.world
            .book(account)
            .find(kind, id)
            .cloned()
            .ok_or_else(|| Error::missing(kind, id))
    }

    pub(super) fn put(&mut self, object: &Value) {
        let account = self.account.clone();
        self.world.book(&account).put(object.clone());
    }

    /// Stores an object and tells what happened to it.
    pub(super) fn put_and_emit(&mut self, kind: &str, object: &Value) {
        self.put(object);
        self.emit(kind, object);
    }

    pub(super) fn emit(&mut self, kind: &str, object: &Value) {
        let account = self.account.clone();
        self.emit_for(&account, kind, object, Value::Null);
    }

    /// Records an event in an account's book and puts it on the way to every endpoint that
    /// listens. `previous` is `previous_attributes`, or null.
    pub(super) fn emit_for(&mut self, account: &str, kind: &str, object: &Value, previous: Value) {
        let endpoints = self.world.endpoints.iter();
        let listening = endpoints.filter(|(_, endpoint)| endpoint.hears(account, kind));
        let listening: Vec<_> = listening.map(|(id, _)| id.clone()).collect();
        let mut event = self.make(
            "event",
            "evt",
            json!({
                "type": kind,
                "api_version": self.contract.version,
                "data": {"object": object},
                "livemode": false,
                "pending_webhooks": listening.len(),
                "request": self.request,
            }),
        );
        if account != PLATFORM {
            event.set("account", account);
        }
        if let (false, Some(data)) = (previous.is_null(), event.get_mut("data")) {
            data.set("previous_attributes", previous);
        }
        let violations = self.contract.check_event(&event);
        self.world.accuse(violations);
        for endpoint in listening {
            Delivery::schedule(self.world, account, &endpoint, &event);
        }
        self.world.book(account).put(event);
    }
}

/// Letters and digits that nobody guesses.
pub(super) fn token(length: usize) -> String {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    let letter = |byte: &u8| {
        LETTERS
            .get(usize::from(*byte) % LETTERS.len())
            .copied()
            .map(char::from)
    };
    bytes.iter().filter_map(letter).collect()
}
