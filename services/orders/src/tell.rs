//! Rows as the messages that other services hear.

use bus::Delivery;
use db::TenantTx;
use events::common::v1::{Address as AddressMessage, TaxAmount as TaxMessage};
use events::orders::v1;
use events::{Named, to_us};
use http_kit::Acted;
use kernel::ticket::TicketKey;
use kernel::{CustomerId, EventId, Money, SessionId, TenantId};
use time::{Duration, OffsetDateTime};

use crate::details::{Address, LineDetails, OrderDetails};
use crate::domain::tax::TaxAmount;
use crate::routes::withdrawals::WithdrawnLine;
use crate::secret;
use crate::store::accounts::AccountRow;
use crate::store::erasure::Forgotten;
use crate::store::orders::OrderRow;
use crate::store::past::CustomerRow;
use crate::store::stock::StockRow;
use crate::store::withdrawals::WithdrawalRow;

/// What staff did, for the audit trail.
pub async fn action(tx: &mut TenantTx, acted: Acted) -> Result<(), db::Error> {
    let event = v1::ActionRecorded {
        tenant_id: tx.tenant().to_string(),
        action: Some(acted.into()),
    };
    bus::emit(tx, &event).await
}

/// A session of a customer's is over before its time.
pub async fn session_revoked(
    tx: &mut TenantTx,
    (customer, session): (CustomerId, SessionId),
    (now, token_life): (OffsetDateTime, Duration),
) -> Result<Delivery<v1::CustomerSessionRevoked>, db::Error> {
    let event = v1::CustomerSessionRevoked {
        tenant_id: tx.tenant().to_string(),
        session_id: session.to_string(),
        expires_at_us: to_us(now + token_life),
        version: 1,
        customer_id: customer.to_string(),
        revoked_at_us: to_us(now),
    };
    bus::emit(tx, &event).await?;
    Ok(Delivery {
        id: EventId::new(),
        tenant: tx.tenant(),
        occurred_at: now,
        message: event,
    })
}

/// Asks mail to write to somebody about an account.
pub async fn account_mail(
    tx: &mut TenantTx,
    letter: v1::AccountMailRequested,
) -> Result<(), db::Error> {
    bus::emit(tx, &letter).await
}

/// An account is open.
pub fn welcome(customer: &CustomerRow, account: &AccountRow) -> v1::AccountMailRequested {
    v1::AccountMailRequested {
        tenant_id: customer.tenant_id.to_string(),
        request_id: customer.id.to_string(),
        version: 1,
        kind: v1::AccountMailKind::Welcome.into(),
        email: customer.email_key.clone(),
        name: customer.first_name.clone(),
        locale: account.locale.clone(),
        expires_at_us: 0,
    }
}

/// A customer had everything erased: nobody writes to this address for what was before.
pub async fn customer_erased(
    tx: &mut TenantTx,
    customer: CustomerId,
    email: &str,
    now: OffsetDateTime,
) -> Result<(), db::Error> {
    let event = v1::CustomerErased {
        tenant_id: tx.tenant().to_string(),
        customer_id: customer.to_string(),
        version: 1,
        email: email.to_owned(),
        erased_at_us: to_us(now),
    };
    bus::emit(tx, &event).await
}

/// Of these orders only what the law asks for is left.
pub async fn orders_forgotten(
    tx: &mut TenantTx,
    forgotten: &[Forgotten],
    now: OffsetDateTime,
) -> Result<(), db::Error> {
    let tenant_id = tx.tenant().to_string();
    let event = |order: &Forgotten| v1::OrderForgotten {
        tenant_id: tenant_id.clone(),
        order_id: order.id.to_string(),
        version: order.version,
        forgotten_at_us: to_us(now),
    };
    let events: Vec<_> = forgotten.iter().map(event).collect();
    bus::emit_all(tx, &events).await
}

