//! Tells the metrics how many differences with Stripe are open: an alarm waits for the first one.

use std::time::Duration;

use crate::app::App;
use crate::store::breaks;

const EVERY: Duration = Duration::from_secs(30);

/// Runs in every process, as each tells metrics of its own.
pub async fn run(app: &App) {
    loop {
        let counted = app
            .db
            .system("count open differences", async |tx| {
                breaks::count_open(tx).await
            })
            .await;
        if let Ok(count) = counted {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            metrics::gauge!("reconciliation_breaks_open").set(f64::from(count));
        }
        tokio::time::sleep(EVERY).await;
    }
}
