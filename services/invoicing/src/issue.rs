//! Documents on their way: whatever failed, each is made once.
//!
//! `pending` → `inserting` → `draft` → `issued`. That a document is about to be made is written down before
//! the provider is asked; an answer that does not come leaves it `inserting`, and it is looked for by its
//! reference, after a while, before it may be made again. One worker at a time is at a series.

mod credit;
mod invoice;
mod outcome;
mod pdf;
mod proforma;
mod step;

use std::time::Duration as StdDuration;

use db::TenantTx;
use futures_util::future::join_all;
use kernel::TenantId;
use uuid::Uuid;

use crate::app::App;
use crate::desk::Desk;
use crate::domain::problem::{Code, Problem};
use crate::provider::ProviderError;
use crate::store::documents::{self, DocumentRow, State};
use crate::store::leases::{self, Series};
use crate::store::settings::{self, SettingsRow};

const LOOK_EVERY: StdDuration = StdDuration::from_millis(500);
/// Stores that are worked for at once; each asks the provider for one document at a time.
const CONCURRENCY: usize = 4;
const TENANTS: i64 = 32;
const BATCH: i64 = 50;

/// Issues documents as they are wanted, until it is told to stop.
pub async fn run(app: &App) {
    loop {
        match work_off(app).await {
            Ok(0) => {
                let _ = tokio::time::timeout(LOOK_EVERY, app.wake.notified()).await;
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = %error, "Documents that are due could not be read");
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }
}

/// Works on what is due now; answers how many documents came a step further.
///
/// # Errors
/// When the database is away.
pub async fn work_off(app: &App) -> Result<usize, db::Error> {
    let now = app.clock.now();
    let tenants = app
        .db
        .system("find stores with documents to issue", async |tx| {
            documents::list_due_tenants(tx, now, TENANTS).await
        })
        .await?;
    let mut done = 0;
    for group in tenants.chunks(CONCURRENCY) {
        let worked = join_all(
            group
                .iter()
                .map(|tenant| Box::pin(work_logged(app, *tenant))),
        )
        .await;
        done += worked.into_iter().sum::<usize>();
    }
    Ok(done)
}

/// One store that cannot be worked for does not keep the others waiting.
async fn work_logged(app: &App, tenant: TenantId) -> usize {
    match work_for(app, tenant).await {
        Ok(done) => done,
        Err(error) => {
            tracing::warn!(tenant.id = %tenant, error = %error, "A store's documents could not be worked on");
            0
        }
    }
}

async fn work_for(app: &App, tenant: TenantId) -> Result<usize, db::Error> {
    let now = app.clock.now();
    let (due, settings) = app
        .db
        .read(tenant, async |tx| {
            let due = documents::list_due(tx, now, BATCH).await?;
            let settings = settings::find_settings(tx).await?;
            Ok::<_, db::Error>((due, settings.map(|(row, _)| row)))
        })
        .await?;
    let mut done = 0;
    for row in due {
        done += usize::from(Box::pin(work_on(app, tenant, row, settings.as_ref())).await?);
    }
    Ok(done)
}

/// One document as far as it comes; whether it came any further.
async fn work_on(
    app: &App,
    tenant: TenantId,
    row: DocumentRow,
    settings: Option<&SettingsRow>,
) -> Result<bool, db::Error> {
    if row.is_proforma() {
        return Box::pin(proforma::give(app, row)).await;
    }
    let Some(settings) = settings else {
        let problem = Problem::new(Code::NotConfigured, "");
        return outcome::note(app, row, problem.into()).await;
    };
    let series = Series {
        company: row.company_id.unwrap_or(settings.company_id),
        set: match row.is_invoice() {
            true => settings.document_set_id,
            false => settings.credit_set_id,
        },
    };
    let at = At {
        app,
        desk: Desk {
            app,
            tenant,
            company: series.company,
            settings,
        },
        series,
        holder: app.kept_leases.take(series).unwrap_or_else(Uuid::now_v7),
    };
    let worked = Box::pin(work_at(&at, row)).await;
    if worked.is_err() {
        // The database may be away, and the lease with it: it is this process's still, and waiting for
        // its end would keep the series from everybody.
        app.kept_leases.keep(series, at.holder);
    }
    worked
}

async fn work_at(at: &At<'_>, row: DocumentRow) -> Result<bool, db::Error> {
    let (app, series) = (at.app, at.series);
    if !leases::hold(&app.db, series, at.holder).await? {
        // It stays due; who is at the series must not find it changed.
        return Ok(false);
    }
    let outcome = Box::pin(step::advance(at, row)).await;
    leases::release(&app.db, series, at.holder).await?;
    outcome
}

/// Where a document is worked on.
struct At<'a> {
    app: &'a App,
    desk: Desk<'a>,
    series: Series,
    holder: Uuid,
}

impl At<'_> {
    /// Renews the lease before something is changed at the provider.
    async fn still_mine(&self) -> Result<(), ProviderError> {
        match leases::hold(&self.app.db, self.series, self.holder).await? {
            true => Ok(()),
            false => Err(ProviderError::Wait("somebody else is at the series".into())),
        }
    }
}

/// Writes a document's state down in a transaction of its own, with what else belongs to it. False when
/// somebody changed the document meanwhile: then it is looked at anew.
async fn save(
    app: &App,
    row: &mut DocumentRow,
    more: impl AsyncFnOnce(&mut TenantTx, &DocumentRow) -> Result<(), db::Error>,
) -> Result<bool, db::Error> {
    row.changed_at = app.clock.now();
    app.db
        .tenant(row.tenant(), async |tx| {
            if !documents::save_document(tx, row).await? {
                return Ok(false);
            }
            more(tx, row).await?;
            Ok(true)
        })
        .await
}

/// Nothing else belongs to it.
async fn alone(_: &mut TenantTx, _: &DocumentRow) -> Result<(), db::Error> {
    Ok(())
}

/// The state alone.
async fn save_state(app: &App, row: &mut DocumentRow, state: State) -> Result<bool, db::Error> {
    row.set_state(state);
    save(app, row, alone).await
}
