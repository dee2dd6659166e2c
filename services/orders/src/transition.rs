//! Changing an order together with its stock, its timeline and its events, in the caller's transaction.

use bus::emit_all;
use db::{Error, TenantTx};
use events::orders::v1::{OrderCancelled, RefundRequested};
use events::to_us;
use kernel::{Money, OrderId, RefundId, VariantId};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::order::{OrderError, OrderState};
use crate::domain::stock::{Desk, OutOfStock, Stock};
use crate::store::orders::{self, OrderRow};
use crate::store::refunds::{self, RefundRow};
use crate::store::stock::{self, MovementRow};
use crate::store::timeline::{self, TimelineRow};
use crate::tell;

/// Who changes an order, and when.
#[derive(Clone, Debug)]
pub struct By {
    /// `system`, `shopper`, `staff:<id>` or `stripe`.
    pub actor: String,
    pub now: OffsetDateTime,
}

impl By {
    pub fn system(now: OffsetDateTime) -> Self {
        Self {
            actor: "system".into(),
            now,
        }
    }
}

/// What happens to the stock of an order's lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StockChange {
    /// Promised again, for a payment that came late.
    Reserve,
    /// Given back: the order was not paid.
    Release,
    /// It left the house.
    Sell,
}

impl StockChange {
    fn kind(self) -> &'static str {
        match self {
            Self::Reserve => "reserved",
            Self::Release => "released",
            Self::Sell => "sold",
        }
    }

    /// What a quantity adds to `on_hand` and to `reserved`.
    fn amounts(self, quantity: i64) -> (i64, i64) {
        match self {
            Self::Reserve => (0, quantity),
            Self::Release => (0, -quantity),
            Self::Sell => (-quantity, -quantity),
        }
    }
}

/// Moves the stock of an order's lines; refuses, and changes nothing, when there is too little.
pub async fn move_stock(
    tx: &mut TenantTx,
    order: OrderId,
    change: StockChange,
    by: &By,
) -> Result<Result<(), OutOfStock>, Error> {
    let lines = orders::list_lines(tx, order).await?;
    let wanted: Vec<(VariantId, i64)> = lines
        .iter()
        .map(|(id, quantity)| (VariantId::from_uuid(*id), *quantity))
        .collect();
    let ids: Vec<VariantId> = wanted.iter().map(|(id, _)| *id).collect();
    let locked = stock::lock_stock(tx, &ids).await?;
    if change == StockChange::Reserve {
        let mut desk = Desk::new(locked.iter().map(|row| (row.variant, row.stock)));
        if let Err(short) = desk.reserve(&wanted) {
            return Ok(Err(short));
        }
    }
    let changed: Vec<(VariantId, Stock)> = locked
        .iter()
        .filter_map(|row| {
            let (_, quantity) = wanted.iter().find(|(id, _)| *id == row.variant)?;
            let (on_hand, reserved) = change.amounts(*quantity);
            let counts = Stock {
                on_hand: row.stock.on_hand + on_hand,
                reserved: row.stock.reserved + reserved,
            };
            Some((row.variant, counts))
        })
        .collect();
    if changed.is_empty() {
        return Ok(Ok(()));
    }
    let saved = stock::save_stock(tx, &changed).await?;
    let movements: Vec<MovementRow> = wanted
        .iter()
        .map(|(variant, quantity)| {
            let (on_hand, reserved) = change.amounts(*quantity);
            MovementRow {
                tenant_id: tx.tenant().uuid(),
                id: Uuid::now_v7(),
                variant_id: variant.uuid(),
                kind: change.kind().to_owned(),
                on_hand,
                reserved,
                order_id: Some(order.uuid()),
                reason: String::new(),
                actor: by.actor.clone(),
                at: by.now,
            }
        })
        .collect();
    stock::create_movements(tx, &movements).await?;
    let told: Vec<_> = saved
        .iter()
        .map(|row| tell::stock(tx.tenant(), row, by.now))
        .collect();
    emit_all(tx, &told).await?;
    Ok(Ok(()))
}

/// Ends an unpaid order: stock back, timeline, event. `reason` is one of the contract's words.
pub async fn cancel(
    tx: &mut TenantTx,
    row: &mut OrderRow,
    reason: &str,
    by: &By,
) -> Result<Result<(), OrderError>, Error> {
    let mut state = row.state();
    let gives_back = match state.cancel() {
        Ok(gives_back) => gives_back,
        Err(refused) => return Ok(Err(refused)),
    };
    if gives_back
        && let Err(short) = move_stock(tx, row.order_id(), StockChange::Release, by).await?
    {
        tracing::error!(order.id = %row.id, cause = %short, "Reserved stock was not there to be given back");
    }
    row.set_state(&state, by.now);
    row.cancelled_at = Some(by.now);
    let mut details = row.details();
    reason.clone_into(&mut details.cancel_reason);
    row.details = serde_json::to_value(&details).expect("details are plain data");
    orders::save_order(tx, row).await?;
    let entry = TimelineRow::new(tx, row.order_id(), by.now, "cancelled", &by.actor)
        .with(json!({ "reason": reason }));
    timeline::create_entries(tx, &[entry]).await?;
    let event = OrderCancelled {
        tenant_id: tx.tenant().to_string(),
        order: Some(tell::order(row, &details)),
    };
    bus::emit(tx, &event).await?;
    Ok(Ok(()))
}

/// Asks payments to give money back. The state has already agreed.
pub async fn request_refund(
    tx: &mut TenantTx,
    row: &OrderRow,
    amount: Money,
    reason: &str,
    by: &By,
) -> Result<RefundId, Error> {
    let id = RefundId::new();
    let refund = RefundRow {
        tenant_id: tx.tenant().uuid(),
        id: id.uuid(),
        order_id: row.id,
        amount_minor: amount.minor,
        status: "requested".into(),
        reason: reason.to_owned(),
        created_at: by.now,
    };
    refunds::create_refund(tx, &refund).await?;
    let entry = TimelineRow::new(tx, row.order_id(), by.now, "refund_requested", &by.actor)
        .with(json!({ "refund_id": id, "amount": amount, "reason": reason }));
    timeline::create_entries(tx, &[entry]).await?;
    let staff = by
        .actor
        .strip_prefix("staff:")
        .unwrap_or_default()
        .to_owned();
    let event = RefundRequested {
        tenant_id: tx.tenant().to_string(),
        refund_id: id.to_string(),
        version: 1,
        order_id: row.id.to_string(),
        payment_id: row.payment_id.map(|id| id.to_string()).unwrap_or_default(),
        amount: Some(amount.into()),
        reason: reason.to_owned(),
        requested_by_staff_id: staff,
        lines: Vec::new(),
        requested_at_us: to_us(by.now),
        refund_application_fee: true,
    };
    bus::emit(tx, &event).await?;
    Ok(id)
}

/// Stores a state that the rules decided, with an entry on the timeline.
pub async fn save_with_entry(
    tx: &mut TenantTx,
    row: &mut OrderRow,
    state: &OrderState,
    entry: TimelineRow,
    by: &By,
) -> Result<(), Error> {
    row.set_state(state, by.now);
    orders::save_order(tx, row).await?;
    timeline::create_entries(tx, &[entry]).await
}
