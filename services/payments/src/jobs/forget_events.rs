//! Events of Stripe's hold shoppers' data: what was dealt with is forgotten after a while.

use time::Duration;

use crate::app::App;
use crate::store::webhooks;

const KEPT_FOR: Duration = Duration::days(90);

pub async fn run(app: App) -> anyhow::Result<()> {
    let before = app.clock.now() - KEPT_FOR;
    let mut count = 0;
    loop {
        let gone = app
            .db
            .system("forget old webhook events", async |tx| {
                webhooks::delete_old(tx, before).await
            })
            .await?;
        count += gone;
        if i64::try_from(gone).is_ok_and(|gone| gone < webhooks::FORGET_MAX) {
            break;
        }
    }
    if count > 0 {
        tracing::info!(count, "{count} old events of Stripe's were forgotten");
    }
    Ok(())
}
