//! A checkout as the rows of an order.

use kernel::ticket::PaymentTicket;
use kernel::{CustomerId, LineId, TenantId};
use serde_json::json;
use time::OffsetDateTime;

use super::super::Order;
use super::super::form::Checkout;
use super::{Table, Winner};
use crate::app::App;
use crate::details::{Address, Consent, LineDetails, OrderDetails};
use crate::domain::totals::PricedLine;
use crate::secret;
use crate::store::orders::{OrderRow, TakeRow};

/// An order that was made, not stored yet.
pub struct Made {
    pub row: OrderRow,
    pub details: OrderDetails,
    pub takes: Vec<TakeRow>,
}

pub fn made(order: &Order, winner: &Winner, table: &Table, number: String) -> Made {
    let now = table.now;
    let form = &order.form;
    let details = details(order, winner, table);
    let total = winner.totals.total;
    let is_free = total.is_zero();
    let row = OrderRow {
        tenant_id: order.tenant.id.uuid(),
        id: winner.id.uuid(),
        number,
        token_hash: secret::hash(&winner.token),
        cart_id: form.cart_id.uuid(),
        customer_id: order.customer.map(CustomerId::uuid),
        status: if is_free { "paid" } else { "pending_payment" }.into(),
        fulfilment: "unfulfilled".into(),
        email: form.email.to_string(),
        total_minor: total.minor,
        paid_minor: 0,
        refunding_minor: 0,
        refunded_minor: 0,
        currency: total.currency.to_string(),
        holds_stock: true,
        reserved_until: (!is_free).then(|| now + form.payment_method.reservation()),
        payment_id: None,
        details: json!(details),
        placed_at: now,
        paid_at: is_free.then_some(now),
        cancelled_at: None,
        updated_at: now,
        // Placed is one state, paid the next: who hears of both tells them apart.
        version: if is_free { 2 } else { 1 },
    };
    let takes = winner.totals.lines.iter().map(|line| take(&row, line));
    Made {
        takes: takes.collect(),
        row,
        details,
    }
}

fn take(row: &OrderRow, line: &PricedLine) -> TakeRow {
    TakeRow {
        tenant_id: row.tenant_id,
        order_id: row.id,
        variant_id: line.offer.variant.uuid(),
        quantity: line.quantity.get(),
        takes_stock: line.offer.available.is_some(),
    }
}

fn details(order: &Order, winner: &Winner, table: &Table) -> OrderDetails {
    let (form, totals) = (&order.form, &winner.totals);
    let now = table.now;
    OrderDetails {
        email: form.email.clone(),
        phone: form.phone.clone(),
        locale: form
            .locale
            .clone()
            .unwrap_or_else(|| order.tenant.locale.clone()),
        tax_id: form.tax_id.clone(),
        shipping_address: form.shipping_address.clone(),
        billing_address: billing(form),
        lines: totals.lines.iter().map(line).collect(),
        subtotal: totals.subtotal,
        shipping: totals.shipping,
        shipping_taxes: totals.shipping_taxes.clone(),
        tax: totals.tax,
        taxes: totals.taxes.clone(),
        note: form.note.clone(),
        payment_method: form.payment_method.as_str().to_owned(),
        terms: consent(form, form.accepts_terms, now),
        newsletter: consent(form, form.accepts_newsletter, now),
        is_test: table.is_test,
        tracking: String::new(),
        cancel_reason: String::new(),
        payment_heard: None,
    }
}

fn consent(form: &Checkout, given: bool, at: OffsetDateTime) -> Consent {
    Consent {
        given,
        text_version: form.terms_version.clone(),
        at,
    }
}

fn billing(form: &Checkout) -> Address {
    form.billing_address
        .clone()
        .unwrap_or_else(|| form.shipping_address.clone())
}

/// A line as its order remembers it.
pub fn line(line: &PricedLine) -> LineDetails {
    let offer = &line.offer;
    LineDetails {
        id: LineId::new(),
        product_id: offer.product,
        variant_id: offer.variant,
        sku: offer.sku.clone(),
        barcode: offer.barcode.clone(),
        title: offer.title.clone(),
        variant_title: offer.variant_title.clone(),
        product_slug: offer.product_slug.clone(),
        image_url: offer.image_url.clone(),
        quantity: line.quantity,
        unit_price: offer.price,
        total: line.total,
        tax: line.tax.clone(),
        weight_grams: offer.weight_grams,
        requires_shipping: offer.requires_shipping,
    }
}

/// The right to pay an order, as long as its goods are kept.
pub fn ticket(
    app: &App,
    row: &OrderRow,
    details: &OrderDetails,
    traceparent: Option<String>,
) -> Option<String> {
    let until = row
        .reserved_until
        .filter(|_| row.status == "pending_payment")?;
    let ticket = PaymentTicket {
        tenant: TenantId::from_uuid(row.tenant_id),
        order: row.order_id(),
        order_number: row.number.clone(),
        total: row.total(),
        email: details.email.clone(),
        expires_at: until.unix_timestamp(),
        traceparent,
    };
    Some(app.ticket_key.sign(&ticket))
}
