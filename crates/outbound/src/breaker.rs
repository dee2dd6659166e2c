//! A circuit breaker: after several failures in a row an outside system is left alone for a while,
//! so that people get their answer at once and our tasks are not all waiting.

use std::sync::Mutex;
use std::time::{Duration, Instant};

const FAILURES_MAX: u32 = 8;
const OPEN_FOR: Duration = Duration::from_secs(5);

/// One for each outside system.
#[derive(Default)]
pub struct Breaker(Mutex<State>);

#[derive(Default)]
struct State {
    failures: u32,
    open_until: Option<Instant>,
}

impl Breaker {
    /// Whether a call may be made. After the pause calls are tried again; the next failure closes
    /// the way at once.
    pub fn allows(&self) -> bool {
        let state = self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        state.open_until.is_none_or(|until| Instant::now() >= until)
    }

    /// It answered, if only to refuse.
    pub fn succeeded(&self) {
        *self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner()) = State::default();
    }

    /// It did not answer, or said that it cannot.
    pub fn failed(&self) {
        let mut state = self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        state.failures = state.failures.saturating_add(1);
        if state.failures >= FAILURES_MAX {
            state.open_until = Some(Instant::now() + OPEN_FOR);
        }
    }
}
