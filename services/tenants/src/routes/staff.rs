//! Who works in a store.

use db::TenantTx;
use events::tenants::v1::StaffStatus;
use garde::Validate;
use http_kit::auth::NewPassword;
use http_kit::permissions::CanManageStaff;
use http_kit::{
    Answer, ApiError, Data, HttpResponse, IdempotencyKey, IfMatch, Json, List, Page, Path,
    RequestHash, Role, Staff,
};
use kernel::{Email, Locale, StaffId};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::not_acceptable;
use crate::App;
use crate::deeds;
use crate::domain::new_tenant::{NAME_ACCEPTED, name_of};
use crate::domain::secrets::temporary_password;
use crate::domain::sessions::TEMPORARY_PASSWORD_LIFE;
use crate::looks;
use crate::sealed::{self, Claim};
use crate::store::staff::{self, StaffRow};
use crate::store::tenants;
use crate::tell;

const LIMIT: &str = "limit.staff";
const ROLES_ACCEPTED: &str = "one of: owner, manager, catalog, fulfilment, accounting, viewer";

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StaffView {
    pub id: StaffId,
    pub email: String,
    pub name: String,
    #[schema(example = "manager")]
    pub role: String,
    pub locale: String,
    /// `active`, `disabled`, or `invited` while the password is a temporary one.
    pub status: String,
    /// Until when the temporary password works.
    #[serde(with = "time::serde::rfc3339::option")]
    pub password_expires_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// For `If-Match`.
    pub version: i64,
}

impl From<StaffRow> for StaffView {
    fn from(row: StaffRow) -> Self {
        let status = match row.password_expires_at {
            Some(_) if row.status == "active" => "invited".to_owned(),
            _ => row.status,
        };
        Self {
            id: StaffId::from_uuid(row.id),
            email: row.email,
            name: row.name,
            role: row.role,
            locale: row.locale,
            status,
            password_expires_at: row.password_expires_at,
            created_at: row.created_at,
            version: row.version,
        }
    }
}

