//! A refresh token lives for 14 days: a store that sells nothing must not lose its connection.

use std::time::{Duration as StdDuration, Instant};

use time::Duration;

use crate::app::App;
use crate::store::connections;
use crate::tokens;

/// Every connection is refreshed once a day at least.
const STALE_AFTER: Duration = Duration::hours(20);
/// Connections of one round; those that wait longest come first.
const ROUND: i64 = 500;
/// No other begins later, so that a round ends by itself before it is cut off.
const ROUND_TIME: StdDuration = StdDuration::from_secs(4 * 60);

/// # Errors
/// When the database is away.
pub async fn run(app: App) -> anyhow::Result<()> {
    if app.moloni.is_none() {
        return Ok(());
    }
    let (now, began) = (app.clock.now(), Instant::now());
    let stale = app
        .db
        .system("find connections to keep alive", async |tx| {
            connections::forget_attempts(tx, now).await?;
            connections::list_stale(tx, now - STALE_AFTER, ROUND).await
        })
        .await?;
    for tenant in stale {
        if began.elapsed() > ROUND_TIME {
            break;
        }
        let row = app
            .db
            .read(tenant, async |tx| connections::find_connection(tx).await)
            .await?;
        let Some(row) = row else { continue };
        if let Err(error) = tokens::refresh(&app, tenant, row.version).await {
            tracing::warn!(tenant.id = %tenant, error = %error, "A store's connection was not kept alive");
        }
    }
    Ok(())
}
