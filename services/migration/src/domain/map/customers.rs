//! Customers and addresses.

use events::common::v1::Address;
use events::migration::v1::Customer;
use events::migration::v1::orders_record::Body as Orders;
use serde_json::Value;

use super::{Body, Item};
use crate::domain::text;
use crate::domain::value::Fields;

/// Where plugins keep tax numbers.
const TAX_KEYS: [&str; 8] = [
    "billing_nif",
    "_billing_nif",
    "billing_vat",
    "_billing_vat",
    "vat_number",
    "_vat_number",
    "billing_cpf",
    "_billing_vat_number",
];

pub fn customer(value: &Value) -> Item {
    let billing = address(value.part("billing"), &tax_id(value));
    let or_else = |own: String, other: &str| {
        if own.is_empty() {
            text::plain(&value.part("billing").text(other), 60)
        } else {
            own
        }
    };
    let body = Customer {
        email: text::cut(&value.text("email"), 254),
        username: text::cut(&value.text("username"), 100),
        first_name: or_else(text::plain(&value.text("first_name"), 60), "first_name"),
        last_name: or_else(text::plain(&value.text("last_name"), 60), "last_name"),
        billing,
        shipping: address(value.part("shipping"), ""),
        groups: vec![text::cut(&value.text("role"), 60)],
        marketing_consent: false,
        created_at_us: value.instant("date_created"),
    };
    let id = value.int("id").to_string();
    let mut item = Item::new("customer", id, Body::Orders(Orders::Customer(body)));
    item.measured.label = value.text("role");
    item
}

pub fn tax_id(value: &Value) -> String {
    let mut found = TAX_KEYS.iter().map(|key| value.meta(key));
    let found = found.find(|text| !text.is_empty());
    text::cut(&found.unwrap_or_default(), 30)
}

/// Nothing for an address of empty texts.
pub fn address(value: &Value, tax_id: &str) -> Option<Address> {
    let field = |name: &str, max: usize| text::plain(&value.text(name), max);
    let name = format!("{} {}", field("first_name", 60), field("last_name", 60));
    let address = Address {
        name: name.trim().to_owned(),
        company: field("company", 120),
        line1: field("address_1", 200),
        line2: field("address_2", 200),
        city: field("city", 100),
        region: field("state", 60),
        postcode: field("postcode", 20),
        country: field("country", 2).to_uppercase(),
        phone: field("phone", 40),
        tax_id: tax_id.to_owned(),
    };
    (address != Address::default()).then_some(address)
}
