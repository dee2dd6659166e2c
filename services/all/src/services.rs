//! Which services there are.

use anyhow::bail;
use db::{Db, DbConfig, Schema};
use futures_util::future::LocalBoxFuture;
use http_kit::{Platform, ServiceParts};

type Build = for<'a> fn(&'a Platform) -> LocalBoxFuture<'a, anyhow::Result<ServiceParts>>;
type Check = for<'a> fn(&'a Db) -> LocalBoxFuture<'a, Result<Vec<(&'static str, i64)>, db::Error>>;

/// A service as its library offers it.
#[derive(Clone, Copy)]
pub struct Service {
    pub name: &'static str,
    pub schema: Schema,
    pub build: Build,
    /// The rules that must always hold, and how many rows break each.
    pub check: Check,
}

macro_rules! services {
    ($($name:ident),+) => {
        pub const ALL: &[Service] = &[$(Service {
            name: stringify!($name),
            schema: $name::MIGRATIONS,
            build: |platform| Box::pin($name::build(platform)),
            check: |db| Box::pin($name::invariants::check(db)),
        }),+];
    };
}

services![
    tenants, catalog, orders, payments, invoicing, mail, migration
];

impl Service {
    /// The service's database, under its own login.
    pub fn db(&self, platform: &Platform) -> Result<Db, db::Error> {
        Db::new(&DbConfig {
            url: platform.config.database_url_for(self.name),
            service: self.name,
            pool_size: 2,
        })
    }
}

/// The services that were named; `all` names every one.
///
/// # Errors
/// When a name is none's.
pub fn named(names: &[String]) -> anyhow::Result<Vec<Service>> {
    if let Some(unknown) = names
        .iter()
        .find(|name| *name != "all" && find(name).is_none())
    {
        bail!("there is no service {unknown}; there are: all, {}", known());
    }
    let wanted = |service: &&Service| {
        names
            .iter()
            .any(|name| name == "all" || name == service.name)
    };
    Ok(ALL.iter().filter(wanted).copied().collect())
}

/// The service of this name.
///
/// # Errors
/// When there is none.
pub fn one(name: &str) -> anyhow::Result<Service> {
    match find(name) {
        Some(service) => Ok(service),
        None => bail!("there is no service {name}; there are: {}", known()),
    }
}

fn find(name: &str) -> Option<Service> {
    ALL.iter().find(|service| service.name == name).copied()
}

fn known() -> String {
    let names: Vec<_> = ALL.iter().map(|service| service.name).collect();
    names.join(", ")
}
