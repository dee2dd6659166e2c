//! How a step ended, written down: what waits, what needs somebody, what counts.

use time::{Duration, OffsetDateTime};

use super::{alone, save};
use crate::app::App;
use crate::domain::problem::{Code, Needs};
use crate::provider::ProviderError;
use crate::store::documents::{self, DocumentRow, State};
use crate::tell;

const PAUSE: Duration = Duration::seconds(2);
const PAUSE_MAX: Duration = Duration::minutes(10);
/// Failures after which a person is told although it is tried on.
const ALARM_AT: i32 = 12;

/// The document counts from here on; the credit notes that wait for it go on.
pub(super) async fn issue(app: &App, row: &mut DocumentRow) -> Result<bool, db::Error> {
    let now = app.clock.now();
    row.set_state(State::Issued);
    row.clear_problem();
    row.attempts = 0;
    row.issued_at = Some(now);
    row.next_at = Some(now);
    let issued = save(app, row, async |tx, row| {
        tell::issued(app, tx, row).await?;
        wake_credits(tx, row, now).await
    })
    .await?;
    if issued {
        tracing::info!(tenant.id = %row.tenant(), document.id = %row.id, kind = row.kind, "A document was issued");
        metrics::counter!("invoicing_issued_total", "kind" => row.kind.clone()).increment(1);
    }
    Ok(issued)
}

/// Nobody wants the document any more; nor the credit notes that wait for it.
pub(super) async fn withdraw(app: &App, row: &mut DocumentRow) -> Result<bool, db::Error> {
    let now = app.clock.now();
    row.set_state(State::Withdrawn);
    row.clear_problem();
    row.next_at = None;
    save(app, row, async |tx, row| wake_credits(tx, row, now).await).await
}

async fn wake_credits(
    tx: &mut db::TenantTx,
    row: &DocumentRow,
    now: OffsetDateTime,
) -> Result<(), db::Error> {
    if !row.is_invoice() {
        return Ok(());
    }
    for other in documents::list_of_order(tx, row.order_id).await? {
        let waits = !other.is_invoice() && other.state() == State::Pending;
        let Some(mut other) = (match waits {
            true => documents::lock_document(tx, other.id).await?,
            false => None,
        }) else {
            continue;
        };
        other.next_at = Some(now);
        documents::save_document(tx, &mut other).await?;
    }
    Ok(())
}

/// What went wrong, as far as it matters to whoever waits; answers whether anything was written.
pub(super) async fn note(
    app: &App,
    mut row: DocumentRow,
    error: ProviderError,
) -> Result<bool, db::Error> {
    let problem = match error {
        ProviderError::Database(error) => return Err(error),
        ProviderError::Wait(what) => return again(app, row, &what).await,
        ProviderError::Unknown(what) if row.state() == State::Inserting => {
            return search_later(app, row, &what).await;
        }
        ProviderError::Unknown(what) => return again(app, row, &what).await,
        ProviderError::Problem(problem) => problem,
    };
    let before = (row.needs.clone(), row.problem.clone());
    row.set_problem(problem.code.needs(), problem.code, &problem.detail);
    // Nobody tries again by hand, for all stores, when the platform's key is mended.
    let tries_on = problem.code == Code::KeyRefused;
    row.next_at = tries_on.then(|| app.clock.now() + PAUSE_MAX);
    let is_news = before != (row.needs.clone(), row.problem.clone());
    tracing::warn!(tenant.id = %row.tenant(), document.id = %row.id, problem = problem.code.as_str(), "A document waits for somebody");
    save(app, &mut row, async |tx, row| match is_news {
        true => tell::failed(app, tx, row).await,
        false => Ok(()),
    })
    .await
}

/// Later again, less often each time: it ends without anybody doing anything.
async fn again(app: &App, mut row: DocumentRow, what: &str) -> Result<bool, db::Error> {
    row.attempts = row.attempts.saturating_add(1);
    row.set_problem(Needs::Retry, Code::Busy, what);
    let changed_at = row.changed_at;
    let is_open = row.state() == State::Inserting;
    row.next_at = Some(app.clock.now() + pause(row.attempts));
    alarm(&row, what);
    match is_open {
        true => keep_changed_at(app, &mut row, changed_at).await,
        false => save(app, &mut row, alone).await,
    }
}

/// Nobody knows whether it was made: it is looked for when it must be found if it was.
async fn search_later(app: &App, mut row: DocumentRow, what: &str) -> Result<bool, db::Error> {
    row.attempts = row.attempts.saturating_add(1);
    row.set_problem(Needs::Retry, Code::Busy, what);
    row.next_at = Some(app.clock.now() + super::step::SEARCH_AFTER);
    alarm(&row, what);
    save(app, &mut row, alone).await
}

/// Writes the row down without moving the time of its last change: for a document whose making is open,
/// that is the time from which on it is waited for.
pub(super) async fn keep_changed_at(
    app: &App,
    row: &mut DocumentRow,
    changed_at: OffsetDateTime,
) -> Result<bool, db::Error> {
    row.changed_at = changed_at;
    app.db
        .tenant(row.tenant(), async |tx| {
            documents::save_document(tx, row).await
        })
        .await
}

fn alarm(row: &DocumentRow, what: &str) {
    if row.attempts == ALARM_AT {
        tracing::error!(tenant.id = %row.tenant(), document.id = %row.id, error = what, "A document has been waiting for its provider for long");
    }
}

fn pause(attempts: i32) -> Duration {
    let doubled = 1_i32.checked_shl(attempts.clamp(1, 9).unsigned_abs() - 1);
    (PAUSE * doubled.unwrap_or(1)).min(PAUSE_MAX)
}
