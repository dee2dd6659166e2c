//! Where a merchant's own programs hear of events (Standard Webhooks).

use actix_web::HttpResponse;
use db::TenantTx;
use garde::Validate;
use http_kit::permissions::{CanEditSettings, CanReadSettings};
use http_kit::{
    Answer, ApiError, Data, IdempotencyKey, IfMatch, Json, Path, RequestHash, Staff, once,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{acted, record};
use crate::app::App;
use crate::domain::public::{self, TYPES};
use crate::domain::standard;
use crate::events::publish;
use crate::jobs::send_deliveries::secret_place;
use crate::store::deliveries;
use crate::store::endpoints::{self, EndpointRow};
use crate::vault::VaultError;

/// What an endpoint is told when its owner tries it.
const TEST: &str = "webhook.test";
const URL_CHARS_MAX: usize = 2_000;

#[derive(Clone, Serialize, ToSchema)]
pub struct EndpointView {
    pub id: Uuid,
    pub url: String,
    pub description: String,
    pub types: Vec<String>,
    pub enabled: bool,
    /// gone: it answered 410; failing: it took nothing for three days.
    pub disabled_reason: Option<String>,
    /// Since when nothing was taken.
    #[serde(with = "time::serde::rfc3339::option")]
    pub failing_since: Option<OffsetDateTime>,
    /// Until when the former secret signs too.
    #[serde(with = "time::serde::rfc3339::option")]
    pub former_secret_until: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    pub version: i64,
}

impl From<EndpointRow> for EndpointView {
    fn from(row: EndpointRow) -> Self {
        Self {
            id: row.id,
            url: row.url,
            description: row.description,
            types: row.types,
            enabled: row.enabled,
            disabled_reason: row.disabled_reason,
            failing_since: row.failing_since,
            former_secret_until: row.former_until,
            created_at: row.created_at,
            version: row.version,
        }
    }
}

/// An endpoint with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
pub struct EndpointSecret {
    #[serde(flatten)]
    pub endpoint: EndpointView,
    #[schema(example = "whsec_…")]
    pub secret: String,
}

#[derive(Serialize, ToSchema)]
pub struct EndpointList {
    pub items: Vec<EndpointView>,
}

#[derive(Serialize, ToSchema)]
pub struct WebhookTypes {
    #[schema(example = json!(["order.paid"]))]
    pub items: Vec<String>,
}

#[derive(Deserialize, ToSchema, Validate)]
pub struct SaveEndpoint {
    #[garde(length(chars, min = 1, max = URL_CHARS_MAX))]
    #[schema(example = "https://erp.example/hooks/stores")]
    pub url: String,
    #[garde(length(chars, max = 200))]
    #[serde(default)]
    pub description: String,
    #[garde(length(min = 1, max = TYPES.len()), custom(known_types))]
    pub types: Vec<String>,
    #[garde(skip)]
    #[serde(default = "enabled")]
    pub enabled: bool,
}

fn enabled() -> bool {
    true
}

fn known_types(types: &[String], _: &()) -> garde::Result {
    let unknown = types.iter().find(|kind| !TYPES.contains(&kind.as_str()));
    match unknown {
        None => Ok(()),
        Some(_) => Err(garde::Error::new(format!("types of {}", TYPES.join(", ")))),
    }
}

/// The types of events that can be heard.
#[utoipa::path(get, path = "/api/mail/admin/webhook-types", responses((status = 200, body = WebhookTypes)))]
pub async fn list_webhook_types(
    _: Data<App>,
    _: Staff<CanReadSettings>,
) -> Result<Json<WebhookTypes>, ApiError> {
    Ok(Json(WebhookTypes {
        items: TYPES.map(str::to_owned).into(),
    }))
}

/// The store's endpoints.
#[utoipa::path(get, path = "/api/mail/admin/webhooks", responses((status = 200, body = EndpointList)))]
pub async fn list_endpoints(
    app: Data<App>,
    staff: Staff<CanReadSettings>,
) -> Result<Json<EndpointList>, ApiError> {
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| endpoints::list(tx).await)
        .await?;
    Ok(Json(EndpointList {
        items: rows.into_iter().map(EndpointView::from).collect(),
    }))
}

