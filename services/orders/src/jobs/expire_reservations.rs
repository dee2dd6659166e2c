//! Unpaid orders end when their time is over, and their goods are free again.

use kernel::{OrderId, TenantId};

use crate::app::App;
use crate::store::orders;
use crate::transition::{self, By};

const BATCH: i64 = 200;

/// Ends what has run out; an order that cannot be ended now is tried at the next look.
pub async fn run(app: App) -> anyhow::Result<()> {
    loop {
        let now = app.clock.now();
        let expired = app
            .db
            .system("find reservations that ran out", async |tx| {
                orders::list_expired(tx, now, BATCH).await
            })
            .await?;
        let mut ended = 0;
        for (tenant, order) in &expired {
            match expire(&app, *tenant, *order).await {
                Ok(()) => ended += 1,
                Err(error) => {
                    tracing::warn!(tenant.id = %tenant, order.id = %order, cause = %error, "A reservation could not be ended yet");
                }
            }
        }
        if ended == 0 {
            return Ok(());
        }
    }
}

/// Looked at again under the lock: it may have been paid a moment ago.
async fn expire(app: &App, tenant: TenantId, order: OrderId) -> Result<(), db::Error> {
    let now = app.clock.now();
    app.db
        .tenant(tenant, async |tx| {
            let Some(mut row) = orders::lock_order(tx, order).await? else {
                return Ok(());
            };
            let has_run_out = row.reserved_until.is_some_and(|until| until <= now);
            if has_run_out {
                // A refusal means that it was paid or ended meanwhile.
                let _ = transition::cancel(tx, &mut row, "expired", &By::system(now)).await?;
            }
            Ok(())
        })
        .await
}
