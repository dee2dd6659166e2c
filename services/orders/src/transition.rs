//! Changing an order together with its stock, its timeline and its events, in the caller's transaction.

use db::{Error, TenantTx};
use events::orders::v1::{OrderCancelled, RefundRequested};
use events::to_us;
use http_kit::{Audience, Permission, Staff};
use kernel::{Money, OrderId, RefundId, VariantId};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::app::App;
use crate::domain::order::{OrderError, OrderState};
use crate::domain::stock::{Desk, OutOfStock, Stock};
use crate::shelf;
use crate::store::orders::{self, OrderRow, TakeRow};
use crate::store::refunds::{self, RefundRow};
use crate::store::stock::{self, MovementRow, StockRow};
use crate::store::timeline::{self, TimelineRow};
use crate::tell;

/// Who changes an order, and when.
#[derive(Clone)]
pub struct By<'a> {
    pub app: &'a App,
    /// `system`, `stripe`, `staff:<id>` or `sysadmin:<id>`.
    pub actor: String,
    pub now: OffsetDateTime,
}

impl<'a> By<'a> {
    /// The platform itself, when a time is over.
    pub fn system(app: &'a App) -> Self {
        Self::named(app, "system".into())
    }

    /// The payment provider, through payments.
    pub fn stripe(app: &'a App) -> Self {
        Self::named(app, "stripe".into())
    }

    pub fn staff<P: Permission>(app: &'a App, staff: &Staff<P>) -> Self {
        Self::named(app, staff.principal().to_string())
    }

    fn named(app: &'a App, actor: String) -> Self {
        let now = app.clock.now();
        Self { app, actor, now }
    }
}

/// What happens to the stock of an order's lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StockChange {
    /// Promised again, for money that is the store's after all.
    Reserve,
    /// Given back: the order will not be sent.
    Release,
    /// It left the house.
    Sell,
    /// It left the house without having been kept.
    SellFromShelf,
}

impl StockChange {
    fn kind(self) -> &'static str {
        match self {
            Self::Reserve => "reserved",
            Self::Release => "released",
            Self::Sell | Self::SellFromShelf => "sold",
        }
    }

    /// What a quantity adds to `on_hand` and to `reserved`.
    fn amounts(self, quantity: i64) -> (i64, i64) {
        match self {
            Self::Reserve => (0, quantity),
            Self::Release => (0, -quantity),
            Self::Sell => (-quantity, -quantity),
            Self::SellFromShelf => (-quantity, 0),
        }
    }

    /// Whether the goods must be free, as they are not kept yet.
    fn takes_anew(self) -> bool {
        matches!(self, Self::Reserve | Self::SellFromShelf)
    }
}

