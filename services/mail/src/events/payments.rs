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
use crate::domain::facts::{self, Voucher};
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
    let Some(heard) = recall(&app, tx, &payment.order_id).await? else {
        return Ok(());
    };
    let mut letter = Letter::of_order(Kind::MultibancoVoucher, &heard);
    letter.about = format!("payment:{}", payment.payment_id);
    letter.facts.voucher = Some(Voucher {
        entity: voucher.entity.clone(),
        reference: voucher.reference.clone(),
        amount,
        expires_at: from_us(voucher.expires_at_us),
    });
    write_to_shopper(&app, tx, &heard, letter).await
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
    let Some(heard) = recall(&app, tx, &payment.order_id).await? else {
        return Ok(());
    };
    let is_owed = heard.order.due.is_some_and(|due| due.minor > 0);
    if !is_owed {
        return Ok(());
    }
    let mut letter = Letter::of_order(Kind::PaymentFailed, &heard);
    letter.about = format!("payment:{}", payment.payment_id);
    letter.wait = WAITS_FOR_ANOTHER_TRY;
    write_to_shopper(&app, tx, &heard, letter).await
}

fn required(payment: Option<&Payment>) -> Result<&Payment, HandleError> {
    payment.ok_or_else(|| HandleError::Park("payment is absent".to_owned()))
}