#[derive(Deserialize, ToSchema, Validate)]
#[garde(allow_unvalidated)]
pub struct InviteStaff {
    pub email: Email,
    /// 1 to 120 characters on one line; the spaces around it do not count.
    pub name: String,
    pub role: Role,
    /// The store's own when it is not said.
    pub locale: Option<Locale>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StaffState {
    Active,
    Disabled,
}

#[derive(Deserialize, ToSchema, Validate)]
#[garde(allow_unvalidated)]
pub struct ChangeStaff {
    pub name: Option<String>,
    pub role: Option<Role>,
    pub status: Option<StaffState>,
}

/// Somebody and the password they come in with.
#[derive(Serialize, ToSchema)]
pub struct InvitedStaff {
    pub staff: StaffView,
    /// Shown once; works for 24 hours and asks for another at the first sign-in.
    pub temporary_password: String,
    /// Where the person signs in.
    pub sign_in_url: String,
}

/// Everybody who works in the store, in the order in which they came.
#[utoipa::path(get, path = "/api/tenants/admin/staff", responses((status = 200, body = List<StaffView>)))]
pub async fn list_staff(
    app: Data<App>,
    by: Staff<CanManageStaff>,
    page: Page,
) -> Result<Json<List<StaffView>>, ApiError> {
    let after = page.after::<StaffId>()?;
    let rows = app.db.read(by.tenant.id, async |tx: &mut TenantTx| {
        staff::list_staff(tx, after, page.fetch()).await
    });
    let key = |row: &StaffRow| StaffId::from_uuid(row.id);
    Ok(Json(page.list(rows.await?, key, StaffView::from)))
}

/// A new member, who is told by mail; the temporary password is in the answer only.
#[utoipa::path(post, path = "/api/tenants/admin/staff", responses((status = 201, body = InvitedStaff)))]
pub async fn invite_staff(
    app: Data<App>,
    by: Staff<CanManageStaff>,
    key: IdempotencyKey,
    body: Json<InviteStaff>,
) -> Result<HttpResponse, ApiError> {
    let claim = Claim::of(by.tenant.id, key, body.hash());
    let wanted = body.into_inner();
    let name = known_name(&wanted.name)?;
    let role = store_role(wanted.role)?;
    let (password, hash) = temporary(&app).await?;
    let now = app.clock.now();
    sealed::once(&app, &claim, async |tx| {
        looks::lock(tx).await?;
        has_room(tx, &by).await?;
        let email = wanted.email.as_str();
        if staff::find_staff_by_email(tx, email).await?.is_some() {
            let detail = "somebody with this address works here already";
            return Err(ApiError::conflict("email-taken", detail).at("/email", "taken", detail));
        }
        let locale = match &wanted.locale {
            Some(locale) => locale.to_string(),
            None => tenants::get_tenant(tx).await?.locale,
        };
        let row = StaffRow {
            tenant_id: tx.tenant().uuid(),
            id: StaffId::new().uuid(),
            email: email.to_owned(),
            name: name.clone(),
            role: role.to_string(),
            locale,
            status: "active".to_owned(),
            password_hash: hash.clone(),
            password_expires_at: Some(now + TEMPORARY_PASSWORD_LIFE),
            perms_version: 1,
            version: 1,
            created_at: now,
            changed_at: now,
        };
        staff::create_staff(tx, &row).await?;
        tell::staff_is(tx, &row, StaffStatus::Invited).await?;
        let deed = by.acted(now, "staff.invite", target(&row));
        deeds::record(tx, deed.created(&facts(&row))).await?;
        let location = format!("/api/tenants/admin/staff/{}", row.id);
        Ok(Answer::created(invited(&app, &by, row, &password)).at(location))
    })
    .await
}

/// Another name, role or state. With another role or none, the person's sessions end.
#[utoipa::path(patch, path = "/api/tenants/admin/staff/{id}", responses((status = 200, body = StaffView)))]
pub async fn change_staff(
    app: Data<App>,
    by: Staff<CanManageStaff>,
    id: Path<StaffId>,
    seen: IfMatch,
    body: Json<ChangeStaff>,
) -> Result<HttpResponse, ApiError> {
    let wanted = body.into_inner();
    let name = wanted.name.as_deref().map(known_name).transpose()?;
    let role = wanted.role.map(store_role).transpose()?;
    let now = app.clock.now();
    let (row, ended) = app
        .db
        .tenant(by.tenant.id, async |tx: &mut TenantTx| {
            looks::lock(tx).await?;
            let before = staff::lock_staff(tx, *id).await?.ok_or_else(unknown)?;
            if before.version != seen.0 {
                return Err(ApiError::precondition_failed(&StaffView::from(before)));
            }
            let mut row = before.clone();
            if let Some(name) = name {
                row.name = name;
            }
            if let Some(role) = role {
                row.role = role.to_string();
            }
            if let Some(status) = wanted.status {
                row.status = word(status).to_owned();
            }
            let may_less = row.role != before.role || row.status != before.status;
            if row.name == before.name && !may_less {
                return Ok((row, Vec::new()));
            }
            if may_less {
                is_not_oneself(&by, *id)?;
                leaves_an_owner(tx, &before, &row).await?;
                if row.status == "active" && before.status != "active" {
                    has_room(tx, &by).await?;
                }
                row.perms_version += 1;
            }
            row.version += 1;
            row.changed_at = now;
            staff::save_staff(tx, &row).await?;
            tell::staff_changed(tx, &row).await?;
            let ended = if may_less {
                app.identity.end_all(tx, *id, "revoked").await?
            } else {
                Vec::new()
            };
            let deed = by.acted(now, "staff.change", target(&row));
            deeds::record(tx, deed.changed(&facts(&before), &facts(&row))).await?;
            Ok((row, ended))
        })
        .await?;
    app.identity.forget_all(&ended);
    app.identity.remember(&row);
    let view = StaffView::from(row);
    Ok(HttpResponse::Ok()
        .insert_header(IfMatch::etag(view.version))
        .json(view))
}

/// Somebody works here no more. Their sessions end at once; what they did stays in the trail.
#[utoipa::path(delete, path = "/api/tenants/admin/staff/{id}", responses((status = 204)))]
pub async fn remove_staff(
    app: Data<App>,
    by: Staff<CanManageStaff>,
    id: Path<StaffId>,
) -> Result<HttpResponse, ApiError> {
    let now = app.clock.now();
    let (row, ended) = app
        .db
        .tenant(by.tenant.id, async |tx: &mut TenantTx| {
            looks::lock(tx).await?;
            let before = staff::lock_staff(tx, *id).await?.ok_or_else(unknown)?;
            is_not_oneself(&by, *id)?;
            let gone = StaffRow {
                status: "disabled".to_owned(),
                perms_version: before.perms_version + 1,
                version: before.version + 1,
                changed_at: now,
                ..before.clone()
            };
            leaves_an_owner(tx, &before, &gone).await?;
            let ended = app.identity.end_all(tx, *id, "revoked").await?;
            tell::staff_is(tx, &gone, StaffStatus::Deleted).await?;
            staff::delete_staff(tx, *id).await?;
            let deed = by.acted(now, "staff.remove", target(&gone));
            deeds::record(tx, deed.deleted(&facts(&before))).await?;
            Ok::<_, ApiError>((gone, ended))
        })
        .await?;
    app.identity.forget_all(&ended);
    app.identity.remember(&row);
    Ok(HttpResponse::NoContent().finish())
}

/// Another temporary password, for whoever forgot theirs or came too late; their sessions end.
#[utoipa::path(post, path = "/api/tenants/admin/staff/{id}/temporary-password", responses((status = 201, body = InvitedStaff)))]
pub async fn renew_staff_password(
    app: Data<App>,
    by: Staff<CanManageStaff>,
    id: Path<StaffId>,
    key: IdempotencyKey,
) -> Result<HttpResponse, ApiError> {
    let claim = Claim::of(by.tenant.id, key, RequestHash::NONE);
    let (password, hash) = temporary(&app).await?;
    let now = app.clock.now();
    let mut ended = Vec::new();
    let answer = sealed::once(&app, &claim, async |tx| {
        let mut row = staff::lock_staff(tx, *id).await?.ok_or_else(unknown)?;
        is_not_oneself(&by, *id)?;
        if row.status != "active" {
            let detail = "the person is disabled; let them in again first";
            return Err(ApiError::conflict("wrong-state", detail));
        }
        row.password_hash.clone_from(&hash);
        row.password_expires_at = Some(now + TEMPORARY_PASSWORD_LIFE);
        row.version += 1;
        row.changed_at = now;
        staff::save_staff(tx, &row).await?;
        ended = app.identity.end_all(tx, *id, "password").await?;
        deeds::record(tx, by.acted(now, "staff.renew_password", target(&row))).await?;
        Ok(Answer::created(invited(&app, &by, row, &password)))
    })
    .await?;
    app.identity.forget_all(&ended);
    Ok(answer)
}

/// A password nobody chose, and what is kept of it.
async fn temporary(app: &App) -> Result<(SecretString, String), ApiError> {
    let password = SecretString::from(temporary_password());
    let chosen =
        NewPassword::parse(password.expose_secret()).map_err(|error| ApiError::internal(&error))?;
    let hash = app.identity.passwords.hash(&chosen).await?;
    Ok((password, hash))
}

fn invited(
    app: &App,
    by: &Staff<CanManageStaff>,
    row: StaffRow,
    password: &SecretString,
) -> InvitedStaff {
    InvitedStaff {
        staff: row.into(),
        temporary_password: password.expose_secret().to_owned(),
        sign_in_url: format!("{}/admin/", app.url_of(by.tenant.slug.as_str())),
    }
}

/// What the trail keeps: nothing of the person.
fn facts(row: &StaffRow) -> serde_json::Value {
    json!({ "role": row.role, "status": row.status })
}

fn target(row: &StaffRow) -> String {
    format!("staff:{}", row.id)
}

const fn word(status: StaffState) -> &'static str {
    match status {
        StaffState::Active => "active",
        StaffState::Disabled => "disabled",
    }
}

