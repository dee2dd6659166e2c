//! What became of a mail, told by webhook: signed, at least once, in no promised order.

mod payload;

use super::Sim;
use super::world::{Agent, World};
use crate::faults::glob;
use crate::random::{digits, token};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;
use std::sync::Arc;
use std::time::Duration;
use url::form_urlencoded;

/// Waits before the second, third, … attempt. Short, so that a test sees the retries.
const RETRY_MS: [u64; 9] = [50, 100, 250, 500, 1_000, 2_000, 5_000, 15_000, 30_000];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Event {
    Delivered,
    SoftBounce,
    HardBounce,
    FeedbackLoop,
    #[serde(rename = "email_open")]
    Open,
    #[serde(rename = "email_link_click")]
    Click,
}

impl Event {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::SoftBounce => "softbounce",
            Self::HardBounce => "hardbounce",
            Self::FeedbackLoop => "feedbackloop",
            Self::Open => "email_open",
            Self::Click => "email_link_click",
        }
    }

    /// Whether the address gets nothing any more.
    pub(super) fn suppresses(self) -> bool {
        matches!(self, Self::HardBounce | Self::FeedbackLoop)
    }
}

/// Where and how an agent's events go.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Hook {
    /// Nothing is sent while it is empty.
    pub(super) url: String,
    /// Signs; an empty one leaves the signature out.
    pub(super) key: String,
    /// A header of one's own instead, as the newer form has it: `Authorization: …`.
    pub(super) header: Option<(String, String)>,
    pub(super) form: Form,
}

/// How the JSON travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Form {
    #[default]
    #[serde(rename = "data")]
    Data,
    #[serde(rename = "eventData")]
    EventData,
    #[serde(rename = "json")]
    Json,
}

/// What goes wrong on the way, for the events whose name fits `types`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Rules {
    /// Glob over event names, such as `*bounce`; empty means all.
    types: String,
    delay_ms: u64,
    /// Copies sent beside the first.
    duplicates: u32,
    /// Keeps events back until they are released.
    hold: bool,
    drop_next: u32,
    corrupt_next: u32,
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

/// One copy of an event.
#[derive(Debug)]
pub(super) struct Delivery {
    event: Event,
    mail: u64,
    agent: String,
    recipient: String,
    /// The JSON, exactly as it is signed.
    body: String,
    delay_ms: u64,
    corrupt: bool,
    /// Status of each attempt; 0 when there was no answer.
    attempts: Vec<u16>,
    state: State,
}

/// Notes an event of a mail and puts it on its way, as the rules have it.
pub(super) fn happen(world: &mut World, mail: u64, event: Event, recipient: &str) {
    let odd = world.settings.odd_shapes;
    let Some(kept) = world.mails.iter_mut().find(|kept| kept.id == mail) else {
        return;
    };
    kept.events.push(format!("{} {recipient}", event.name()));
    let body = payload::of(kept, event, recipient, odd).to_string();
    let agent = kept.agent.clone();
    let listens = world
        .agents
        .get(&agent)
        .is_some_and(|agent| !agent.hook.url.is_empty());
    if !listens {
        return;
    }
    let rules = world.rules_for(event);
    let state = match (rules.drop_next > 0, rules.hold) {
        (true, _) => State::Dropped,
        (_, true) => State::Held,
        _ => State::Waiting,
    };
    for _ in 0..=rules.duplicates {
        world.enter(Delivery {
            event,
            mail,
            agent: agent.clone(),
            recipient: recipient.into(),
            body: body.clone(),
            delay_ms: rules.delay_ms,
            corrupt: rules.corrupt_next > 0,
            attempts: Vec::new(),
            state,
        });
    }
}

impl World {
    /// The rules that an event meets; what they count is used up.
    fn rules_for(&mut self, event: Event) -> Rules {
        if !self.rules.types.is_empty() && !glob(&self.rules.types, event.name()) {
            return Rules::default();
        }
        let met = self.rules.clone();
        self.rules.drop_next = met.drop_next.saturating_sub(1);
        self.rules.corrupt_next = met.corrupt_next.saturating_sub(1);
        met
    }

    fn enter(&mut self, delivery: Delivery) {
        let id = self
            .deliveries
            .last_key_value()
            .map_or(1, |(last, _)| last + 1);
        if delivery.state == State::Waiting {
            self.due.push(id);
        }
        self.deliveries.insert(id, delivery);
    }
}

