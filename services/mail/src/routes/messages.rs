//! The store's mails: what became of each, what it said, and sending it again.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use db::TenantTx;
use http_kit::permissions::{CanEditOrders, CanReadCustomers, CanReadOrders};
use http_kit::{
    Answer, ApiError, Data, IdempotencyKey, Json, List, Page, Path, Query, RequestHash, Staff, once,
};
use kernel::Email;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{acted, record};
use crate::app::App;
use crate::compose::{self, Draft, address_place, content_place, rendered_place};
use crate::domain::format::Lang;
use crate::domain::kinds::{Class, Kind};
use crate::render::Rendered;
use crate::store::messages::{self, Filter, MessageRow, STATES};
use crate::vault::VaultError;

/// One mail is sent again by hand at most so often.
const RESENDS_MAX: i64 = 5;

#[derive(Serialize, ToSchema)]
pub struct MessageView {
    pub id: Uuid,
    #[schema(example = "order_paid")]
    pub kind: String,
    pub order_id: Option<Uuid>,
    /// Whom it went to, with everything but the ends hidden; null once it was forgotten.
    #[schema(example = "a…@example.pt")]
    pub to: Option<String>,
    pub locale: String,
    /// queued, sending, ambiguous, sent, delivered, bounced, complained, failed, suppressed or cancelled.
    pub state: String,
    /// Why it is not sent, in a word.
    pub problem: Option<String>,
    pub attempts: i32,
    /// Whether it was sent once more because nobody knew whether it had been.
    pub was_ambiguous: bool,
    /// zeptomail or smtp.
    pub transport: Option<String>,
    pub resend_of: Option<Uuid>,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub sent_at: Option<OffsetDateTime>,
}

#[derive(Serialize, ToSchema)]
pub struct MessageEvent {
    /// delivered, soft_bounce, hard_bounce, complaint, opened or clicked.
    pub event: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

#[derive(Serialize, ToSchema)]
pub struct MessageDetail {
    #[serde(flatten)]
    pub message: MessageView,
    pub events: Vec<MessageEvent>,
}

/// A mail as it was sent.
#[derive(Serialize, ToSchema)]
pub struct ContentView {
    pub to: String,
    pub subject: String,
    pub html: String,
    pub text: String,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MessageFilter {
    pub state: Option<String>,
    pub kind: Option<String>,
    pub order_id: Option<Uuid>,
}

/// The store's mails, the newest first.
#[utoipa::path(get, path = "/api/mail/admin/messages", responses((status = 200, body = List<MessageView>)))]
pub async fn list_messages(
    app: Data<App>,
    staff: Staff<CanReadOrders>,
    filter: Query<MessageFilter>,
    page: Page,
) -> Result<Json<List<MessageView>>, ApiError> {
    if filter
        .state
        .as_deref()
        .is_some_and(|state| !STATES.contains(&state))
    {
        return Err(
            ApiError::bad_request("invalid-query", "state is one of a mail's").at(
                "/state",
                "invalid",
                STATES.join(", "),
            ),
        );
    }
    let before: Option<Uuid> = page.after()?;
    let filter = Filter {
        state: filter.state.clone(),
        kind: filter.kind.clone(),
        order: filter.order_id,
        recipient: None,
    };
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            let rows = messages::list(tx, &filter, before, page.fetch()).await?;
            let shown = rows.into_iter().map(|row| shown(&app, tx, row));
            Ok::<Vec<MessageView>, ApiError>(shown.collect())
        })
        .await?;
    Ok(Json(page.list(rows, |row| row.id, |row| row)))
}

/// One mail and what happened to it.
#[utoipa::path(get, path = "/api/mail/admin/messages/{id}", responses((status = 200, body = MessageDetail)))]
pub async fn get_message(
    app: Data<App>,
    staff: Staff<CanReadOrders>,
    id: Path<Uuid>,
) -> Result<Json<MessageDetail>, ApiError> {
    let detail = app
        .db
        .read(staff.tenant.id, async |tx| {
            let row = messages::find(tx, *id).await?.ok_or_else(not_found)?;
            let events = messages::events_of(tx, *id).await?;
            let events = events
                .into_iter()
                .map(|(event, _, at)| MessageEvent { event, at });
            Ok::<_, ApiError>(MessageDetail {
                events: events.collect(),
                message: shown(&app, tx, row),
            })
        })
        .await?;
    Ok(Json(detail))
}