/// A new endpoint. Its secret is in this answer and in no other.
#[utoipa::path(post, path = "/api/mail/admin/webhooks", responses((status = 201, body = EndpointSecret)))]
pub async fn create_endpoint(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    key: IdempotencyKey,
    body: Json<SaveEndpoint>,
) -> Result<HttpResponse, ApiError> {
    check_url(&app, &body.url)?;
    let (now, hash) = (app.clock.now(), body.hash());
    // The answer is not kept for a repeat, as it holds the secret: a repeat is told so.
    let secret = fresh_secret();
    let made = app
        .db
        .tenant(staff.tenant.id, async |tx: &mut TenantTx| {
            let first = http_kit::find_stored(tx, &key).await?;
            if first.is_some() {
                return Err(already_made());
            }
            check_room(tx, &staff).await?;
            let id = Uuid::now_v7();
            let row = EndpointRow {
                tenant_id: tx.tenant().uuid(),
                id,
                url: body.url.trim().to_owned(),
                description: body.description.clone(),
                types: sorted(&body.types),
                secret: sealed(&app, tx, id, &secret)?,
                former_secret: None,
                former_until: None,
                enabled: body.enabled,
                disabled_reason: None,
                failing_since: None,
                created_at: now,
                updated_at: now,
                version: 1,
            };
            endpoints::create(tx, &row).await?;
            let view = EndpointView::from(row);
            record(
                tx,
                acted(&app, &staff, "webhook.create", format!("webhook:{id}")).created(&view),
            )
            .await?;
            keep_key(tx, &key, hash, &view).await?;
            Ok(view)
        })
        .await?;
    let location = format!("/api/mail/admin/webhooks/{}", made.id);
    Ok(HttpResponse::Created()
        .insert_header(("location", location))
        .insert_header(("cache-control", "no-store"))
        .json(EndpointSecret {
            endpoint: made,
            secret: standard::shown(&secret),
        }))
}

#[utoipa::path(get, path = "/api/mail/admin/webhooks/{id}", responses((status = 200, body = EndpointView)))]
pub async fn get_endpoint(
    app: Data<App>,
    staff: Staff<CanReadSettings>,
    id: Path<Uuid>,
) -> Result<HttpResponse, ApiError> {
    let row = app
        .db
        .read(staff.tenant.id, async |tx| endpoints::find(tx, *id).await)
        .await?;
    Ok(answer(row.ok_or_else(not_found)?))
}

/// Changes an endpoint; switching it on again forgets its failures.
#[utoipa::path(put, path = "/api/mail/admin/webhooks/{id}", responses((status = 200, body = EndpointView)))]
pub async fn save_endpoint(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    id: Path<Uuid>,
    seen: IfMatch,
    body: Json<SaveEndpoint>,
) -> Result<HttpResponse, ApiError> {
    check_url(&app, &body.url)?;
    let now = app.clock.now();
    let row = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            let before = endpoints::lock(tx, *id).await?.ok_or_else(not_found)?;
            if before.version != seen.0 {
                return Err(ApiError::precondition_failed(&EndpointView::from(before)));
            }
            let mut row = before.clone();
            row.url = body.url.trim().to_owned();
            row.description = body.description.clone();
            row.types = sorted(&body.types);
            if body.enabled && !row.enabled {
                row.disabled_reason = None;
                row.failing_since = None;
            }
            row.enabled = body.enabled;
            row.updated_at = now;
            row.version += 1;
            endpoints::save(tx, &row).await?;
            if !row.enabled {
                deliveries::fail_pending(tx, row.id, now).await?;
            }
            let deed = acted(
                &app,
                &staff,
                "webhook.update",
                format!("webhook:{}", row.id),
            );
            record(
                tx,
                deed.changed(
                    &EndpointView::from(before),
                    &EndpointView::from(row.clone()),
                ),
            )
            .await?;
            Ok(row)
        })
        .await?;
    Ok(answer(row))
}

