use actix_web::dev::{Server, ServerHandle};
use tokio::task::JoinHandle;

/// A running simulator. It stops when this is dropped.
#[derive(Debug)]
pub struct Handle {
    task: JoinHandle<()>,
    /// An actix server has threads of its own, which only it can end.
    server: Option<ServerHandle>,
    /// What runs beside it and ends with it.
    beside: Vec<JoinHandle<()>>,
}

impl Handle {
    pub(crate) fn new(task: JoinHandle<()>) -> Self {
        Self {
            task,
            server: None,
            beside: Vec::new(),
        }
    }

    pub(crate) fn of_server(server: Server) -> Self {
        let handle = server.handle();
        let task = tokio::spawn(async move {
            if let Err(error) = server.await {
                tracing::error!(%error, "the server ended: {error}");
            }
        });
        Self {
            task,
            server: Some(handle),
            beside: Vec::new(),
        }
    }

    /// Lets a task of the same simulator end with it.
    pub(crate) fn beside(mut self, task: JoinHandle<()>) -> Self {
        self.beside.push(task);
        self
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
        match &self.server {
            // The command to stop is sent by the call; its future only waits.
            Some(server) => drop(server.stop(false)),
            None => self.task.abort(),
        }
        self.beside.iter().for_each(JoinHandle::abort);
    }
}
