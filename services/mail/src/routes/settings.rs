//! How a store's mails look, whom they come from, and who is told of what.

use actix_web::HttpResponse;
use garde::Validate;
use http_kit::permissions::{CanEditSettings, CanReadSettings};
use http_kit::{ApiError, Data, IfMatch, Json, Role, Staff};
use kernel::Email;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::{acted, record};
use crate::app::App;
use crate::domain::colours::is_colour;
use crate::look::OWN_SENDER;
use crate::meter;
use crate::store::settings::{self, Changed, SettingRow};
use crate::store::usage;

#[derive(Clone, Serialize, ToSchema)]
pub struct SettingsView {
    /// Of buttons and the line on top; `#rrggbb`.
    #[schema(example = "#1f2937")]
    pub accent: String,
    /// Where answers go; without one, to the store's contact address.
    pub reply_to: Option<String>,
    /// The store's own sender; mails come from the platform's until its domain is verified.
    pub sender_email: Option<String>,
    pub sender_name: Option<String>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub sender_verified_at: Option<OffsetDateTime>,
    /// Why mails do not come from it: `domain_not_verified`.
    pub sender_problem: Option<String>,
    /// Roles that are told of new orders.
    pub new_order_roles: Vec<String>,
    /// Roles that are told when little is left of something.
    pub low_stock_roles: Vec<String>,
    pub version: i64,
}

impl From<SettingRow> for SettingsView {
    fn from(row: SettingRow) -> Self {
        Self {
            accent: row.accent,
            reply_to: row.reply_to,
            sender_email: row.sender_email,
            sender_name: row.sender_name,
            sender_verified_at: row.sender_since,
            sender_problem: row.sender_problem,
            new_order_roles: row.new_order_roles,
            low_stock_roles: row.low_stock_roles,
            version: row.version,
        }
    }
}

#[derive(Deserialize, ToSchema, Validate)]
#[garde(allow_unvalidated)]
pub struct SaveSettings {
    #[garde(custom(colour))]
    #[schema(example = "#1f2937")]
    pub accent: String,
    pub reply_to: Option<Email>,
    pub sender_email: Option<Email>,
    #[garde(inner(length(chars, min = 1, max = 100), custom(one_line)))]
    pub sender_name: Option<String>,
    #[garde(custom(staff_roles))]
    pub new_order_roles: Vec<Role>,
    #[garde(custom(staff_roles))]
    pub low_stock_roles: Vec<Role>,
}

fn colour(text: &str, _: &()) -> garde::Result {
    if is_colour(text) {
        Ok(())
    } else {
        Err(garde::Error::new(
            "a colour such as #1f2937, in small letters",
        ))
    }
}

pub(super) fn one_line(text: &str, _: &()) -> garde::Result {
    if text.chars().any(char::is_control) {
        return Err(garde::Error::new("one line without control characters"));
    }
    Ok(())
}

fn staff_roles(roles: &[Role], _: &()) -> garde::Result {
    if roles.len() <= Role::ALL.len() && roles.iter().all(|role| role.is_staff()) {
        return Ok(());
    }
    Err(garde::Error::new(
        "roles of the store: owner, manager, catalog, fulfilment, accounting or viewer",
    ))
}

/// How the store's mails look and whom they come from.
#[utoipa::path(get, path = "/api/mail/admin/settings", responses((status = 200, body = SettingsView)))]
pub async fn get_mail_settings(
    app: Data<App>,
    staff: Staff<CanReadSettings>,
) -> Result<HttpResponse, ApiError> {
    let row = app
        .db
        .tenant(staff.tenant.id, async |tx| found(&app, tx).await)
        .await?;
    Ok(answer(row))
}

/// Changes them. Another sender is verified anew.
#[utoipa::path(put, path = "/api/mail/admin/settings", responses((status = 200, body = SettingsView)))]
pub async fn save_mail_settings(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    seen: IfMatch,
    body: Json<SaveSettings>,
) -> Result<HttpResponse, ApiError> {
    let wanted = body.into_inner();
    if wanted.sender_email.is_some() && !staff.tenant.has(OWN_SENDER) {
        return Err(ApiError::payment_required(
            "limit-reached",
            "the plan has no sender of its own; the addon sender-domain lifts it",
        ));
    }
    let roles = |roles: Vec<Role>| roles.iter().map(Role::to_string).collect();
    let changed = Changed {
        accent: wanted.accent,
        reply_to: wanted.reply_to.map(|email| email.as_str().to_owned()),
        sender_email: wanted.sender_email.map(|email| email.as_str().to_owned()),
        sender_name: wanted.sender_name,
        new_order_roles: roles(wanted.new_order_roles),
        low_stock_roles: roles(wanted.low_stock_roles),
    };
    let now = app.clock.now();
    let row = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            let before = found(&app, tx).await?;
            let Some(mut after) = settings::save(tx, seen.0, &changed, now).await? else {
                return Err(ApiError::precondition_failed(&SettingsView::from(before)));
            };
            if after.sender_email != before.sender_email {
                after = settings::save_sender(tx, None, None)
                    .await?
                    .unwrap_or(after);
            }
            let (before, view) = (
                SettingsView::from(before),
                SettingsView::from(after.clone()),
            );
            record(
                tx,
                acted(&app, &staff, "mail_settings.update", "mail_settings")
                    .changed(&before, &view),
            )
            .await?;
            Ok(after)
        })
        .await?;
    Ok(answer(row))
}

async fn found(app: &App, tx: &mut db::TenantTx) -> Result<SettingRow, ApiError> {
    // Makes the row when the store has none yet.
    app.vault.mark_key(tx).await?;
    settings::find(tx)
        .await?
        .ok_or_else(|| ApiError::not_found("settings-not-found"))
}

fn answer(row: SettingRow) -> HttpResponse {
    let etag = IfMatch::etag(row.version);
    HttpResponse::Ok()
        .insert_header(etag)
        .json(SettingsView::from(row))
}

#[derive(Serialize, ToSchema)]
pub struct UsageView {
    /// First day of the month.
    #[schema(example = "2026-11-01")]
    pub month: String,
    pub mails: i64,
    /// Mails a month that the plan covers; null for no limit. More are sent, and billed.
    pub covered: Option<i64>,
    /// Share of what is covered, in per cent.
    pub percent: Option<i64>,
}

/// How many mails left this month.
#[utoipa::path(get, path = "/api/mail/admin/usage", responses((status = 200, body = UsageView)))]
pub async fn get_mail_usage(
    app: Data<App>,
    staff: Staff<CanReadSettings>,
) -> Result<Json<UsageView>, ApiError> {
    let month = usage::month_of(app.clock.now());
    let mails = app
        .db
        .read(staff.tenant.id, async |tx| {
            usage::used(tx, month).await.map(|used| used.mails)
        })
        .await?;
    let covered = staff.tenant.limit(meter::LIMIT);
    let percent = covered
        .filter(|covered| *covered > 0)
        .map(|covered| mails.saturating_mul(100) / covered);
    Ok(Json(UsageView {
        month: month.to_string(),
        mails,
        covered,
        percent,
    }))
}
