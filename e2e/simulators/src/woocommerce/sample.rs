//! How a shop is filled before it opens.

mod coupons;
mod oddities;

use super::Config;
use super::garden::{self, CUSTOMERS, Garden, OPENED, ORDERS, PRODUCTS, REVIEWS};
use super::ledger::rates;
use super::load::Loader;
use super::shop::{Body, Kind, Row, Shop};
use super::views::blank;
use crate::json::Json as _;
use anyhow::Context as _;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Our own goods, in WooCommerce's own columns.
const SAMPLE: &str = include_str!("assets/sample.csv");
/// A shop has at least so many, however few products it has.
const CUSTOMERS_MIN: u64 = 40;
const ORDERS_MIN: u64 = 60;
/// The order's last touch, its refund and its notes come so long after it.
const TOUCHED: i64 = 3_600;
const REFUNDED: i64 = 5 * 86_400;

/// A shop as it is when its first request comes.
pub(super) fn fill(config: &Config) -> anyhow::Result<Shop> {
    let mut shop = Shop::default();
    let one_in_ten = config.products / 10;
    shop.garden = Garden {
        seed: config.seed,
        products: config.products,
        customers: config.customers.unwrap_or(one_in_ten.max(CUSTOMERS_MIN)),
        orders: config.orders.unwrap_or(one_in_ten.max(ORDERS_MIN)),
        ..Garden::default()
    };
    for kind in [Kind::Products, Kind::Categories] {
        // WordPress has pages and terms of its own before the first product.
        shop.skip_to(kind, 13);
    }
    let mut loader = Loader::into(&mut shop);
    loader.load(&text(config)?);
    if config.csv.is_none() {
        oddities::add_threads(&mut loader);
    }
    loader.finish();
    if config.csv.is_none() {
        oddities::add(&mut shop);
    }
    add_rates(&mut shop);
    add_reviews(&mut shop);
    coupons::add(&mut shop);
    plant(&mut shop);
    Ok(shop)
}

fn text(config: &Config) -> anyhow::Result<String> {
    match &config.csv {
        None => Ok(SAMPLE.to_owned()),
        Some(path) => {
            std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
        }
    }
}

fn add_rates(shop: &mut Shop) {
    for (order, rate) in (1..).zip(rates()) {
        let body = json!({
            "country": rate.country,
            "state": rate.state,
            "postcode": rate.postcodes.last().copied().unwrap_or_default(),
            "city": rate.cities.last().copied().unwrap_or_default(),
            "rate": blank::print(&rate.percent().to_string(), 4),
            "name": rate.name,
            "priority": rate.priority,
            "compound": rate.compound,
            "shipping": rate.shipping,
            "order": order,
            "class": rate.class,
            "postcodes": rate.postcodes,
            "cities": rate.cities,
        });
        shop.insert(Kind::Taxes, (0, rate.id), Row::kept(OPENED, "", body));
    }
}

/// What was said of the first things loaded.
fn add_reviews(shop: &mut Shop) {
    let products: Vec<_> = shop
        .rows(Kind::Products)
        .map(|(id, _)| id.1)
        .take(4)
        .collect();
    let statuses = [
        "approved", "approved", "hold", "approved", "spam", "approved", "trash", "approved",
    ];
    for (at, (status, product)) in (0..).zip(statuses.iter().zip(products.iter().cycle())) {
        let body = json!({
            "reviewer": "Mª José",
            "reviewer_email": format!("opiniao{at}@example.test"),
            "review": "Veio <b>partido</b> :(\n\nMas é bonito.",
            "rating": at % 6,
            "verified": at % 2 == 0,
        });
        shop.add(
            Kind::Reviews,
            *product,
            Row::kept(OPENED + at * 7_200, status, body),
        );
    }
}

/// Rows of everything that grows.
fn plant(shop: &mut Shop) {
    plant_products(shop);
    plant_customers(shop);
    for number in 0..shop.garden.orders {
        plant_order(shop, number);
    }
    shop.skip_to(Kind::Products, garden::POSTS_END);
    shop.skip_to(Kind::Notes, garden::COMMENTS_END);
}

fn plant_products(shop: &mut Shop) {
    let count = shop.garden.products;
    let mut used: BTreeMap<(Kind, u64), i64> = BTreeMap::new();
    for number in 0..count {
        let created = shop.garden.moment(number, count);
        let id = PRODUCTS + number;
        let status = Garden::product_status(number);
        shop.insert(Kind::Products, (0, id), Row::grown(created, status));
        for k in 0..shop.garden.variations_of(number) {
            let variation = garden::variation_id(number, k);
            shop.insert(
                Kind::Variations,
                (id, variation),
                Row::grown(created, "publish"),
            );
        }
        let category = shop
            .garden
            .category_of(number)
            .map(|term| (Kind::Categories, term.id));
        let tag = shop.garden.tag_of(number).map(|term| (Kind::Tags, term.id));
        for term in category.into_iter().chain(tag) {
            *used.entry(term).or_default() += 1;
        }
        let (product, status) = Garden::review_of(number);
        if product < PRODUCTS + count {
            shop.insert(
                Kind::Reviews,
                (product, REVIEWS + number),
                Row::grown(created + 86_400, status),
            );
        }
    }
    for ((kind, id), more) in used {
        if let Some(Row {
            body: Body::Kept(body),
            ..
        }) = shop.row_mut(kind, (0, id))
        {
            let count = body.int("count");
            body.set("count", count + more);
        }
    }
}

fn plant_customers(shop: &mut Shop) {
    let mut admin = Row::kept(OPENED, "", administrator());
    admin.modified = None;
    shop.insert(Kind::Customers, (0, 1), admin);
    let count = shop.garden.customers;
    for number in 0..count {
        let created = shop.garden.moment(number, count);
        shop.insert(
            Kind::Customers,
            (0, CUSTOMERS + number),
            Row::grown(created, ""),
        );
    }
    shop.skip_to(Kind::Customers, CUSTOMERS + count);
}

fn administrator() -> Value {
    let mut billing = blank::address();
    billing.set("email", "");
    json!({"email": "admin@example.test", "first_name": "", "last_name": "", "role": "administrator",
        "username": "admin", "billing": billing, "shipping": blank::address(),
        "is_paying_customer": false, "meta_data": []})
}

fn plant_order(shop: &mut Shop, number: u64) {
    let created = shop.garden.ordered_at(number);
    let id = ORDERS + number;
    let mut row = Row::grown(created, garden::order_status(number));
    row.modified = Some(created + TOUCHED);
    for k in 0..garden::refunds_of(number) {
        let refund = garden::refund_id(number, k);
        shop.insert(
            Kind::Refunds,
            (id, refund),
            Row::grown(created + REFUNDED, ""),
        );
        row.modified = Some(created + REFUNDED);
    }
    shop.insert(Kind::Orders, (0, id), row);
    if number.is_multiple_of(5) {
        for k in 0..2 {
            let note = garden::note_id(number, k);
            shop.insert(Kind::Notes, (id, note), Row::grown(created + TOUCHED, ""));
        }
    }
}
