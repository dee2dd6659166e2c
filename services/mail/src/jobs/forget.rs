//! Forgets what is no longer needed: contents of mails and webhooks, orders long gone.

use time::Duration;

use crate::app::App;
use crate::store::{deliveries, messages, orders, provider_events};

/// Bodies, addresses and events are kept for as long as somebody may ask what became of a mail.
const KEPT: Duration = Duration::days(90);
/// An order may be refunded, and is written about then.
const ORDERS_KEPT: Duration = Duration::days(400);

pub async fn run(app: App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let counts = app
        .db
        .system("forget old mails", async |tx| {
            Ok::<_, db::Error>([
                messages::forget_contents(tx, now - KEPT).await?,
                provider_events::delete_old(tx, now - KEPT).await?,
                deliveries::delete_old(tx, now - KEPT).await?,
                orders::delete_old(tx, now - ORDERS_KEPT).await?,
            ])
        })
        .await?;
    if counts.iter().any(|count| *count > 0) {
        let [mails, news, webhooks, orders] = counts;
        tracing::info!(mails, news, webhooks, orders, "Old mails were forgotten");
    }
    Ok(())
}
