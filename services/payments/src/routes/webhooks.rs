//! Stripe's webhooks: verified on the raw bytes, kept, answered; the work comes after.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use garde::Validate;
use http_kit::{ApiError, Data, Input, Json, OperationInput, Query, RawBody, Sysadmin, Webhook};
use kernel::TenantId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::clients::stripe::Event;
use crate::domain::webhook::is_id;
use crate::intake;
use crate::store::webhooks::{self, REPLAY_MAX, Replayed, Selection, WebhookKey, WebhookRow};
use crate::store::{accounts, breaks};
use crate::tell;

const LIST_MAX: i64 = 100;

/// The `Stripe-Signature` header; absent or sent twice, it proves nothing.
pub struct StripeSignature(Option<String>);

impl FromRequest for StripeSignature {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut values = req.headers().get_all("stripe-signature");
        let only = values.next().filter(|_| values.next().is_none());
        let text = only
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        ready(Ok(Self(text)))
    }
}

impl Input for StripeSignature {
    fn describe(_: &mut OperationInput<'_>) {}
}

/// Takes an event from Stripe. 200 means that it is stored; 400 that the signature is wrong; 503
/// that Stripe should send it again.
#[utoipa::path(post, path = "/api/webhooks/stripe", responses((status = 200)))]
pub async fn receive_stripe_event(
    app: Data<App>,
    _: Webhook,
    signature: StripeSignature,
    body: RawBody,
) -> Result<HttpResponse, ApiError> {
    let header = signature.0.unwrap_or_default();
    let endpoint = app
        .secrets
        .verify(&header, &body, app.clock.unix())
        .map_err(|error| {
            metrics::counter!("stripe_webhook_refusals_total").increment(1);
            ApiError::bad_request("signature-invalid", error.to_string())
        })?;
    let event = read(&body)?;
    let tenant = tenant_of(&app, &event).await?;
    let row = intake::row(&app, tenant, endpoint, &event, &body);
    let is_new = app.intake.keep(&app, row).await?;
    let repeated = if is_new { "no" } else { "yes" };
    metrics::counter!("stripe_webhooks_total", "repeated" => repeated).increment(1);
    Ok(HttpResponse::Ok().finish())
}

/// What is signed by Stripe and yet no event is not kept, as there is nothing to keep it under: it
/// is sent again while somebody looks.
fn read(body: &[u8]) -> Result<Event, ApiError> {
    let event: Option<Event> = serde_json::from_slice(body).ok();
    let names_itself = |event: &Event| {
        is_id(&event.id) && event.account.as_deref().is_none_or(is_id) && event.kind.len() <= 255
    };
    event.filter(names_itself).ok_or_else(|| {
        tracing::error!("A signed webhook is not an event");
        ApiError::bad_request("event-invalid", "the body is not an event of Stripe's API")
    })
}

/// Whose event it is: only the connected account tells, never the event's own metadata.
async fn tenant_of(app: &App, event: &Event) -> Result<TenantId, ApiError> {
    let Some(account) = event.account.as_deref() else {
        return Ok(TenantId::PLATFORM);
    };
    if let Some(known) = app.account_tenants.get(account) {
        return Ok(known);
    }
    let found = app
        .db
        .system("find the store of a connected account", async |tx| {
            accounts::find_tenant(tx, account).await
        })
        .await?;
    if let Some(tenant) = found {
        app.account_tenants.insert(account.to_owned(), tenant);
    }
    Ok(found.unwrap_or(TenantId::PLATFORM))
}

/// A received event, without its body: it may hold a shopper's data.
#[derive(Serialize, ToSchema)]
pub struct WebhookView {
    pub tenant_id: TenantId,
    pub endpoint: String,
    pub event_id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub account: Option<String>,
    /// received, applied, ignored, mismatch or failed.
    pub state: String,
    pub note: Option<String>,
    pub attempts: i32,
    #[serde(with = "time::serde::rfc3339")]
    pub sent_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: OffsetDateTime,
}

impl From<WebhookRow> for WebhookView {
    fn from(row: WebhookRow) -> Self {
        Self {
            tenant_id: row.tenant(),
            endpoint: row.endpoint,
            event_id: row.event_id,
            kind: row.kind,
            account: row.account,
            state: row.state,
            note: row.note,
            attempts: row.attempts,
            sent_at: row.sent_at,
            received_at: row.received_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct WebhookList {
    pub items: Vec<WebhookView>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WebhookFilter {
    /// received, applied, ignored, mismatch or failed.
    pub state: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub account: Option<String>,
    /// Received then or later.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub since: Option<OffsetDateTime>,
    /// Received earlier.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub until: Option<OffsetDateTime>,
}

/// The newest hundred events from Stripe that the filter lets pass.
#[utoipa::path(get, path = "/api/payments/sysadmin/webhooks",
    responses((status = 200, body = WebhookList)))]
pub async fn list_webhook_events(
    app: Data<App>,
    _: Sysadmin,
    filter: Query<WebhookFilter>,
) -> Result<Json<WebhookList>, ApiError> {
    let filter = filter.into_inner();
    let selection = Selection {
        kind: filter.kind,
        account: filter.account,
        since: filter.since,
        until: filter.until,
    };
    let state = filter.state.as_deref();
    let rows = app
        .db
        .system("a sysadmin reads the webhook log", async |tx| {
            webhooks::list_events(tx, state, &selection, LIST_MAX).await
        })
        .await?;
    let items = rows.into_iter().map(WebhookView::from).collect();
    Ok(Json(WebhookList { items }))
}

#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ReplayEvent {
    pub tenant_id: TenantId,
    #[schema(example = "connect")]
    pub endpoint: String,
    #[schema(example = "evt_1")]
    pub event_id: String,
}

/// Applies a stored event again. What it did already is not done twice.
#[utoipa::path(post, path = "/api/payments/sysadmin/webhooks/replay",
    responses((status = 200, body = WebhookView)))]
