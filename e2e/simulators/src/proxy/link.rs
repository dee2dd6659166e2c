//! What the connections of a pair share.

use super::faults::{Counted, Faults, Loss, Side, Then};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::{broadcast, watch};

/// More of a question is not looked at.
const QUESTION_BYTES: usize = 8 << 10;

/// Something that is done to every open connection at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Reset,
    HalfClose(Side),
}

#[derive(Debug)]
pub(super) struct Link {
    pub(super) upstream: String,
    pub(super) faults: watch::Sender<Faults>,
    pub(super) acts: broadcast::Sender<Act>,
    losses: Mutex<Vec<Loss>>,
    counted: Mutex<Counted>,
}

impl Link {
    pub(super) fn to(upstream: &str) -> Self {
        Self {
            upstream: upstream.to_owned(),
            faults: watch::Sender::new(Faults::default()),
            acts: broadcast::Sender::new(16),
            losses: Mutex::default(),
            counted: Mutex::default(),
        }
    }

    pub(super) fn counted(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn losses(&self) -> MutexGuard<'_, Vec<Loss>> {
        self.losses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while there is a black hole.
    pub(super) async fn passable(&self) {
        let mut faults = self.faults.subscribe();
        if faults.wait_for(|faults| !faults.black_hole).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// What becomes of the answer to a question.
    fn fate(&self, question: &[u8]) -> Option<Then> {
        self.counted().answers += 1;
        let mut losses = self.losses();
        let lost = losses
            .iter_mut()
            .find_map(|loss| loss.meets(question).then_some(loss.then));
        losses.retain(|loss| loss.times > 0);
        drop(losses);
        if lost.is_some() {
            self.counted().answers_lost += 1;
        }
        lost
    }
}

/// Whose turn it is on one connection.
#[derive(Debug, Default)]
pub(super) struct Talk {
    asking: bool,
    question: Vec<u8>,
    /// Nothing more is handed to this client.
    deaf: bool,
}

impl Talk {
    pub(super) fn ask(&mut self, bytes: &[u8]) {
        if !self.asking {
            self.asking = true;
            self.question.clear();
        }
        let room = QUESTION_BYTES.saturating_sub(self.question.len());
        self.question.extend(bytes.iter().take(room));
    }

    /// What becomes of bytes that come back.
    pub(super) fn answer(&mut self, link: &Link) -> Option<Then> {
        if self.asking && !self.deaf {
            self.asking = false;
            let fate = link.fate(&self.question);
            self.deaf = fate == Some(Then::Hang);
            return fate;
        }
        self.deaf.then_some(Then::Hang)
    }
}
