//! What the old shop has on its shelves.

use events::migration::v1::Stock;
use events::migration::v1::orders_record::Body as Orders;
use serde_json::Value;

use super::products::Read;
use super::{Body, Item, Known};
use crate::domain::value::Fields;

impl Read<'_> {
    /// What is on the shelf of everything that is counted. A shelf that variations share is split among
    /// them: nothing is sold twice.
    pub(super) fn stock(&self, known: &Known) -> Vec<Item> {
        if !self.is_variable() || self.variations.is_empty() {
            let variant = known.id("variant", &self.id());
            let count = on_hand(self.product);
            return count
                .filter(|_| !self.is_variable())
                .map(|count| self.count((self.id(), variant), count, self.product, known))
                .into_iter()
                .collect();
        }
        let shares_shelf = |value: &&Value| value.text("manage_stock") == "parent";
        let sharing = self.variations.iter().filter(shares_shelf).count();
        let mut split = split(self.product.int("stock_quantity"), sharing).into_iter();
        let mut items = Vec::new();
        for variation in self.variations {
            let id = variation.int("id").to_string();
            let variant = known.id("variation", &id);
            let shares = shares_shelf(&variation);
            let count = if shares {
                split.next()
            } else {
                on_hand(variation)
            };
            if let Some(count) = count {
                let mut item = self.count((id, variant), count, variation, known);
                if shares {
                    item.notes
                        .push("variations shared one shelf; it is split among them".to_owned());
                }
                items.push(item);
            }
        }
        items
    }

    fn count(
        &self,
        (id, variant_id): (String, String),
        on_hand: i64,
        value: &Value,
        known: &Known,
    ) -> Item {
        let body = Stock {
            variant_id,
            product_id: known.id("product", &self.id()),
            on_hand,
        };
        let mut item = Item::new("stock", id, Body::Orders(Orders::Stock(body)));
        item.parent = self.id();
        item.measured.units = Some(on_hand);
        if matches!(value.text("backorders").as_str(), "yes" | "notify") {
            item.notes
                .push("it could be ordered without being there; here it cannot".to_owned());
        }
        item
    }
}

/// What something counts of its own.
pub(super) fn counted(value: &Value) -> Option<i64> {
    value
        .flag("manage_stock")
        .then(|| value.int("stock_quantity"))
}

pub(super) fn is_tracked(value: &Value, product: &Value) -> bool {
    on_hand(value).is_some()
        || (value.text("manage_stock") == "parent" && product.flag("manage_stock"))
}

/// What is there; nothing for what is sold without counting. What is not counted and out of stock is none.
fn on_hand(value: &Value) -> Option<i64> {
    if value.text("manage_stock") == "parent" {
        return None;
    }
    let is_out = value.text("stock_status") == "outofstock";
    counted(value).or(is_out.then_some(0))
}

fn split(units: i64, parts: usize) -> Vec<i64> {
    let Some(count) = i64::try_from(parts).ok().filter(|count| *count > 0) else {
        return Vec::new();
    };
    let (share, rest) = (units.div_euclid(count), units.rem_euclid(count));
    (0..count)
        .map(|part| share + i64::from(part < rest))
        .collect()
}
