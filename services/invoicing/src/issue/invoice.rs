//! The invoice of an order.

use kernel::lisbon;

use super::{At, outcome};
use crate::desk::Desk;
use crate::domain::bill::Bill;
use crate::domain::problem::{Code, Problem};
use crate::provider::{FiscalProvider, InvoiceKind, ProviderError};
use crate::store::documents::DocumentRow;
use crate::store::orders::{self, OrderRow};

const SIMPLIFIED: &str = "simplified_invoice";
const INVOICE_RECEIPT: &str = "invoice_receipt";

type Ready<'a> = <Desk<'a> as FiscalProvider>::Ready;

/// Makes the invoice ready; nothing when it is not wanted any more, which was written down then.
pub(super) async fn prepare<'a>(
    at: &At<'a>,
    row: &mut DocumentRow,
) -> Result<Option<Ready<'a>>, ProviderError> {
    if is_unwanted(at, row).await? {
        outcome::withdraw(at.app, row).await?;
        return Ok(None);
    }
    let mut bill = bill(at, row).await?;
    check_exemptions(at, row, &mut bill).await?;
    let kind = match at.desk.settings.kind.as_str() {
        SIMPLIFIED if bill.may_be_simplified() => InvoiceKind::SimplifiedInvoice,
        _ => InvoiceKind::InvoiceReceipt,
    };
    let word = match kind {
        InvoiceKind::SimplifiedInvoice => SIMPLIFIED,
        InvoiceKind::InvoiceReceipt => INVOICE_RECEIPT,
    };
    word.clone_into(&mut row.kind);
    let day = lisbon::day(at.app.clock.now());
    let reference = row.our_reference.as_str();
    let ready = at.desk.prepare_invoice(&bill, kind, reference, day).await;
    Ok(Some(ready.map_err(ProviderError::of_a_look)?))
}

/// An order may name a reason for taking no VAT that the provider does not know. Which one is right is for the
/// merchant to say, so the settings' own is taken only when he was told and asks for another try.
async fn check_exemptions(
    at: &At<'_>,
    row: &DocumentRow,
    bill: &mut Bill,
) -> Result<(), ProviderError> {
    let was_told = row.problem.as_deref() == Some(Code::ExemptionUnknown.as_str());
    let may_replace = was_told && at.desk.settings.exemption_code.is_some();
    for line in &mut bill.lines {
        let names_one = line.rate_bps == 0 && !line.exemption.is_empty();
        if !names_one || at.desk.knows_exemption(&line.exemption).await? {
            continue;
        }
        if !may_replace {
            return Err(Problem::new(Code::ExemptionUnknown, line.exemption.as_str()).into());
        }
        line.exemption.clear();
    }
    Ok(())
}

/// The order as the lines of its invoice.
pub(super) async fn bill(at: &At<'_>, row: &DocumentRow) -> Result<Bill, ProviderError> {
    let order = order(at, row).await?;
    let unclear = |what: &str| Problem::new(Code::OrderUnclear, what);
    let told = order.order().ok_or_else(|| unclear("unreadable"))?;
    let bill = Bill::of(&told, &at.desk.settings.shipping_reference)?;
    if row.is_invoice() && bill.total.minor != row.total_minor {
        return Err(unclear("the total changed").into());
    }
    Ok(bill)
}

/// Whether an invoice is not to be issued any more: the order was cancelled, or all of it went back.
pub(super) async fn is_unwanted(at: &At<'_>, row: &DocumentRow) -> Result<bool, ProviderError> {
    if !row.is_invoice() {
        return Ok(false);
    }
    let (order, refunds) = at
        .app
        .db
        .read(row.tenant(), async |tx| {
            let order = orders::find_order(tx, row.order_id).await?;
            let refunds = orders::list_refunds(tx, row.order_id).await?;
            Ok::<_, db::Error>((order, refunds))
        })
        .await?;
    let refunded: i64 = refunds.iter().map(|refund| refund.amount_minor).sum();
    Ok(order.is_none_or(|order| order.is_cancelled) || refunded >= row.total_minor)
}

async fn order(at: &At<'_>, row: &DocumentRow) -> Result<OrderRow, ProviderError> {
    let found = at
        .app
        .db
        .read(row.tenant(), async |tx| {
            orders::find_order(tx, row.order_id).await
        })
        .await?;
    found.ok_or_else(|| Problem::new(Code::OrderUnclear, "unknown").into())
}
