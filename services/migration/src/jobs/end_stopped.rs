//! An import that nobody lets go on ends: its shop's keys are not kept for ever.

use time::Duration;

use crate::app::App;
use crate::store::imports;

/// After it was asked for.
const KEPT: Duration = Duration::days(30);

pub async fn run(app: App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let ended = app
        .db
        .system("end stopped imports", async |tx| {
            imports::end_stopped(tx, now - KEPT, now).await
        })
        .await?;
    if ended > 0 {
        tracing::info!(ended, "Stopped imports were ended and their keys erased");
    }
    Ok(())
}
