//! One document, step by step, until it is done or has to wait.

use kernel::lisbon;
use time::Duration;

use super::{At, alone, credit, invoice, outcome, pdf, save, save_state};
use crate::domain::bill::shown;
use crate::domain::problem::{Code, Problem};
use crate::provider::{FiscalProvider, Handle, Made, MadeState, ProviderError};
use crate::store::documents::{DocumentRow, State};

/// An outcome that is not known is looked for after this: what was made must be found by then, and no
/// call is under way any more.
pub(super) const SEARCH_AFTER: Duration = Duration::minutes(3);
/// A draft that a person is to close is looked at this often.
const LOOK_AT_DRAFT: Duration = Duration::hours(6);
/// More steps than any way has.
const STEPS_MAX: usize = 12;

/// What a step left.
pub(super) enum Next {
    /// Another step, now.
    Go,
    /// Nothing more now; what is to be written down was.
    Rest,
}

/// Takes the document as far as it comes now; whether anything was done.
pub(super) async fn advance(at: &At<'_>, mut row: DocumentRow) -> Result<bool, db::Error> {
    for steps in 0..STEPS_MAX {
        if steps > 0 && at.stop.is_cancelled() {
            // It is due as it stands; whoever comes next goes on.
            return Ok(true);
        }
        let stepped = match row.state() {
            // On the heap: a step is many calls deep, and a thread's stack is small.
            State::Pending => Box::pin(pending(at, &mut row)).await,
            State::Inserting => Box::pin(search(at, &mut row)).await,
            State::Draft => Box::pin(draft(at, &mut row)).await,
            State::Issued => Box::pin(pdf::keep(at, &mut row)).await,
            State::Withdrawn => {
                row.next_at = None;
                save(at.app, &mut row, alone).await?;
                return Ok(true);
            }
        };
        match stepped {
            Ok(Next::Go) => {}
            Ok(Next::Rest) => return Ok(true),
            Err(error) => return Box::pin(outcome::note(at.app, row, error)).await,
        }
    }
    Ok(true)
}

/// Makes the document, unless nobody wants it any more.
async fn pending(at: &At<'_>, row: &mut DocumentRow) -> Result<Next, ProviderError> {
    let ready = match row.is_invoice() {
        true => invoice::prepare(at, row).await?,
        false => credit::prepare(at, row).await?,
    };
    let Some(ready) = ready else {
        return Ok(Next::Rest);
    };
    at.still_mine().await?;
    // Whatever happens from here on: it was asked for.
    row.clear_problem();
    row.company_id = Some(at.lease.series.company);
    row.next_at = Some(at.app.clock.now() + SEARCH_AFTER);
    if !save_state(at.app, row, State::Inserting).await? {
        return Ok(Next::Rest);
    }
    match at.desk.insert(&ready).await {
        Ok(handle) => know(at, row, handle).await,
        Err(ProviderError::Unknown(what)) => Err(ProviderError::Unknown(what)),
        // It says itself that it made nothing.
        Err(error) => {
            row.company_id = None;
            save_state(at.app, row, State::Pending).await?;
            Err(error)
        }
    }
}

/// Writes down which one it is.
async fn know(at: &At<'_>, row: &mut DocumentRow, handle: Handle) -> Result<Next, ProviderError> {
    row.family = Some(handle.family);
    row.provider_id = Some(handle.id);
    row.attempts = 0;
    row.clear_problem();
    row.next_at = Some(at.app.clock.now());
    match save_state(at.app, row, State::Draft).await? {
        true => Ok(Next::Go),
        false => Ok(Next::Rest),
    }
}

