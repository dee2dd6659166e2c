//! Orders that were placed in another shop.

use db::TenantTx;
use events::from_us;
use events::migration::v1::{PastLine, PastNote, PastOrder, PastRefund, PastTax};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::{Ended, Refusal, address, customers, id};
use crate::domain::order::OrderStatus;
use crate::store::past::{self, PastOrderRow};

pub(super) async fn take(
    tx: &TenantTx,
    target: Uuid,
    body: PastOrder,
    now: OffsetDateTime,
) -> Result<Ended, Refusal> {
    if OrderStatus::parse(&body.status).is_none() {
        return Err(Refusal::said("its state is none of ours"));
    }
    let placed_at = from_us(body.placed_at_us).unwrap_or(now);
    let customer_id = match known_customer(tx, &body).await? {
        Some(known) => Some(known),
        None => {
            let name = body.billing.as_ref().map_or("", |billing| &billing.name);
            customers::guest(tx, &body.email, name, placed_at).await?
        }
    };
    let refunded_minor = body.refunds.iter().map(|refund| refund.amount_minor).sum();
    let row = PastOrderRow {
        tenant_id: tx.tenant().uuid(),
        id: target,
        document: document(&body),
        number: body.number,
        status: body.status,
        source_status: body.source_status,
        currency: body.currency,
        total_minor: body.total_minor,
        refunded_minor,
        customer_id,
        email: body.email,
        placed_at,
    };
    Ok(Ended {
        is_new: past::save_past_order(tx, &row).await?,
        total_minor: row.total_minor,
        refunded_minor,
        ..Ended::default()
    })
}

/// An order of somebody who had everything about himself erased: its figures are kept.
pub(super) fn without_person(body: PastOrder) -> PastOrder {
    PastOrder {
        customer_id: String::new(),
        email: String::new(),
        billing: None,
        shipping: None,
        customer_note: String::new(),
        notes: Vec::new(),
        ..body
    }
}

/// The account that ordered, when it came before.
async fn known_customer(tx: &TenantTx, body: &PastOrder) -> Result<Option<Uuid>, Refusal> {
    if body.customer_id.is_empty() {
        return Ok(None);
    }
    let found = past::find_customer(tx, id(&body.customer_id)?).await?;
    Ok(found.map(|row| row.id))
}

fn document(body: &PastOrder) -> Value {
    json!({
        "billing_address": address(body.billing.as_ref()),
        "shipping_address": address(body.shipping.as_ref()),
        "lines": body.lines.iter().map(line).collect::<Vec<_>>(),
        "tax_minor": body.tax_minor,
        "shipping_minor": body.shipping_minor,
        "discount_minor": body.discount_minor,
        "rounding_minor": body.rounding_minor,
        "prices_include_tax": body.prices_include_tax,
        "taxes": body.taxes.iter().map(tax).collect::<Vec<_>>(),
        "refunds": body.refunds.iter().map(refund).collect::<Vec<_>>(),
        "notes": body.notes.iter().map(note).collect::<Vec<_>>(),
        "payment_method": body.payment_method,
        "transaction_id": body.transaction_id,
        "customer_note": body.customer_note,
        "coupon_codes": body.coupon_codes,
        "paid_at": at(body.paid_at_us),
        "completed_at": at(body.completed_at_us),
    })
}

fn line(line: &PastLine) -> Value {
    json!({
        "kind": line.kind, "title": line.title, "sku": line.sku,
        "product_id": none_if_empty(&line.product_id), "variant_id": none_if_empty(&line.variant_id),
        "quantity": line.quantity, "net_minor": line.net_minor, "tax_minor": line.tax_minor,
        "choices": line.choices,
    })
}

fn none_if_empty(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn tax(tax: &PastTax) -> Value {
    json!({"code": tax.code, "rate_percent": tax.rate_percent, "tax_minor": tax.tax_minor})
}

fn refund(refund: &PastRefund) -> Value {
    json!({
        "source_id": refund.source_id, "amount_minor": refund.amount_minor,
        "reason": refund.reason, "created_at": at(refund.created_at_us),
    })
}

fn note(note: &PastNote) -> Value {
    json!({
        "at": at(note.at_us), "author": note.author, "text": note.text,
        "for_customer": note.for_customer,
    })
}

fn at(us: i64) -> Option<String> {
    from_us(us).and_then(|at| at.format(&Rfc3339).ok())
}
