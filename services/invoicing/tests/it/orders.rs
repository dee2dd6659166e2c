//! Orders as the orders service tells them.

use events::common::v1::{Address, TaxAmount};
use events::orders::v1::{
    Order, OrderCancelled, OrderClaimed, OrderLine, OrderPaid, OrderRefunded, OrderStatus,
    RefundLine, Shipping,
};
use kernel::{Currency, Money, OrderId};
use uuid::Uuid;

pub const TOKEN: &str = "the-word-that-opens-the-order";

pub fn money(minor: i64) -> Option<events::common::v1::Money> {
    Some(Money::new(minor, Currency::EUR).into())
}

pub fn tax(gross: i64, rate_bps: u32, region: &str) -> TaxAmount {
    let rate = i64::from(rate_bps);
    let gross = Money::new(gross, Currency::EUR);
    let tax = gross.scale(rate, 10_000 + rate).unwrap();
    TaxAmount {
        tax_class: "standard".into(),
        rate_bps,
        net: Some(gross.sub(tax).unwrap().into()),
        tax: Some(tax.into()),
        region: region.into(),
        exemption_code: String::new(),
    }
}

/// An order that was paid by card: each line is its SKU, quantity and amount.
pub fn paid(lines: &[(&str, i64, i64)], shipping: i64) -> Order {
    taxed(lines, shipping, 2_300, "PT")
}

pub fn taxed(lines: &[(&str, i64, i64)], shipping: i64, rate_bps: u32, region: &str) -> Order {
    let id = OrderId::new();
    let total = lines.iter().map(|(_, _, gross)| gross).sum::<i64>() + shipping;
    let line = |(sku, quantity, gross): &(&str, i64, i64)| OrderLine {
        line_id: Uuid::now_v7().to_string(),
        product_id: Uuid::now_v7().to_string(),
        variant_id: Uuid::now_v7().to_string(),
        sku: (*sku).to_owned(),
        title: format!("Réplica {sku}"),
        quantity: *quantity,
        unit_price: money(gross / quantity),
        subtotal: money(*gross),
        discount: money(0),
        total: money(*gross),
        tax: Some(tax(*gross, rate_bps, region)),
        ..OrderLine::default()
    };
    let taxes = match shipping {
        0 => Vec::new(),
        gross => vec![tax(gross, rate_bps, region)],
    };
    Order {
        order_id: id.to_string(),
        version: 2,
        number: format!("PT-{}", &id.to_string()[30..]),
        status: OrderStatus::Paid.into(),
        currency: "EUR".into(),
        locale: "pt-PT".into(),
        email: format!("ana-{}@example.pt", &id.to_string()[30..]),
        billing_address: Some(Address {
            name: "Ana Gonçalves".into(),
            line1: "Rua das Flores 1".into(),
            city: "Porto".into(),
            postcode: "4000-100".into(),
            country: "PT".into(),
            ..Address::default()
        }),
        lines: lines.iter().map(line).collect(),
        shipping: Some(Shipping {
            method: "flat-rate".into(),
            total: money(shipping),
            price: money(shipping),
            taxes,
            ..Shipping::default()
        }),
        prices_include_tax: true,
        total: money(total),
        paid_total: money(total),
        refunded_total: money(0),
        taxes: vec![tax(total, rate_bps, region)],
        placed_at_us: 1_764_000_000_000_000,
        paid_at_us: 1_764_000_060_000_000,
        payment_method: "card".into(),
        access_token: TOKEN.into(),
        ..Order::default()
    }
}

pub fn total(order: &Order) -> i64 {
    order.total.as_ref().unwrap().minor
}

pub fn was_paid(order: &Order) -> OrderPaid {
    OrderPaid {
        tenant_id: String::new(),
        order: Some(order.clone()),
    }
}

/// The order is its customer's from now on.
pub fn was_claimed(order: &Order) -> OrderClaimed {
    OrderClaimed {
        tenant_id: String::new(),
        order: Some(order.clone()),
    }
}

pub fn was_cancelled(order: &Order) -> OrderCancelled {
    let mut order = order.clone();
    order.version += 1;
    order.set_status(OrderStatus::Cancelled);
    OrderCancelled {
        tenant_id: String::new(),
        order: Some(order),
    }
}

/// A refund: lines by their place, quantity and amount; what is more than these is shipping, or an
/// amount alone.
pub fn was_refunded(order: &mut Order, amount: i64, lines: &[(usize, i64, i64)]) -> OrderRefunded {
    order.version += 1;
    let refunded = order.refunded_total.as_ref().unwrap().minor + amount;
    order.refunded_total = money(refunded);
    order.set_status(match refunded == total(order) {
        true => OrderStatus::Refunded,
        false => OrderStatus::PartiallyRefunded,
    });
    let line = |(place, quantity, amount): &(usize, i64, i64)| RefundLine {
        line_id: order.lines[*place].line_id.clone(),
        quantity: *quantity,
        amount: money(*amount),
        restock: true,
    };
    OrderRefunded {
        tenant_id: String::new(),
        refund_id: Uuid::now_v7().to_string(),
        amount: money(amount),
        reason: "requested_by_customer".into(),
        lines: lines.iter().map(line).collect(),
        refunded_at_us: 1_764_000_120_000_000,
        order: Some(order.clone()),
        ..OrderRefunded::default()
    }
}
