//! Looks at the stores' own hosts when it is time to: those that are served, whether they still lead
//! here, and those that are not, whether they do now.

use futures_util::{StreamExt, stream};
use kernel::{DomainId, TenantId};

use crate::app::App;
use crate::domains::{self, By};
use crate::store;

const AT_ONCE: usize = 16;
const BATCH: i64 = 200;
/// Of one round: what is still due then waits for the next, and one that cannot be written down keeps
/// no round from its end.
const BATCHES_MAX: usize = 10;

pub async fn run(app: App) -> anyhow::Result<()> {
    for _ in 0..BATCHES_MAX {
        let now = app.clock.now();
        let due = app
            .db
            .system("find domains to look at", async |tx| {
                store::domains::list_due(tx, now, BATCH).await
            })
            .await?;
        if due.is_empty() {
            break;
        }
        let due = due.into_iter().map(|row| {
            let (tenant, id) = (row.tenant_id, row.id);
            (TenantId::from_uuid(tenant), DomainId::from_uuid(id))
        });
        stream::iter(due)
            .for_each_concurrent(AT_ONCE, |(tenant, id)| check(app.clone(), tenant, id))
            .await;
    }
    Ok(())
}

async fn check(app: App, tenant: TenantId, id: DomainId) {
    if let Err(error) = domains::check(&app, tenant, id, By::Clock).await {
        tracing::warn!(tenant.id = %tenant, domain.id = %id, code = error.code(), cause = %error, "A domain was not looked at");
    }
}
