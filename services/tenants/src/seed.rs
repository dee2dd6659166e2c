//! What every installation has from the start; harmless when it is there.

use anyhow::Context;
use db::{Db, Error};

use crate::store::catalogue::{self, Loaded};

/// Plans, addons, inclusions, the words of entitlements, and templates.
const SEED_DATA: &str = include_str!("../seed/seed-data.json");

/// Writes what is missing and what a newer version of the data changed; says how much that was.
pub async fn load(db: &Db) -> anyhow::Result<Loaded> {
    let document: serde_json::Value =
        serde_json::from_str(SEED_DATA).context("reading seed/seed-data.json")?;
    let loaded = db.system("load the price list", async |tx| {
        let loaded = catalogue::load(tx, &document).await?;
        Ok::<_, Error>(loaded)
    });
    loaded.await.context("loading plans, addons and templates")
}
