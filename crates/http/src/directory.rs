//! Which store a host name belongs to, answered from memory.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use actix_web::http::StatusCode;
use dashmap::{DashMap, Entry};
use db::Db;
use events::Named;
use events::tenants::v1::TenantChanged;
use kernel::{Clock, Country, Currency, Locale, Slug, TenantId};

use crate::ApiError;

mod rows;

/// How long a host that no store has is not looked up again.
const MISS_SECONDS: i64 = 5;
/// Remembered misses; when there are more, all are forgotten.
const MISSES_MAX: usize = 10_000;

/// What every service knows of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    pub id: TenantId,
    pub slug: Slug,
    pub name: String,
    pub status: TenantStatus,
    /// Verified hosts of the store's own; `slug.BASE_DOMAIN` is not among them.
    pub hosts: Vec<String>,
    pub country: Country,
    pub locale: Locale,
    pub currency: Currency,
    pub plan: String,
    pub template_id: String,
    /// The platform's share of each sale, in basis points.
    pub application_fee_bps: i32,
    /// Key → value: 1 for a feature that is on, a number for a limit, -1 for no limit.
    pub entitlements: BTreeMap<String, i64>,
    pub version: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TenantStatus {
    Active,
    Suspended,
    Archived,
    Deleted,
}

impl TenantStatus {
    /// The word of the database and the events; anything unknown sells nothing.
    pub fn from_name(name: &str) -> Self {
        match name {
            "active" => Self::Active,
            "archived" => Self::Archived,
            "deleted" => Self::Deleted,
            _ => Self::Suspended,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Archived => "archived",
            Self::Deleted => "deleted",
        }
    }
}

impl Tenant {
    /// The state that an event tells; nothing when it cannot be read.
    pub(crate) fn of_event(id: TenantId, event: &TenantChanged) -> Option<Self> {
        Some(Self {
            id,
            slug: event.slug.parse().ok()?,
            name: event.name.clone(),
            status: TenantStatus::from_name(&event.status().name()),
            hosts: event.hosts.clone(),
            country: event.country.parse().ok()?,
            locale: event.locale.parse().ok()?,
            currency: event.currency.parse().ok()?,
            plan: event.plan.clone(),
            template_id: event.template_id.clone(),
            application_fee_bps: i32::try_from(event.application_fee_bps).ok()?,
            entitlements: event.entitlements.clone().into_iter().collect(),
            version: event.version,
        })
    }

    /// Whether a feature is on.
    pub fn has(&self, entitlement: &str) -> bool {
        self.entitlements
            .get(entitlement)
            .is_some_and(|value| *value != 0)
    }

    /// How many of something the plan covers; nothing when there is no limit. A key that the plan
    /// does not have covers none.
    pub fn limit(&self, entitlement: &str) -> Option<i64> {
        match self.entitlements.get(entitlement) {
            Some(-1) => None,
            Some(limit) => Some(*limit),
            None => Some(0),
        }
    }
}

/// A store as it was when the request came. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantRef(Arc<Tenant>);

impl Deref for TenantRef {
    type Target = Tenant;
    fn deref(&self) -> &Tenant {
        &self.0
    }
}

impl From<Tenant> for TenantRef {
    fn from(tenant: Tenant) -> Self {
        Self(Arc::new(tenant))
    }
}

/// Host → store, for all stores of the platform. Clones share the memory.
#[derive(Clone)]
pub struct TenantDirectory(Arc<Shared>);

struct Shared {
    by_host: DashMap<String, TenantRef>,
    by_id: DashMap<TenantId, TenantRef>,
    /// Host → unix second until which it is not looked up again.
    misses: DashMap<String, i64>,
    base_domain: String,
    db: Option<Db>,
    clock: Clock,
}

impl TenantDirectory {
    /// An empty directory; with a database, what is not in memory is looked up there.
    pub fn new(base_domain: &str, db: Option<Db>, clock: Clock) -> Self {
        Self(Arc::new(Shared {
            by_host: DashMap::new(),
            by_id: DashMap::new(),
            misses: DashMap::new(),
            base_domain: base_domain.to_ascii_lowercase(),
            db,
            clock,
        }))
    }

    /// Reads every store of the service's `tenant_view`.
    pub async fn load(&self) -> Result<(), db::Error> {
        let Some(db) = &self.0.db else { return Ok(()) };
        for tenant in rows::list_all(db).await? {
            self.upsert(tenant);
        }
        self.0.misses.clear();
        Ok(())
    }

