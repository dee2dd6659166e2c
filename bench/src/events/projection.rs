//! What catalog has heard of the stock.

use std::collections::HashMap;

use tokio_postgres::{Client, Statement};

use crate::database;

const COUNT: &str =
    "SELECT count(*) FROM variant_stock WHERE tenant_id = $1::text::uuid AND version >= $2";
const LOOK: &str = "SELECT variant_id::text, version FROM variant_stock \
  WHERE tenant_id = $1::text::uuid AND variant_id = ANY ($2::text[]::uuid[])";

pub struct Projection {
    client: Client,
    count: Statement,
    look: Statement,
    tenant: String,
}

impl Projection {
    pub async fn open(tenant: &str) -> anyhow::Result<Self> {
        let client = database::of_service("catalog").await?;
        Ok(Self {
            count: client.prepare(COUNT).await?,
            look: client.prepare(LOOK).await?,
            client,
            tenant: tenant.to_owned(),
        })
    }

    /// How many variants are known in this version or a newer one.
    pub async fn known(&self, version: i64) -> anyhow::Result<i64> {
        let row = self
            .client
            .query_one(&self.count, &[&self.tenant, &version])
            .await?;
        Ok(row.try_get(0)?)
    }

    /// In which versions these variants are known.
    pub async fn versions(&self, variants: &[&str]) -> anyhow::Result<HashMap<String, i64>> {
        let rows = self
            .client
            .query(&self.look, &[&self.tenant, &variants])
            .await?;
        let entry = |row: tokio_postgres::Row| Ok((row.try_get(0)?, row.try_get(1)?));
        rows.into_iter().map(entry).collect()
    }
}
