//! What happens on the way to a payment: kept on the order's timeline, and in how long goods are kept.

use bus::{Delivery, HandleError, first_delivery};
use db::{Error, TenantTx};
use events::from_us;
use events::payments::v1::{
    Payment, PaymentCanceled, PaymentFailed, PaymentProcessing, PaymentRequiresAction,
    PaymentStatus,
};
use kernel::EventId;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::{absent, lock};
use crate::app::App;
use crate::details::PaymentHeard;
use crate::store::orders::{self, OrderRow};
use crate::store::timeline::{self, TimelineRow};

/// A voucher paid on its last evening reaches us days later, over a weekend.
const BANK_DELAY: Duration = Duration::days(4);
/// Money that is on its way may take this long.
const PROCESSING: Duration = Duration::days(14);
/// After an attempt that came to nothing the shopper may try another way for so long.
const ANOTHER_TRY: Duration = Duration::minutes(30);

pub async fn failed(
    tx: &mut TenantTx,
    delivery: Delivery<PaymentFailed>,
    app: App,
) -> Result<(), HandleError> {
    let message = delivery.message;
    let payment = message.payment.ok_or_else(|| absent("payment"))?;
    let has_gone_on = matches!(
        payment.status(),
        PaymentStatus::RequiresAction | PaymentStatus::Processing | PaymentStatus::Succeeded
    );
    let keep = if has_gone_on {
        Keep::AsTheyAre
    } else {
        Keep::AtMost(app.clock.now() + ANOTHER_TRY)
    };
    let entry = Entry {
        payment,
        kind: "payment_failed",
        detail: json!({ "code": message.code }),
        keep,
    };
    note(tx, &app, delivery.id, entry).await
}

pub async fn processing(
    tx: &mut TenantTx,
    delivery: Delivery<PaymentProcessing>,
    app: App,
) -> Result<(), HandleError> {
    let entry = Entry {
        payment: delivery.message.payment.ok_or_else(|| absent("payment"))?,
        kind: "payment_processing",
        detail: json!({}),
        keep: Keep::AtLeast(app.clock.now() + PROCESSING),
    };
    note(tx, &app, delivery.id, entry).await
}

pub async fn requires_action(
    tx: &mut TenantTx,
    delivery: Delivery<PaymentRequiresAction>,
    app: App,
) -> Result<(), HandleError> {
    let message = delivery.message;
    let payment = message.payment.ok_or_else(|| absent("payment"))?;
    let entry = match message.voucher {
        Some(voucher) => Entry {
            payment,
            kind: "voucher",
            keep: from_us(voucher.expires_at_us)
                .map_or(Keep::AsTheyAre, |until| Keep::AtLeast(until + BANK_DELAY)),
            detail: json!({ "entity": voucher.entity, "reference": voucher.reference }),
        },
        None => Entry {
            payment,
            kind: "payment_waits",
            detail: json!({ "action": message.action }),
            keep: Keep::AsTheyAre,
        },
    };
    note(tx, &app, delivery.id, entry).await
}

pub async fn canceled(
    tx: &mut TenantTx,
    delivery: Delivery<PaymentCanceled>,
    app: App,
) -> Result<(), HandleError> {
    let message = delivery.message;
    let entry = Entry {
        payment: message.payment.ok_or_else(|| absent("payment"))?,
        kind: "payment_canceled",
        detail: json!({ "reason": message.reason }),
        keep: Keep::AtMost(app.clock.now() + ANOTHER_TRY),
    };
    note(tx, &app, delivery.id, entry).await
}

struct Entry {
    payment: Payment,
    kind: &'static str,
    detail: Value,
    keep: Keep,
}

/// Until when the goods of an unpaid order are kept from now on.
#[derive(Clone, Copy)]
enum Keep {
    AsTheyAre,
    AtLeast(OffsetDateTime),
    AtMost(OffsetDateTime),
}

async fn note(
    tx: &mut TenantTx,
    app: &App,
    event: EventId,
    entry: Entry,
) -> Result<(), HandleError> {
    if !first_delivery(tx, "orders.payment_news", event).await? {
        return Ok(());
    }
    let mut row = lock(tx, &entry.payment.order_id).await?;
    if row.status == "pending_payment" {
        keep(tx, app, &mut row, &entry).await?;
    }
    let line = TimelineRow::new(tx, row.order_id(), app.clock.now(), entry.kind, "stripe");
    timeline::create_entries(tx, &[line.with(entry.detail)]).await?;
    Ok(())
}

/// The newest word counts, in whatever order they come.
async fn keep(tx: &TenantTx, app: &App, row: &mut OrderRow, entry: &Entry) -> Result<(), Error> {
    let until = match entry.keep {
        Keep::AsTheyAre => return Ok(()),
        Keep::AtLeast(until) => row.reserved_until.max(Some(until)),
        Keep::AtMost(until) => row.reserved_until.map(|kept| kept.min(until)),
    };
    let mut details = row.details();
    let heard = Some(PaymentHeard {
        payment: entry.payment.payment_id.clone(),
        version: entry.payment.version,
    });
    if heard <= details.payment_heard {
        return Ok(());
    }
    details.payment_heard = heard;
    row.set_details(&details);
    if until == row.reserved_until {
        // Nothing that anybody sees.
        return orders::save_version(tx, row).await;
    }
    row.reserved_until = until;
    row.updated_at = app.clock.now();
    orders::save_order(tx, row).await
}
