//! Orders that were open when their customer was erased are forgotten once they are over.

use db::TenantTx;
use time::Duration;

use crate::app::App;
use crate::store::erasure;
use crate::tell;

/// An order that never comes to its end keeps nothing for longer than goods are guaranteed for.
pub const KEPT: Duration = Duration::days(3 * 365);

pub async fn run(app: App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let stores = app
        .db
        .system("find orders to forget", async |tx| {
            erasure::list_stores_to_forget(tx, now - KEPT).await
        })
        .await?;
    for store in stores {
        app.db
            .tenant(store, async |tx: &mut TenantTx| {
                let forgotten = erasure::forget_noted(tx, now - KEPT).await?;
                tell::orders_forgotten(tx, &forgotten, now).await
            })
            .await?;
    }
    Ok(())
}