    /// Takes over a store's state, unless a newer one is known.
    pub fn upsert(&self, tenant: Tenant) {
        let tenant = TenantRef::from(tenant);
        // Held until all is said: whoever comes with an older state at the same time must see this one.
        let entry = self.0.by_id.entry(tenant.id);
        if let Entry::Occupied(before) = &entry {
            if before.get().version > tenant.version {
                return;
            }
            for host in self.hosts_of(before.get()) {
                self.0
                    .by_host
                    .remove_if(&host, |_, owner| owner.id == tenant.id);
            }
        }
        for host in self.hosts_of(&tenant) {
            self.0.misses.remove(&host);
            self.0.by_host.insert(host, tenant.clone());
        }
        entry.insert(tenant);
    }

    /// The store with this id, if it is known here.
    pub fn by_id(&self, id: TenantId) -> Option<TenantRef> {
        self.0.by_id.get(&id).map(|entry| entry.clone())
    }

    /// The store of this slug, looked up like its host.
    pub async fn by_slug(&self, slug: &Slug) -> Result<TenantRef, ApiError> {
        self.by_host(&format!("{slug}.{}", self.0.base_domain))
            .await
    }

    /// The store that answers at a host, whatever its state; 404 `unknown-store` when there is none.
    ///
    /// `host` is the value of a `Host` header: a port and capital letters do not matter.
    pub async fn by_host(&self, host: &str) -> Result<TenantRef, ApiError> {
        let name = without_port(host);
        if let Some(tenant) = self.in_memory(name) {
            return Ok(tenant);
        }
        let name = name.to_ascii_lowercase();
        if let Some(tenant) = self.in_memory(&name) {
            return Ok(tenant);
        }
        self.look_up(&name)
            .await?
            .ok_or_else(|| ApiError::not_found("unknown-store").detail("no store has this address"))
    }

    /// Like [`by_host`](Self::by_host), for what is sold: 503 `store-suspended`, 410 `store-closed`.
    pub async fn open_by_host(&self, host: &str) -> Result<TenantRef, ApiError> {
        let tenant = self.by_host(host).await?;
        match tenant.status {
            TenantStatus::Active => Ok(tenant),
            TenantStatus::Suspended => Err(ApiError::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "store-suspended",
            )
            .detail("this store does not sell at the moment")
            .retry_after(3_600)),
            TenantStatus::Archived | TenantStatus::Deleted => Err(ApiError::gone("store-closed")),
        }
    }

    /// The host without port and capitals, if a store answers there; from memory only.
    pub fn in_memory(&self, host: &str) -> Option<TenantRef> {
        self.0.by_host.get(host).map(|entry| entry.clone())
    }

    pub fn base_domain(&self) -> &str {
        &self.0.base_domain
    }

    pub fn len(&self) -> usize {
        self.0.by_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.by_id.is_empty()
    }

    async fn look_up(&self, host: &str) -> Result<Option<TenantRef>, ApiError> {
        let Some(db) = &self.0.db else {
            return Ok(None);
        };
        let slug = host
            .strip_suffix(&self.0.base_domain)
            .and_then(|left| left.strip_suffix('.'));
        if host == self.0.base_domain || slug == Some("admin") {
            return Ok(None);
        }
        let now = self.0.clock.unix();
        if self.0.misses.get(host).is_some_and(|until| *until > now) {
            return Ok(None);
        }
        match rows::find_by_host(db, host, slug).await? {
            Some(tenant) => {
                self.upsert(tenant);
                Ok(self.in_memory(host))
            }
            None => {
                if self.0.misses.len() >= MISSES_MAX {
                    self.0.misses.clear();
                }
                self.0.misses.insert(host.to_owned(), now + MISS_SECONDS);
                Ok(None)
            }
        }
    }

    fn hosts_of(&self, tenant: &Tenant) -> Vec<String> {
        let own = tenant.hosts.iter().map(|host| host.to_ascii_lowercase());
        own.chain([format!("{}.{}", tenant.slug, self.0.base_domain)])
            .collect()
    }
}

/// `shop.example:8080` and `[::1]:8080` without the port, and without the root's dot.
pub(crate) fn without_port(host: &str) -> &str {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !name.ends_with(':') => {
            name
        }
        _ => host,
    };
    name.strip_suffix('.').unwrap_or(name)
}
