//! Events on their way: signed, at least once, in no promised order, again until answered 2xx.

use super::Sim;
use super::json::Json as _;
use super::scene::token;
use super::world::{PLATFORM, World};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;
use std::sync::Arc;
use std::time::Duration;

/// Waits before the second, third, … attempt. Short, so that a test sees the retries.
const RETRY_MS: [u64; 9] = [50, 100, 250, 500, 1_000, 2_000, 5_000, 15_000, 30_000];

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Endpoint {
    url: String,
    secret: String,
    /// Hears of the connected accounts instead of the platform.
    connect: bool,
    events: Vec<String>,
    enabled: bool,
}

impl Endpoint {
    pub(super) fn new(url: &str, secret: &str, connect: bool, events: &Value) -> Self {
        Self {
            url: url.into(),
            secret: secret.into(),
            connect,
            events: names(events),
            enabled: !url.is_empty(),
        }
    }

    pub(super) fn change(&mut self, url: &str, events: &Value, enabled: bool) {
        (self.url, self.events, self.enabled) = (url.into(), names(events), enabled);
    }

    pub(super) fn hears(&self, account: &str, kind: &str) -> bool {
        let listed = self.events.iter().any(|name| name == "*" || name == kind);
        self.enabled && listed && self.connect == (account != PLATFORM)
    }
}

fn names(events: &Value) -> Vec<String> {
    events
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Waiting,
    Held,
    Delivered,
    Dropped,
    Failed,
}

/// One copy of an event for one endpoint.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Delivery {
    event: String,
    account: String,
    kind: String,
    endpoint: String,
    body: String,
    delay_ms: u64,
    corrupt: bool,
    /// Status of each attempt; 0 when there was no answer.
    attempts: Vec<u16>,
    state: State,
}

/// What goes wrong on the way, for the events whose type fits `types`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Rules {
    /// Glob over event types, such as `payment_intent.*`; empty means all.
    types: String,
    delay_ms: u64,
    /// Copies sent beside the first.
    duplicates: u32,
    /// Keeps events back until they are released.
    hold: bool,
    drop_next: u32,
    corrupt_next: u32,
}

impl Delivery {
    /// Puts an event on its way to an endpoint, as the rules have it.
    pub(super) fn schedule(world: &mut World, account: &str, endpoint: &str, event: &Value) {
        let kind = event.text("type").to_owned();
        let fits = world.rules.types.is_empty() || super::faults::glob(&world.rules.types, &kind);
        let rules = if fits {
            world.rules.clone()
        } else {
            Rules::default()
        };
        let state = match (rules.drop_next > 0, rules.hold) {
            (true, _) => State::Dropped,
            (_, true) => State::Held,
            _ => State::Waiting,
        };
        if fits {
            world.rules.drop_next = rules.drop_next.saturating_sub(1);
            world.rules.corrupt_next = rules.corrupt_next.saturating_sub(1);
        }
        for _ in 0..=rules.duplicates {
            let delivery = Self {
                event: event.text("id").into(),
                account: account.into(),
                kind: kind.clone(),
                endpoint: endpoint.into(),
                body: pretty(event),
                delay_ms: rules.delay_ms,
                corrupt: rules.corrupt_next > 0,
                attempts: Vec::new(),
                state,
            };
            delivery.enter(world);
        }
    }

    /// Whether nothing more will become of it.
    pub(super) fn is_over(&self) -> bool {
        !matches!(self.state, State::Waiting | State::Held)
    }

    fn enter(self, world: &mut World) {
        let id = world
            .deliveries
            .last_key_value()
            .map_or(1, |(last, _)| last + 1);
        if self.state == State::Waiting {
            world.due.push(id);
        }
        world.deliveries.insert(id, self);
    }
}

/// Stripe sends its events indented.
fn pretty(event: &Value) -> String {
    serde_json::to_string_pretty(event).unwrap_or_default()
}

/// Lets the held deliveries go, `sent`, `reversed` or `shuffled`, one after the other.
pub(super) fn release(world: &mut World, order: &str) -> Vec<u64> {
    world.rules.hold = false;
    let held = world
        .deliveries
        .iter_mut()
        .filter(|(_, delivery)| delivery.state == State::Held);
    let mut ids: Vec<_> = held
        .map(|(id, delivery)| {
            delivery.state = State::Waiting;
            *id
        })
        .collect();
    match order {
        "reversed" => ids.reverse(),
        "shuffled" => ids.sort_by_cached_key(|_| token(8)),
        _ => {}
    }
    ids
}

