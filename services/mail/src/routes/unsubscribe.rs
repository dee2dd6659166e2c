//! Out of what needs consent: by the link in a mail, with one click (RFC 8058).

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http_kit::{ApiError, Data, Path, Shopper, TenantRef};
use kernel::Email;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::app::App;
use crate::compose::address_place;
use crate::domain::format::Lang;
use crate::jobs::apply_provider_events::create_suppression;
use crate::look;
use crate::store::messages::{self, MessageRow};
use crate::store::suppressions::MARKETING;
use crate::vault::VaultError;

/// The page behind the link: it asks, as programs look at links too.
#[utoipa::path(get, path = "/api/mail/store/unsubscribe/{token}", responses((status = 200, content_type = "text/html")))]
pub async fn show_unsubscribe(
    app: Data<App>,
    shopper: Shopper,
    token: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let row = app
        .db
        .tenant(shopper.tenant.id, async |tx| found(&app, tx, &token).await)
        .await?;
    page(&app, &shopper.tenant, &row, false)
}

/// Unsubscribes whoever the mail was sent to: from the page's button, or a mail program's.
#[utoipa::path(post, path = "/api/mail/store/unsubscribe/{token}", responses((status = 200, content_type = "text/html")))]
pub async fn unsubscribe(
    app: Data<App>,
    shopper: Shopper,
    token: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let now = app.clock.now();
    let row = app
        .db
        .tenant(shopper.tenant.id, async |tx| {
            let row = found(&app, tx, &token).await?;
            if let Some(sealed) = &row.address {
                let name = row.id.to_string();
                let address: Email = app
                    .vault
                    .open(address_place(tx, &name), sealed)
                    .map_err(VaultError::from)?;
                create_suppression(&app, tx, &address, (MARKETING, "unsubscribed"), now).await?;
            }
            Ok::<_, ApiError>(row)
        })
        .await?;
    page(&app, &shopper.tenant, &row, true)
}

/// The mail of a link; a link that was made up leads nowhere.
async fn found(app: &App, tx: &mut db::TenantTx, token: &str) -> Result<MessageRow, ApiError> {
    let not_found = || ApiError::not_found("link-unknown");
    let (id, proof) = token.split_once('.').ok_or_else(not_found)?;
    let id: Uuid = id.parse().map_err(|_| not_found())?;
    let wanted = app.vault.mark_key(tx).await?.proof(&id.to_string());
    if !bool::from(wanted.as_bytes().ct_eq(proof.as_bytes())) {
        return Err(not_found());
    }
    messages::find(tx, id).await?.ok_or_else(not_found)
}

fn page(
    app: &App,
    store: &TenantRef,
    row: &MessageRow,
    done: bool,
) -> Result<HttpResponse, ApiError> {
    let lang = Lang::from_tag(&row.locale).unwrap_or_else(|| look::language("", store));
    let html = app
        .renderer
        .unsubscribe_page(lang, &store.name, done)
        .map_err(|error| ApiError::internal(&error))?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ))
        .body(html))
}
