//! Who did what, to be read.

use std::collections::BTreeMap;

use db::TenantTx;
use http_kit::permissions::CanReadAudit;
use http_kit::{ApiError, Data, Json, List, Page, Query, Staff, Sysadmin};
use kernel::TenantId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::App;
use crate::store::audit::{self, Row, Sought};
use crate::store::staff;

#[derive(Deserialize, IntoParams)]
pub struct TrailFilter {
    /// A deed, or all deeds of a kind of thing: `product.update`, `product`.
    pub action: Option<String>,
    /// Who did it, such as `staff:UUID`.
    pub actor: Option<String>,
    /// Done then or later.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub since: Option<OffsetDateTime>,
    /// Done earlier.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub until: Option<OffsetDateTime>,
}

#[derive(Deserialize, IntoParams)]
pub struct PlatformTrailFilter {
    /// The store whose trail is read; the platform's own without it.
    pub tenant_id: Option<TenantId>,
    /// A deed, or all deeds of a kind of thing: `tenant.suspend`, `tenant`.
    pub action: Option<String>,
    /// Who did it, such as `sysadmin:UUID`.
    pub actor: Option<String>,
    /// Done then or later.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub since: Option<OffsetDateTime>,
    /// Done earlier.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub until: Option<OffsetDateTime>,
}

/// An entry of a trail.
#[derive(Serialize, ToSchema)]
pub struct TrailEntry {
    /// Its place in the store's chain.
    pub seq: i64,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    #[schema(example = "staff:0199…")]
    pub actor: String,
    /// Of a member of the store's staff who still works there.
    pub actor_name: Option<String>,
    /// Set when one of the platform's people acted.
    pub acting_as: Option<String>,
    pub ip: Option<String>,
    #[schema(example = "product.update")]
    pub action: String,
    #[schema(example = "product:0199…")]
    pub target: String,
    /// The fields that were changed, as they were.
    #[schema(value_type = Option<BTreeMap<String, Value>>)]
    pub before: Option<Value>,
    /// The same, as they became.
    #[schema(value_type = Option<BTreeMap<String, Value>>)]
    pub after: Option<Value>,
}

/// What was done in the store, the newest first. Entries have the order of their arrival.
#[utoipa::path(get, path = "/api/tenants/admin/audit", responses((status = 200, body = List<TrailEntry>)))]
pub async fn list_audit(
    app: Data<App>,
    staff: Staff<CanReadAudit>,
    page: Page,
    filter: Query<TrailFilter>,
) -> Result<Json<List<TrailEntry>>, ApiError> {
    let sought = Sought {
        action: filter.action.as_deref(),
        actor: filter.actor.as_deref(),
        since: filter.since,
        until: filter.until,
    };
    read(&app, staff.tenant.id, &page, sought).await
}

/// What was done on the platform itself, or in one store, the newest first.
#[utoipa::path(get, path = "/api/sysadmin/audit", responses((status = 200, body = List<TrailEntry>)))]
pub async fn list_platform_audit(
    app: Data<App>,
    _: Sysadmin,
    page: Page,
    filter: Query<PlatformTrailFilter>,
) -> Result<Json<List<TrailEntry>>, ApiError> {
    let sought = Sought {
        action: filter.action.as_deref(),
        actor: filter.actor.as_deref(),
        since: filter.since,
        until: filter.until,
    };
    let tenant = filter.tenant_id.unwrap_or(TenantId::PLATFORM);
    read(&app, tenant, &page, sought).await
}

async fn read(
    app: &App,
    tenant: TenantId,
    page: &Page,
    sought: Sought<'_>,
) -> Result<Json<List<TrailEntry>>, ApiError> {
    let after = page.after::<i64>()?;
    let (rows, names) = app
        .db
        .read(tenant, async |tx: &mut TenantTx| {
            let rows = audit::list_entries(tx, sought, after, page.fetch()).await?;
            let ids: Vec<Uuid> = rows.iter().filter_map(staff_id).collect();
            let names = staff::list_names(tx, &ids).await?;
            Ok::<_, ApiError>((rows, names))
        })
        .await?;
    let names: BTreeMap<Uuid, String> = names.into_iter().collect();
    let view = |row: Row| TrailEntry {
        actor_name: staff_id(&row).and_then(|id| names.get(&id).cloned()),
        seq: row.seq,
        at: row.at,
        actor: row.actor,
        acting_as: row.acting_as,
        ip: row.ip,
        action: row.action,
        target: row.target,
        before: row.before,
        after: row.after,
    };
    Ok(Json(page.list(rows, |row| row.seq, view)))
}

/// Of the person who did it, where it was one of the store's or the platform's own.
fn staff_id(row: &Row) -> Option<Uuid> {
    let (kind, id) = row.actor.split_once(':')?;
    let known = kind == "staff" || kind == "sysadmin";
    known.then(|| id.parse().ok()).flatten()
}
