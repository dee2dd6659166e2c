//! Domains of a store's own.

mod view;

use std::collections::BTreeMap;

use db::TenantTx;
use garde::Validate;
use http_kit::permissions::{CanEditSettings, CanReadSettings};
use http_kit::{
    Answer, ApiError, Data, HttpResponse, IdempotencyKey, Json, List, Page, Path, Staff, Sysadmin,
    once,
};
use kernel::{DomainId, TenantId};
use serde::Deserialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::not_acceptable;
use crate::App;
use crate::deeds;
use crate::domain::hosts::{BadHost, HostName, count_domains};
use crate::domain::proof::State;
use crate::domain::secrets::proof_token;
use crate::domains::{self, By};
use crate::looks;
use crate::store::domains::{self as rows, DomainRow};
use crate::store::tenants;
use view::{Around, DomainView};

const LIMIT: &str = "limit.custom_domains";
/// Hosts that a store may name at all, whatever its plan covers.
const HOSTS_MAX: usize = 200;

#[derive(Deserialize, ToSchema, Validate)]
pub struct AddDomain {
    /// As people write it, without `https://`, port or path.
    #[garde(skip)]
    #[schema(example = "shop.example.pt")]
    pub host: String,
}

/// The store's domains, in the order in which they were added, with what has to stand in DNS.
#[utoipa::path(get, path = "/api/tenants/admin/domains", responses((status = 200, body = List<DomainView>)))]
pub async fn list_domains(
    app: Data<App>,
    staff: Staff<CanReadSettings>,
    page: Page,
) -> Result<Json<List<DomainView>>, ApiError> {
    list(&app, staff.tenant.id, &page).await
}

/// The same of any store.
#[utoipa::path(get, path = "/api/sysadmin/tenants/{id}/domains", responses((status = 200, body = List<DomainView>)))]
pub async fn list_tenant_domains(
    app: Data<App>,
    _: Sysadmin,
    id: Path<TenantId>,
    page: Page,
) -> Result<Json<List<DomainView>>, ApiError> {
    list(&app, *id, &page).await
}

/// Says that a domain is the store's own. It becomes so when DNS says the same.
#[utoipa::path(post, path = "/api/tenants/admin/domains", responses((status = 201, body = DomainView)))]
pub async fn add_domain(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    key: IdempotencyKey,
    body: Json<AddDomain>,
) -> Result<HttpResponse, ApiError> {
    let host = HostName::parse(&body.host, &app.base_domain).map_err(refused)?;
    let (hash, now) = (body.hash(), app.clock.now());
    let door = app.dns.door().await.unwrap_or_default();
    once(&app.db, staff.tenant.id, &key, hash, async |tx| {
        looks::lock(tx).await?;
        has_room(&staff, &rows::list_hosts(tx).await?, &host)?;
        let row = claimed(staff.tenant.id, &host, now);
        rows::create_domain(tx, &row).await?;
        let deed = staff.acted(now, "domain.add", domains::target(&row));
        deeds::record(tx, deed.created(&domains::facts(&row))).await?;
        let place = format!("/api/tenants/admin/domains/{}", row.id);
        let around = around(&app, tx, door).await?;
        Ok::<_, ApiError>(Answer::created(around.view(row)).at(place))
    })
    .await
}

/// Looks at DNS now, and answers what was found there. What is right becomes the store's at once.
#[utoipa::path(post, path = "/api/tenants/admin/domains/{id}/verify", responses((status = 200, body = DomainView)))]
pub async fn verify_domain(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    id: Path<DomainId>,
) -> Result<Json<DomainView>, ApiError> {
    let row = domains::check(&app, staff.tenant.id, *id, By::Staff(&staff)).await?;
    shown(&app, staff.tenant.id, row).await
}

/// The store's other hosts lead to this one from now on.
#[utoipa::path(post, path = "/api/tenants/admin/domains/{id}/primary", responses((status = 200, body = DomainView)))]
pub async fn make_domain_primary(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    id: Path<DomainId>,
) -> Result<Json<DomainView>, ApiError> {
    let (tenant, now) = (staff.tenant.id, app.clock.now());
    let row = app
        .db
        .tenant(tenant, async |tx: &mut TenantTx| {
            looks::lock(tx).await?;
            let row = rows::lock_domain(tx, *id).await?;
            let row = row.ok_or_else(domains::unknown)?;
            domains::make_primary(tx, &row, &staff, now).await?;
            let row = rows::find_domain(tx, *id).await?;
            row.ok_or_else(domains::unknown)
        })
        .await?;
    app.hot.drop_tenant(tenant);
    shown(&app, tenant, row).await
}

