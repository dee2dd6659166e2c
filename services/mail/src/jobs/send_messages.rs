//! Sends mails, each once. A message says `sending` before anybody is asked to take it; where nobody
//! knows what became of the asking, it waits for the provider's news and is sent one more time at most.

mod claim;
mod settle;

use std::time::Duration as StdDuration;

use futures_util::stream::{self, StreamExt as _};
use kernel::TenantId;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::app::App;
use crate::clients::Outgoing;
use crate::store::messages;
use crate::store::pauses;

const BATCH: i64 = 64;
const CONCURRENCY: usize = 8;
const LOOK_EVERY: StdDuration = StdDuration::from_secs(1);
/// A mail that could not leave for so long is of no use any more.
pub(crate) const LIFE: Duration = Duration::days(3);

/// A message in hand: what to send, and which attempt it is.
struct Claimed {
    tenant: TenantId,
    id: Uuid,
    attempt: i32,
    has_own_sender: bool,
    mail: Outgoing,
}

/// Sends mails as they become due, until it is told to stop.
pub async fn run(app: &App) {
    loop {
        match send_due(app).await {
            Ok(0) => {
                let _ = tokio::time::timeout(LOOK_EVERY, app.mail_wake.notified()).await;
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = %error, "Mails that are due could not be read");
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }
}

/// Sends what is due now; answers how many mails were taken up.
///
/// # Errors
/// When the database is away.
pub async fn send_due(app: &App) -> Result<usize, db::Error> {
    let Some(transport) = app.transport.name() else {
        return Ok(0);
    };
    let now = app.clock.now();
    let due = app
        .db
        .system("find mails to send", async |tx| {
            let pause = pauses::find(tx, transport).await?;
            if pause.is_some_and(|pause| pause.until > now) {
                return Ok::<_, db::Error>(Vec::new());
            }
            messages::list_due(tx, now, BATCH).await
        })
        .await?;
    stream::iter(&due)
        .for_each_concurrent(CONCURRENCY, async |(tenant, id)| {
            if let Err(error) = send_one(app, *tenant, *id, now).await {
                tracing::warn!(tenant.id = %tenant, message.id = %id, error = format!("{error:#}"), "A mail could not be sent yet");
            }
        })
        .await;
    Ok(due.len())
}

async fn send_one(
    app: &App,
    tenant: TenantId,
    id: Uuid,
    now: OffsetDateTime,
) -> anyhow::Result<()> {
    let Some(claimed) = claim::claim(app, tenant, id, now).await? else {
        return Ok(());
    };
    let outcome = app.transport.send(&claimed.mail).await;
    settle::settle(app, &claimed, outcome).await
}
