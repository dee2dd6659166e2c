//! Those who apply events, and the way of an event straight to them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Mutex;
use tokio::sync::mpsc::{self, OwnedPermit, Receiver, Sender};

use crate::store::webhooks::WebhookRow;

/// Events that wait for a free hand of this process.
const WAITING_MAX: usize = 64;

/// The hands of this process. Where none are at work, as in a process that only answers, events are
/// found in the table by one that has some.
#[derive(Clone)]
pub struct Hands {
    sender: Sender<WebhookRow>,
    receiver: Arc<Mutex<Receiver<WebhookRow>>>,
    at_work: Arc<AtomicBool>,
}

/// A place for one event.
pub struct Handed(OwnedPermit<WebhookRow>);

impl Default for Hands {
    fn default() -> Self {
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        Self {
            sender,
            receiver: Arc::new(Mutex::new(receiver)),
            at_work: Arc::default(),
        }
    }
}

impl Hands {
    /// A place for an event that is yet to be kept; nothing when there is none.
    pub fn reserve(&self) -> Option<Handed> {
        if !self.at_work.load(Ordering::Relaxed) {
            return None;
        }
        self.sender.clone().try_reserve_owned().ok().map(Handed)
    }

    /// The next event for whoever asks; waits for it.
    pub(super) async fn next(&self) -> Option<WebhookRow> {
        self.receiver.lock().await.recv().await
    }

    /// The next event that waits already.
    pub(super) async fn left(&self) -> Option<WebhookRow> {
        self.receiver.lock().await.try_recv().ok()
    }

    pub(super) fn set_at_work(&self, at_work: bool) {
        self.at_work.store(at_work, Ordering::Relaxed);
    }
}

impl Handed {
    /// Hands over an event that is leased to this process.
    pub fn hand(self, row: WebhookRow) {
        let _ = self.0.send(row);
    }
}
