//! `tenant_view` as the directory reads it. The work crosses tenants: a host is looked up before
//! anyone knows whose it is.

use std::collections::BTreeMap;

use db::{Db, SystemTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::TenantId;
use uuid::Uuid;

use super::{Tenant, TenantStatus};

diesel::table! {
    tenant_view (tenant_id) {
        tenant_id -> Uuid,
        slug -> Text,
        name -> Text,
        status -> Text,
        hosts -> Array<Text>,
        country -> Text,
        locale -> Text,
        currency -> Text,
        plan -> Text,
        template_id -> Text,
        application_fee_bps -> Integer,
        entitlements -> Jsonb,
        version -> BigInt,
    }
}

#[derive(Queryable)]
struct Row {
    tenant_id: Uuid,
    slug: String,
    name: String,
    status: String,
    hosts: Vec<String>,
    country: String,
    locale: String,
    currency: String,
    plan: String,
    template_id: String,
    application_fee_bps: i32,
    entitlements: serde_json::Value,
    version: i64,
}

pub(super) async fn list_all(db: &Db) -> Result<Vec<Tenant>, db::Error> {
    db.system("load the tenant directory", async |tx: &mut SystemTx| {
        let rows: Vec<Row> = tenant_view::table.load(&mut tx.conn()).await?;
        Ok::<_, db::Error>(rows.into_iter().filter_map(Row::into_tenant).collect())
    })
    .await
}

/// The store of a host: by its slug when the host is under the base domain, else by its own hosts.
pub(super) async fn find_by_host(
    db: &Db,
    host: &str,
    slug: Option<&str>,
) -> Result<Option<Tenant>, db::Error> {
    db.system("find the tenant of a host", async |tx: &mut SystemTx| {
        let row: Option<Row> = match slug {
            Some(slug) => {
                let found = tenant_view::table.filter(tenant_view::slug.eq(slug));
                found.first(&mut tx.conn()).await.optional()?
            }
            None => {
                let hosts = vec![host.to_owned()];
                let found = tenant_view::table.filter(tenant_view::hosts.contains(hosts));
                found.first(&mut tx.conn()).await.optional()?
            }
        };
        Ok::<_, db::Error>(row.and_then(Row::into_tenant))
    })
    .await
}

impl Row {
    /// Nothing when a value is not what this program knows; the row is skipped and told.
    fn into_tenant(self) -> Option<Tenant> {
        let id = TenantId::from_uuid(self.tenant_id);
        let tenant = self.parse(id);
        if tenant.is_none() {
            tracing::error!(tenant.id = %id, "A row of tenant_view cannot be read and is skipped");
        }
        tenant
    }

    fn parse(self, id: TenantId) -> Option<Tenant> {
        let entitlements: BTreeMap<String, i64> = serde_json::from_value(self.entitlements).ok()?;
        Some(Tenant {
            id,
            slug: self.slug.parse().ok()?,
            name: self.name,
            status: TenantStatus::from_name(&self.status),
            hosts: self.hosts,
            country: self.country.parse().ok()?,
            locale: self.locale.parse().ok()?,
            currency: self.currency.parse().ok()?,
            plan: self.plan,
            template_id: self.template_id,
            application_fee_bps: self.application_fee_bps,
            entitlements,
            version: self.version,
        })
    }
}
