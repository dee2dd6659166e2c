//! What merchants' programs are told: our events under public names, with JSON that only gains fields.

use events::common::v1::{Address, Money as EventMoney, TaxAmount};
use events::orders::v1::{Order, OrderRefunded};
use events::{Named, catalog, from_us, invoicing};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Every type that can be subscribed to.
pub const TYPES: [&str; 8] = [
    "order.placed",
    "order.paid",
    "order.cancelled",
    "order.refunded",
    "payment.failed",
    "document.issued",
    "product.changed",
    "product.deleted",
];

/// The body of a webhook: the same bytes at every attempt.
pub fn body(kind: &str, at: OffsetDateTime, data: Value) -> Vec<u8> {
    let body = json!({ "type": kind, "timestamp": instant(Some(at)), "data": data });
    body.to_string().into_bytes()
}

/// An order without what only mails need: no link of the shopper's.
pub fn order(order: &Order) -> Value {
    json!({
        "id": order.order_id,
        "number": order.number,
        "version": order.version,
        "status": order.status().name(),
        "fulfilment": order.fulfilment().name(),
        "currency": order.currency,
        "locale": order.locale,
        "customer_id": text(&order.customer_id),
        "email": order.email,
        "phone": text(&order.phone),
        "tax_id": text(&order.tax_id),
        "company": text(&order.company),
        "billing_address": order.billing_address.as_ref().map(address),
        "shipping_address": order.shipping_address.as_ref().map(address),
        "lines": order.lines.iter().map(|line| json!({
            "id": line.line_id,
            "product_id": line.product_id,
            "variant_id": line.variant_id,
            "sku": line.sku,
            "title": line.title,
            "variant_title": line.variant_title,
            "quantity": line.quantity,
            "unit_price": money(line.unit_price.as_ref()),
            "discount": money(line.discount.as_ref()),
            "total": money(line.total.as_ref()),
            "tax": line.tax.as_ref().map(tax),
        })).collect::<Vec<_>>(),
        "shipping": order.shipping.as_ref().map(|shipping| json!({
            "method": shipping.method,
            "title": shipping.title,
            "total": money(shipping.total.as_ref()),
            "carrier": text(&shipping.carrier),
            "pickup_point": text(&shipping.pickup_point),
        })),
        "prices_include_tax": order.prices_include_tax,
        "subtotal": money(order.subtotal.as_ref()),
        "discount_total": money(order.discount_total.as_ref()),
        "shipping_total": money(order.shipping_total.as_ref()),
        "tax_total": money(order.tax_total.as_ref()),
        "total": money(order.total.as_ref()),
        "paid_total": money(order.paid_total.as_ref()),
        "refunded_total": money(order.refunded_total.as_ref()),
        "taxes": order.taxes.iter().map(tax).collect::<Vec<_>>(),
        "note": text(&order.note),
        "channel": order.channel,
        "payment_method": text(&order.payment_method),
        "cancel_reason": text(&order.cancel_reason),
        "placed_at": instant_us(order.placed_at_us),
        "paid_at": instant_us(order.paid_at_us),
        "cancelled_at": instant_us(order.cancelled_at_us),
        "test": order.test,
    })
}

pub fn refund(event: &OrderRefunded) -> Value {
    json!({
        "order": event.order.as_ref().map(order),
        "refund": {
            "id": event.refund_id,
            "amount": money(event.amount.as_ref()),
            "reason": text(&event.reason),
            "lines": event.lines.iter().map(|line| json!({
                "line_id": line.line_id,
                "quantity": line.quantity,
                "amount": money(line.amount.as_ref()),
                "restock": line.restock,
            })).collect::<Vec<_>>(),
            "refunded_at": instant_us(event.refunded_at_us),
        },
    })
}

/// A document without the address of its PDF, which opens for whoever has it.
pub fn document(document: &invoicing::v1::Document) -> Value {
    json!({
        "id": document.document_id,
        "order_id": document.order_id,
        "order_number": document.order_number,
        "kind": document.kind().name(),
        "number": document.number,
        "atcud": text(&document.atcud),
        "total": money(document.total.as_ref()),
        "issued_at": instant_us(document.issued_at_us),
    })
}

/// A product without what it costs the merchant.
pub fn product(event: &catalog::v1::ProductChanged) -> Value {
    json!({
        "id": event.product_id,
        "version": event.version,
        "title": event.title,
        "slug": event.slug,
        "status": event.status().name(),
        "kind": event.kind().name(),
        "vendor": text(&event.vendor),
        "category_ids": event.category_ids,
        "tags": event.tags,
        "variants": event.variants.iter().map(|variant| json!({
            "id": variant.variant_id,
            "sku": variant.sku,
            "barcode": text(&variant.barcode),
            "title": variant.title,
            "price": money(variant.price.as_ref()),
            "compare_at": money(variant.compare_at.as_ref()),
            "active": variant.active,
        })).collect::<Vec<_>>(),
        "changed_at": instant_us(event.changed_at_us),
    })
}

/// Null for what the events leave empty.
fn text(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

pub fn money(money: Option<&EventMoney>) -> Option<Value> {
    money.map(|money| json!({ "amount": money.minor, "currency": money.currency }))
}

fn tax(tax: &TaxAmount) -> Value {
    json!({
        "class": tax.tax_class,
        "rate_bps": tax.rate_bps,
        "net": money(tax.net.as_ref()),
        "tax": money(tax.tax.as_ref()),
        "region": tax.region,
        "exemption_code": text(&tax.exemption_code),
    })
}

fn address(address: &Address) -> Value {
    json!({
        "name": address.name,
        "company": text(&address.company),
        "line1": address.line1,
        "line2": text(&address.line2),
        "city": address.city,
        "region": text(&address.region),
        "postcode": address.postcode,
        "country": address.country,
        "phone": text(&address.phone),
        "tax_id": text(&address.tax_id),
    })
}

fn instant_us(us: i64) -> Option<String> {
    instant(from_us(us).filter(|_| us > 0))
}

fn instant(at: Option<OffsetDateTime>) -> Option<String> {
    at?.format(&Rfc3339).ok()
}