/// What a mail said, as it was sent, and to whom.
#[utoipa::path(get, path = "/api/mail/admin/messages/{id}/content", responses((status = 200, body = ContentView)))]
pub async fn get_message_content(
    app: Data<App>,
    staff: Staff<CanReadCustomers>,
    id: Path<Uuid>,
) -> Result<HttpResponse, ApiError> {
    let view = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            let row = messages::find(tx, *id).await?.ok_or_else(not_found)?;
            if Kind::from_name(&row.kind).is_none_or(|kind| kind.class() == Class::Urgent) {
                let why = "it holds a link that opens an account, which is for its receiver alone";
                return Err(ApiError::forbidden("content-private").detail(why));
            }
            let (Some(address), Some(rendered)) = (&row.address, &row.rendered) else {
                let why = "it was not written yet, or it was forgotten after 90 days";
                return Err(ApiError::conflict("content-not-there", why));
            };
            let name = row.id.to_string();
            let to: Email = app
                .vault
                .open(address_place(tx, &name), address)
                .map_err(VaultError::from)?;
            let mail: Rendered = app
                .vault
                .open_packed(rendered_place(tx, &name), rendered)
                .map_err(VaultError::from)?;
            record(
                tx,
                acted(&app, &staff, "mail.read", format!("mail:{}", row.id)),
            )
            .await?;
            Ok(ContentView {
                to: to.as_str().to_owned(),
                subject: mail.subject,
                html: mail.html,
                text: mail.text,
            })
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(view))
}

/// Sends a mail again, with the words of today, to whom it went before.
#[utoipa::path(post, path = "/api/mail/admin/messages/{id}/resend", responses((status = 202, body = MessageView)))]
pub async fn resend_message(
    app: Data<App>,
    staff: Staff<CanEditOrders>,
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
            let row = messages::lock(tx, *id).await?.ok_or_else(not_found)?;
            let draft = again(&app, tx, &row, now).await?;
            let made = compose::queue(tx, &app.vault, &draft, now)
                .await?
                .unwrap_or_default();
            record(
                tx,
                acted(&app, &staff, "mail.resend", format!("mail:{}", row.id)),
            )
            .await?;
            let made = messages::find(tx, made).await?.ok_or_else(not_found)?;
            Ok::<_, ApiError>(Answer::accepted(shown(&app, tx, made)))
        },
    )
    .await?;
    app.mail_wake.notify_one();
    Ok(answer)
}

/// The same mail as a new one.
async fn again(
    app: &App,
    tx: &TenantTx,
    row: &MessageRow,
    now: OffsetDateTime,
) -> Result<Draft, ApiError> {
    if row.is_open() {
        return Err(ApiError::conflict(
            "mail-on-its-way",
            "it is still on its way; wait until that is decided",
        ));
    }
    let (Some(address), Some(content), Some(kind)) =
        (&row.address, &row.content, Kind::from_name(&row.kind))
    else {
        return Err(ApiError::conflict(
            "content-not-there",
            "what it said was forgotten: after 90 days, or with whom it went to",
        ));
    };
    let first = row.resend_of.unwrap_or(row.id);
    let number = messages::count_resends(tx, first).await? + 1;
    if number > RESENDS_MAX {
        return Err(ApiError::conflict(
            "too-many-resends",
            format!("a mail is sent again {RESENDS_MAX} times at most"),
        ));
    }
    let name = row.id.to_string();
    Ok(Draft {
        kind,
        about: format!("resend:{first}:{number}"),
        to: app
            .vault
            .open(address_place(tx, &name), address)
            .map_err(VaultError::from)?,
        lang: Lang::from_tag(&row.locale).unwrap_or(Lang::En),
        order: row.order_id,
        facts: app
            .vault
            .open(content_place(tx, &name), content)
            .map_err(VaultError::from)?,
        due_at: now,
        resend_of: Some(first),
    })
}

fn not_found() -> ApiError {
    ApiError::not_found("mail-not-found")
}

fn shown(app: &App, tx: &TenantTx, row: MessageRow) -> MessageView {
    let name = row.id.to_string();
    let to = row.address.as_ref().and_then(|sealed| {
        app.vault
            .open::<Email>(address_place(tx, &name), sealed)
            .ok()
    });
    MessageView {
        to: to.map(|to| hidden(&to)),
        id: row.id,
        kind: row.kind,
        order_id: row.order_id,
        locale: row.locale,
        state: row.state,
        problem: row.problem,
        attempts: row.attempts,
        was_ambiguous: row.was_ambiguous,
        transport: row.transport,
        resend_of: row.resend_of,
        created_at: row.created_at,
        sent_at: row.sent_at,
    }
}

/// Enough to know the address again for whoever knows it.
pub(super) fn hidden(address: &Email) -> String {
    let text = address.as_str();
    match text.rsplit_once('@') {
        Some((local, domain)) => format!("{}…@{domain}", local.chars().next().unwrap_or('?')),
        None => "…".to_owned(),
    }
}
