//! Work beside the requests: consumers, the relay, jobs, caches' listeners.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::server::Roles;

type Run = Box<dyn FnOnce(CancellationToken) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// A task that runs until it is told to end.
pub struct Worker {
    pub(crate) name: String,
    pub(crate) serves: bool,
    pub(crate) run: Run,
}

impl Worker {
    pub(crate) const fn runs_in(&self, roles: Roles) -> bool {
        roles.work || (self.serves && roles.serve)
    }

    /// A worker of the role `work`: it runs where work is done, in any number of processes.
    pub fn new<F>(
        name: impl Into<String>,
        run: impl FnOnce(CancellationToken) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self {
            name: name.into(),
            serves: false,
            run: Box::new(|shutdown| Box::pin(run(shutdown))),
        }
    }

    /// A worker of the role `work` that looks for what is due: again at once after it found some, else when it
    /// is woken or after `every`. `look` answers how much it found. It is never cut off: told to stop, it
    /// finishes what it has in hand and begins nothing more.
    pub fn looking<F>(
        name: impl Into<String>,
        (wake, every): (Arc<Notify>, Duration),
        look: impl Fn(CancellationToken) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Result<usize, db::Error>> + Send + 'static,
    {
        let name = name.into();
        let worker = name.clone();
        Self::new(name, move |stop| async move {
            while !stop.is_cancelled() {
                match look(stop.clone()).await {
                    Ok(0) => {}
                    Ok(_) => continue,
                    Err(error) => {
                        tracing::warn!(worker, error = %error, "A worker could not look for what is due");
                    }
                }
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = wake.notified() => {}
                    () = tokio::time::sleep(every) => {}
                }
            }
        })
    }

    /// A worker that every process which answers requests needs, such as the listener of its caches.
    pub fn beside_requests<F>(
        name: impl Into<String>,
        run: impl FnOnce(CancellationToken) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self {
            serves: true,
            ..Self::new(name, run)
        }
    }
}