/// Looks for a document of which nobody knows whether it was made.
async fn search(at: &At<'_>, row: &mut DocumentRow) -> Result<Next, ProviderError> {
    let since = row.changed_at;
    let due = since + SEARCH_AFTER;
    if at.app.clock.now() < due {
        row.next_at = Some(due);
        // As it was: the time that counts is that of the attempt.
        outcome::keep_changed_at(at.app, row, since).await?;
        return Ok(Next::Rest);
    }
    let mut found = at.desk.find(&row.our_reference).await?;
    let Some(handle) = found.pop() else {
        row.next_at = Some(at.app.clock.now());
        return match save_state(at.app, row, State::Pending).await? {
            true => Ok(Next::Go),
            false => Ok(Next::Rest),
        };
    };
    if let Some(other) = found.pop() {
        let ids = format!("{}, {}", other.id, handle.id);
        return Err(Problem::new(Code::Twice, ids).into());
    }
    know(at, row, handle).await
}

/// Compares the draft with what was paid, to the cent, and closes it.
async fn draft(at: &At<'_>, row: &mut DocumentRow) -> Result<Next, ProviderError> {
    let handle = handle(row)?;
    let Some(made) = at.desk.read(&handle).await? else {
        return gone(at, row).await;
    };
    match made.state {
        MadeState::Annulled => return Err(Problem::new(Code::Annulled, "").into()),
        MadeState::Closed if made.total != row.total_minor => {
            return Err(differs(Code::ClosedDiffers, row, &made));
        }
        MadeState::Closed => return issued(at, row, &made).await,
        MadeState::Draft => {}
    }
    if invoice::is_unwanted(at, row).await? {
        at.still_mine().await?;
        at.desk.delete(&handle).await?;
        outcome::withdraw(at.app, row).await?;
        return Ok(Next::Rest);
    }
    if made.total != row.total_minor {
        return Err(differs(Code::TotalDiffers, row, &made));
    }
    if !at.desk.settings.closes {
        row.clear_problem();
        row.attempts = 0;
        row.next_at = Some(at.app.clock.now() + LOOK_AT_DRAFT);
        save(at.app, row, alone).await?;
        return Ok(Next::Rest);
    }
    close(at, row, &made).await
}

/// Closes the draft, and believes only what is read afterwards.
async fn close(at: &At<'_>, row: &mut DocumentRow, made: &Made) -> Result<Next, ProviderError> {
    at.still_mine().await?;
    let today = lisbon::day(at.app.clock.now());
    at.desk.close(made, today).await?;
    match at.desk.read(&made.handle).await? {
        Some(closed) if closed.state == MadeState::Closed => {
            if closed.total != row.total_minor {
                return Err(differs(Code::ClosedDiffers, row, &closed));
            }
            issued(at, row, &closed).await
        }
        _ => Err(ProviderError::Wait("the document is not closed yet".into())),
    }
}

async fn issued(at: &At<'_>, row: &mut DocumentRow, made: &Made) -> Result<Next, ProviderError> {
    row.family = Some(made.handle.family.clone());
    row.issued_minor = Some(made.total);
    row.number = Some(made.number.clone());
    row.atcud = Some(made.atcud.clone());
    match outcome::issue(at.app, row).await? {
        true => Ok(Next::Go),
        false => Ok(Next::Rest),
    }
}

/// Somebody deleted the draft: on purpose, perhaps. When it is to be made again, it is looked for first.
async fn gone(at: &At<'_>, row: &mut DocumentRow) -> Result<Next, ProviderError> {
    if invoice::is_unwanted(at, row).await? {
        // We did, and the answer was lost.
        outcome::withdraw(at.app, row).await?;
        return Ok(Next::Rest);
    }
    row.provider_id = None;
    row.family = None;
    save_state(at.app, row, State::Inserting).await?;
    Err(Problem::new(Code::DraftGone, "").into())
}

fn differs(code: Code, row: &mut DocumentRow, made: &Made) -> ProviderError {
    row.provider_minor = Some(made.total);
    let (theirs, ours) = (shown(made.total), shown(row.total_minor));
    let detail = format!("Moloni: {theirs} ≠ {ours} {}", row.currency);
    Problem::new(code, detail).into()
}

pub(super) fn handle(row: &DocumentRow) -> Result<Handle, ProviderError> {
    let known = row.family.clone().zip(row.provider_id);
    let (family, id) = known.ok_or_else(|| ProviderError::Wait("the id is not known".into()))?;
    Ok(Handle { family, id })
}
