//! What every service stands on.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bus::{Link, Listener};
use db::{Db, Schema};
use events::orders::v1::CustomerSessionRevoked;
use events::tenants::v1::{SessionRevoked, StaffChanged, TenantChanged};
use tokio::sync::Notify;

use super::{Platform, Worker};
use crate::directory::{Tenant, TenantDirectory};
use crate::gate::Gate;
use crate::sessions::{Sessions, StaffState};

/// News that the broker does not bring are read from the database after at most this.
const RELOAD_EVERY_DEAF: Duration = Duration::from_secs(30);
/// While everything is heard, the tables only confirm it.
const RELOAD_EVERY: Duration = Duration::from_secs(600);
/// A consumer has written down by then what was told before its process heard anything.
const SETTLED_AFTER: Duration = Duration::from_secs(2);
/// Readiness answers within this or says no.
const CHECK_TIME: Duration = Duration::from_secs(2);

/// One service's database, its picture of stores and sessions, and its gate.
#[derive(Clone)]
pub struct Foundation {
    pub schema: Schema,
    pub db: Db,
    pub directory: TenantDirectory,
    pub sessions: Sessions,
    pub gate: Gate,
    pub(crate) platform: Platform,
    /// Told when news may have been missed.
    pub(crate) missed: Arc<Notify>,
    /// Whether the listener hears, once there is one.
    pub(crate) hears: Arc<OnceLock<Link>>,
}

impl Foundation {
    /// Reads stores, sessions and staff anew now and then, and as soon as news may have been missed;
    /// every process that answers requests runs it, so that a broker that is away delays news by
    /// 30 s and no more.
    pub fn workers(&self) -> Vec<Worker> {
        let foundation = self.clone();
        let name = format!("{}: reload", self.schema.name);
        vec![Worker::beside_requests(name, |shutdown| async move {
            shutdown
                .run_until_cancelled(foundation.keep_reloading())
                .await;
        })]
    }

    async fn keep_reloading(&self) {
        let mut was_missed = false;
        loop {
            let pause = match (was_missed, self.hears.get().is_some_and(Link::is_up)) {
                // What was missed may still be on its way into the tables: look once more soon.
                (true, _) => SETTLED_AFTER,
                (false, true) => RELOAD_EVERY,
                (false, false) => RELOAD_EVERY_DEAF,
            };
            let missed = tokio::time::timeout(pause, self.missed.notified()).await;
            was_missed = missed.is_ok();
            let reloaded = async { self.sessions.load().await.and(self.directory.load().await) };
            if let Err(error) = reloaded.await {
                let service = self.schema.name;
                tracing::warn!(service, cause = %error, "Reloading stores and sessions failed");
            }
        }
    }

    /// Hears of stores, sessions and staff; a service adds what else it keeps in memory, and runs it
    /// with [`listen`](Self::listen).
    pub fn listener(&self) -> Listener {
        let (directory, of_revoked, of_customers, of_staff) = (
            self.directory.clone(),
            self.sessions.clone(),
            self.sessions.clone(),
            self.sessions.clone(),
        );
        let missed = self.missed.clone();
        let listener = Listener::new(self.schema.name, self.platform.rabbit.clone());
        // One service has one listener; of another one the first still tells enough.
        let _ = self.hears.set(listener.link());
        listener
            .lost(move || missed.notify_one())
            .on::<TenantChanged>(move |delivery| {
                match Tenant::of_event(delivery.tenant, &delivery.message) {
                    Some(tenant) => directory.upsert(tenant),
                    None => tracing::error!(tenant.id = %delivery.tenant, "A store's news cannot be read"),
                }
            })
            .on::<SessionRevoked>(move |delivery| {
                if let Ok(session) = delivery.message.session_id.parse() {
                    of_revoked.revoke(session, delivery.message.expires_at_us / 1_000_000);
                }
            })
            .on::<CustomerSessionRevoked>(move |delivery| {
                if let Ok(session) = delivery.message.session_id.parse() {
                    of_customers.revoke(session, delivery.message.expires_at_us / 1_000_000);
                }
            })
            .on::<StaffChanged>(move |delivery| {
                if let Ok(id) = delivery.message.staff_id.parse() {
                    of_staff.set_staff(id, StaffState::of_event(delivery.tenant, &delivery.message));
                }
            })
    }

    /// The worker that runs a listener.
    pub fn listen(&self, listener: Listener) -> Worker {
        Worker::beside_requests(format!("{}: listener", self.schema.name), |shutdown| {
            listener.run(shutdown)
        })
    }

    pub fn platform(&self) -> &Platform {
        &self.platform
    }
}

/// Whether the service's own database answers and has the migrations this program needs.
pub(super) async fn check(db: &Db, schema: Schema) -> Result<(), String> {
    match tokio::time::timeout(CHECK_TIME, db::level(db, schema)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("the database did not answer in time".to_owned()),
    }
}
