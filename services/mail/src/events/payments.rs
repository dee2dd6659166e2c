//! What payments tells: a voucher to pay, and a payment that was refused.

use bus::{Delivery, HandleError};
use db::TenantTx;
use events::from_us;
use events::payments::v1::{Payment, PaymentFailed, PaymentRequiresAction};
use serde_json::json;
use time::Duration;

use super::orders::{Letter, recall, write_to_shopper};
use super::publish::publish;
use crate::app::App;
use crate::domain::facts::{self, Facts, Voucher};
use crate::domain::kinds::Kind;
use crate::domain::public;

/// Somebody whose card was refused mostly tries again at once; then the mail is given up.
const WAITS_FOR_ANOTHER_TRY: Duration = Duration::minutes(2);

/// Of the things that a shopper may have to do, only a voucher needs a mail.
pub async fn requires_action(
    tx: &mut TenantTx,
    delivery: Delivery<PaymentRequiresAction>,
    app: App,
) -> Result<(), HandleError> {
    let event = &delivery.message;
    let Some(voucher) = &event.voucher else {
        return Ok(());
    };
    let payment = required(event.payment.as_ref())?;
    let amount = facts::amount(payment.amount.as_ref());
    let amount = amount.ok_or_else(|| HandleError::Park("payment.amount is absent".to_owned()))?;
    let heard = recall(&app, tx, &payment.order_id).await?;
    let voucher = Voucher {
        entity: voucher.entity.clone(),
        reference: voucher.reference.clone(),
        amount,
        expires_at: from_us(voucher.expires_at_us),
    };
    let facts = Facts {
        order: Some(heard.order.clone()),
        voucher: Some(voucher),
        ..Facts::default()
    };
    let about = format!("payment:{}", payment.payment_id);
    write_to_shopper(
        &app,
        tx,
        &heard,
        Letter {
            kind: Kind::MultibancoVoucher,
            about,
            facts,
            wait: Duration::ZERO,
        },
    )
    .await
}

pub async fn failed(
    tx: &mut TenantTx,
    delivery: Delivery<PaymentFailed>,
    app: App,
) -> Result<(), HandleError> {
    let payment = required(delivery.message.payment.as_ref())?;
    publish(&app, tx, &delivery, "payment.failed", |event| {
        let payment = event.payment.as_ref();
        json!({
            "id": payment.map(|payment| &payment.payment_id),
            "order_id": payment.map(|payment| &payment.order_id),
            "amount": payment.and_then(|payment| public::money(payment.amount.as_ref())),
            "method": payment.map(|payment| &payment.method),
            "code": event.code,
        })
    })
    .await?;
    let heard = recall(&app, tx, &payment.order_id).await?;
    let is_owed = heard.order.due.is_some_and(|due| due.minor > 0);
    if !is_owed {
        return Ok(());
    }
    let facts = Facts {
        order: Some(heard.order.clone()),
        ..Facts::default()
    };
    let about = format!("payment:{}", payment.payment_id);
    write_to_shopper(
        &app,
        tx,
        &heard,
        Letter {
            kind: Kind::PaymentFailed,
            about,
            facts,
            wait: WAITS_FOR_ANOTHER_TRY,
        },
    )
    .await
}

fn required(payment: Option<&Payment>) -> Result<&Payment, HandleError> {
    payment.ok_or_else(|| HandleError::Park("payment is absent".to_owned()))
}