/// Moves the stock of an order's lines; refuses, and changes nothing, when there is too little. Lines
/// that took no stock give none back, and what is not counted now is not taken.
pub async fn move_stock(
    tx: &mut TenantTx,
    order: OrderId,
    change: StockChange,
    by: &By<'_>,
) -> Result<Result<(), OutOfStock>, Error> {
    let takes = orders::list_takes(tx, order).await?;
    let ids: Vec<VariantId> = takes
        .iter()
        .map(|take| VariantId::from_uuid(take.variant_id))
        .collect();
    let locked = stock::lock_stock(tx, &ids).await?;
    let moved = moved(&takes, &locked, change);
    if change.takes_anew() {
        let mut desk = Desk::new(moved.iter().map(|(row, _)| (row.variant(), row.stock())));
        let wanted: Vec<_> = moved.iter().map(|(row, n)| (row.variant(), *n)).collect();
        if let Err(short) = desk.reserve(&wanted) {
            return Ok(Err(short));
        }
        let taken: Vec<Uuid> = moved.iter().map(|(row, _)| row.variant_id).collect();
        orders::save_takes(tx, order, &taken).await?;
    }
    if moved.is_empty() {
        return Ok(Ok(()));
    }
    let changed: Vec<(VariantId, Stock)> = moved
        .iter()
        .map(|(row, quantity)| {
            let (on_hand, reserved) = change.amounts(*quantity);
            let counts = Stock {
                on_hand: row.on_hand + on_hand,
                reserved: row.reserved + reserved,
            };
            (row.variant(), counts)
        })
        .collect();
    let movements: Vec<MovementRow> = moved
        .iter()
        .map(|(row, quantity)| {
            let (on_hand, reserved) = change.amounts(*quantity);
            MovementRow {
                tenant_id: tx.tenant().uuid(),
                id: Uuid::now_v7(),
                variant_id: row.variant_id,
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
    shelf::apply(tx, &changed, &movements, by.now).await?;
    Ok(Ok(()))
}

/// The rows that a change concerns, and by how much.
fn moved(takes: &[TakeRow], locked: &[StockRow], change: StockChange) -> Vec<(StockRow, i64)> {
    let of_row = |row: &StockRow| {
        let take = takes
            .iter()
            .find(|take| take.variant_id == row.variant_id)?;
        let counts = if change.takes_anew() {
            row.tracked
        } else {
            take.takes_stock
        };
        counts.then_some((*row, take.quantity))
    };
    locked.iter().filter_map(of_row).collect()
}

/// Ends an unpaid order: stock back, timeline, event. `reason` is one of the contract's words.
pub async fn cancel(
    tx: &mut TenantTx,
    row: &mut OrderRow,
    reason: &str,
    by: &By<'_>,
) -> Result<Result<(), OrderError>, Error> {
    let mut state = row.state();
    let gives_back = match state.cancel() {
        Ok(gives_back) => gives_back,
        Err(refused) => return Ok(Err(refused)),
    };
    if gives_back {
        release(tx, row.order_id(), by).await?;
    }
    row.cancelled_at = Some(by.now);
    let mut details = row.details();
    reason.clone_into(&mut details.cancel_reason);
    row.set_details(&details);
    let entry = TimelineRow::new(tx, row.order_id(), by.now, "cancelled", &by.actor)
        .with(json!({ "reason": reason }));
    save_with_entry(tx, row, &state, entry, by).await?;
    let event = OrderCancelled {
        tenant_id: tx.tenant().to_string(),
        order: Some(tell::order(&by.app.ticket_key, row, &details)),
    };
    bus::emit(tx, &event).await?;
    Ok(Ok(()))
}

/// Gives an order's goods back to the shelf. Nothing can be short of them.
pub async fn release(tx: &mut TenantTx, order: OrderId, by: &By<'_>) -> Result<(), Error> {
    let released = move_stock(tx, order, StockChange::Release, by).await?;
    released.expect("what is given back is not taken anew");
    Ok(())
}

/// What is asked of payments.
#[derive(Clone, Debug)]
pub struct NewRefund<'a> {
    pub amount: Money,
    /// One of the contract's words.
    pub reason: &'a str,
    /// What staff wrote beside it.
    pub note: &'a str,
}

/// Asks payments to give money back. The state has already agreed.
pub async fn request_refund(
    tx: &mut TenantTx,
    row: &OrderRow,
    new: NewRefund<'_>,
    by: &By<'_>,
) -> Result<RefundId, Error> {
    let NewRefund {
        amount,
        reason,
        note,
    } = new;
    let id = RefundId::new();
    let refund = RefundRow {
        tenant_id: tx.tenant().uuid(),
        id: id.uuid(),
        order_id: row.id,
        amount_minor: amount.minor,
        status: "requested".into(),
        reason: reason.to_owned(),
        created_at: by.now,
        version: 0,
        external: false,
        note: note.to_owned(),
    };
    refunds::create_refund(tx, &refund).await?;
    let entry = TimelineRow::new(tx, row.order_id(), by.now, "refund_requested", &by.actor)
        .with(json!({ "refund_id": id, "amount": amount, "reason": reason, "note": note }));
    timeline::create_entries(tx, &[entry]).await?;
    let staff = by.actor.strip_prefix("staff:").unwrap_or_default();
    let event = RefundRequested {
        tenant_id: tx.tenant().to_string(),
        refund_id: id.to_string(),
        version: 1,
        order_id: row.id.to_string(),
        payment_id: row.payment_id.map(|id| id.to_string()).unwrap_or_default(),
        amount: Some(amount.into()),
        reason: reason.to_owned(),
        requested_by_staff_id: staff.to_owned(),
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
    by: &By<'_>,
) -> Result<(), Error> {
    row.set_state(state, by.now);
    orders::save_order(tx, row).await?;
    timeline::create_entries(tx, &[entry]).await
}
