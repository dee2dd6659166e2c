//! Documents on their way: whatever failed, each is made once.
//!
//! `pending` → `inserting` → `draft` → `issued`. That a document is about to be made is written down before
//! the provider is asked; an answer that does not come leaves it `inserting`, and it is looked for by its
//! reference, after a while, before it may be made again. One worker at a time is at a series: its lease is
//! kept up while it works, and what it does ends when the lease might.

mod credit;
mod invoice;
mod outcome;
mod pdf;
mod step;

use db::TenantTx;
use futures_util::future::join_all;
use kernel::TenantId;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::desk::Desk;
use crate::domain::problem::{Code, Problem};
use crate::provider::ProviderError;
use crate::store::documents::{self, DocumentRow, State};
use crate::store::leases::{Lease, Series};
use crate::store::settings::{self, SettingsRow};

/// Stores that are worked for at once; each asks the provider for one document at a time.
const CONCURRENCY: usize = 4;
const TENANTS: i64 = 32;
const BATCH: i64 = 50;

/// Works on what is due now; answers how many documents came a step further. Told to stop, it ends the
/// steps in hand and begins no other.
///
/// # Errors
/// When the database is away.
pub async fn work_off(app: &App, stop: &CancellationToken) -> Result<usize, db::Error> {
    let now = app.clock.now();
    let tenants = app
        .db
        .system("find stores with documents to issue", async |tx| {
            documents::list_due_tenants(tx, now, TENANTS).await
        })
        .await?;
    let mut done = 0;
    for group in tenants.chunks(CONCURRENCY) {
        if stop.is_cancelled() {
            break;
        }
        let worked = join_all(
            group
                .iter()
                .map(|tenant| Box::pin(work_logged(app, *tenant, stop))),
        )
        .await;
        done += worked.into_iter().sum::<usize>();
    }
    Ok(done)
}

/// One store that cannot be worked for does not keep the others waiting.
async fn work_logged(app: &App, tenant: TenantId, stop: &CancellationToken) -> usize {
    match work_for(app, tenant, stop).await {
        Ok(done) => done,
        Err(error) => {
            tracing::warn!(tenant.id = %tenant, error = %error, "A store's documents could not be worked on");
            0
        }
    }
}

async fn work_for(
    app: &App,
    tenant: TenantId,
    stop: &CancellationToken,
) -> Result<usize, db::Error> {
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
        if stop.is_cancelled() {
            break;
        }
        let worked = Box::pin(work_on(app, row, settings.as_ref(), stop)).await?;
        done += usize::from(worked);
    }
    Ok(done)
}

/// One document as far as it comes; whether it came any further.
async fn work_on(
    app: &App,
    row: DocumentRow,
    settings: Option<&SettingsRow>,
    stop: &CancellationToken,
) -> Result<bool, db::Error> {
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
    let Some(lease) = Lease::take(&app.db, series).await? else {
        // It stays due; who is at the series must not find it changed.
        return Ok(false);
    };
    let at = At {
        app,
        desk: Desk {
            app,
            tenant: row.tenant(),
            company: series.company,
            settings,
        },
        lease: &lease,
        stop,
    };
    let (tenant, id) = (row.tenant(), row.id);
    tokio::select! {
        worked = step::advance(&at, row) => {
            lease.give_back().await?;
            worked
        }
        () = lease.keep() => {
            tracing::warn!(tenant.id = %tenant, document.id = %id, "A series was lost while it was worked on");
            Ok(false)
        }
    }
}

/// Where a document is worked on.
struct At<'a> {
    app: &'a App,
    desk: Desk<'a>,
    lease: &'a Lease,
    stop: &'a CancellationToken,
}

impl At<'_> {
    /// Renews the lease before something is changed at the provider.
    async fn still_mine(&self) -> Result<(), ProviderError> {
        match self.lease.renew().await? {
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
