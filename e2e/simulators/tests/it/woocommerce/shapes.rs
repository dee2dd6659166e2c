//! Fields and JSON types of every resource, against those of a real shop: `contract/woocommerce`.

use super::world::Shop;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const SHAPES: &str = include_str!("../../../contract/woocommerce/shapes.json");
/// What merchants and plugins fill in; `shapes.py` does not look into it either.
const OPEN: [&str; 11] = [
    "value",
    "display_value",
    "default",
    "options",
    "settings",
    "_links",
    "routes",
    "taxonomies",
    "product_visibility_terms",
    "database_tables",
    "reviewer_avatar_urls",
];
/// Paths, as they are named by the resource, of which our shop has every field but not every type
/// that was seen.
const NOT_PLAYED: [&str; 0] = [];

/// Types by path, and how many things were looked at.
#[derive(Default)]
struct Seen {
    types: BTreeMap<String, BTreeSet<&'static str>>,
    fields: Vec<BTreeSet<String>>,
}

impl Seen {
    fn add(&mut self, item: &Value) {
        let fields = item.as_object().expect("an object").keys().cloned();
        self.fields.push(fields.collect());
        self.walk(item, "");
    }

    fn walk(&mut self, value: &Value, path: &str) {
        if !path.is_empty() {
            self.types
                .entry(path.to_owned())
                .or_default()
                .insert(type_of(value));
            let last = path.rsplit(['.', ']']).next().unwrap();
            if OPEN.contains(&last) {
                return;
            }
        }
        match value {
            Value::Object(fields) => {
                for (name, inner) in fields {
                    let dot = if path.is_empty() { "" } else { "." };
                    self.walk(inner, &format!("{path}{dot}{name}"));
                }
            }
            Value::Array(items) => items
                .iter()
                .for_each(|item| self.walk(item, &format!("{path}[]"))),
            _ => {}
        }
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Everything that the shop lists of a resource.
async fn everything(shop: &Shop, resource: &str) -> Vec<Value> {
    let of_parents = async |parents: &str, below: &str| {
        let mut items = Vec::new();
        for parent in shop.all(parents).await {
            items.extend(
                shop.all(&format!("/{below}").replace("{}", &parent["id"].to_string()))
                    .await,
            );
        }
        items
    };
    let whole = async |path: &str| {
        let read = shop.get(path).await;
        assert_eq!(read.status, 200, "{path}");
        match read.body {
            Value::Array(items) => items,
            one => vec![one],
        }
    };
    match resource {
        "index" => whole("/../../").await,
        "products" => shop.all("/products").await,
        "variations" => of_parents("/products?type=variable", "products/{}/variations").await,
        "categories" | "tags" | "shipping_classes" | "attributes" => {
            whole(&format!("/products/{resource}?per_page=100")).await
        }
        "reviews" => shop.all("/products/reviews?status=all").await,
        "terms" => of_parents("/products/attributes", "products/attributes/{}/terms").await,
        "customers" => shop.all("/customers?role=all").await,
        "orders" => shop.all("/orders").await,
        "refunds" => {
            of_parents(
                "/orders?status=refunded,completed,processing",
                "orders/{}/refunds",
            )
            .await
        }
        "notes" => of_parents("/orders", "orders/{}/notes").await,
        "coupons" | "taxes" => shop.all(&format!("/{resource}")).await,
        "tax_classes" => whole("/taxes/classes").await,
        "zones" => whole("/shipping/zones").await,
        "locations" | "methods" => of_zones(shop, resource).await,
        "settings_groups" => whole("/settings").await,
        "settings" => settings(shop).await,
        "currency" => whole("/data/currencies/current").await,
        "country" => whole("/data/countries/pt").await,
        "continent" => whole("/data/continents").await,
        "totals" => whole("/reports/orders/totals").await,
        other => whole(&format!("/{other}")).await,
    }
}

async fn of_zones(shop: &Shop, what: &str) -> Vec<Value> {
    let mut items = Vec::new();
    for zone in shop.get("/shipping/zones").await.ids() {
        items.extend(
            shop.get(&format!("/shipping/zones/{zone}/{what}"))
                .await
                .items()
                .clone(),
        );
    }
    items
}

async fn settings(shop: &Shop) -> Vec<Value> {
    let mut items = Vec::new();
    for group in shop.get("/settings").await.items() {
        let read = shop
            .get(&format!("/settings/{}", group["id"].as_str().unwrap()))
            .await;
        items.extend(read.body.as_array().cloned().unwrap_or_default());
    }
    items
}

#[tokio::test]
async fn every_resource_has_the_fields_and_types_of_a_real_shop_and_no_others() {
    let shop = Shop::open().await;
    let shapes: BTreeMap<String, Value> = serde_json::from_str(SHAPES).unwrap();
    let mut wrong = Vec::new();
    for (resource, shape) in &shapes {
        let mut seen = Seen::default();
        let items = everything(&shop, resource).await;
        assert!(!items.is_empty(), "{resource}");
        items.iter().for_each(|item| seen.add(item));
        compare(resource, shape, &seen, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn compare(resource: &str, shape: &Value, seen: &Seen, wrong: &mut Vec<String>) {
    let optional: Vec<_> = shape["optional"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let real: BTreeMap<_, BTreeSet<_>> = shape["types"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(path, types)| (path.as_str(), types.as_str().unwrap().split('|').collect()))
        .collect();
    for (path, types) in &seen.types {
        match real.get(path.as_str()) {
            None => wrong.push(format!("{resource}: {path} is not in a real shop")),
            Some(known) => {
                for unknown in types.difference(known) {
                    wrong.push(format!(
                        "{resource}: {path} is never {unknown}, but {known:?}"
                    ));
                }
            }
        }
    }
    for (path, types) in &real {
        let named = format!("{resource}: {path}");
        let ours = seen.types.get(*path).cloned().unwrap_or_default();
        for missing in types.iter().filter(|kind| !ours.contains(**kind)) {
            if !NOT_PLAYED.contains(&named.as_str()) {
                wrong.push(format!("{named} is nowhere {missing}"));
            }
        }
    }
    let always = real
        .keys()
        .filter(|path| !path.contains(['.', '[']) && !optional.contains(path));
    for field in always {
        let without = seen
            .fields
            .iter()
            .filter(|fields| !fields.contains(*field))
            .count();
        if without > 0 {
            wrong.push(format!("{resource}: {without} have no {field}"));
        }
    }
}
