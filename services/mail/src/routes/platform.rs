//! All stores' mails, for the platform's own people: states and numbers, never what a mail said.

use http_kit::{ApiError, Data, Json, Path, Query, Sysadmin};
use kernel::TenantId;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::record;
use crate::app::App;
use crate::store::messages::{self, MessageRow, STATES};
use crate::store::provider_events::{self, ProviderEventRow};
use crate::store::{pauses, settings};

const LIST_MAX: i64 = 100;
const LOOKED_BACK: Duration = Duration::days(7);

#[derive(Serialize, ToSchema)]
pub struct StateCount {
    pub tenant_id: TenantId,
    pub state: String,
    pub mails: i64,
    /// When the last one came into it.
    #[serde(with = "time::serde::rfc3339")]
    pub newest: OffsetDateTime,
}

#[derive(Serialize, ToSchema)]
pub struct PauseView {
    pub transport: String,
    /// The provider's code, such as AE_101: the account is blocked.
    pub reason: String,
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub until: OffsetDateTime,
}

/// A sender whose domain waits to be verified in the mail account.
#[derive(Serialize, ToSchema)]
pub struct UnprovenSender {
    pub tenant_id: TenantId,
    pub sender_email: String,
    pub problem: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct MailOverview {
    /// zeptomail or smtp; null while mails wait for a setting.
    pub transport: Option<String>,
    pub pauses: Vec<PauseView>,
    /// Of the last seven days, by store and state.
    pub states: Vec<StateCount>,
    pub senders: Vec<UnprovenSender>,
}

/// How all stores' mails do.
#[utoipa::path(get, path = "/api/mail/sysadmin/overview", responses((status = 200, body = MailOverview)))]
pub async fn get_mail_overview(
    app: Data<App>,
    _: Sysadmin,
) -> Result<Json<MailOverview>, ApiError> {
    let since = app.clock.now() - LOOKED_BACK;
    let overview = app
        .db
        .system("a sysadmin looks at mails", async |tx| {
            let pauses = pauses::list(tx).await?.into_iter().map(|row| PauseView {
                transport: row.transport,
                reason: row.reason,
                since: row.since,
                until: row.until,
            });
            let states = messages::count_by_state(tx, since)
                .await?
                .into_iter()
                .map(|count| StateCount {
                    tenant_id: TenantId::from_uuid(count.tenant_id),
                    state: count.state,
                    mails: count.mails,
                    newest: count.newest,
                });
            let senders = settings::list_unproven(tx, LIST_MAX).await?.into_iter();
            let senders = senders.map(|(tenant_id, sender_email, problem)| UnprovenSender {
                tenant_id,
                sender_email,
                problem,
            });
            Ok::<_, ApiError>(MailOverview {
                transport: app.transport.name().map(str::to_owned),
                pauses: pauses.collect(),
                states: states.collect(),
                senders: senders.collect(),
            })
        })
        .await?;
    Ok(Json(overview))
}

/// A mail as the platform sees it: not to whom, not what.
#[derive(Serialize, ToSchema)]
pub struct PlatformMessage {
    pub id: Uuid,
    pub tenant_id: TenantId,
    pub kind: String,
    pub state: String,
    pub problem: Option<String>,
    pub attempts: i32,
    pub was_ambiguous: bool,
    pub provider_id: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

impl From<MessageRow> for PlatformMessage {
    fn from(row: MessageRow) -> Self {
        Self {
            id: row.id,
            tenant_id: TenantId::from_uuid(row.tenant_id),
            kind: row.kind,
            state: row.state,
            problem: row.problem,
            attempts: row.attempts,
            was_ambiguous: row.was_ambiguous,
            provider_id: row.provider_id,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct PlatformMessageList {
    pub items: Vec<PlatformMessage>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StateFilter {
    #[param(example = "failed")]
    pub state: String,
}

/// The newest hundred mails of all stores in a state.
#[utoipa::path(get, path = "/api/mail/sysadmin/messages", responses((status = 200, body = PlatformMessageList)))]
pub async fn list_mails_across(
    app: Data<App>,
    _: Sysadmin,
    filter: Query<StateFilter>,
) -> Result<Json<PlatformMessageList>, ApiError> {
    if !STATES.contains(&filter.state.as_str()) {
        return Err(
            ApiError::bad_request("invalid-query", "state is one of a mail's").at(
                "/state",
                "invalid",
                STATES.join(", "),
            ),
        );
    }
    let rows = app
        .db
        .system("a sysadmin lists mails", async |tx| {
            messages::list_across(tx, &filter.state, LIST_MAX).await
        })
        .await?;
    Ok(Json(PlatformMessageList {
        items: rows.into_iter().map(PlatformMessage::from).collect(),
    }))
}

#[derive(Serialize, ToSchema)]
pub struct ProviderEventView {
    pub id: String,
    /// received, applied, ignored or failed.
    pub state: String,
    pub note: Option<String>,
    pub attempts: i32,
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: OffsetDateTime,
}

impl From<ProviderEventRow> for ProviderEventView {
    fn from(row: ProviderEventRow) -> Self {
        Self {
            id: row.id,
            state: row.state,
            note: row.note,
            attempts: row.attempts,
            received_at: row.received_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct ProviderEventList {
    pub items: Vec<ProviderEventView>,
}

/// The newest hundred events of the mail provider's, without their contents.
#[utoipa::path(get, path = "/api/mail/sysadmin/provider-events", responses((status = 200, body = ProviderEventList)))]
pub async fn list_provider_events(
    app: Data<App>,
    _: Sysadmin,
) -> Result<Json<ProviderEventList>, ApiError> {
    let rows = app
        .db
        .system("a sysadmin reads the provider's events", async |tx| {
            provider_events::list(tx, LIST_MAX).await
        })
        .await?;
    Ok(Json(ProviderEventList {
        items: rows.into_iter().map(ProviderEventView::from).collect(),
    }))
}

#[derive(Serialize, ToSchema)]
pub struct Resumed {
    /// Whether there was a pause to end.
    pub was_paused: bool,
}

/// Ends a pause: the account was mended.
#[utoipa::path(post, path = "/api/mail/sysadmin/transports/{transport}/resume", responses((status = 200, body = Resumed)))]
pub async fn resume_transport(
    app: Data<App>,
    by: Sysadmin,
    transport: Path<String>,
) -> Result<Json<Resumed>, ApiError> {
    if !["zeptomail", "smtp"].contains(&transport.as_str()) {
        return Err(ApiError::not_found("transport-not-found"));
    }
    let deed = (
        "mail_transport.resume",
        format!("mail_transport:{}", *transport),
    );
    let acted = by.acted(TenantId::PLATFORM, app.clock.now(), deed);
    let was_paused = app
        .db
        .tenant(TenantId::PLATFORM, async |tx| {
            let was_paused = pauses::delete(tx, &transport).await?;
            if was_paused {
                record(tx, acted).await?;
            }
            Ok::<_, ApiError>(was_paused)
        })
        .await?;
    app.mail_wake.notify_one();
    Ok(Json(Resumed { was_paused }))
}

#[derive(Serialize, ToSchema)]
pub struct SenderVerified {
    pub tenant_id: TenantId,
    pub sender_email: String,
}

/// Says that a store's sender domain is verified in the mail account: its mails come from there now.
#[utoipa::path(post, path = "/api/mail/sysadmin/tenants/{id}/verify-sender", responses((status = 200, body = SenderVerified)))]
pub async fn verify_sender(
    app: Data<App>,
    by: Sysadmin,
    id: Path<TenantId>,
) -> Result<Json<SenderVerified>, ApiError> {
    let now = app.clock.now();
    let acted = by.acted(
        *id,
        now,
        ("mail_settings.verify_sender", "mail_settings".to_owned()),
    );
    let sender_email = app
        .db
        .tenant(*id, async |tx| {
            let row = settings::save_sender(tx, Some(now), None).await?;
            let sender_email = row.and_then(|row| row.sender_email);
            let sender_email =
                sender_email.ok_or_else(|| ApiError::not_found("sender-not-found"))?;
            record(tx, acted).await?;
            Ok::<_, ApiError>(sender_email)
        })
        .await?;
    Ok(Json(SenderVerified {
        tenant_id: *id,
        sender_email,
    }))
}
