//! Tells merchants' programs of events, for three days if need be.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration as StdDuration, Instant};

use db::TenantTx;
use futures_util::stream::{self, StreamExt as _};
use http_kit::Role;
use kernel::TenantId;
use outbound::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use outbound::{Method, OutboundError, Request, Rules};
use time::{Duration, OffsetDateTime};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::app::App;
use crate::compose::{self, Draft};
use crate::domain::facts::{Endpoint, Facts};
use crate::domain::kinds::Kind;
use crate::domain::standard;
use crate::look;
use crate::store::deliveries::{self, AttemptRow, DELIVERED, DeliveryRow, FAILED};
use crate::store::endpoints::{self, EndpointRow};
use crate::vault::{Place, VaultError};

const BATCH: i64 = 64;
const CONCURRENCY: usize = 8;
/// After a crash in the middle of it an attempt is made again.
const LEASE: Duration = Duration::minutes(1);
/// Characters of an answer that are kept.
const ANSWER_CHARS_MAX: usize = 1_000;
const GONE: u16 = 410;
/// An endpoint that took nothing for so long hears nothing more.
const SWITCHED_OFF_AFTER: Duration = Duration::days(3);

/// What a merchant's program may do with us.
pub const RULES: Rules = Rules {
    http: false,
    redirects: 0,
    time: StdDuration::from_secs(15),
    bytes: 256 * 1_024,
};

struct Claimed {
    row: DeliveryRow,
    request: Request,
}

/// What an endpoint answered, or why it did not.
struct Answered {
    status: Option<u16>,
    problem: Option<String>,
    answer: String,
    duration_ms: i32,
}

/// Sends what is due now; answers how many webhooks that were. Told to stop, it sends those in hand to the
/// end and takes up no more.
///
/// # Errors
/// When the database is away.
pub async fn send_due(app: &App, stop: &CancellationToken) -> Result<usize, db::Error> {
    let now = app.clock.now();
    let due = app
        .db
        .system("find webhooks to send", async |tx| {
            deliveries::list_due(tx, now, BATCH).await
        })
        .await?;
    let sent = AtomicUsize::new(0);
    stream::iter(&due)
        .take_until(stop.cancelled())
        .for_each_concurrent(CONCURRENCY, async |(tenant, id)| {
            match send_one(app, *tenant, *id).await {
                Ok(()) => {
                    sent.fetch_add(1, Ordering::Relaxed);
                }
                Err(error) => {
                    tracing::warn!(tenant.id = %tenant, delivery.id = %id, error = %error, "A webhook could not be sent yet");
                }
            }
        })
        .await;
    // Where none could be sent, looking again at once is of no use.
    Ok(sent.into_inner())
}

async fn send_one(app: &App, tenant: TenantId, id: Uuid) -> Result<(), VaultError> {
    // Its own: those before it in the batch may have taken longer than a lease.
    let now = app.clock.now();
    let claimed = app
        .db
        .tenant(tenant, async |tx| claim(app, tx, id, now).await)
        .await?;
    let Some(claimed) = claimed else {
        return Ok(());
    };
    let began = Instant::now();
    let sent = app.outbound.send(&claimed.request).await;
    let duration_ms = i32::try_from(began.elapsed().as_millis()).unwrap_or(i32::MAX);
    let answered = match sent {
        Ok(answer) => {
            let text = String::from_utf8_lossy(&answer.body);
            let text = text.chars().filter(|c| *c != '\0').take(ANSWER_CHARS_MAX);
            Answered {
                status: Some(answer.status),
                problem: None,
                answer: text.collect(),
                duration_ms,
            }
        }
        Err(error) => Answered {
            status: None,
            problem: Some(problem(&error)),
            answer: String::new(),
            duration_ms,
        },
    };
    app.db
        .tenant(tenant, async |tx| {
            settle(app, tx, &claimed, &answered).await
        })
        .await
}

pub fn payload_place<'a>(tx: &TenantTx, row: &'a str) -> Place<'a> {
    Place {
        tenant: tx.tenant(),
        column: "delivery.payload",
        row,
    }
}

pub fn secret_place<'a>(tx: &TenantTx, row: &'a str) -> Place<'a> {
    Place {
        tenant: tx.tenant(),
        column: "endpoint.secret",
        row,
    }
}

/// The request of a due delivery, with the next attempt noted first.
async fn claim(
    app: &App,
    tx: &mut TenantTx,
    id: Uuid,
    now: OffsetDateTime,
) -> Result<Option<Claimed>, VaultError> {
    let Some(mut row) = deliveries::lock_due(tx, id, now).await? else {
        return Ok(None);
    };
    let endpoint = endpoints::find(tx, row.endpoint_id).await?;
    let Some(endpoint) = endpoint.filter(|endpoint| endpoint.enabled) else {
        row.state = FAILED.to_owned();
        deliveries::save(tx, &row).await?;
        return Ok(None);
    };
    row.attempts += 1;
    row.due_at = now + LEASE;
    row.updated_at = now;
    deliveries::save(tx, &row).await?;
    let opened = open(app, tx, (&row, &endpoint), now);
    let (body, secrets) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            tracing::error!(delivery.id = %row.id, error = %error, "A webhook cannot be opened: is a key missing?");
            pause_or_fail(&mut row, now);
            deliveries::save(tx, &row).await?;
            return Ok(None);
        }
    };
    let Ok(url) = app.outbound.check(&endpoint.url) else {
        row.state = FAILED.to_owned();
        deliveries::save(tx, &row).await?;
        return Ok(None);
    };
    let headers = headers(&row.event_id, now.unix_timestamp(), &secrets, &body);
    let request = Request {
        method: Method::POST,
        url,
        headers,
        body,
    };
    Ok(Some(Claimed { row, request }))
}

