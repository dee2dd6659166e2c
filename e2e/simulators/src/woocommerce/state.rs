//! What an import has to arrive at.

use super::calendar;
use super::images;
use super::shop::{Kind, Shop};
use crate::json::Json as _;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Counts by some name.
type Counts = BTreeMap<String, u64>;

/// Orders, their total and what was given back of it, by month in UTC, currency and status.
type Turnover = BTreeMap<String, BTreeMap<String, BTreeMap<String, Sum>>>;

#[derive(Debug, Default)]
struct Sum {
    orders: u64,
    total: Decimal,
    refunded: Decimal,
}

/// Totals of everything that the API lists when it is asked for all; what lies in the bin is
/// counted apart.
pub(super) fn totals(shop: &Shop) -> Value {
    let goods = goods(shop);
    let (orders, turnover) = orders(shop);
    json!({
        "products": goods.products,
        "products_by_type": goods.by_type,
        "products_by_status": goods.by_status,
        "variations": goods.variations,
        "stock": {"tracked": goods.tracked, "units": goods.units},
        "images": {"files": goods.files.len(),
            "good": goods.files.iter().filter(|src| images::is_good(src)).count()},
        "categories": shop.rows(Kind::Categories).count(),
        "tags": shop.rows(Kind::Tags).count(),
        "shipping_classes": shop.rows(Kind::ShippingClasses).count(),
        "attributes": shop.rows(Kind::Attributes).count(),
        "terms": shop.rows(Kind::Terms).count(),
        "reviews_by_status": by_status(shop, Kind::Reviews),
        "customers_by_role": roles(shop),
        "coupons": shop.rows(Kind::Coupons).count(),
        "taxes": shop.rows(Kind::Taxes).count(),
        "orders": orders.values().sum::<u64>() - orders.get("trash").copied().unwrap_or_default(),
        "orders_by_status": orders,
        "refunds": shop.rows(Kind::Refunds).count(),
        "notes": shop.rows(Kind::Notes).count(),
        "turnover": turnover_view(turnover),
    })
}

#[derive(Debug, Default)]
struct Goods {
    products: u64,
    by_type: Counts,
    by_status: Counts,
    variations: u64,
    /// How many products and variations count their own stock, and what all of them have.
    tracked: u64,
    units: i64,
    files: BTreeSet<String>,
}

impl Goods {
    fn track(&mut self, body: &Value) {
        if body.flag("manage_stock") {
            self.tracked += 1;
            self.units += body.int("stock_quantity");
        }
    }

    fn see(&mut self, image: &Value) {
        if !image.text("src").is_empty() {
            self.files.insert(image.text("src").to_owned());
        }
    }
}

fn goods(shop: &Shop) -> Goods {
    let mut goods = Goods::default();
    for (id, row) in shop.rows(Kind::Products) {
        *goods.by_status.entry(row.status.to_string()).or_default() += 1;
        if row.status == "trash" {
            continue;
        }
        let body = shop.body(Kind::Products, id, row);
        goods.products += 1;
        *goods
            .by_type
            .entry(body.text("type").to_owned())
            .or_default() += 1;
        goods.track(&body);
        body.part("images")
            .as_array()
            .into_iter()
            .flatten()
            .for_each(|image| goods.see(image));
        for (id, row) in shop.children(Kind::Variations, id.1) {
            let body = shop.body(Kind::Variations, id, row);
            goods.variations += 1;
            goods.track(&body);
            goods.see(body.part("image"));
        }
    }
    goods
}

fn by_status(shop: &Shop, kind: Kind) -> Counts {
    let mut counts = Counts::new();
    for (_, row) in shop.rows(kind) {
        *counts.entry(row.status.to_string()).or_default() += 1;
    }
    counts
}

fn roles(shop: &Shop) -> Counts {
    let mut counts = Counts::new();
    for (id, row) in shop.rows(Kind::Customers) {
        let body = shop.body(Kind::Customers, id, row);
        *counts.entry(body.text("role").to_owned()).or_default() += 1;
    }
    counts
}

fn orders(shop: &Shop) -> (Counts, Turnover) {
    let (mut counts, mut turnover) = (Counts::new(), Turnover::new());
    let amount = |body: &Value, name: &str| body.text(name).parse::<Decimal>().unwrap_or_default();
    for (id, row) in shop.rows(Kind::Orders) {
        *counts.entry(row.status.to_string()).or_default() += 1;
        if row.status == "trash" {
            continue;
        }
        let body = shop.body(Kind::Orders, id, row);
        let refunds = shop.children(Kind::Refunds, id.1);
        let refunded: Decimal = refunds
            .map(|(id, row)| amount(&shop.body(Kind::Refunds, id, row), "amount"))
            .sum();
        let month = turnover.entry(calendar::month(row.created)).or_default();
        let currency = month.entry(body.text("currency").to_owned()).or_default();
        let sum = currency.entry(row.status.to_string()).or_default();
        sum.orders += 1;
        sum.total += amount(&body, "total");
        sum.refunded += refunded;
    }
    (counts, turnover)
}

fn turnover_view(turnover: Turnover) -> Value {
    let sum = |sum: Sum| json!({"orders": sum.orders, "total": print(sum.total), "refunded": print(sum.refunded)});
    let statuses = |statuses: BTreeMap<String, Sum>| -> Value {
        statuses
            .into_iter()
            .map(|(status, of)| (status, sum(of)))
            .collect()
    };
    let currencies = |currencies: BTreeMap<String, BTreeMap<String, Sum>>| -> Value {
        currencies
            .into_iter()
            .map(|(currency, of)| (currency, statuses(of)))
            .collect()
    };
    turnover
        .into_iter()
        .map(|(month, of)| (month, currencies(of)))
        .collect()
}

fn print(amount: Decimal) -> String {
    super::views::blank::print(&amount.to_string(), 2)
}
