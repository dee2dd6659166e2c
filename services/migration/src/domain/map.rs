//! From a shop's JSON to the records that catalog and orders take.

mod counts;
pub mod customers;
pub mod orders;
mod prices;
pub mod products;
pub mod settings;
pub mod shelf;
mod variants;

use std::collections::BTreeMap;

use events::migration::v1::{catalog_record, orders_record};
use serde_json::Value;

use super::value::Fields;

/// What a record is for its receiver.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    Catalog(catalog_record::Body),
    Orders(orders_record::Body),
    /// Part of another record; only counted.
    Part,
}

/// What is counted of a record, for the totals side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// Its type or its state in the old shop.
    pub label: String,
    /// `2024-03`, of an order.
    pub month: String,
    pub currency: String,
    pub units: Option<i64>,
    pub total_minor: Option<i64>,
    pub refunded_minor: Option<i64>,
}

/// A record of the old shop in our words.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub resource: &'static str,
    pub source_id: String,
    /// Whose part it is; empty for none's.
    pub parent: String,
    pub body: Body,
    /// What tells it from what it was, where that is not all of it.
    pub mark: Option<String>,
    pub measured: Measured,
    /// What was not taken over, in the merchant's words.
    pub notes: Vec<String>,
}

impl Item {
    pub fn new(resource: &'static str, source_id: impl Into<String>, body: Body) -> Self {
        Self {
            resource,
            source_id: source_id.into(),
            parent: String::new(),
            body,
            mark: None,
            measured: Measured::default(),
            notes: Vec::new(),
        }
    }
}

/// What a record of the old shop is called here.
pub type Name = (&'static str, String);

/// Our ids of the old shop's.
#[derive(Clone, Debug, Default)]
pub struct Known(pub BTreeMap<Name, String>);

impl Known {
    /// Our id; empty for what is not here.
    pub fn id(&self, resource: &'static str, source_id: &str) -> String {
        let found = self.0.get(&(resource, source_id.to_owned()));
        found.cloned().unwrap_or_default()
    }
}

/// Longer addresses are no file's.
const SRC_BYTES_MAX: usize = 1_000;

/// An image as a shop names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Picture {
    /// Its address: one file has several numbers in some shops, and none in others.
    pub key: String,
    pub src: String,
    pub alt: String,
}

/// The image of an `images[]` entry or of `image`; nothing for a stand-in.
pub fn picture(value: &Value) -> Option<Picture> {
    let src = value.text("src");
    if src.is_empty() || src.len() > SRC_BYTES_MAX || src.contains("woocommerce-placeholder") {
        return None;
    }
    Some(Picture {
        key: src.clone(),
        src,
        alt: super::text::plain(&value.text("alt"), 500),
    })
}
