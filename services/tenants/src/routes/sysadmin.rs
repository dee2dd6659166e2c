//! Stores as the platform's own people see them.

mod create;
mod view;

pub use create::{__path_create_tenant, create_tenant};

use db::TenantTx;
use garde::Validate;
use http_kit::{
    ApiError, Data, HttpResponse, IfMatch, Json, List, Page, Path, Query, RequestMeta, StatusCode,
    Sysadmin,
};
use kernel::TenantId;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::App;
use crate::domain::new_tenant::{NAME_ACCEPTED, name_of};
use crate::provision::facts;
use crate::store::audit::{self, Entry};
use crate::store::catalogue;
use crate::store::tenants::{self, Sought, TenantRow};
use crate::tell;
use view::TenantView;

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Active,
    Suspended,
    Archived,
    Deleted,
}

impl Status {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Archived => "archived",
            Self::Deleted => "deleted",
        }
    }
}

#[derive(Deserialize, IntoParams)]
pub struct Filter {
    /// Only those in this state.
    #[param(inline)]
    pub status: Option<Status>,
    /// The store with this slug only.
    pub slug: Option<String>,
    /// Part of the slug or of the name.
    pub q: Option<String>,
}

#[derive(Deserialize, ToSchema, Validate)]
pub struct ChangeTenant {
    /// 1 to 120 characters on one line; the spaces around it do not count.
    #[garde(skip)]
    pub name: Option<String>,
    /// Key of a plan.
    #[garde(skip)]
    pub plan: Option<String>,
}

#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    Billing,
    Abuse,
    Owner,
}

#[derive(Deserialize, ToSchema, Validate)]
pub struct SuspendTenant {
    #[garde(skip)]
    pub reason: Reason,
}

/// All stores, the newest first.
#[utoipa::path(get, path = "/api/sysadmin/tenants", responses((status = 200, body = List<TenantView>)))]
pub async fn list_tenants(
    app: Data<App>,
    _: Sysadmin,
    page: Page,
    filter: Query<Filter>,
) -> Result<Json<List<TenantView>>, ApiError> {
    let after = page.after::<TenantId>()?;
    let rows = app.db.system("list stores for a sysadmin", async |tx| {
        let sought = Sought {
            status: filter.status.map(Status::as_str),
            slug: filter.slug.as_deref(),
            q: filter.q.as_deref(),
        };
        tenants::list_tenants(tx, sought, after, page.fetch()).await
    });
    let key = |listed: &tenants::Listed| TenantId::from_uuid(listed.0.tenant_id);
    Ok(Json(page.list(rows.await?, key, |listed| {
        TenantView::of(&app, listed)
    })))
}

/// One store.
#[utoipa::path(get, path = "/api/sysadmin/tenants/{id}", responses((status = 200, body = TenantView)))]
pub async fn get_tenant(
    app: Data<App>,
    _: Sysadmin,
    id: Path<TenantId>,
) -> Result<HttpResponse, ApiError> {
    let found = app
        .db
        .read(*id, async |tx: &mut TenantTx| {
            tenants::find_listed(tx).await
        })
        .await?;
    answer(&app, found.ok_or_else(unknown)?)
}

/// Another name or plan. What the plan does not cover any more is switched off, never deleted.
#[utoipa::path(patch, path = "/api/sysadmin/tenants/{id}", responses((status = 200, body = TenantView)))]
#[expect(
    clippy::too_many_arguments,
    reason = "each input of a handler is an argument"
)]
pub async fn change_tenant(
    app: Data<App>,
    by: Sysadmin,
    id: Path<TenantId>,
    seen: IfMatch,
    meta: RequestMeta,
    body: Json<ChangeTenant>,
) -> Result<HttpResponse, ApiError> {
    let name = body.name.as_deref().map(known_name).transpose()?;
    let listed = app
        .db
        .tenant(*id, async |tx: &mut TenantTx| {
            let mut row = tenants::lock_tenant(tx).await?.ok_or_else(unknown)?;
            if row.version != seen.0 {
                let current = tenants::find_listed(tx).await?.ok_or_else(unknown)?;
                return Err(ApiError::precondition_failed(&TenantView::of(
                    &app, current,
                )));
            }
            let before = row.clone();
            if let Some(plan) = &body.plan {
                row.plan = known_plan(tx, plan).await?;
            }
            if let Some(name) = &name {
                row.name.clone_from(name);
            }
            save(
                &app,
                tx,
                row,
                before,
                Act {
                    by,
                    meta: &meta,
                    action: "tenant.change",
                },
            )
            .await
        })
        .await?;
    app.hot.drop_tenant(*id);
    answer(&app, listed)
}