/// Sends an event again to every endpoint that hears it.
pub(super) fn resend(world: &mut World, event: &str, times: u32) -> usize {
    let Some(account) = world.owner("event", event) else {
        return 0;
    };
    let Some(stored) = world.book(&account).find("event", event).cloned() else {
        return 0;
    };
    let kind = stored.text("type");
    let listening = world
        .endpoints
        .iter()
        .filter(|(_, endpoint)| endpoint.hears(&account, kind));
    let listening: Vec<_> = listening.map(|(id, _)| id.clone()).collect();
    for endpoint in listening
        .iter()
        .cycle()
        .take(listening.len() * usize::try_from(times).unwrap_or(1))
    {
        Delivery::schedule(world, &account, endpoint, &stored);
    }
    listening.len()
}

/// The deliveries that a restart interrupted.
pub(super) fn interrupted(world: &World) -> Vec<u64> {
    let waiting = world
        .deliveries
        .iter()
        .filter(|(_, delivery)| delivery.state == State::Waiting);
    waiting.map(|(id, _)| *id).collect()
}

pub(super) fn list(world: &World) -> Value {
    let brief = |(id, delivery): (&u64, &Delivery)| {
        json!({"id": id, "event": delivery.event, "type": delivery.kind, "account": delivery.account,
               "endpoint": delivery.endpoint, "attempts": delivery.attempts, "state": delivery.state})
    };
    world.deliveries.iter().map(brief).collect()
}

/// Delivers one copy, again and again until it is taken.
pub(super) async fn deliver(sim: Arc<Sim>, id: u64) {
    let delay = sim
        .world()
        .deliveries
        .get(&id)
        .map_or(0, |delivery| delivery.delay_ms);
    tokio::time::sleep(Duration::from_millis(delay)).await;
    for wait in RETRY_MS.iter().map(Some).chain([None]) {
        let Some((url, body, signature)) = prepare(&sim, id) else {
            return;
        };
        let status = post(&sim, &url, body, Some(signature)).await;
        if record(&sim, id, status, wait.is_none()) {
            return;
        }
        if let Some(wait) = wait {
            tokio::time::sleep(Duration::from_millis(*wait)).await;
        }
    }
}

fn prepare(sim: &Sim, id: u64) -> Option<(String, String, String)> {
    let world = sim.world();
    let delivery = world
        .deliveries
        .get(&id)
        .filter(|delivery| delivery.state == State::Waiting)?;
    let endpoint = world.endpoints.get(&delivery.endpoint)?;
    let secret = if delivery.corrupt {
        "whsec_corrupt"
    } else {
        &endpoint.secret
    };
    let time = sim.now() + world.settings.signature_offset_seconds;
    Some((
        endpoint.url.clone(),
        delivery.body.clone(),
        signature(secret, time, &delivery.body),
    ))
}

/// Notes an attempt; true when there is nothing more to do.
fn record(sim: &Sim, id: u64, status: u16, last: bool) -> bool {
    let mut world = sim.world();
    let Some(delivery) = world.deliveries.get_mut(&id) else {
        return true;
    };
    delivery.attempts.push(status);
    let taken = (200..300).contains(&status);
    delivery.state = match (taken, last) {
        (true, _) => State::Delivered,
        (false, true) => State::Failed,
        (false, false) => return false,
    };
    let (account, event, endpoint) = (
        delivery.account.clone(),
        delivery.event.clone(),
        delivery.endpoint.clone(),
    );
    let mut twins = world
        .deliveries
        .values()
        .filter(|other| other.event == event && other.endpoint == endpoint);
    let first = twins
        .by_ref()
        .filter(|twin| twin.state == State::Delivered)
        .count()
        == 1;
    if taken
        && first
        && let Some(event) = world.book(&account).find_mut("event", &event)
    {
        let pending = event.int("pending_webhooks").saturating_sub(1);
        event.set("pending_webhooks", pending.max(0));
    }
    true
}