fn known_name(text: &str) -> Result<String, ApiError> {
    name_of(text).ok_or_else(|| not_acceptable().at("/name", "invalid", NAME_ACCEPTED))
}

fn store_role(role: Role) -> Result<Role, ApiError> {
    if role.is_staff() {
        Ok(role)
    } else {
        Err(not_acceptable().at("/role", "invalid", ROLES_ACCEPTED))
    }
}

/// The store is locked, so that two do not take the last place.
async fn has_room(tx: &TenantTx, by: &Staff<CanManageStaff>) -> Result<(), ApiError> {
    let Some(limit) = by.tenant.limit(LIMIT) else {
        return Ok(());
    };
    if staff::count_active(tx).await? < limit {
        return Ok(());
    }
    Err(ApiError::payment_required(
        "limit-reached",
        format!("the plan covers {limit} people; the addon extra-staff or a larger plan lifts it"),
    ))
}

fn is_not_oneself(by: &Staff<CanManageStaff>, id: StaffId) -> Result<(), ApiError> {
    if by.id == id {
        let detail = "nobody changes their own role or takes themselves out; ask another owner";
        return Err(ApiError::conflict("oneself", detail));
    }
    Ok(())
}

/// The store is locked, so that two owners do not take each other out.
async fn leaves_an_owner(
    tx: &TenantTx,
    before: &StaffRow,
    after: &StaffRow,
) -> Result<(), ApiError> {
    let is_owner = |row: &StaffRow| row.role == "owner" && row.status == "active";
    if !is_owner(before) || is_owner(after) {
        return Ok(());
    }
    if staff::has_other_owner(tx, StaffId::from_uuid(before.id)).await? {
        return Ok(());
    }
    let detail = "a store has an owner who can sign in; make somebody else one first";
    Err(ApiError::conflict("last-owner", detail))
}

fn unknown() -> ApiError {
    ApiError::not_found("staff-not-found")
}
