//! Money went back, or could not.

use bus::{Delivery, HandleError, emit, first_delivery};
use db::TenantTx;
use events::orders::v1::OrderRefunded;
use events::payments::v1::{Refund, RefundFailed, RefundSucceeded};
use events::{MoneyField, to_us};
use kernel::{Money, RefundId};
use serde_json::json;

use super::{absent, lock};
use crate::app::App;
use crate::domain::tax::TaxAmount;
use crate::store::orders::OrderRow;
use crate::store::refunds::{self, RefundRow};
use crate::store::timeline::TimelineRow;
use crate::tell;
use crate::transition::{self, By};

pub async fn succeeded(
    tx: &mut TenantTx,
    delivery: Delivery<RefundSucceeded>,
    app: App,
) -> Result<(), HandleError> {
    if !first_delivery(tx, "orders.refund_succeeded", delivery.id).await? {
        return Ok(());
    }
    let refund = delivery.message.refund.ok_or_else(|| absent("refund"))?;
    let amount = amount(&refund)?;
    let mut row = lock(tx, &refund.order_id).await?;
    let by = By {
        actor: "stripe".into(),
        now: app.clock.now(),
    };
    let known = known(tx, &row, &refund, amount, &by).await?;
    if known.status == "succeeded" {
        return Ok(());
    }
    let mut state = row.state();
    state
        .receive_refund(amount, refund.external)
        .map_err(|refused| HandleError::Park(refused.to_string()))?;
    refunds::save_status(tx, RefundId::from_uuid(known.id), "succeeded").await?;
    let entry = TimelineRow::new(tx, row.order_id(), by.now, "refunded", &by.actor)
        .with(json!({ "refund_id": known.id, "amount": amount, "reason": refund.reason }));
    transition::save_with_entry(tx, &mut row, &state, entry, &by).await?;
    let details = row.details();
    let event = OrderRefunded {
        tenant_id: tx.tenant().to_string(),
        order: Some(tell::order(&row, &details)),
        refund_id: refund.refund_id,
        amount: Some(amount.into()),
        reason: refund.reason,
        lines: Vec::new(),
        taxes: shares(&details.taxes, row.total(), amount)
            .iter()
            .map(tell::tax)
            .collect(),
        refunded_at_us: to_us(by.now),
    };
    emit(tx, &event).await?;
    Ok(())
}

pub async fn failed(
    tx: &mut TenantTx,
    delivery: Delivery<RefundFailed>,
    app: App,
) -> Result<(), HandleError> {
    if !first_delivery(tx, "orders.refund_failed", delivery.id).await? {
        return Ok(());
    }
    let refund = delivery.message.refund.ok_or_else(|| absent("refund"))?;
    let amount = amount(&refund)?;
    let mut row = lock(tx, &refund.order_id).await?;
    let by = By {
        actor: "stripe".into(),
        now: app.clock.now(),
    };
    let known = known(tx, &row, &refund, amount, &by).await?;
    if known.status == "failed" {
        return Ok(());
    }
    let mut state = row.state();
    state.lose_refund(amount, known.status == "succeeded");
    refunds::save_status(tx, RefundId::from_uuid(known.id), "failed").await?;
    let entry = TimelineRow::new(tx, row.order_id(), by.now, "refund_failed", &by.actor)
        .with(json!({ "refund_id": known.id, "amount": amount, "code": delivery.message.code }));
    transition::save_with_entry(tx, &mut row, &state, entry, &by).await?;
    Ok(())
}

fn amount(refund: &Refund) -> Result<Money, HandleError> {
    refund
        .amount
        .required("refund.amount")
        .map_err(|e| HandleError::Park(e.to_string()))
}

/// The refund's row; one that was begun in the provider's dashboard is new to us.
async fn known(
    tx: &TenantTx,
    row: &OrderRow,
    refund: &Refund,
    amount: Money,
    by: &By,
) -> Result<RefundRow, HandleError> {
    let id: RefundId = refund
        .refund_id
        .parse()
        .map_err(|_| HandleError::Park("refund_id is not a UUID".into()))?;
    if let Some(known) = refunds::lock_refund(tx, id).await? {
        return Ok(known);
    }
    let made = RefundRow {
        tenant_id: tx.tenant().uuid(),
        id: id.uuid(),
        order_id: row.id,
        amount_minor: amount.minor,
        status: "requested".into(),
        reason: refund.reason.clone(),
        created_at: by.now,
    };
    refunds::create_refund(tx, &made).await?;
    Ok(made)
}

/// A refund's share of each rate, to the cent: gross amounts are split by their weight, and the tax
/// of each part is what it contains.
fn shares(taxes: &[TaxAmount], total: Money, amount: Money) -> Vec<TaxAmount> {
    if amount == total {
        return taxes.to_vec();
    }
    let weights: Vec<i64> = taxes
        .iter()
        .map(|part| part.net.minor + part.tax.minor)
        .collect();
    let parts = amount.split_by(&weights);
    taxes
        .iter()
        .zip(parts)
        .filter(|(_, gross)| !gross.is_zero())
        .filter_map(|(part, gross)| {
            let mut share = TaxAmount::of(gross, part.class, part.rate_bps, part.region).ok()?;
            share.exemption_code.clone_from(&part.exemption_code);
            Some(share)
        })
        .collect()
}
