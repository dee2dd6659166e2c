//! Codes, tax rates and shipping zones.

use std::collections::BTreeMap;

use events::migration::v1::orders_record::Body as Orders;
use events::migration::v1::{Coupon, ShippingMethod, ShippingZone, TaxRate};
use serde_json::Value;

use super::{Body, Item, Known, Name};
use crate::domain::facts::Facts;
use crate::domain::text;
use crate::domain::value::{Fields, instant};

/// What a code names that came before it.
pub fn coupon_references(value: &Value) -> Vec<Name> {
    let of = |resource: &'static str, names: [&str; 2]| {
        let ids = names.into_iter().flat_map(|name| value.list(name));
        let ids = ids.map(move |id| (resource, id.to_string()));
        ids.collect::<Vec<_>>()
    };
    let mut names = of("product", ["product_ids", "excluded_product_ids"]);
    names.extend(of(
        "category",
        ["product_categories", "excluded_product_categories"],
    ));
    names
}

pub fn coupon(value: &Value, facts: &Facts, known: &Known) -> Item {
    let mut notes = Vec::new();
    let mut ids = |resource: &'static str, name: &str| {
        let all = value.list(name);
        let here: Vec<String> = all
            .iter()
            .map(|id| known.id(resource, &id.to_string()))
            .filter(|id| !id.is_empty())
            .collect();
        if here.len() < all.len() {
            notes.push(format!("{} of its {name} are gone", all.len() - here.len()));
        }
        here
    };
    let number = |name: &str| value.int(name).max(0);
    let expires = instant(&value.text("date_expires_gmt"));
    let body = Coupon {
        product_ids: ids("product", "product_ids"),
        excluded_product_ids: ids("product", "excluded_product_ids"),
        category_ids: ids("category", "product_categories"),
        excluded_category_ids: ids("category", "excluded_product_categories"),
        code: text::cut(&value.text("code"), 100),
        kind: text::cut(&value.text("discount_type"), 60),
        amount: value.text("amount"),
        free_shipping: value.flag("free_shipping"),
        individual_use: value.flag("individual_use"),
        exclude_sale_items: value.flag("exclude_sale_items"),
        minimum_amount: value.text("minimum_amount"),
        maximum_amount: value.text("maximum_amount"),
        emails: texts(value, "email_restrictions"),
        usage_limit: number("usage_limit"),
        usage_limit_per_customer: number("usage_limit_per_user"),
        usage_count: number("usage_count"),
        expires_at_us: expires.map_or(0, events::to_us),
        active: matches!(value.text("status").as_str(), "" | "publish"),
        description: text::plain(&value.text("description"), 1_000),
        currency: facts.currency.clone(),
    };
    let id = value.int("id").to_string();
    Item {
        notes,
        ..Item::new("coupon", id, Body::Orders(Orders::Coupon(body)))
    }
}

fn texts(value: &Value, name: &str) -> Vec<String> {
    let list = value.list(name).iter();
    list.filter_map(|entry| entry.as_str().map(str::to_owned))
        .collect()
}

pub fn tax_rate(value: &Value) -> Item {
    let several = |many: &str, one: &str| match (texts(value, many), value.text(one)) {
        (many, _) if !many.is_empty() => many,
        (_, one) if one.is_empty() => Vec::new(),
        (_, one) => one.split(';').map(|part| part.trim().to_owned()).collect(),
    };
    let body = TaxRate {
        country: value.text("country"),
        state: value.text("state"),
        postcodes: several("postcodes", "postcode"),
        cities: several("cities", "city"),
        rate_percent: value.text("rate"),
        name: text::plain(&value.text("name"), 100),
        tax_class: value.text("class"),
        priority: i32::try_from(value.int("priority")).unwrap_or(0),
        compound: value.flag("compound"),
        shipping: value.flag("shipping"),
    };
    let id = value.int("id").to_string();
    Item::new("tax_rate", id, Body::Orders(Orders::TaxRate(body)))
}

pub fn zone(value: &Value, locations: &[Value], methods: &[Value], facts: &Facts) -> Item {
    let location = |value: &Value| format!("{}:{}", value.text("type"), value.text("code"));
    let body = ShippingZone {
        name: text::plain(&value.text("name"), 100),
        position: i32::try_from(value.int("order")).unwrap_or(0),
        locations: locations.iter().map(location).collect(),
        methods: methods.iter().map(method).collect(),
        currency: facts.currency.clone(),
    };
    let id = value.int("id").to_string();
    Item::new(
        "shipping_zone",
        id,
        Body::Orders(Orders::ShippingZone(body)),
    )
}

fn method(value: &Value) -> ShippingMethod {
    let settings = value.part("settings").as_object();
    let settings: BTreeMap<String, String> = settings
        .into_iter()
        .flatten()
        .map(|(name, setting)| (name.clone(), setting.text("value")))
        .collect();
    ShippingMethod {
        kind: value.text("method_id"),
        title: text::plain(&value.text("title"), 100),
        enabled: value.flag("enabled"),
        settings,
    }
}
