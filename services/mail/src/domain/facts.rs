//! What a mail is about, as plain facts: kept sealed with the message, made into words when it is sent.

use events::common::v1::{Address, Money as EventMoney};
use events::orders::v1::{Order, OrderLine, WithdrawalReceived};
use events::{MoneyField, from_us};
use kernel::{Currency, Money};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::links;

/// Everything that a kind of mail may speak of; each uses its own part.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// Of whom it is written to; empty when nobody knows.
    pub name: String,
    pub order: Option<OrderFacts>,
    pub voucher: Option<Voucher>,
    pub document: Option<Document>,
    pub refund: Option<Refund>,
    pub shipment: Option<Shipment>,
    pub returned: Option<Returned>,
    pub link: Option<Link>,
    pub products: Vec<Product>,
    pub bill: Option<Bill>,
    pub endpoint: Option<Endpoint>,
    pub domain: Option<Domain>,
    pub meter: Option<Meter>,
    pub withdrawal: Option<Withdrawal>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OrderFacts {
    pub id: String,
    pub number: String,
    pub email: String,
    pub locale: String,
    pub access_token: String,
    pub lines: Vec<Line>,
    pub subtotal: Option<Money>,
    pub discount: Option<Money>,
    pub shipping: Option<Money>,
    pub shipping_title: String,
    pub taxes: Vec<Tax>,
    pub total: Option<Money>,
    pub due: Option<Money>,
    pub prices_include_tax: bool,
    pub billing: Vec<String>,
    pub delivery: Vec<String>,
    /// Whom it is addressed to.
    pub name: String,
    pub tax_id: String,
    pub note: String,
    pub payment_method: String,
    pub cancel_reason: String,
    #[serde(with = "time::serde::rfc3339::option")]
    pub placed_at: Option<OffsetDateTime>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Line {
    pub title: String,
    pub variant: String,
    pub quantity: i64,
    pub image_url: String,
    pub total: Option<Money>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Tax {
    pub rate_bps: u32,
    pub tax: Option<Money>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Voucher {
    pub entity: String,
    pub reference: String,
    pub amount: Money,
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
}

/// A fiscal document that counts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Document {
    /// invoice_receipt, simplified_invoice, invoice, credit_note or proforma.
    pub kind: String,
    pub number: String,
    pub pdf_url: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refund {
    pub amount: Money,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shipment {
    pub carrier: String,
    pub tracking: String,
    pub tracking_url: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Returned {
    pub number: String,
    pub order_number: String,
    /// Where the goods go.
    pub address: Vec<String>,
    pub refund: Option<Money>,
}

/// A page that the mail leads to, and until when.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Link {
    pub url: String,
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Product {
    pub title: String,
    pub variant: String,
    pub sku: String,
    pub image_url: String,
    pub price: Option<Money>,
    /// Bought, or left in stock.
    pub quantity: i64,
}

/// What a store owes the platform.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bill {
    pub number: String,
    pub amount: Money,
    #[serde(with = "time::serde::rfc3339")]
    pub due_at: OffsetDateTime,
}

/// Where a merchant's webhooks go.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Endpoint {
    pub host: String,
    pub last_status: String,
}

/// A domain of the store's own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Domain {
    pub host: String,
}

/// Mails of a month, and how many of them the store's plan covers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Meter {
    pub mails: i64,
    pub covered: i64,
}

/// A consumer's declaration to withdraw, as it came in: the mail is the proof of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Withdrawal {
    pub order_id: String,
    pub order_number: String,
    pub name: String,
    pub email: String,
    pub statement: String,
    /// What is given back; everything when it is the whole order.
    pub lines: Vec<Line>,
    pub whole_order: bool,
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: OffsetDateTime,
}

