//! How much memory the services hold while something happens.

use std::fmt;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::interval;

use crate::cpu;
use crate::table;

const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Of the service that imports; where all are one process, what it grows by.
const BYTES_MAX: u64 = 300_000_000;

/// Looks until it is ended.
pub struct Memory {
    before: u64,
    looking: JoinHandle<()>,
    most: tokio::sync::watch::Receiver<Most>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Most {
    all: u64,
    migration: Option<u64>,
}

pub struct Held {
    before: u64,
    most: Most,
}

impl Memory {
    pub fn watch() -> Self {
        let (told, most) = tokio::sync::watch::channel(Most::default());
        let looking = tokio::spawn(async move {
            let mut looks = interval(LOOK_EVERY);
            loop {
                looks.tick().await;
                told.send_modify(|most| {
                    most.all = most.all.max(cpu::services_memory());
                    most.migration = most.migration.max(cpu::memory_of_service("migration"));
                });
            }
        });
        Self {
            before: cpu::services_memory(),
            looking,
            most,
        }
    }

    pub async fn end(self) -> Held {
        self.looking.abort();
        // It ends where it was told to.
        let _ = self.looking.await;
        Held {
            before: self.before,
            most: *self.most.borrow(),
        }
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mega = |bytes: u64| bytes / 1_000_000;
        let Self { before, most } = self;
        let growth = most.all.saturating_sub(*before);
        let (whose, held) = match most.migration {
            Some(migration) => ("migration", migration),
            None => ("growth", growth),
        };
        write!(
            f,
            "memory of the services: {} MB before, {} MB at most; {whose} {} MB (at most {}) {}",
            mega(*before),
            mega(most.all),
            mega(held),
            mega(BYTES_MAX),
            table::verdict(held <= BYTES_MAX)
        )
    }
}
