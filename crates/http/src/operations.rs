//! What an operator sees and does in every service alike: what could not be delivered, what has not
//! been told yet, what there is to do.
//!
//! The routes are every service's, under its own prefix: `/api/SERVICE/sysadmin/…`.

mod dead_letters;
mod jobs;
mod outbox;

use std::sync::Arc;

use bus::Rabbit;
use db::{Db, TenantTx};
use events::common::v1::Action;
use events::{catalog, invoicing, mail, migration, orders, payments, tenants, to_us};
use kernel::{Clock, EventId, TenantId};
use tokio::sync::Semaphore;

use crate::service::Foundation;
use crate::{ApiError, RequestMeta, Routes, routes};

/// Replays under way at once in one process.
const REPLAYS_MAX: usize = 4;

/// The state of these routes.
#[derive(Clone)]
pub(crate) struct Operations {
    service: &'static str,
    db: Db,
    rabbit: Rabbit,
    clock: Clock,
    replays: Arc<Semaphore>,
}

impl Operations {
    pub(crate) fn new(foundation: &Foundation) -> Self {
        let platform = foundation.platform();
        Self {
            service: foundation.schema.name,
            db: foundation.db.clone(),
            rabbit: platform.rabbit.clone(),
            clock: platform.clock.clone(),
            replays: Arc::new(Semaphore::new(REPLAYS_MAX)),
        }
    }

    /// Notes a deed in the platform's audit trail.
    async fn record(
        &self,
        meta: &RequestMeta,
        action: &str,
        target: String,
    ) -> Result<(), ApiError> {
        let action = Action {
            action_id: EventId::new().to_string(),
            version: 1,
            at_us: to_us(self.clock.now()),
            actor: meta.principal.to_string(),
            ip: meta.ip.to_string(),
            action: action.to_owned(),
            target,
            ..Action::default()
        };
        self.db
            .tenant(TenantId::PLATFORM, async |tx| {
                tell(self.service, tx, action).await
            })
            .await?;
        Ok(())
    }
}

macro_rules! told_by {
    ($service:expr, $tx:expr, $action:expr; $($name:ident),+) => {
        match $service {
            $(stringify!($name) => {
                let told = $name::v1::ActionRecorded {
                    tenant_id: TenantId::PLATFORM.to_string(),
                    action: Some($action),
                };
                bus::emit($tx, &told).await
            })+
            // A test's own service has nobody who would hear it.
            _ => Ok(()),
        }
    };
}

async fn tell(service: &str, tx: &mut TenantTx, action: Action) -> Result<(), db::Error> {
    told_by!(service, tx, action; tenants, catalog, orders, payments, invoicing, mail, migration)
}

/// The path table; `SERVICE` stands for the service's name.
pub(crate) fn table(service: &str) -> Routes<Operations> {
    routes![
        dead_letters: list_dead_letters, get_dead_letter, replay_dead_letter, drop_dead_letter;
        outbox: get_outbox, replay_events;
        jobs: list_jobs, retry_job, drop_job;
    ]
    .placed("/api/SERVICE/", &format!("/api/{service}/"))
}