/// The store answers there no more, at once.
#[utoipa::path(delete, path = "/api/tenants/admin/domains/{id}", responses((status = 204)))]
pub async fn remove_domain(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    id: Path<DomainId>,
) -> Result<HttpResponse, ApiError> {
    let now = app.clock.now();
    app.db
        .system("take a host from a store", async |tx| {
            domains::remove(tx, &staff, *id, now).await
        })
        .await?;
    app.hot.drop_tenant(staff.tenant.id);
    Ok(HttpResponse::NoContent().finish())
}

async fn list(
    app: &App,
    tenant: TenantId,
    page: &Page,
) -> Result<Json<List<DomainView>>, ApiError> {
    let after = page.after::<DomainId>()?;
    let door = app.dns.door().await.unwrap_or_default();
    let (found, around) = app
        .db
        .read(tenant, async |tx: &mut TenantTx| {
            let found = rows::list_domains(tx, after, page.fetch()).await?;
            Ok::<_, ApiError>((found, around(app, tx, door).await?))
        })
        .await?;
    let key = |row: &DomainRow| DomainId::from_uuid(row.id);
    Ok(Json(page.list(found, key, |row| around.view(row))))
}

async fn shown(app: &App, tenant: TenantId, row: DomainRow) -> Result<Json<DomainView>, ApiError> {
    let door = app.dns.door().await.unwrap_or_default();
    let around = app.db.read(tenant, async |tx: &mut TenantTx| {
        around(app, tx, door).await
    });
    Ok(Json(around.await?.view(row)))
}

/// What a view of a store's domain needs beside its row.
async fn around(app: &App, tx: &TenantTx, door: Vec<std::net::IpAddr>) -> Result<Around, ApiError> {
    let store = tenants::find_listed(tx).await?;
    let (store, _) = store.ok_or_else(|| ApiError::not_found("tenant-not-found"))?;
    let hosts = rows::list_hosts(tx).await?;
    let listed = crate::store::hosts::list_listed(tx, &hosts).await?;
    Ok(Around {
        app: app.clone(),
        target: format!("{}.{}", store.slug, app.base_domain),
        door,
        hosts,
        listed: listed.into_iter().collect::<BTreeMap<_, _>>(),
    })
}

fn claimed(tenant: TenantId, host: &HostName, now: OffsetDateTime) -> DomainRow {
    DomainRow {
        tenant_id: tenant.uuid(),
        id: DomainId::new().uuid(),
        host: host.to_string(),
        token: proof_token(),
        state: State::Pending.as_str().to_owned(),
        is_primary: false,
        problem: None,
        seen: None,
        failures: 0,
        checked_at: None,
        next_check_at: crate::domain::proof::next_claim_check(now, now),
        verified_at: None,
        certified_at: None,
        version: 1,
        created_at: now,
        changed_at: now,
    }
}

/// The store is locked, so that two do not take the last place.
fn has_room(
    staff: &Staff<CanEditSettings>,
    hosts: &[String],
    new: &HostName,
) -> Result<(), ApiError> {
    if hosts.iter().any(|host| host == new.as_str()) {
        let detail = "the store has this domain already";
        return Err(ApiError::conflict("domain-exists", detail).at("/host", "taken", detail));
    }
    if hosts.len() >= HOSTS_MAX {
        let detail = format!("a store names at most {HOSTS_MAX} hosts; remove one first");
        return Err(ApiError::conflict("too-many-domains", detail));
    }
    let Some(limit) = staff.tenant.limit(LIMIT) else {
        return Ok(());
    };
    let all = hosts.iter().map(String::as_str).chain([new.as_str()]);
    if i64::try_from(count_domains(all)).unwrap_or(i64::MAX) <= limit {
        return Ok(());
    }
    Err(ApiError::payment_required(
        "limit-reached",
        format!(
            "the plan covers {limit} domains, with and without www. as one; a larger plan lifts it"
        ),
    ))
}

fn refused(bad: BadHost) -> ApiError {
    not_acceptable().at("/host", "invalid", bad.to_string())
}