impl Withdrawal {
    /// The facts of a declaration that orders told; nothing without its time.
    pub fn of(event: &WithdrawalReceived) -> Option<Self> {
        let lines = event.lines.iter().map(|line| Line {
            title: line.title.clone(),
            variant: line.variant_title.clone(),
            quantity: line.quantity,
            ..Line::default()
        });
        Some(Self {
            order_id: event.order_id.clone(),
            order_number: event.order_number.clone(),
            name: event.name.clone(),
            email: event.email.clone(),
            statement: event.statement.clone(),
            lines: lines.collect(),
            whole_order: event.whole_order,
            received_at: from_us(event.received_at_us).filter(|_| event.received_at_us > 0)?,
        })
    }
}

impl Shipment {
    /// What a merchant wrote to follow a parcel by: a number, or a link.
    pub fn of(carrier: Option<&String>, tracking: &str) -> Self {
        let (number, link) = if links::is_web(tracking) {
            ("", tracking)
        } else {
            (tracking, "")
        };
        Self {
            carrier: carrier.cloned().unwrap_or_default(),
            tracking: number.to_owned(),
            tracking_url: link.to_owned(),
        }
    }
}

impl OrderFacts {
    /// The facts of an order that orders told.
    pub fn of(order: &Order) -> Self {
        let shipping = order.shipping.as_ref();
        let address = order
            .shipping_address
            .as_ref()
            .or(order.billing_address.as_ref());
        Self {
            id: order.order_id.clone(),
            number: order.number.clone(),
            email: order.email.clone(),
            locale: order.locale.clone(),
            access_token: order.access_token.clone(),
            lines: order.lines.iter().map(line).collect(),
            subtotal: amount(order.subtotal.as_ref()),
            discount: amount(order.discount_total.as_ref()).filter(|money| !money.is_zero()),
            shipping: amount(order.shipping_total.as_ref()),
            shipping_title: shipping
                .map(|shipping| shipping.title.clone())
                .unwrap_or_default(),
            taxes: order
                .taxes
                .iter()
                .map(|tax| Tax {
                    rate_bps: tax.rate_bps,
                    tax: amount(tax.tax.as_ref()),
                })
                .collect(),
            total: amount(order.total.as_ref()),
            due: amount(order.amount_due.as_ref()),
            prices_include_tax: order.prices_include_tax,
            billing: order
                .billing_address
                .as_ref()
                .map(lines_of)
                .unwrap_or_default(),
            delivery: order
                .shipping_address
                .as_ref()
                .map(lines_of)
                .unwrap_or_default(),
            name: address
                .map(|address| address.name.clone())
                .unwrap_or_default(),
            tax_id: order.tax_id.clone(),
            note: order.note.clone(),
            payment_method: order.payment_method.clone(),
            cancel_reason: order.cancel_reason.clone(),
            placed_at: from_us(order.placed_at_us).filter(|_| order.placed_at_us > 0),
        }
    }
}

fn line(line: &OrderLine) -> Line {
    Line {
        title: line.title.clone(),
        variant: line.variant_title.clone(),
        quantity: line.quantity,
        image_url: line.image_url.clone(),
        total: amount(line.total.as_ref()),
    }
}

/// An address as it is written on a letter.
fn lines_of(address: &Address) -> Vec<String> {
    let town = format!("{} {}", address.postcode, address.city);
    let lines = [
        address.name.as_str(),
        &address.company,
        &address.line1,
        &address.line2,
        town.trim(),
        &address.region,
        &address.country,
        &address.phone,
    ];
    lines
        .iter()
        .filter(|line| !line.is_empty())
        .map(|line| (*line).to_owned())
        .collect()
}

/// An amount of an event; nothing when it is absent or in no currency.
pub fn amount(money: Option<&EventMoney>) -> Option<Money> {
    money.cloned().required("amount").ok()
}

/// Both in one currency, or nothing.
pub fn in_currency(minor: i64, currency: &str) -> Option<Money> {
    let currency: Currency = currency.parse().ok()?;
    Some(Money::new(minor, currency))
}
