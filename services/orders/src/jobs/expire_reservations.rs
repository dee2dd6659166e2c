//! Unpaid orders end when their time is over, and their goods are free again.

use crate::app::App;
use crate::store::orders::{self, Expired};
use crate::transition::{self, By};

const BATCH: i64 = 200;

/// Ends what has run out; an order that cannot be ended now is tried at the next look.
pub async fn run(app: App) -> anyhow::Result<()> {
    let mut after = None;
    loop {
        let now = app.clock.now();
        let expired = app
            .db
            .system("find reservations that ran out", async |tx| {
                orders::list_expired(tx, now, after, BATCH).await
            })
            .await?;
        let Some(last) = expired.last() else {
            return Ok(());
        };
        after = Some((last.until, last.order));
        for one in &expired {
            if let Err(error) = expire(&app, one).await {
                tracing::warn!(tenant.id = %one.tenant, order.id = %one.order, cause = %error, "A reservation could not be ended yet");
            }
        }
    }
}

/// Looked at again under the lock: it may have been paid, or be kept longer, since a moment ago.
async fn expire(app: &App, expired: &Expired) -> Result<(), db::Error> {
    app.db
        .tenant(expired.tenant, async |tx| {
            let Some(mut row) = orders::lock_order(tx, expired.order).await? else {
                return Ok(());
            };
            let by = By::system(app);
            let has_run_out = row.reserved_until.is_some_and(|until| until <= by.now);
            if has_run_out {
                // A refusal means that it was paid or ended meanwhile.
                let _ = transition::cancel(tx, &mut row, "expired", &by).await?;
            }
            Ok(())
        })
        .await
}
