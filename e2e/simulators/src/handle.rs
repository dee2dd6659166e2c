use tokio::task::JoinHandle;

/// A running simulator. It stops when this is dropped.
#[derive(Debug)]
pub struct Handle {
    task: JoinHandle<()>,
}

impl Handle {
    pub(crate) fn new(task: JoinHandle<()>) -> Self {
        Self { task }
    }

    /// Waits until the simulator ends by itself, which it does only when its task fails.
    pub async fn ended(mut self) {
        if let Err(error) = (&mut self.task).await {
            tracing::error!(%error, "the simulator ended: {error}");
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.task.abort();
    }
}
