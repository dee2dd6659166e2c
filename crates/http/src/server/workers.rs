//! The tasks of a process beside its requests.

use std::collections::HashMap;
use std::time::Duration;

use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::service::Worker;

pub(super) struct Workers {
    tasks: JoinSet<()>,
    names: HashMap<Id, String>,
    shutdown: CancellationToken,
}

impl Workers {
    pub fn spawn(workers: Vec<Worker>) -> Self {
        let shutdown = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let mut names = HashMap::new();
        for worker in workers {
            let task = tasks.spawn((worker.run)(shutdown.clone()));
            names.insert(task.id(), worker.name);
        }
        Self {
            tasks,
            names,
            shutdown,
        }
    }

    /// Ends when a worker panicked. A worker that came to its end is no failure.
    pub async fn failed(&mut self) -> anyhow::Error {
        while let Some(ended) = self.tasks.join_next_with_id().await {
            if let Err(error) = ended {
                let name = self.names.get(&error.id()).map_or("?", String::as_str);
                return anyhow::anyhow!("the worker {name} failed");
            }
        }
        std::future::pending().await
    }

    /// Tells all to end and waits; what has not ended by then is dropped, as a crash would.
    pub async fn stop(mut self, at_most: Duration) {
        self.shutdown.cancel();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(at_most, all).await.is_err() {
            tracing::warn!("Workers did not end in time and were dropped");
        }
    }
}
