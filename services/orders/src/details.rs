//! What an order remembers of its checkout: everything a document, a mail or a parcel will need,
//! as it was on that day.

use kernel::{
    Country, Email, LineId, Locale, Money, Phone, Postcode, ProductId, Quantity, TaxId, VariantId,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::domain::tax::{TaxAmount, TaxRegion};

/// A place to send to or to invoice. The postcode is Portugal's form where the country is PT.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Address {
    #[garde(length(chars, min = 1, max = 120))]
    pub name: String,
    #[serde(default)]
    #[garde(length(chars, max = 120))]
    pub company: String,
    #[garde(length(chars, min = 1, max = 200))]
    pub line1: String,
    #[serde(default)]
    #[garde(length(chars, max = 200))]
    pub line2: String,
    #[garde(length(chars, min = 1, max = 100))]
    pub city: String,
    pub postcode: Postcode,
    pub country: Country,
}

impl Address {
    pub fn region(&self) -> Option<TaxRegion> {
        TaxRegion::of(&self.country, &self.postcode)
    }
}

/// Agreement with its proof: which text, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    pub given: bool,
    pub text_version: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LineDetails {
    pub id: LineId,
    pub product_id: ProductId,
    pub variant_id: VariantId,
    pub sku: String,
    #[serde(default)]
    pub barcode: String,
    pub title: String,
    pub variant_title: String,
    /// The address of the product's page; empty when nobody knew it.
    #[serde(default)]
    pub product_slug: String,
    pub image_url: String,
    pub quantity: Quantity,
    pub unit_price: Money,
    pub total: Money,
    pub tax: TaxAmount,
    pub weight_grams: u32,
    pub requires_shipping: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderDetails {
    pub email: Email,
    pub phone: Option<Phone>,
    pub locale: Locale,
    pub tax_id: Option<TaxId>,
    pub shipping_address: Address,
    pub billing_address: Address,
    pub lines: Vec<LineDetails>,
    pub subtotal: Money,
    pub shipping: Money,
    /// By rate; nothing where shipping is free.
    #[serde(default)]
    pub shipping_taxes: Vec<TaxAmount>,
    pub tax: Money,
    pub taxes: Vec<TaxAmount>,
    pub note: String,
    pub payment_method: String,
    pub terms: Consent,
    pub newsletter: Consent,
    /// Placed while the store's account was in the provider's test mode.
    #[serde(default)]
    pub is_test: bool,
    #[serde(default)]
    pub tracking: String,
    /// Why it was cancelled, by a word of the contract; empty for an order that stands.
    #[serde(default)]
    pub cancel_reason: String,
    /// The newest word about its payment that says how long the goods are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_heard: Option<PaymentHeard>,
}

/// A word about a payment. A later attempt has a later id, and a later state of it a later version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PaymentHeard {
    pub payment: String,
    pub version: i64,
}
