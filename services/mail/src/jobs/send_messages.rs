//! Sends mails, each once. A message says `sending` before anybody is asked to take it; where nobody
//! knows what became of the asking, it waits for the provider's news and is sent one more time at most.

mod claim;
mod settle;

use std::time::Duration as StdDuration;

use futures_util::stream::{self, StreamExt as _};
use kernel::TenantId;
use time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::app::App;
use crate::clients::Outgoing;
use crate::store::messages;
use crate::store::pauses;

const BATCH: i64 = 64;
const CONCURRENCY: usize = 8;
/// A mail that was taken would be sent once more if that were not written down: a database that is away
/// for a moment is waited for.
const SETTLE_AGAIN_AFTER: [StdDuration; 7] = [
    StdDuration::from_millis(200),
    StdDuration::from_secs(1),
    StdDuration::from_secs(3),
    StdDuration::from_secs(10),
    StdDuration::from_secs(30),
    StdDuration::from_secs(60),
    StdDuration::from_secs(60),
];
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

/// Sends what is due now; answers how many mails that were. Told to stop, it sends those in hand to the end
/// and takes up no more.
///
/// # Errors
/// When the database is away.
pub async fn send_due(app: &App, stop: &CancellationToken) -> Result<usize, db::Error> {
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
        .take_until(stop.cancelled())
        .for_each_concurrent(CONCURRENCY, async |(tenant, id)| {
            if let Err(error) = send_one(app, *tenant, *id).await {
                tracing::warn!(tenant.id = %tenant, message.id = %id, error = format!("{error:#}"), "A mail could not be sent yet");
            }
        })
        .await;
    Ok(due.len())
}

async fn send_one(app: &App, tenant: TenantId, id: Uuid) -> anyhow::Result<()> {
    // Its own: those before it in the batch may have taken longer than it is waited for.
    let now = app.clock.now();
    let Some(claimed) = claim::claim(app, tenant, id, now).await? else {
        return Ok(());
    };
    let outcome = app.transport.send(&claimed.mail).await;
    settle::count(app.transport.name().unwrap_or("none"), &outcome);
    let mut pauses = SETTLE_AGAIN_AFTER.into_iter();
    loop {
        match (settle::settle(app, &claimed, &outcome).await, pauses.next()) {
            (Err(error), Some(pause)) => {
                tracing::warn!(tenant.id = %tenant, message.id = %id, error = format!("{error:#}"), "What became of a mail is not written down yet");
                tokio::time::sleep(pause).await;
            }
            (settled, _) => return settled,
        }
    }
}