/// These orders of a guest are a customer's from now on.
pub async fn orders_claimed(
    tx: &mut TenantTx,
    key: &TicketKey,
    claimed: &[OrderRow],
) -> Result<(), db::Error> {
    let event = |row: &OrderRow| v1::OrderClaimed {
        tenant_id: row.tenant_id.to_string(),
        order: Some(order(key, row, &row.details())),
    };
    let events: Vec<_> = claimed.iter().map(event).collect();
    bus::emit_all(tx, &events).await
}

/// A consumer has withdrawn from a purchase.
pub async fn withdrawal(
    tx: &mut TenantTx,
    row: &WithdrawalRow,
    order: &OrderRow,
    lines: &[WithdrawnLine],
) -> Result<(), db::Error> {
    let lines = lines.iter().map(|line| v1::WithdrawalLine {
        line_id: line.line_id.to_string(),
        title: line.title.clone(),
        variant_title: line.variant_title.clone(),
        quantity: line.quantity.get(),
    });
    let event = v1::WithdrawalReceived {
        tenant_id: tx.tenant().to_string(),
        withdrawal_id: row.id.to_string(),
        version: 1,
        order_id: order.id.to_string(),
        order_number: order.number.clone(),
        name: row.name.clone(),
        email: row.email.clone(),
        statement: row.statement.clone(),
        lines: lines.collect(),
        whole_order: row.is_of_whole_order(),
        locale: order.details().locale.to_string(),
        received_at_us: to_us(row.received_at),
    };
    bus::emit(tx, &event).await
}

pub fn stock(tenant: TenantId, row: &StockRow, now: OffsetDateTime) -> v1::StockChanged {
    v1::StockChanged {
        tenant_id: tenant.to_string(),
        variant_id: row.variant_id.to_string(),
        version: row.version,
        available: row.stock().available().max(0),
        on_hand: row.on_hand,
        reserved: row.reserved,
        product_id: text(row.product_id.as_ref()),
        tracked: row.tracked,
        low_stock_threshold: row.low_stock_threshold,
        changed_at_us: to_us(now),
        ..v1::StockChanged::default()
    }
}

pub fn order(key: &TicketKey, row: &OrderRow, details: &OrderDetails) -> v1::Order {
    let state = row.state();
    let zero = Money::zero(state.total.currency);
    let due = if state.paid.is_zero() && row.cancelled_at.is_none() {
        state.total
    } else {
        zero
    };
    v1::Order {
        order_id: row.id.to_string(),
        version: row.version,
        number: row.number.clone(),
        status: v1::OrderStatus::from_name(&row.status).map_or(0, i32::from),
        fulfilment: v1::FulfilmentStatus::from_name(&row.fulfilment).map_or(0, i32::from),
        currency: row.currency.clone(),
        locale: details.locale.to_string(),
        customer_id: text(row.customer_id.as_ref()),
        email: row.email.clone(),
        phone: text(details.phone.as_ref()),
        tax_id: text(details.tax_id.as_ref()),
        company: details.billing_address.company.clone(),
        billing_address: Some(address(&details.billing_address, details)),
        shipping_address: is_sent(details).then(|| address(&details.shipping_address, details)),
        lines: details.lines.iter().map(line).collect(),
        shipping: Some(shipping(details)),
        discounts: Vec::new(),
        prices_include_tax: true,
        subtotal: Some(details.subtotal.into()),
        discount_total: Some(zero.into()),
        shipping_total: Some(details.shipping.into()),
        tax_total: Some(details.tax.into()),
        total: Some(state.total.into()),
        paid_total: Some(state.paid.into()),
        refunded_total: Some(state.refunded.into()),
        amount_due: Some(due.into()),
        taxes: details.taxes.iter().map(tax).collect(),
        note: details.note.clone(),
        channel: "web".into(),
        placed_at_us: to_us(row.placed_at),
        paid_at_us: row.paid_at.map_or(0, to_us),
        cancelled_at_us: row.cancelled_at.map_or(0, to_us),
        reserved_until_us: row.reserved_until.map_or(0, to_us),
        cancel_reason: details.cancel_reason.clone(),
        payment_method: details.payment_method.clone(),
        payment_id: text(row.payment_id.as_ref()),
        marketing_consent: details.newsletter.given,
        access_token: access_token(key, row),
        cart_id: row.cart_id.to_string(),
        test: details.is_test,
    }
}

