//! Keeping webhooks: those that arrive while others are being written are written together next.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http_kit::ApiError;
use kernel::TenantId;
use tokio::sync::{Notify, oneshot};

use crate::app::App;
use crate::jobs::apply_stripe_event::{Handed, LEASE};
use crate::store::webhooks::{self, RECEIVED, WebhookRow};

/// Events kept by one transaction at most.
const BATCH_MAX: usize = 64;
/// Events of one store that may wait; Stripe sends again what is refused.
const WAITING_MAX: usize = 1_000;
/// What changes nothing is in no hurry: it waits so long for others to be kept with.
const GATHER: Duration = Duration::from_millis(50);

struct Waiting {
    row: WebhookRow,
    answer: oneshot::Sender<Result<bool, ApiError>>,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<Waiting>,
    /// Told when something arrives that has an effect.
    hurry: Arc<Notify>,
}

/// A queue for each store whose events are being kept now.
#[derive(Clone, Default)]
pub struct Desks(Arc<Mutex<HashMap<TenantId, Queue>>>);

impl Desks {
    /// Keeps an event and answers whether it is new; when this ends well, it is on disk.
    ///
    /// # Errors
    /// When it could not be kept: the sender must send it again.
    pub async fn keep(&self, app: &App, row: WebhookRow) -> Result<bool, ApiError> {
        let (tenant, hurries) = (row.tenant(), row.state == RECEIVED);
        let (answer, outcome) = oneshot::channel();
        let is_first = {
            let mut queues = self.lock();
            let entry = queues.entry(tenant);
            let is_first = matches!(entry, Entry::Vacant(_));
            let queue = entry.or_default();
            if queue.waiting.len() >= WAITING_MAX {
                return Err(try_again());
            }
            queue.waiting.push(Waiting { row, answer });
            if hurries {
                queue.hurry.notify_one();
            }
            is_first
        };
        if is_first {
            tokio::spawn(serve(self.clone(), app.clone(), tenant));
        }
        outcome.await.unwrap_or_else(|_| Err(try_again()))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, Queue>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What hurries a store's queue; nothing when none waits, and then it is served no longer.
    fn hurry(&self, tenant: TenantId) -> Option<Arc<Notify>> {
        let mut queues = self.lock();
        let queue = queues.get(&tenant)?;
        if queue.waiting.is_empty() {
            queues.remove(&tenant);
            return None;
        }
        Some(queue.hurry.clone())
    }

    fn take(&self, tenant: TenantId) -> Vec<Waiting> {
        let mut queues = self.lock();
        let Some(queue) = queues.get_mut(&tenant) else {
            return Vec::new();
        };
        let count = queue.waiting.len().min(BATCH_MAX);
        queue.waiting.drain(..count).collect()
    }
}

fn try_again() -> ApiError {
    ApiError::unavailable("try-again").retry_after(1)
}

/// Serves a store's queue until nobody waits.
async fn serve(desks: Desks, app: App, tenant: TenantId) {
    let served = Served(desks.clone(), tenant);
    while let Some(hurry) = desks.hurry(tenant) {
        let _ = tokio::time::timeout(GATHER, hurry.notified()).await;
        keep_batch(&app, tenant, desks.take(tenant)).await;
    }
    drop(served);
}

/// Should a batch panic, the queue must not stay served for ever; its senders are told to try again.
struct Served(Desks, TenantId);

impl Drop for Served {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lock().remove(&self.1);
        }
    }
}

async fn keep_batch(app: &App, tenant: TenantId, batch: Vec<Waiting>) {
    let (rows, answers): (Vec<_>, Vec<_>) = batch.into_iter().map(|w| (w.row, w.answer)).unzip();
    match keep(app, tenant, rows.clone()).await {
        Ok(news) => {
            for (answer, is_new) in answers.into_iter().zip(news) {
                let _ = answer.send(Ok(is_new));
            }
        }
        // One that cannot be kept does not keep the others from it.
        Err(_) if rows.len() > 1 => {
            for (row, answer) in rows.into_iter().zip(answers) {
                let kept = keep(app, tenant, vec![row]).await;
                let _ = answer.send(kept.map(|news| news == [true]).map_err(ApiError::from));
            }
        }
        Err(error) => {
            if let Some(answer) = answers.into_iter().next() {
                let _ = answer.send(Err(error.into()));
            }
        }
    }
}

/// Keeps events in one transaction, and answers for each whether it is new. What waits for its effect
/// is leased to this process's hands where they are free, which saves finding it in the table.
async fn keep(
    app: &App,
    tenant: TenantId,
    mut rows: Vec<WebhookRow>,
) -> Result<Vec<bool>, db::Error> {
    let now = app.clock.now();
    let places: Vec<Option<Handed>> = rows
        .iter_mut()
        .map(|row| {
            let place = (row.state == RECEIVED).then(|| app.hands.reserve())??;
            row.attempts = 1;
            row.retry_at = now + LEASE;
            Some(place)
        })
        .collect();
    let made = app
        .db
        .tenant(tenant, async |tx| webhooks::create_events(tx, &rows).await)
        .await?;
    let mut news = Vec::new();
    for (row, place) in rows.into_iter().zip(places) {
        let key = row.key();
        // A repeat within the batch is the first one's.
        let is_new = made.contains(&key) && !news.contains(&Some(key.clone()));
        match (is_new, place) {
            (true, Some(place)) => place.hand(row),
            (true, None) if row.state == RECEIVED => app.webhook_wake.notify_one(),
            _ => {}
        }
        news.push(is_new.then_some(key));
    }
    Ok(news.iter().map(Option::is_some).collect())
}
