//! Sends mails, each once. A message says `sending` before anybody is asked to take it; where nobody
//! knows what became of the asking, it waits for the provider's news and is sent one more time at most.

mod claim;
mod settle;

use std::time::Duration as StdDuration;

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt as _};
use kernel::TenantId;
use time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::app::App;
use crate::clients::Outgoing;
use crate::domain::answers::Outcome;
use crate::store::messages;
use crate::store::pauses;
use crate::vault::VaultError;

const BATCH: i64 = 64;
/// Mails of a store that are taken in hand together: as many may be in doubt when this process dies.
const TOGETHER: usize = 8;
/// Stores whose mails are sent at once: a slow answer to one keeps no other waiting.
const STORES_AT_ONCE: usize = 2;
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
    id: Uuid,
    attempt: i32,
    has_own_sender: bool,
    mail: Outgoing,
}

/// A message that somebody was asked to take, and what was answered.
type Tried = (Claimed, Outcome);

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
    stream::iter(by_store(&due))
        .take_until(stop.cancelled())
        .for_each_concurrent(STORES_AT_ONCE, async |(tenant, ids)| {
            send_some(app, tenant, &ids).await;
        })
        .await;
    Ok(due.len())
}

/// Mails of one store that come soon after one another in the line are one group, which has the place of
/// its first.
fn by_store(due: &[(TenantId, Uuid)]) -> Vec<(TenantId, Vec<Uuid>)> {
    let mut groups: Vec<(TenantId, Vec<Uuid>)> = Vec::new();
    for (tenant, id) in due {
        let open = groups
            .iter_mut()
            .find(|(of, ids)| of == tenant && ids.len() < TOGETHER);
        match open {
            Some((_, ids)) => ids.push(*id),
            None => groups.push((*tenant, vec![*id])),
        }
    }
    groups
}

/// Sends a store's mails; where they cannot be taken in hand together, each by itself.
async fn send_some(app: &App, tenant: TenantId, ids: &[Uuid]) {
    match send_together(app, tenant, ids).await {
        Ok(()) => {}
        Err(_) if ids.len() > 1 => {
            for id in ids {
                if let Err(error) = send_together(app, tenant, std::slice::from_ref(id)).await {
                    warn_unsent(tenant, id, &error.into());
                }
            }
        }
        Err(error) => {
            if let Some(id) = ids.first() {
                warn_unsent(tenant, id, &error.into());
            }
        }
    }
}

fn warn_unsent(tenant: TenantId, id: &Uuid, error: &anyhow::Error) {
    tracing::warn!(tenant.id = %tenant, message.id = %id, error = format!("{error:#}"), "A mail could not be sent yet");
}

/// # Errors
/// When nothing could be taken in hand. What was sent is written down, whatever happens.
async fn send_together(app: &App, tenant: TenantId, ids: &[Uuid]) -> Result<(), VaultError> {
    // Its own: those before it in the batch may have taken longer than it is waited for.
    let now = app.clock.now();
    let claimed = claim::claim(app, tenant, ids, now).await?;
    let transport = app.transport.name().unwrap_or("none");
    let (tell, mut told) = mpsc::channel(TOGETHER);
    let asking = async move {
        let asked = claimed.into_iter().map(async |claimed| {
            let outcome = app.transport.send(&claimed.mail).await;
            settle::count(transport, &outcome);
            // It is heard until the last has told.
            let _ = tell.send((claimed, outcome)).await;
        });
        join_all(asked).await;
    };
    // What is answered meanwhile is written down together; nobody waits for a slow answer.
    let writing = async {
        let mut tried = Vec::new();
        while told.recv_many(&mut tried, TOGETHER).await > 0 {
            write_down(app, tenant, &tried).await;
            tried.clear();
        }
    };
    tokio::join!(asking, writing);
    Ok(())
}

/// Together, or each by itself where that does not go.
async fn write_down(app: &App, tenant: TenantId, tried: &[Tried]) {
    if tried.len() > 1 && settle::settle(app, tenant, tried).await.is_ok() {
        return;
    }
    join_all(tried.chunks(1).map(|one| settle_at_last(app, tenant, one))).await;
}

async fn settle_at_last(app: &App, tenant: TenantId, tried: &[Tried]) {
    let mut pauses = SETTLE_AGAIN_AFTER.into_iter();
    while let Err(error) = settle::settle(app, tenant, tried).await {
        let messages: Vec<Uuid> = tried.iter().map(|(claimed, _)| claimed.id).collect();
        tracing::warn!(tenant.id = %tenant, message.ids = ?messages, error = format!("{error:#}"), "What became of a mail is not written down yet");
        match pauses.next() {
            Some(pause) => tokio::time::sleep(pause).await,
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stores_mails_go_together_and_keep_their_place() {
        let (one, other) = (TenantId::new(), TenantId::new());
        let ids: Vec<Uuid> = (0..11).map(|_| Uuid::now_v7()).collect();
        let due: Vec<_> = ids
            .iter()
            .enumerate()
            .map(|(nth, id)| (if nth == 1 { other } else { one }, *id))
            .collect();
        let groups = by_store(&due);
        let sizes: Vec<_> = groups
            .iter()
            .map(|(tenant, ids)| (*tenant, ids.len()))
            .collect();
        assert_eq!(sizes, [(one, TOGETHER), (other, 1), (one, 2)]);
    }
}
