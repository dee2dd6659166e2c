//! What a shopper sends at checkout, and what comes back.

use garde::Validate;
use kernel::{CartId, Email, Locale, Money, OrderId, Phone, TaxId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::details::{Address, LineDetails, OrderDetails};
use crate::domain::tax::TaxAmount;
use crate::store::orders::OrderRow;

/// How the shopper means to pay; decides how long the stock is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    #[default]
    Card,
    MbWay,
    Multibanco,
}

impl PaymentMethod {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::MbWay => "mb_way",
            Self::Multibanco => "multibanco",
        }
    }

    /// How long unpaid goods are kept at first. A Multibanco voucher lives for days, and they are kept
    /// as long once it is there; until then a word alone must not empty the shelves.
    pub const fn reservation(self) -> time::Duration {
        match self {
            Self::Card | Self::MbWay => time::Duration::minutes(30),
            Self::Multibanco => time::Duration::hours(2),
        }
    }
}

#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Checkout {
    pub cart_id: CartId,
    pub email: Email,
    #[serde(default)]
    pub phone: Option<Phone>,
    #[garde(dive)]
    pub shipping_address: Address,
    /// The shipping address when absent.
    #[serde(default)]
    #[garde(dive)]
    pub billing_address: Option<Address>,
    /// NIF, for the invoice.
    #[serde(default)]
    pub tax_id: Option<TaxId>,
    #[serde(default)]
    pub payment_method: PaymentMethod,
    /// The terms of sale; without them there is no order.
    #[garde(custom(must_agree))]
    pub accepts_terms: bool,
    #[serde(default)]
    pub accepts_newsletter: bool,
    /// Which text of the terms was shown.
    #[serde(default)]
    #[garde(length(max = 64))]
    pub terms_version: String,
    #[serde(default)]
    #[garde(length(chars, max = 1_000))]
    pub note: String,
    #[serde(default)]
    pub locale: Option<Locale>,
    /// The total that was shown. When it is not the total any more, nothing is ordered and the
    /// answer says what changed.
    pub expected_total: Money,
}

fn must_agree(agreed: &bool, _: &()) -> garde::Result {
    if *agreed {
        Ok(())
    } else {
        Err(garde::Error::new(
            "the terms of sale must be accepted: true",
        ))
    }
}

/// An order as its shopper sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckoutView {
    pub id: OrderId,
    pub number: String,
    /// pending_payment, paid, partially_refunded, refunded or cancelled.
    pub status: String,
    /// unfulfilled, partial, fulfilled or delivered.
    pub fulfilment: String,
    /// Opens this order for a guest, as the header `X-Order-Token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// For payments; absent when nothing is to pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_ticket: Option<String>,
    pub email: Email,
    pub lines: Vec<LineDetails>,
    pub subtotal: Money,
    pub shipping: Money,
    /// All tax within the total.
    pub tax: Money,
    pub taxes: Vec<TaxAmount>,
    pub total: Money,
    pub paid: Money,
    pub refunded: Money,
    pub shipping_address: Address,
    pub billing_address: Address,
    /// NIF, as it is to stand on the invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_id: Option<TaxId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// What was chosen at checkout; once paid, how it was.
    #[schema(example = "mb_way")]
    pub payment_method: String,
    /// What the shopper wrote to the store.
    pub note: String,
    #[serde(with = "time::serde::rfc3339")]
    pub placed_at: OffsetDateTime,
    /// Until when the goods are kept for an unpaid order.
    #[serde(
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub reserved_until: Option<OffsetDateTime>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tracking: String,
}

/// Without the words that prove anything: token and ticket.
pub fn order_view(row: &OrderRow, details: OrderDetails) -> CheckoutView {
    let state = row.state();
    CheckoutView {
        id: row.order_id(),
        number: row.number.clone(),
        status: row.status.clone(),
        fulfilment: row.fulfilment.clone(),
        token: None,
        payment_ticket: None,
        email: details.email,
        lines: details.lines,
        subtotal: details.subtotal,
        shipping: details.shipping,
        tax: details.tax,
        taxes: details.taxes,
        total: state.total,
        paid: state.paid,
        refunded: state.refunded,
        shipping_address: details.shipping_address,
        billing_address: details.billing_address,
        tax_id: details.tax_id,
        phone: details.phone,
        payment_method: details.payment_method,
        note: details.note,
        placed_at: row.placed_at,
        reserved_until: row
            .reserved_until
            .filter(|_| row.status == "pending_payment"),
        tracking: details.tracking,
    }
}