/// What is sent, and what signs it.
fn open(
    app: &App,
    tx: &TenantTx,
    (row, endpoint): (&DeliveryRow, &EndpointRow),
    now: OffsetDateTime,
) -> Result<(Vec<u8>, Vec<Vec<u8>>), VaultError> {
    let name = row.id.to_string();
    let body = app
        .vault
        .open_bytes(payload_place(tx, &name), &row.payload)?;
    Ok((body, secrets(app, tx, endpoint, now)?))
}

/// It comes again after a pause, if it has not failed too often.
fn pause_or_fail(row: &mut DeliveryRow, now: OffsetDateTime) {
    match standard::pause_after(row.attempts) {
        Some(pause) => row.due_at = now + pause,
        None => row.state = FAILED.to_owned(),
    }
}

/// The secrets that sign now, the newest first.
fn secrets(
    app: &App,
    tx: &TenantTx,
    endpoint: &EndpointRow,
    now: OffsetDateTime,
) -> Result<Vec<Vec<u8>>, VaultError> {
    let name = endpoint.id.to_string();
    let open = |sealed: &[u8]| app.vault.open_bytes(secret_place(tx, &name), sealed);
    let mut secrets = vec![open(&endpoint.secret)?];
    if let Some(former) = &endpoint.former_secret
        && endpoint.former_until.is_some_and(|until| until > now)
    {
        secrets.push(open(former)?);
    }
    Ok(secrets)
}

fn headers(id: &str, timestamp: i64, secrets: &[Vec<u8>], body: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let signature = standard::signatures(secrets, id, timestamp, body);
    for (name, value) in [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", timestamp.to_string()),
        ("webhook-signature", signature),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    headers
}

async fn settle(
    app: &App,
    tx: &mut TenantTx,
    claimed: &Claimed,
    answered: &Answered,
) -> Result<(), VaultError> {
    let now = app.clock.now();
    // The endpoint first, as everybody locks who switches one off.
    let Some(mut endpoint) = endpoints::lock(tx, claimed.row.endpoint_id).await? else {
        return Ok(());
    };
    let Some(mut row) = deliveries::lock(tx, claimed.row.id).await? else {
        return Ok(());
    };
    let status = answered.status.map(i32::from);
    let attempt = AttemptRow {
        tenant_id: row.tenant_id,
        delivery_id: row.id,
        number: claimed.row.attempts,
        at: now,
        status,
        problem: answered.problem.clone(),
        answer: answered.answer.clone(),
        duration_ms: answered.duration_ms,
    };
    deliveries::create_attempt(tx, &attempt).await?;
    let taken = answered
        .status
        .is_some_and(|status| (200..300).contains(&status));
    metrics::counter!("merchant_webhooks_total", "taken" => if taken { "yes" } else { "no" })
        .increment(1);
    if row.state != deliveries::PENDING || row.attempts != claimed.row.attempts {
        return Ok(());
    }
    row.last_status = status;
    row.updated_at = now;
    let failing_since = endpoint.failing_since;
    if taken {
        row.state = DELIVERED.to_owned();
        endpoint.failing_since = None;
    } else {
        endpoint.failing_since.get_or_insert(now);
        if answered.status == Some(GONE) {
            row.state = FAILED.to_owned();
        } else {
            pause_or_fail(&mut row, now);
        }
    }
    deliveries::save(tx, &row).await?;
    if endpoint.failing_since != failing_since {
        endpoints::save(tx, &endpoint).await?;
    }
    let took_nothing = endpoint
        .failing_since
        .is_some_and(|since| since <= now - SWITCHED_OFF_AFTER);
    if row.state == FAILED && (took_nothing || answered.status == Some(GONE)) {
        switch_off(app, tx, endpoint, answered, now).await?;
    }
    Ok(())
}

async fn switch_off(
    app: &App,
    tx: &mut TenantTx,
    mut endpoint: EndpointRow,
    answered: &Answered,
    now: OffsetDateTime,
) -> Result<(), VaultError> {
    let gone = answered.status == Some(GONE);
    endpoint.enabled = false;
    endpoint.disabled_reason = Some(if gone { "gone" } else { "failing" }.to_owned());
    endpoint.updated_at = now;
    endpoint.version += 1;
    endpoints::save(tx, &endpoint).await?;
    deliveries::fail_pending(tx, endpoint.id, now).await?;
    let Some(store) = app.directory.by_id(tx.tenant()) else {
        return Ok(());
    };
    let host = app.outbound.check(&endpoint.url).ok();
    let host = host
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default();
    let last_status = answered.status.map(|status| status.to_string());
    let last_status = last_status
        .or_else(|| answered.problem.clone())
        .unwrap_or_default();
    let draft = |contact: compose::Contact| Draft {
        kind: Kind::WebhookDisabled,
        about: format!("endpoint:{}:{}", endpoint.id, endpoint.version),
        lang: look::language(&contact.locale, &store),
        to: contact.email,
        order: None,
        facts: Facts {
            name: contact.name,
            endpoint: Some(Endpoint {
                host: host.clone(),
                last_status: last_status.clone(),
            }),
            ..Facts::default()
        },
        due_at: now,
        resend_of: None,
    };
    compose::queue_for_staff(tx, &app.vault, &[Role::Owner.to_string()], draft, now).await
}

/// A word for the log; none of them holds the address.
fn problem(error: &OutboundError) -> String {
    match error {
        OutboundError::Refused(_) => "refused: not a public address",
        OutboundError::NoConnection => "no connection",
        OutboundError::TimedOut => "no answer in 15 seconds",
        OutboundError::Broken => "the connection broke",
        OutboundError::TooLong(_) => "the answer is too long",
        OutboundError::Elsewhere(_) => "it leads elsewhere",
    }
    .to_owned()
}