/// Nothing is sold any more until it is resumed; the admin can still be read.
#[utoipa::path(post, path = "/api/sysadmin/tenants/{id}/suspend", responses((status = 200, body = TenantView)))]
pub async fn suspend_tenant(
    app: Data<App>,
    by: Sysadmin,
    id: Path<TenantId>,
    meta: RequestMeta,
    body: Json<SuspendTenant>,
) -> Result<HttpResponse, ApiError> {
    let reason = match body.reason {
        Reason::Billing => "billing",
        Reason::Abuse => "abuse",
        Reason::Owner => "owner",
    };
    let act = Act {
        by,
        meta: &meta,
        action: "tenant.suspend",
    };
    set_status(&app, *id, "active", ("suspended", Some(reason)), act).await
}

/// The store sells again.
#[utoipa::path(post, path = "/api/sysadmin/tenants/{id}/resume", responses((status = 200, body = TenantView)))]
pub async fn resume_tenant(
    app: Data<App>,
    by: Sysadmin,
    id: Path<TenantId>,
    meta: RequestMeta,
) -> Result<HttpResponse, ApiError> {
    let act = Act {
        by,
        meta: &meta,
        action: "tenant.resume",
    };
    set_status(&app, *id, "suspended", ("active", None), act).await
}

/// Who does what, for the audit trail.
struct Act<'a> {
    by: Sysadmin,
    meta: &'a RequestMeta,
    action: &'static str,
}

/// From one state to another; a store that is there already stays as it is.
async fn set_status(
    app: &App,
    id: TenantId,
    from: &str,
    (to, reason): (&str, Option<&str>),
    act: Act<'_>,
) -> Result<HttpResponse, ApiError> {
    let listed = app
        .db
        .tenant(id, async |tx: &mut TenantTx| {
            let mut row = tenants::lock_tenant(tx).await?.ok_or_else(unknown)?;
            if row.status == to && row.suspended_reason.as_deref() == reason {
                return tenants::find_listed(tx).await?.ok_or_else(unknown);
            }
            if row.status != from && row.status != to {
                let detail = format!("a store that is {} cannot become {to}", row.status);
                return Err(ApiError::conflict("wrong-state", detail));
            }
            let before = row.clone();
            row.status = to.to_owned();
            row.suspended_reason = reason.map(str::to_owned);
            save(app, tx, row, before, act).await
        })
        .await?;
    app.hot.drop_tenant(id);
    answer(app, listed)
}

/// Writes a change, tells it and notes who made it. Nothing changed: nothing is told.
async fn save(
    app: &App,
    tx: &mut TenantTx,
    mut row: TenantRow,
    before: TenantRow,
    act: Act<'_>,
) -> Result<tenants::Listed, ApiError> {
    if row != before {
        let now = app.clock.now();
        row.version += 1;
        row.changed_at = now;
        tenants::save_tenant(tx, &row).await?;
        tell::tenant_changed(tx).await?;
        let entry = Entry {
            actor: act.meta.principal.to_string(),
            acting_as: Some(format!("session:{}", act.by.session)),
            ip: Some(act.meta.ip.to_string()),
            action: act.action.into(),
            target: format!("tenant:{}", row.tenant_id),
            before: Some(facts(&before)),
            after: Some(facts(&row)),
        };
        audit::append(tx, now, entry).await?;
    }
    tenants::find_listed(tx).await?.ok_or_else(unknown)
}

fn known_name(text: &str) -> Result<String, ApiError> {
    name_of(text).ok_or_else(|| {
        ApiError::invalid("invalid-body", "some fields are not acceptable").at(
            "/name",
            "invalid",
            NAME_ACCEPTED,
        )
    })
}

async fn known_plan(tx: &TenantTx, key: &str) -> Result<String, ApiError> {
    let plans = catalogue::list_plan_keys(tx).await?;
    if plans.iter().any(|plan| plan == key) {
        return Ok(key.to_owned());
    }
    let accepted = format!("one of: {}", plans.join(", "));
    Err(
        ApiError::invalid("invalid-body", "some fields are not acceptable")
            .at("/plan", "unknown", accepted),
    )
}

fn answer(app: &App, listed: tenants::Listed) -> Result<HttpResponse, ApiError> {
    let view = TenantView::of(app, listed);
    let mut response = HttpResponse::build(StatusCode::OK);
    response.insert_header(IfMatch::etag(view.version));
    response.insert_header(("cache-control", "no-store"));
    Ok(response.json(view))
}

fn unknown() -> ApiError {
    ApiError::not_found("tenant-not-found")
}