/// The goods of an order that was just stored have left the house.
pub async fn fulfilled(
    tx: &mut TenantTx,
    key: &TicketKey,
    of: (&OrderRow, &OrderDetails),
) -> Result<(), db::Error> {
    bus::emit(tx, &sent(key, of)).await
}

/// The same goods, with what they are followed by put right.
pub async fn tracking_corrected(
    tx: &mut TenantTx,
    key: &TicketKey,
    of: (&OrderRow, &OrderDetails),
) -> Result<(), db::Error> {
    let event = v1::OrderFulfilled {
        corrects: true,
        ..sent(key, of)
    };
    bus::emit(tx, &event).await
}

fn sent(key: &TicketKey, (row, details): (&OrderRow, &OrderDetails)) -> v1::OrderFulfilled {
    v1::OrderFulfilled {
        tenant_id: row.tenant_id.to_string(),
        fulfilled_at_us: to_us(row.updated_at),
        order: Some(order(key, row, details)),
        tracking: details.tracking.clone(),
        corrects: false,
    }
}

/// The word that opens the order; nothing when the platform's key was changed since it was placed and
/// the word would open nothing.
fn access_token(key: &TicketKey, row: &OrderRow) -> String {
    let token = secret::order_token(key, TenantId::from_uuid(row.tenant_id), row.order_id());
    if secret::proves(Some(&token), &row.token_hash) {
        token
    } else {
        String::new()
    }
}

fn is_sent(details: &OrderDetails) -> bool {
    details.lines.iter().any(|line| line.requires_shipping)
}

fn text(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

fn address(address: &Address, details: &OrderDetails) -> AddressMessage {
    AddressMessage {
        name: address.name.clone(),
        company: address.company.clone(),
        line1: address.line1.clone(),
        line2: address.line2.clone(),
        city: address.city.clone(),
        region: String::new(),
        postcode: address.postcode.to_string(),
        country: address.country.to_string(),
        phone: text(details.phone.as_ref()),
        tax_id: text(details.tax_id.as_ref()),
    }
}

fn line(line: &LineDetails) -> v1::OrderLine {
    let zero = Money::zero(line.total.currency);
    v1::OrderLine {
        line_id: line.id.to_string(),
        product_id: line.product_id.to_string(),
        variant_id: line.variant_id.to_string(),
        sku: line.sku.clone(),
        title: line.title.clone(),
        variant_title: line.variant_title.clone(),
        image_url: line.image_url.clone(),
        quantity: line.quantity.get(),
        unit_price: Some(line.unit_price.into()),
        subtotal: Some(line.total.into()),
        discount: Some(zero.into()),
        total: Some(line.total.into()),
        tax: Some(tax(&line.tax)),
        weight_grams: line.weight_grams,
        barcode: line.barcode.clone(),
        requires_shipping: line.requires_shipping,
        ..v1::OrderLine::default()
    }
}

fn shipping(details: &OrderDetails) -> v1::Shipping {
    let zero = Money::zero(details.shipping.currency);
    v1::Shipping {
        method: "flat-rate".into(),
        title: String::new(),
        price: Some(details.shipping.into()),
        discount: Some(zero.into()),
        total: Some(details.shipping.into()),
        taxes: details.shipping_taxes.iter().map(tax).collect(),
        ..v1::Shipping::default()
    }
}

pub fn tax(part: &TaxAmount) -> TaxMessage {
    TaxMessage {
        tax_class: part.class.as_str().to_owned(),
        rate_bps: part.rate_bps,
        net: Some(part.net.into()),
        tax: Some(part.tax.into()),
        region: part.region.as_str().to_owned(),
        exemption_code: part.exemption_code.clone(),
    }
}
