//! What the shop shows of its rows: everything that WooCommerce works out while it answers.

pub(super) mod blank;
mod goods;
mod html;
mod orders;
mod others;

use super::calendar;
use super::shop::{Id, Kind, Row, Shop};
use crate::json::Json as _;
use serde_json::{Value, json};

/// Stands for the shop's own address until an answer leaves.
pub(super) const ORIGIN: &str = "https://shop.invalid";

/// Who looks, when, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look<'a> {
    pub(super) shop: &'a Shop,
    pub(super) now: i64,
    /// `context=edit` gives texts as they were typed.
    pub(super) is_edit: bool,
    /// How many decimals amounts of orders are printed with.
    pub(super) decimals: u32,
}

impl Look<'_> {
    pub(super) fn view(&self, kind: Kind, id: Id, row: &Row) -> Value {
        let body = self.shop.body(kind, id, row);
        let mut view = match kind {
            Kind::Products => self.product(id.1, row, body),
            Kind::Variations => self.variation(id, row, body),
            Kind::Orders => self.order(id.1, row, body),
            Kind::Refunds => self.refund(row, body),
            Kind::Reviews => self.review(id.0, row, body),
            Kind::Customers => self.customer(row, body),
            Kind::Coupons => self.coupon(row, body),
            Kind::Notes => self.note(row, body),
            Kind::Categories
            | Kind::Tags
            | Kind::ShippingClasses
            | Kind::Attributes
            | Kind::Terms => body,
            Kind::Taxes => body,
        };
        view.set("id", id.1);
        let mut links = links(kind, id);
        if kind == Kind::Orders && view.int("customer_id") > 0 {
            let customer = format!("customers/{}", view.int("customer_id"));
            links.set("customer", json!([{"href": api(&customer)}]));
        }
        view.set("_links", links);
        view
    }

    fn dates(&self, body: &mut Value, row: &Row) {
        calendar::set_both(body, "date_created", Some(row.created));
        calendar::set_both(body, "date_modified", row.modified);
    }
}

/// Address of a thing, from its path below the namespace.
pub(super) fn api(path: &str) -> String {
    format!("{ORIGIN}/wp-json/wc/v3/{path}")
}

/// Where a kind's list is, below the namespace.
pub(super) fn collection(kind: Kind, parent: u64) -> String {
    match kind {
        Kind::Products => "products".into(),
        Kind::Variations => format!("products/{parent}/variations"),
        Kind::Categories => "products/categories".into(),
        Kind::Tags => "products/tags".into(),
        Kind::ShippingClasses => "products/shipping_classes".into(),
        Kind::Attributes => "products/attributes".into(),
        Kind::Terms => format!("products/attributes/{parent}/terms"),
        Kind::Reviews => "products/reviews".into(),
        Kind::Customers => "customers".into(),
        Kind::Orders => "orders".into(),
        Kind::Refunds => format!("orders/{parent}/refunds"),
        Kind::Notes => format!("orders/{parent}/notes"),
        Kind::Coupons => "coupons".into(),
        Kind::Taxes => "taxes".into(),
    }
}

fn links(kind: Kind, (parent, id): Id) -> Value {
    let collection = collection(kind, parent);
    let own = api(&format!("{collection}/{id}"));
    let mut links = json!({"self": [{"href": own}], "collection": [{"href": api(&collection)}]});
    let up = match kind {
        Kind::Variations | Kind::Reviews => Some(format!("products/{parent}")),
        Kind::Refunds | Kind::Notes => Some(format!("orders/{parent}")),
        _ => None,
    };
    if let Some(up) = up {
        links.set("up", json!([{"href": api(&up)}]));
    }
    links
}
