//! The store's connection to Moloni, and the way to it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_kit::permissions::{CanManageInvoices, CanReadInvoices};
use http_kit::{ApiError, Data, HttpResponse, Json, Staff};
use kernel::TenantId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use subtle::ConstantTimeEq;
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;
use uuid::Uuid;

use super::cookies;
use crate::app::App;
use crate::store::connections::{self, ConnectionRow};
use crate::tell;
use crate::tokens;

/// The feature of a plan.
const ENTITLEMENT: &str = "invoicing.moloni";
const PURPOSE: &str = "invoicing moloni state";
/// How long a merchant may take at Moloni.
pub(super) const ATTEMPT_FOR: Duration = Duration::minutes(15);
const TARGET: &str = "connection:moloni";
/// Longer states are none of ours.
const STATE_CHARS_MAX: usize = 300;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConnectionView {
    /// Whether the platform and the store's plan offer Moloni.
    pub available: bool,
    /// none, connected, or lost: then the store has to be connected again.
    #[schema(example = "connected")]
    pub state: String,
    #[serde(with = "time::serde::rfc3339::option")]
    pub connected_at: Option<OffsetDateTime>,
}

/// How the store stands with its fiscal provider.
#[utoipa::path(get, path = "/api/invoicing/admin/connection", responses((status = 200, body = ConnectionView)))]
pub async fn get_connection(
    app: Data<App>,
    staff: Staff<CanReadInvoices>,
) -> Result<Json<ConnectionView>, ApiError> {
    let found = app
        .db
        .read(staff.tenant.id, async |tx| {
            connections::find_connection(tx).await
        })
        .await?;
    let offered = app.moloni.is_some() && staff.tenant.has(ENTITLEMENT);
    Ok(Json(view(offered, found)))
}

fn view(available: bool, row: Option<ConnectionRow>) -> ConnectionView {
    let state = row.as_ref().map_or("none", |row| row.state.as_str());
    ConnectionView {
        available,
        state: state.to_owned(),
        connected_at: row.map(|row| row.connected_at),
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuthorizeView {
    /// Where the merchant signs in to Moloni; good once, for a quarter of an hour.
    pub url: String,
}

/// The way to Moloni: whoever follows it and agrees there lets the platform issue the store's documents. Only
/// the browser that asked can come back from it, so it has to ask at the platform's own address.
#[utoipa::path(post, path = "/api/invoicing/admin/connection/authorize", responses((status = 200, body = AuthorizeView)))]
pub async fn begin_connection(
    app: Data<App>,
    staff: Staff<CanManageInvoices>,
) -> Result<HttpResponse, ApiError> {
    if !staff.tenant.has(ENTITLEMENT) {
        return Err(ApiError::forbidden("not-in-plan")
            .detail("the store's plan does not include invoicing with Moloni"));
    }
    let moloni = tokens::moloni(&app).map_err(|_| {
        ApiError::conflict("moloni-not-offered", "this platform does not offer Moloni")
    })?;
    let (id, now) = (Uuid::now_v7(), app.clock.now());
    let tenant = staff.tenant.id;
    let state = State { tenant, id }.sign(&app);
    let url = moloni
        .authorize_url(&redirect(&app), &state)
        .map_err(|error| ApiError::internal(&error))?;
    let acted = staff.acted(now, "invoicing.connection.begin", TARGET);
    app.db
        .tenant(tenant, async |tx| {
            let attempt = (id, staff.id.uuid());
            connections::create_attempt(tx, attempt, now + ATTEMPT_FOR).await?;
            tell::action(tx, acted).await
        })
        .await?;
    Ok(HttpResponse::Ok()
        .cookie(cookies::begun(&app, id))
        .insert_header(("cache-control", "no-store"))
        .json(AuthorizeView { url: url.into() }))
}

/// Forgets the store's access. Documents that are on their way wait until it is connected again; new
/// orders get proformas.
#[utoipa::path(delete, path = "/api/invoicing/admin/connection", responses((status = 204)))]
pub async fn end_connection(
    app: Data<App>,
    staff: Staff<CanManageInvoices>,
) -> Result<HttpResponse, ApiError> {
    let acted = staff
        .acted(app.clock.now(), "invoicing.connection.end", TARGET)
        .deleted(&json!({ "provider": "moloni" }));
    app.db
        .tenant(staff.tenant.id, async |tx| {
            if !connections::delete_connection(tx).await? {
                return Err(ApiError::not_found("connection-not-found"));
            }
            Ok(tell::action(tx, acted).await?)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Where Moloni sends the merchant back to; registered with it.
pub(super) fn redirect(app: &App) -> String {
    format!(
        "{}/api/invoicing/moloni/callback",
        app.config.public_origin(None)
    )
}

/// What comes back with the merchant: for which store, and which attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    pub tenant: TenantId,
    pub id: Uuid,
}

impl State {
    fn sign(self, app: &App) -> String {
        let text = serde_json::to_vec(&self).expect("two ids are plain data");
        let body = URL_SAFE_NO_PAD.encode(text);
        let word = app.config.ticket_key.word(PURPOSE, body.as_bytes());
        format!("{body}.{word}")
    }

    /// Nothing for what we did not sign.
    pub fn open(app: &App, text: &str) -> Option<Self> {
        if text.len() > STATE_CHARS_MAX {
            return None;
        }
        let (body, word) = text.split_once('.')?;
        let expected = app.config.ticket_key.word(PURPOSE, body.as_bytes());
        let is_ours: bool = expected.as_bytes().ct_eq(word.as_bytes()).into();
        let text = URL_SAFE_NO_PAD.decode(body).ok().filter(|_| is_ours)?;
        serde_json::from_slice(&text).ok()
    }
}