pub async fn replay_webhook_event(
    app: Data<App>,
    by: Sysadmin,
    body: Json<ReplayEvent>,
) -> Result<Json<WebhookView>, ApiError> {
    let body = body.into_inner();
    let key = WebhookKey {
        tenant: body.tenant_id,
        endpoint: body.endpoint,
        event_id: body.event_id,
    };
    let now = app.clock.now();
    let row = app
        .db
        .tenant(key.tenant, async |tx| {
            // Whoever replays it has looked at what was raised for it.
            breaks::close_breaks_of(tx, &key.event_id, now).await?;
            let found = webhooks::save_replay(tx, &key, now).await?;
            let row = found.ok_or_else(|| ApiError::not_found("webhook-event-not-found"))?;
            let deed = (
                "payments.webhook.replay",
                format!("webhook:{}", row.event_id),
            );
            tell::action(tx, by.acted(key.tenant, now, deed)).await?;
            Ok::<_, ApiError>(row)
        })
        .await?;
    app.webhook_wake.notify_one();
    Ok(Json(WebhookView::from(row)))
}

/// Which stored events to apply again; at least one of the fields.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ReplayRange {
    /// Only events of this type.
    #[serde(default, rename = "type")]
    #[schema(example = "charge.refunded")]
    #[garde(inner(length(min = 1, max = 255)))]
    pub kind: Option<String>,
    /// Only of this connected account.
    #[serde(default)]
    #[schema(example = "acct_1")]
    #[garde(inner(length(min = 1, max = 255)))]
    pub account: Option<String>,
    /// Only those received then or later.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub since: Option<OffsetDateTime>,
    /// Only those received earlier.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub until: Option<OffsetDateTime>,
}

impl ReplayRange {
    /// Everything is no range: whoever means it names a time.
    fn selection(self) -> Result<Selection, ApiError> {
        let wrong = |pointer: &str, code: &str, accepted: &str| {
            let problem = ApiError::invalid("invalid-body", "the body has wrong values");
            Err(problem.at(pointer, code.to_owned(), accepted))
        };
        let chosen = Selection {
            kind: self.kind,
            account: self.account,
            since: self.since,
            until: self.until,
        };
        match (chosen.since, chosen.until) {
            (Some(since), Some(until)) if since >= until => {
                wrong("/until", "range", "an instant after since")
            }
            (None, None) if chosen.kind.is_none() && chosen.account.is_none() => {
                wrong("", "missing", "at least one of type, account, since, until")
            }
            _ => Ok(chosen),
        }
    }
}

/// What was put back; it is applied in the background, beside what comes meanwhile.
#[derive(Serialize, ToSchema)]
pub struct ReplayedEvents {
    pub count: usize,
    /// One request puts back a thousand, the oldest first. When it did, there may be more: they are asked
    /// for with this as `since`.
    #[serde(with = "time::serde::rfc3339::option")]
    pub continue_since: Option<OffsetDateTime>,
}

impl From<Vec<Replayed>> for ReplayedEvents {
    fn from(replayed: Vec<Replayed>) -> Self {
        let is_full = i64::try_from(replayed.len()).is_ok_and(|count| count >= REPLAY_MAX);
        let last = replayed.iter().map(|event| event.received_at).max();
        Self {
            count: replayed.len(),
            continue_since: last.filter(|_| is_full),
        }
    }
}

/// Applies stored events again, a thousand at most. What they did already is not done twice.
#[utoipa::path(post, path = "/api/payments/sysadmin/webhooks/replays",
    responses((status = 202, body = ReplayedEvents)))]
pub async fn replay_webhook_events(
    app: Data<App>,
    by: Sysadmin,
    body: Json<ReplayRange>,
) -> Result<HttpResponse, ApiError> {
    let range = body.into_inner();
    let selection = range.clone().selection()?;
    let now = app.clock.now();
    let replayed = app
        .db
        .system("a sysadmin has webhook events applied again", async |tx| {
            let replayed = webhooks::save_replays(tx, &selection, now).await?;
            let events: Vec<&str> = replayed.iter().map(|e| e.event_id.as_str()).collect();
            breaks::close_breaks_of_events(tx, &events, now).await?;
            let deed = ("payments.webhooks.replay", "service:payments".to_owned());
            let done = json!({ "range": range, "count": replayed.len() });
            let acted = by.acted(TenantId::PLATFORM, now, deed).created(&done);
            tell::action(tx.as_tenant(TenantId::PLATFORM), acted).await?;
            Ok::<_, ApiError>(replayed)
        })
        .await?;
    app.webhook_wake.notify_one();
    Ok(HttpResponse::Accepted().json(ReplayedEvents::from(replayed)))
}