/// `Stripe-Signature`. The `v0` is a decoy that Stripe adds to events of test mode.
fn signature(secret: &str, time: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes any key");
    mac.update(format!("{time}.{body}").as_bytes());
    let decoy: String = (0..32).map(|_| "0f").collect();
    format!(
        "t={time},v1={},v0={decoy}",
        hex::encode(mac.finalize().into_bytes())
    )
}

/// The status of the answer, 0 without one.
async fn post(sim: &Sim, url: &str, body: String, signature: Option<String>) -> u16 {
    let mut request = sim
        .client
        .post(url)
        .body(body)
        .header("content-type", "application/json; charset=utf-8")
        .header(
            "user-agent",
            "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        );
    if let Some(signature) = signature {
        request = request.header("stripe-signature", signature);
    }
    request
        .send()
        .await
        .map_or(0, |answer| answer.status().as_u16())
}

/// An event that Stripe would not send like this: another amount, account, mode, signature.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Forgery {
    /// Id in `/_sim/state` or `platform` / `connect`.
    endpoint: String,
    r#type: String,
    /// Id of an object whose present state is the snapshot; may be absent.
    #[serde(default)]
    object: String,
    /// Laid over the snapshot.
    #[serde(default)]
    patch: Value,
    /// Laid over the event: `account`, `livemode`, `id`, …
    #[serde(default)]
    event: Value,
    /// Signs with this secret instead of the endpoint's.
    secret: Option<String>,
    /// The whole header instead of a signature; an empty text sends none.
    header: Option<String>,
    /// Added to the time of the signature, in seconds.
    #[serde(default)]
    age_seconds: i64,
}

/// Sends a made-up event once, and answers with the status that it got.
pub(super) async fn forge(sim: &Sim, forgery: Forgery) -> Result<Value, String> {
    let (url, body, header) = {
        let world = sim.world();
        let id = match forgery.endpoint.as_str() {
            "platform" => super::PLATFORM_ENDPOINT,
            "connect" => super::CONNECT_ENDPOINT,
            other => other,
        };
        let endpoint = world.endpoints.get(id).ok_or("no such endpoint")?;
        let event = forged(sim, &world, &forgery);
        let body = pretty(&event);
        let secret = forgery.secret.as_deref().unwrap_or(&endpoint.secret);
        let header = match forgery.header {
            Some(header) => header,
            None => signature(secret, sim.now() - forgery.age_seconds, &body),
        };
        (endpoint.url.clone(), body, header)
    };
    let status = post(sim, &url, body, (!header.is_empty()).then_some(header)).await;
    Ok(json!({"status": status}))
}

fn forged(sim: &Sim, world: &World, forgery: &Forgery) -> Value {
    let mut holders = world.books.iter().filter_map(|(account, book)| {
        let kinds = [
            "payment_intent",
            "charge",
            "refund",
            "dispute",
            "account",
            "application_fee",
        ];
        kinds
            .iter()
            .find_map(|kind| book.find(kind, &forgery.object))
            .map(|object| (account.clone(), object.clone()))
    });
    let (account, mut object) = holders.next().unwrap_or((PLATFORM.to_owned(), json!({})));
    if !forgery.patch.is_null() {
        object.merge(&forgery.patch);
    }
    let mut event = json!({"id": format!("evt_{}", token(24)), "object": "event", "type": forgery.r#type,
        "api_version": sim.contract.version, "created": sim.now(), "data": {"object": object},
        "livemode": false, "pending_webhooks": 1, "request": {"id": null, "idempotency_key": null}});
    if account != PLATFORM {
        event.set("account", account);
    }
    if !forgery.event.is_null() {
        event.merge(&forgery.event);
    }
    event
}

#[cfg(test)]
mod tests {
    use super::signature;

    #[test]
    fn a_signature_covers_time_and_body() {
        // openssl: printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec_test
        let signed = signature("whsec_test", 1_700_000_000, "{}");
        assert!(signed.starts_with("t=1700000000,v1="));
        assert_ne!(signed, signature("whsec_test", 1_700_000_001, "{}"));
        assert_ne!(signed, signature("whsec_test", 1_700_000_000, "{ }"));
        assert_ne!(signed, signature("whsec_other", 1_700_000_000, "{}"));
    }
}
