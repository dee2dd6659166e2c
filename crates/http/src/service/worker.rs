//! Work beside the requests: consumers, the relay, jobs, caches' listeners.

use std::future::Future;
use std::pin::Pin;

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
