//! What every service stands on.

use std::time::Duration;

use db::{Db, SystemTx};
use diesel_async::SimpleAsyncConnection;

use super::{Platform, Worker};
use crate::cache::HotCache;
use crate::directory::TenantDirectory;
use crate::gate::Gate;
use crate::sessions::Sessions;

/// News that the broker did not bring are read from the database after at most this.
const RELOAD_EVERY: Duration = Duration::from_secs(30);
/// Readiness answers within this or says no.
const CHECK_TIME: Duration = Duration::from_secs(2);

/// One service's database, its picture of stores and sessions, and its gate.
#[derive(Clone)]
pub struct Foundation {
    pub name: &'static str,
    pub db: Db,
    pub directory: TenantDirectory,
    pub sessions: Sessions,
    pub gate: Gate,
    pub(crate) platform: Platform,
}

impl Foundation {
    /// Keeps the picture fresh; every process that answers requests runs these.
    pub fn workers(&self) -> Vec<Worker> {
        let (directory, sessions, name) = (self.directory.clone(), self.sessions.clone(), self.name);
        vec![Worker::beside_requests(format!("{name}: reload"), move |shutdown| async move {
            while shutdown.run_until_cancelled(tokio::time::sleep(RELOAD_EVERY)).await.is_some() {
                let reloaded = async { sessions.load().await.and(directory.load().await) };
                if let Err(error) = reloaded.await {
                    tracing::warn!(service = name, cause = %error, "Reloading stores and sessions failed");
                }
            }
        })]
    }

    /// A cache of finished answers.
    pub fn hot_cache(&self, max_bytes: u64) -> HotCache {
        HotCache::new(max_bytes)
    }
}

/// Whether the service's own database answers.
pub(super) async fn check(db: &Db) -> Result<(), String> {
    let ask = db.system("readiness", async |tx: &mut SystemTx| {
        (&mut tx.conn()).batch_execute("SELECT 1").await?;
        Ok::<_, db::Error>(())
    });
    match tokio::time::timeout(CHECK_TIME, ask).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("the database did not answer in time".to_owned()),
    }
}
