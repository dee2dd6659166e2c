//! Who did what. A service tells it as its own `ActionRecorded`, in the transaction of the deed; the
//! tenants service keeps it in the store's audit trail.
//!
//! ```ignore
//! let acted = staff.acted(now, "product.update", format!("product:{id}")).changed(&before, &after);
//! bus::emit(tx, &ActionRecorded { tenant_id: tx.tenant().to_string(), action: Some(acted.into()) }).await?;
//! ```

use std::net::IpAddr;

use events::common::v1::Action;
use events::to_us;
use kernel::{EventId, TenantId};
use serde::Serialize;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::audience::{Audience, Staff, Sysadmin};
use crate::context::Principal;
use crate::permissions::Permission;

/// A field that is longer as JSON is told by its length only: the trail says what was done, it is no
/// backup.
const FIELD_BYTES_MAX: usize = 8_192;
/// Fields whose names have one of these in them are secrets, and their values never leave.
const SECRETS: [&str; 4] = ["password", "secret", "token", "_key"];

/// A deed on its way into an event.
#[derive(Clone, Debug)]
pub struct Acted(Action);

impl<P: Permission> Staff<P> {
    /// That this person did `action` (such as `product.update`) to `target` (such as `product:UUID`).
    pub fn acted(&self, at: OffsetDateTime, action: &str, target: impl Into<String>) -> Acted {
        let store = self.is_platform().then_some(self.tenant.id);
        let who = (self.principal(), self.ip, store);
        Acted::new(who, at, (action, target.into()))
    }
}

impl Sysadmin {
    /// The same of one of the platform's people, in the trail of `tenant`: a store's, or the platform's own.
    pub fn acted(
        &self,
        tenant: TenantId,
        at: OffsetDateTime,
        (action, target): (&str, String),
    ) -> Acted {
        let store = Some(tenant).filter(|tenant| *tenant != TenantId::PLATFORM);
        let who = (self.principal(), self.ip, store);
        Acted::new(who, at, (action, target))
    }
}

impl Acted {
    fn new(
        (actor, ip, store): (Principal, IpAddr, Option<TenantId>),
        at: OffsetDateTime,
        (action, target): (&str, String),
    ) -> Self {
        Self(Action {
            action_id: EventId::new().to_string(),
            version: 1,
            at_us: to_us(at),
            actor: actor.to_string(),
            acting_as: store.map_or_else(String::new, |store| format!("tenant:{store}")),
            ip: ip.to_string(),
            action: action.to_owned(),
            target,
            before_json: String::new(),
            after_json: String::new(),
        })
    }
}

impl Acted {
    pub fn created(mut self, after: &impl Serialize) -> Self {
        self.0.after_json = text(fields(after));
        self
    }

    pub fn deleted(mut self, before: &impl Serialize) -> Self {
        self.0.before_json = text(fields(before));
        self
    }

    /// Keeps the fields that differ.
    pub fn changed(mut self, before: &impl Serialize, after: &impl Serialize) -> Self {
        let (mut before, mut after) = (fields(before), fields(after));
        let same = |name: &String, value: &mut Value| after.get(name) == Some(value);
        let equal: Vec<String> = before
            .iter_mut()
            .filter_map(|(name, value)| same(name, value).then(|| name.clone()))
            .collect();
        for name in equal {
            before.remove(&name);
            after.remove(&name);
        }
        self.0.before_json = text(before);
        self.0.after_json = text(after);
        self
    }
}

impl From<Acted> for Action {
    fn from(acted: Acted) -> Self {
        acted.0
    }
}

fn fields(thing: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(thing) {
        Ok(Value::Object(fields)) => fields,
        Ok(other) => Map::from_iter([("value".to_owned(), other)]),
        Err(_) => Map::new(),
    }
}

fn text(fields: Map<String, Value>) -> String {
    let told = |(name, value): (String, Value)| {
        let length = value.to_string().len();
        let value = if length > FIELD_BYTES_MAX {
            json!({ "omitted_bytes": length })
        } else {
            value
        };
        (name, value)
    };
    let mut kept = Value::Object(fields.into_iter().map(told).collect());
    mask(&mut kept);
    kept.to_string()
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if SECRETS.iter().any(|secret| name.contains(secret)) && !value.is_null() {
                    *value = json!("***");
                } else {
                    mask(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acted() -> Acted {
        Acted(Action::default())
    }

    #[test]
    fn only_what_changed_is_told() {
        let before = json!({ "title": "A", "price": 1, "gone": true });
        let after = json!({ "title": "B", "price": 1, "came": true });
        let action = Action::from(acted().changed(&before, &after));
        assert_eq!(action.before_json, r#"{"gone":true,"title":"A"}"#);
        assert_eq!(action.after_json, r#"{"came":true,"title":"B"}"#);
    }

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        let made = json!({ "name": "A", "access_token": "t-1", "links": [{ "password": "p-1" }] });
        let action = Action::from(acted().created(&made));
        assert!(!action.after_json.contains("t-1") && !action.after_json.contains("p-1"));
        assert!(action.after_json.contains(r#""name":"A""#));
    }

    #[test]
    fn a_long_field_is_told_by_its_length() {
        let action = Action::from(acted().deleted(&json!({ "html": "x".repeat(9_000) })));
        assert_eq!(action.before_json, r#"{"html":{"omitted_bytes":9002}}"#);
    }
}
