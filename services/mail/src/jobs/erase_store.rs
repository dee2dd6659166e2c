//! Erases what is kept of a store that is gone.

use ::jobs::{Job, JobError, Task};
use diesel::sql_types::Uuid;
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::store::profiles;

/// Once for each store.
pub const KEY: &str = "all";

#[derive(Debug, Serialize, Deserialize)]
pub struct EraseStore {}

impl Job for EraseStore {
    const KIND: &'static str = "erase_store";
}

/// Rows one statement erases.
const BATCH: usize = 1_000;

/// What there may be very many of; the rest goes in one transaction.
const STATEMENTS: [&str; 3] = [
    "DELETE FROM message WHERE (tenant_id, id) IN (
       SELECT tenant_id, id FROM message WHERE tenant_id = $1 LIMIT 1000)",
    "DELETE FROM delivery WHERE (tenant_id, id) IN (
       SELECT tenant_id, id FROM delivery WHERE tenant_id = $1 LIMIT 1000)",
    "DELETE FROM order_seen WHERE (tenant_id, order_id) IN (
       SELECT tenant_id, order_id FROM order_seen WHERE tenant_id = $1 LIMIT 1000)",
];

pub async fn run(app: App, task: Task<EraseStore>) -> Result<(), JobError> {
    for statement in STATEMENTS {
        let erase = async || {
            app.db
                .tenant(task.tenant, async |tx| {
                    let query = diesel::sql_query(statement);
                    let query = query.bind::<Uuid, _>(task.tenant.uuid());
                    Ok::<_, db::Error>(query.execute(&mut tx.conn()).await?)
                })
                .await
        };
        while erase().await? == BATCH {}
    }
    app.db
        .tenant(task.tenant, async |tx| profiles::erase(tx).await)
        .await?;
    Ok(())
}
