//! The events, signed as Stripe signs them, and sent again until they are taken, as Stripe does.

use std::collections::BTreeSet;
use std::env;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use futures_util::{StreamExt, TryStreamExt, stream};
use hmac::{Hmac, KeyInit as _, Mac as _};
use journeys::unique;
use kernel::Clock;
use serde_json::{Value, json};
use sha2::Sha256;

use super::orders::Payment;
use super::{REPEATS, WEBHOOKS};

/// As many wait for an answer; the others are right behind.
const AT_ONCE: usize = 1_000;
const AGAIN_AFTER: Duration = Duration::from_secs(1);
const TRIES_MAX: usize = 60;
/// What is told of an intent beside its success. All are heard, and each has payments ask Stripe.
const KINDS: [&str; 3] = [
    "payment_intent.processing",
    "payment_intent.succeeded",
    "payment_intent.requires_action",
];

struct Event {
    id: String,
    body: String,
}

pub struct Batch {
    events: Vec<Event>,
    pub accounts: Vec<String>,
}

pub struct Answered {
    /// Of each event from its first attempt to its taking, in order.
    pub times: Vec<Duration>,
    /// Events that were not taken at first.
    pub refusals: usize,
}

impl Batch {
    /// The success of each payment as Stripe itself holds it back, then others with the same intents.
    pub fn of(state: &Value, payments: &[Payment]) -> anyhow::Result<Self> {
        let accounts: BTreeSet<String> = payments.iter().map(|p| p.account.clone()).collect();
        let held = successes(state, &accounts)?;
        anyhow::ensure!(
            held.len() == payments.len(),
            "Stripe holds {} successes of {} payments",
            held.len(),
            payments.len()
        );
        let mut events = Vec::new();
        let mut kinds = KINDS.iter().cycle();
        for (nth, success) in held.iter().cycle().take(WEBHOOKS - REPEATS).enumerate() {
            let mut event = success.clone();
            if nth >= held.len() {
                let kind = kinds.next().copied().unwrap_or_default();
                let parts = event.as_object_mut().context("an event is an object")?;
                parts.insert("id".to_owned(), json!(unique("evt_bench")));
                parts.insert("type".to_owned(), json!(kind));
            }
            let id = event.get("id").and_then(Value::as_str);
            let id = id.context("an event has an id")?.to_owned();
            let body = serde_json::to_string_pretty(&event)?;
            events.push(Event { id, body });
        }
        Ok(Self {
            events,
            accounts: accounts.into_iter().collect(),
        })
    }

    pub fn ids(&self) -> Vec<&str> {
        self.events.iter().map(|event| event.id.as_str()).collect()
    }

    /// All at once, each until it is taken.
    pub async fn send(&self) -> anyhow::Result<Answered> {
        let post = Post::from_environment()?;
        let every = WEBHOOKS / REPEATS;
        // Each of some comes once more a little later.
        let order = self.events.iter().enumerate().flat_map(|(nth, event)| {
            let times = if nth % (every - 1) == 0 { 2 } else { 1 };
            std::iter::repeat_n(event, times)
        });
        let outcomes: Vec<(Duration, bool)> = stream::iter(order)
            .map(|event| post.until_taken(&event.body))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        anyhow::ensure!(
            outcomes.len() == WEBHOOKS,
            "{} instead of {WEBHOOKS} webhooks",
            outcomes.len()
        );
        let refusals = outcomes.iter().filter(|(_, at_once)| !at_once).count();
        let mut times: Vec<Duration> = outcomes.into_iter().map(|(time, _)| time).collect();
        times.sort_unstable();
        Ok(Answered { times, refusals })
    }
}

fn successes(state: &Value, accounts: &BTreeSet<String>) -> anyhow::Result<Vec<Value>> {
    let deliveries = state.get("deliveries").and_then(Value::as_object);
    let deliveries = deliveries.context("Stripe tells its deliveries")?.values();
    let text = |delivery: &Value, name: &str| {
        let text = delivery.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let is_ours = |delivery: &&Value| {
        text(delivery, "kind") == "payment_intent.succeeded"
            && text(delivery, "state") == "held"
            && accounts.contains(&text(delivery, "account"))
    };
    let bodies = deliveries.filter(is_ours).map(|d| text(d, "body"));
    bodies
        .map(|body| Ok(serde_json::from_str(&body)?))
        .collect()
}

/// The way from Stripe.
struct Post {
    http: reqwest::Client,
    url: String,
    host: String,
    secret: String,
    clock: Clock,
}

impl Post {
    fn from_environment() -> anyhow::Result<Self> {
        let variable = |name: &str| env::var(name).with_context(|| format!("{name} is not set"));
        let port = variable("STORES_HTTP_PORT")?;
        Ok(Self {
            http: reqwest::Client::builder()
                .timeout(Duration::from_secs(20))
                .build()?,
            url: format!("http://127.0.0.1:{port}/api/webhooks/stripe"),
            host: format!("{}:{port}", variable("BASE_DOMAIN")?),
            secret: variable("STRIPE_CONNECT_WEBHOOK_SECRET")?,
            clock: Clock::system(),
        })
    }

    /// How long it took, and whether the first attempt was enough.
    async fn until_taken(&self, body: &str) -> anyhow::Result<(Duration, bool)> {
        let began = Instant::now();
        for attempt in 0..TRIES_MAX {
            let answer = self
                .http
                .post(&self.url)
                .header("host", &self.host)
                .header("content-type", "application/json; charset=utf-8")
                .header("stripe-signature", self.signature(body)?)
                .body(body.to_owned())
                .send();
            let status = answer.await.map_or(0, |answer| answer.status().as_u16());
            match status {
                200 => return Ok((began.elapsed(), attempt == 0)),
                0 | 429 | 500.. => tokio::time::sleep(AGAIN_AFTER).await,
                other => bail!("a webhook was answered {other}"),
            }
        }
        bail!("a webhook was not taken {TRIES_MAX} times")
    }

    fn signature(&self, body: &str) -> anyhow::Result<String> {
        let time = self.clock.unix();
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes())?;
        mac.update(format!("{time}.{body}").as_bytes());
        let signed = hex::encode(mac.finalize().into_bytes());
        Ok(format!("t={time},v1={signed}"))
    }
}