/// Lets the held deliveries go, `sent`, `reversed` or `shuffled`, one after the other.
pub(super) fn release(world: &mut World, order: &str) -> Vec<u64> {
    world.rules.hold = false;
    let held = world
        .deliveries
        .iter_mut()
        .filter(|(_, one)| one.state == State::Held);
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

/// The same JSON again, with the same `webhook_request_id`.
pub(super) fn resend(world: &mut World, id: u64) -> bool {
    let Some(sent) = world.deliveries.get_mut(&id) else {
        return false;
    };
    sent.state = State::Waiting;
    world.due.push(id);
    true
}

pub(super) fn list(world: &World) -> Value {
    let brief = |(id, one): (&u64, &Delivery)| {
        json!({"id": id, "event": one.event.name(), "mail": one.mail, "agent": one.agent,
               "recipient": one.recipient, "attempts": one.attempts, "state": one.state})
    };
    world.deliveries.iter().map(brief).collect()
}

/// Delivers one copy, again and again until it is taken.
pub(super) async fn deliver(sim: Arc<Sim>, id: u64) {
    let delay = sim
        .world()
        .deliveries
        .get(&id)
        .map_or(0, |one| one.delay_ms);
    tokio::time::sleep(Duration::from_millis(delay)).await;
    for wait in RETRY_MS.iter().map(Some).chain([None]) {
        let Some(request) = prepare(&sim, id) else {
            return;
        };
        let status = request
            .send()
            .await
            .map_or(0, |answer| answer.status().as_u16());
        if record(&sim, id, status, wait.is_none()) {
            return;
        }
        if let Some(wait) = wait {
            tokio::time::sleep(Duration::from_millis(*wait)).await;
        }
    }
}

fn prepare(sim: &Sim, id: u64) -> Option<reqwest::RequestBuilder> {
    let world = sim.world();
    let delivery = world
        .deliveries
        .get(&id)
        .filter(|one| one.state == State::Waiting)?;
    let mut hook = world.agents.get(&delivery.agent)?.hook.clone();
    if delivery.corrupt {
        hook.key = "corrupt".into();
        hook.header = hook.header.map(|(name, _)| (name, "corrupt".into()));
    }
    let at_ms = (sim.now() + world.settings.signature_offset_seconds) * 1_000;
    Some(request(sim, &hook, &delivery.body, at_ms))
}

fn request(sim: &Sim, hook: &Hook, body: &str, at_ms: i64) -> reqwest::RequestBuilder {
    let field = |name| {
        form_urlencoded::Serializer::new(String::new())
            .append_pair(name, body)
            .finish()
    };
    let (content_type, sent) = match hook.form {
        Form::Data => ("application/x-www-form-urlencoded", field("data")),
        Form::EventData => ("application/x-www-form-urlencoded", field("eventData")),
        Form::Json => ("application/json", body.to_owned()),
    };
    let mut request = sim
        .client
        .post(&hook.url)
        .header("content-type", content_type)
        .body(sent);
    if !hook.key.is_empty() {
        request = request.header("producer-signature", signature(&hook.key, at_ms, body));
    }
    if let Some((name, value)) = &hook.header {
        request = request.header(name, value);
    }
    request
}

/// Notes an attempt; true when there is nothing more to do.
fn record(sim: &Sim, id: u64, status: u16, last: bool) -> bool {
    let mut world = sim.world();
    let Some(delivery) = world.deliveries.get_mut(&id) else {
        return true;
    };
    delivery.attempts.push(status);
    match ((200..300).contains(&status), last) {
        (true, _) => delivery.state = State::Delivered,
        (false, true) => delivery.state = State::Failed,
        (false, false) => return false,
    }
    true
}

/// `producer-signature`: over the JSON alone, not over the form, and not over the time.
pub(super) fn signature(key: &str, at_ms: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes any key");
    mac.update(body.as_bytes());
    let signed = STANDARD.encode(mac.finalize().into_bytes());
    let signed = utf8_percent_encode(&signed, NON_ALPHANUMERIC);
    format!("ts={at_ms};s={signed};s-algorithm=HmacSHA256")
}

/// An event that ZeptoMail would not send like this.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Forgery {
    #[serde(default)]
    agent: String,
    /// An id of the inbox; what is in `patch` alone without one.
    #[serde(default)]
    mail: u64,
    event: Option<Event>,
    #[serde(default)]
    recipient: String,
    /// Laid over the payload.
    #[serde(default)]
    patch: Value,
    /// The whole body instead, as it stands: the test call of the settings page sends `{}`.
    raw: Option<String>,
    /// Signs with this key instead of the agent's.
    key: Option<String>,
    form: Option<Form>,
    /// Added to the age of the signature, in seconds.
    #[serde(default)]
    age_seconds: i64,
}

/// Sends a made-up event once, and answers with the status that it got.
pub(super) async fn forge(sim: &Sim, forgery: Forgery) -> Result<Value, &'static str> {
    let request = {
        let world = sim.world();
        let agent = named(&world, &forgery.agent).ok_or("no such agent")?;
        let mut hook = agent.hook.clone();
        hook.key = forgery.key.clone().unwrap_or(hook.key);
        hook.form = forgery.form.unwrap_or(hook.form);
        let body = match &forgery.raw {
            Some(raw) => raw.clone(),
            None => forged(&world, &forgery).to_string(),
        };
        request(sim, &hook, &body, (sim.now() - forgery.age_seconds) * 1_000)
    };
    let status = request
        .send()
        .await
        .map_or(0, |answer| answer.status().as_u16());
    Ok(json!({"status": status}))
}

/// An agent by its key; the first one without.
fn named<'a>(world: &'a World, key: &str) -> Option<&'a Agent> {
    match key {
        "" => world.agents.values().next(),
        key => world.agents.get(key),
    }
}

fn forged(world: &World, forgery: &Forgery) -> Value {
    use crate::json::Json as _;
    let event = forgery.event.unwrap_or(Event::Delivered);
    let mut body = match world.mail(forgery.mail) {
        Some(mail) => payload::of(mail, event, &forgery.recipient, world.settings.odd_shapes),
        None => json!({"event_name": [event.name()], "webhook_request_id": digits(32)}),
    };
    if !forgery.patch.is_null() {
        body.merge(&forgery.patch);
    }
    body
}

#[cfg(test)]
mod tests {
    use super::signature;

    #[test]
    fn a_signature_covers_the_json_and_not_the_time() {
        // printf '{}' | openssl dgst -sha256 -hmac key -binary | base64
        let signed = signature("key", 1_700_000_000_000, "{}");
        let parts: Vec<_> = signed.split(';').collect();
        assert_eq!(parts[0], "ts=1700000000000");
        assert_eq!(parts[2], "s-algorithm=HmacSHA256");
        let later = signature("key", 1, "{}");
        assert_eq!(later.split(';').nth(1), Some(parts[1]));
        assert_ne!(signature("key", 1, "{ }").split(';').nth(1), Some(parts[1]));
    }
}