/// Removes an endpoint with its log.
#[utoipa::path(delete, path = "/api/mail/admin/webhooks/{id}", responses((status = 204)))]
pub async fn delete_endpoint(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    id: Path<Uuid>,
) -> Result<HttpResponse, ApiError> {
    app.db
        .tenant(staff.tenant.id, async |tx| {
            let gone = endpoints::delete(tx, *id).await?.ok_or_else(not_found)?;
            let deed = acted(
                &app,
                &staff,
                "webhook.delete",
                format!("webhook:{}", gone.id),
            );
            record(tx, deed.deleted(&EndpointView::from(gone))).await
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A new secret, shown this once. For a day the former one signs beside it.
#[utoipa::path(post, path = "/api/mail/admin/webhooks/{id}/rotate-secret", responses((status = 200, body = EndpointSecret)))]
pub async fn rotate_endpoint_secret(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    id: Path<Uuid>,
    key: IdempotencyKey,
) -> Result<HttpResponse, ApiError> {
    let (now, secret) = (app.clock.now(), fresh_secret());
    let view = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            if http_kit::find_stored(tx, &key).await?.is_some() {
                return Err(already_made());
            }
            let mut row = endpoints::lock(tx, *id).await?.ok_or_else(not_found)?;
            row.former_secret = Some(std::mem::replace(
                &mut row.secret,
                sealed(&app, tx, *id, &secret)?,
            ));
            row.former_until = Some(now + standard::ROTATION);
            row.updated_at = now;
            row.version += 1;
            endpoints::save(tx, &row).await?;
            record(
                tx,
                acted(
                    &app,
                    &staff,
                    "webhook.rotate_secret",
                    format!("webhook:{}", row.id),
                ),
            )
            .await?;
            let view = EndpointView::from(row);
            keep_key(tx, &key, RequestHash::NONE, &view).await?;
            Ok(view)
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(("cache-control", "no-store"))
        .json(EndpointSecret {
            endpoint: view,
            secret: standard::shown(&secret),
        }))
}

#[derive(Serialize, ToSchema)]
pub struct DeliveryQueued {
    pub delivery_id: Uuid,
}

/// Tells the endpoint of something that did not happen, so that its owner sees whether it works.
#[utoipa::path(post, path = "/api/mail/admin/webhooks/{id}/test", responses((status = 202, body = DeliveryQueued)))]
pub async fn test_endpoint(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    id: Path<Uuid>,
    key: IdempotencyKey,
) -> Result<HttpResponse, ApiError> {
    let now = app.clock.now();
    let answer = once(
        &app.db,
        staff.tenant.id,
        &key,
        RequestHash::NONE,
        async |tx: &mut TenantTx| {
            let row = endpoints::find(tx, *id).await?.ok_or_else(not_found)?;
            if !row.enabled {
                return Err(ApiError::conflict("webhook-disabled", "switch it on first"));
            }
            let body = public::body(TEST, now, json!({ "endpoint_id": row.id }));
            let event = format!("evt_{}", Uuid::now_v7());
            let delivery_id = publish::create(&app, tx, (row.id, TEST), &event, &body).await?;
            Ok::<_, ApiError>(Answer::accepted(DeliveryQueued { delivery_id }))
        },
    )
    .await?;
    app.webhook_wake.notify_one();
    Ok(answer)
}

pub(super) fn not_found() -> ApiError {
    ApiError::not_found("webhook-not-found")
}

fn already_made() -> ApiError {
    ApiError::conflict(
        "secret-was-shown",
        "this was done before under the same Idempotency-Key; its secret is shown once, rotate it to see a new one",
    )
}

/// A repeat under the key is answered without the secret, so nothing secret is kept for it.
async fn keep_key(
    tx: &TenantTx,
    key: &IdempotencyKey,
    hash: RequestHash,
    view: &EndpointView,
) -> Result<(), ApiError> {
    let stored = http_kit::Stored::of(&Answer::created(view), key.fingerprint(hash))?;
    let was_free = http_kit::keep_all(tx, &[(key, stored)]).await?;
    // A twin that came at the same moment has shown its secret.
    if was_free.contains(&true) {
        Ok(())
    } else {
        Err(already_made())
    }
}

fn check_url(app: &App, url: &str) -> Result<(), ApiError> {
    let checked = app
        .outbound
        .check(url)
        .map_err(|refused| refused.to_string());
    let unfit = match checked {
        Ok(_) => return Ok(()),
        Err(unfit) => unfit,
    };
    Err(ApiError::invalid(
        "address-refused",
        "the address cannot be one that is told of events",
    )
    .at("/url", "refused", unfit))
}

async fn check_room(tx: &TenantTx, staff: &Staff<CanEditSettings>) -> Result<(), ApiError> {
    let Some(most) = staff.tenant.limit("limit.webhook_endpoints") else {
        return Ok(());
    };
    let used = endpoints::list(tx).await?.len();
    if i64::try_from(used).unwrap_or(i64::MAX) < most {
        return Ok(());
    }
    Err(ApiError::payment_required(
        "limit-reached",
        format!(
            "the plan covers {most} webhook endpoints; a larger plan or the addon api-webhooks lifts it"
        ),
    ))
}

fn fresh_secret() -> [u8; standard::SECRET_BYTES] {
    let mut secret = [0_u8; standard::SECRET_BYTES];
    rand::fill(&mut secret);
    secret
}

fn sealed(app: &App, tx: &TenantTx, id: Uuid, secret: &[u8]) -> Result<Vec<u8>, ApiError> {
    let sealed = app
        .vault
        .seal_bytes(secret_place(tx, &id.to_string()), secret);
    Ok(sealed.map_err(VaultError::from)?)
}

fn sorted(types: &[String]) -> Vec<String> {
    let mut types = types.to_vec();
    types.sort();
    types.dedup();
    types
}

fn answer(row: EndpointRow) -> HttpResponse {
    let etag = IfMatch::etag(row.version);
    HttpResponse::Ok()
        .insert_header(etag)
        .json(EndpointView::from(row))
}
