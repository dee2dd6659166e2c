//! What happens on the way to a payment: kept on the order's timeline, and in how long goods are kept.

use bus::{Delivery, HandleError, first_delivery};
use db::TenantTx;
use events::from_us;
use events::payments::v1::{
    PaymentCanceled, PaymentFailed, PaymentProcessing, PaymentRequiresAction,
};
use kernel::EventId;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::{absent, lock};
use crate::app::App;
use crate::store::orders;
use crate::store::timeline::{self, TimelineRow};

/// A voucher paid on its last evening reaches us days later, over a weekend.
const BANK_DELAY: Duration = Duration::days(4);
/// Money that is on its way may take this long.
const PROCESSING: Duration = Duration::days(14);

pub async fn failed(
    tx: &mut TenantTx,
    delivery: Delivery<PaymentFailed>,
    app: App,
) -> Result<(), HandleError> {
    let order = delivery
        .message
        .payment
        .ok_or_else(|| absent("payment"))?
        .order_id;
    let detail = json!({ "code": delivery.message.code });
    note(
        tx,
        &app,
        delivery.id,
        &order,
        Entry {
            kind: "payment_failed",
            detail,
            keep: None,
        },
    )
    .await
}

pub async fn processing(
    tx: &mut TenantTx,
    delivery: Delivery<PaymentProcessing>,
    app: App,
) -> Result<(), HandleError> {
    let order = delivery
        .message
        .payment
        .ok_or_else(|| absent("payment"))?
        .order_id;
    let keep = Some(app.clock.now() + PROCESSING);
    let entry = Entry {
        kind: "payment_processing",
        detail: json!({}),
        keep,
    };
    note(tx, &app, delivery.id, &order, entry).await
}

pub async fn requires_action(
    tx: &mut TenantTx,
    delivery: Delivery<PaymentRequiresAction>,
    app: App,
) -> Result<(), HandleError> {
    let message = delivery.message;
    let order = message.payment.ok_or_else(|| absent("payment"))?.order_id;
    let entry = match message.voucher {
        Some(voucher) => Entry {
            kind: "voucher",
            keep: from_us(voucher.expires_at_us).map(|until| until + BANK_DELAY),
            detail: json!({ "entity": voucher.entity, "reference": voucher.reference }),
        },
        None => Entry {
            kind: "payment_waits",
            detail: json!({ "action": message.action }),
            keep: None,
        },
    };
    note(tx, &app, delivery.id, &order, entry).await
}

pub async fn canceled(
    tx: &mut TenantTx,
    delivery: Delivery<PaymentCanceled>,
    app: App,
) -> Result<(), HandleError> {
    let order = delivery
        .message
        .payment
        .ok_or_else(|| absent("payment"))?
        .order_id;
    let detail = json!({ "reason": delivery.message.reason });
    note(
        tx,
        &app,
        delivery.id,
        &order,
        Entry {
            kind: "payment_canceled",
            detail,
            keep: None,
        },
    )
    .await
}

struct Entry {
    kind: &'static str,
    detail: Value,
    /// Until when the goods are kept now, if that is later.
    keep: Option<OffsetDateTime>,
}

async fn note(
    tx: &mut TenantTx,
    app: &App,
    event: EventId,
    order: &str,
    entry: Entry,
) -> Result<(), HandleError> {
    if !first_delivery(tx, "orders.payment_news", event).await? {
        return Ok(());
    }
    let mut row = lock(tx, order).await?;
    let is_longer = entry.keep > row.reserved_until;
    if is_longer && row.status == "pending_payment" {
        row.reserved_until = entry.keep;
        row.updated_at = app.clock.now();
        orders::save_order(tx, &mut row).await?;
    }
    let line = TimelineRow::new(tx, row.order_id(), app.clock.now(), entry.kind, "stripe");
    timeline::create_entries(tx, &[line.with(entry.detail)]).await?;
    Ok(())
}
