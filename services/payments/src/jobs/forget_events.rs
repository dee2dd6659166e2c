//! Events of Stripe's hold shoppers' data: what was dealt with is forgotten after a while.

use time::Duration;

use crate::app::App;
use crate::store::webhooks;

const KEPT_FOR: Duration = Duration::days(90);

pub async fn run(app: App) -> anyhow::Result<()> {
    let before = app.clock.now() - KEPT_FOR;
    let gone = app
        .db
        .system("forget old webhook events", async |tx| {
            webhooks::delete_old(tx, before).await
        })
        .await?;
    if gone > 0 {
        tracing::info!(count = gone, "{gone} old events of Stripe's were forgotten");
    }
    Ok(())
}
