//! The credit note of a refund.

use kernel::lisbon;

use super::{At, alone, invoice, outcome, save, step};
use crate::desk::Desk;
use crate::domain::credit::Credit;
use crate::domain::problem::{Code, Problem};
use crate::provider::{FiscalProvider, ProviderError};
use crate::store::documents::{self, DocumentRow, State};
use crate::store::orders;

type Ready<'a> = <Desk<'a> as FiscalProvider>::Ready;

/// Makes the credit note ready; nothing when its invoice is not issued yet, or never will be.
pub(super) async fn prepare<'a>(
    at: &At<'a>,
    row: &mut DocumentRow,
) -> Result<Option<Ready<'a>>, ProviderError> {
    let original = original(at, row).await?;
    match original.state() {
        State::Issued => {}
        State::Withdrawn => {
            outcome::withdraw(at.app, row).await?;
            return Ok(None);
        }
        _ => {
            // The invoice wakes it.
            row.next_at = None;
            row.clear_problem();
            save(at.app, row, alone).await?;
            return Ok(None);
        }
    }
    if original.company_id != Some(at.lease.series.company) {
        let company = original.company_id.unwrap_or_default().to_string();
        return Err(Problem::new(Code::LinesChanged, company).into());
    }
    let refund = at
        .app
        .db
        .read(row.tenant(), async |tx| {
            orders::find_refund(tx, row.subject).await
        })
        .await?;
    let told = refund.and_then(|refund| refund.told());
    let told = told.ok_or_else(|| Problem::new(Code::OrderUnclear, "unreadable"))?;
    let bill = invoice::bill(at, row).await?;
    let credit = Credit::of(&bill, &told)?;
    let day = lisbon::day(at.app.clock.now());
    let handle = step::handle(&original)?;
    let reference = row.our_reference.as_str();
    let ready = at
        .desk
        .prepare_credit(&handle, &credit, reference, day)
        .await;
    Ok(Some(ready.map_err(ProviderError::of_a_look)?))
}

async fn original(at: &At<'_>, row: &DocumentRow) -> Result<DocumentRow, ProviderError> {
    let id = row.corrects.unwrap_or_default();
    let found = at
        .app
        .db
        .read(row.tenant(), async |tx| {
            documents::find_document(tx, id).await
        })
        .await?;
    found.ok_or_else(|| Problem::new(Code::OrderUnclear, "no invoice").into())
}
