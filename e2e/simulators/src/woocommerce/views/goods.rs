//! Products and variations.

use super::{Look, ORIGIN, html};
use crate::json::Json as _;
use crate::woocommerce::calendar;
use crate::woocommerce::shop::{Id, Kind, Row};
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// What a product costs today.
struct Price {
    now: String,
    on_sale: bool,
}

impl Look<'_> {
    pub(super) fn product(&self, id: u64, row: &Row, mut body: Value) -> Value {
        self.dates(&mut body, row);
        let price = self.product_price(id, &body);
        self.sale_dates(&mut body);
        body.set("status", &*row.status);
        set_address(&mut body, id, &row.status);
        self.texts(&mut body, &["description", "short_description"]);
        dress_images(&mut body, row.created);
        let variations = self.variations(id, &mut body);
        let sellable = matches!(body.text("type"), "simple" | "variable");
        let ships = !body.flag("virtual");
        body.merge(&json!({
            "price": price.now,
            "on_sale": price.on_sale,
            "price_html": html::price(&price.now),
            "purchasable": sellable && !price.now.is_empty(),
            "shipping_required": ships,
            "shipping_taxable": ships,
            "has_options": body.text("type") == "variable",
            "variations": variations,
            "related_ids": self.related(id),
        }));
        set_stock_words(&mut body);
        self.set_rating(&mut body, id);
        body
    }

    /// Numbers of a product's variations, with those that it still lists though they are gone.
    fn variations(&self, id: u64, body: &mut Value) -> Vec<u64> {
        let mut ids: Vec<_> = self
            .shop
            .children(Kind::Variations, id)
            .map(|(id, _)| id.1)
            .collect();
        if let Value::Object(fields) = body
            && let Some(Value::Array(ghosts)) = fields.remove("_ghosts")
        {
            ids.extend(ghosts.iter().filter_map(Value::as_u64));
        }
        ids
    }

    fn product_price(&self, id: u64, body: &Value) -> Price {
        match body.text("type") {
            "variable" => {
                let bodies = self.shop.children(Kind::Variations, id);
                let prices = bodies
                    .filter(|(_, row)| row.status == "publish")
                    .map(|(id, row)| self.price(&self.shop.body(Kind::Variations, id, row)));
                lowest(prices)
            }
            "grouped" => {
                let members = body
                    .part("grouped_products")
                    .as_array()
                    .into_iter()
                    .flatten();
                let prices = members.filter_map(Value::as_u64).filter_map(|member| {
                    let row = self.shop.row(Kind::Products, (0, member))?;
                    let body = self.shop.body(Kind::Products, (0, member), row);
                    // A group in a group is no price.
                    (body.text("type") != "grouped").then(|| self.product_price(member, &body))
                });
                lowest(prices)
            }
            _ => self.price(body),
        }
    }

    /// The sale price within its days, or the regular one. A stale look-up table says nothing.
    fn price(&self, body: &Value) -> Price {
        if body.flag("_stale_price") {
            return Price {
                now: String::new(),
                on_sale: false,
            };
        }
        let amount = |name| body.text(name).parse::<Decimal>().ok();
        let begun = body
            .part("_sale_from")
            .as_i64()
            .is_none_or(|from| from <= self.now);
        let ended = body
            .part("_sale_to")
            .as_i64()
            .is_some_and(|to| to < self.now);
        let reduced = amount("sale_price")
            .is_some_and(|sale| amount("regular_price").is_none_or(|regular| sale < regular));
        let on_sale = reduced && begun && !ended;
        let now = body.text(if on_sale {
            "sale_price"
        } else {
            "regular_price"
        });
        Price {
            now: now.to_owned(),
            on_sale,
        }
    }

    fn sale_dates(&self, body: &mut Value) {
        let (from, to) = (
            body.part("_sale_from").as_i64(),
            body.part("_sale_to").as_i64(),
        );
        calendar::set_both(body, "date_on_sale_from", from);
        calendar::set_both(body, "date_on_sale_to", to);
        if let Value::Object(fields) = body {
            fields.remove("_sale_from");
            fields.remove("_sale_to");
        }
    }

    fn texts(&self, body: &mut Value, names: &[&str]) {
        if self.is_edit {
            return;
        }
        for name in names {
            let shown = html::shown(body.text(name));
            body.set(name, shown);
        }
    }

    fn related(&self, id: u64) -> Vec<u64> {
        let others = self.shop.children(Kind::Products, 0).map(|(id, _)| id.1);
        others
            .filter(|other| *other != id)
            .skip(usize::from(id.is_multiple_of(2)))
            .take(5)
            .collect()
    }

    fn set_rating(&self, body: &mut Value, id: u64) {
        let reviews = self.shop.children(Kind::Reviews, id);
        let ratings: Vec<_> = reviews
            .filter(|(_, row)| row.status == "approved")
            .map(|(id, row)| self.shop.body(Kind::Reviews, id, row).int("rating"))
            .filter(|rating| *rating > 0)
            .collect();
        let sum = Decimal::from(ratings.iter().sum::<i64>());
        let average = sum
            .checked_div(Decimal::from(ratings.len()))
            .unwrap_or_default();
        body.set(
            "average_rating",
            super::blank::print(&average.to_string(), 2),
        );
        body.set("rating_count", ratings.len());
    }

    pub(super) fn variation(&self, (parent, _): Id, row: &Row, mut body: Value) -> Value {
        let above = self.shop.row(Kind::Products, (0, parent)).map(|row| {
            let mut body = self.shop.body(Kind::Products, (0, parent), row);
            set_address(&mut body, parent, &row.status);
            body
        });
        let above = above.unwrap_or_default();
        inherit(&mut body, &above);
        self.dates(&mut body, row);
        self.texts(&mut body, &["description"]);
        let price = self.price(&body);
        self.sale_dates(&mut body);
        body.merge(&json!({
            "status": row.status,
            "price": price.now,
            "on_sale": price.on_sale,
            "purchasable": !price.now.is_empty() && row.status == "publish",
            "permalink": address_with(&above, &body),
        }));
        set_stock_words(&mut body);
        if let Some(image) = body.get_mut("image").filter(|image| image.is_object()) {
            calendar::set_both(image, "date_created", Some(row.created));
            calendar::set_both(image, "date_modified", Some(row.created));
        }
        body
    }
}

fn lowest(prices: impl Iterator<Item = Price>) -> Price {
    let mut best: Option<(Decimal, String)> = None;
    let mut on_sale = false;
    for price in prices {
        on_sale |= price.on_sale;
        let Ok(amount) = price.now.parse::<Decimal>() else {
            continue;
        };
        if best.as_ref().is_none_or(|(lowest, _)| amount < *lowest) {
            best = Some((amount, price.now));
        }
    }
    Price {
        now: best.map(|(_, text)| text).unwrap_or_default(),
        on_sale,
    }
}

/// Drafts have no address of their own yet, and what lies in the bin has a marked one.
fn set_address(body: &mut Value, id: u64, status: &str) {
    let slug = body.text("slug").to_owned();
    let category = body
        .part("categories")
        .get(0)
        .map(|category| category.text("slug"));
    let address = match status {
        "draft" | "pending" | "future" | "trash" => format!("{ORIGIN}/?post_type=product&p={id}"),
        _ => format!(
            "{ORIGIN}/loja/{}/{slug}/",
            category.unwrap_or("uncategorized")
        ),
    };
    body.set("permalink", address);
    match status {
        "draft" | "pending" => body.set("slug", ""),
        "trash" => body.set("slug", format!("{slug}__trashed")),
        _ => {}
    }
}

/// What a variation leaves open it has from its product, its SKU too.
fn inherit(body: &mut Value, above: &Value) {
    for name in ["sku", "weight"] {
        if body.text(name).is_empty() {
            body.set(name, above.text(name));
        }
    }
    if body.part("dimensions").text("length").is_empty() {
        body.set("dimensions", above.part("dimensions").clone());
    }
    if body.text("tax_class") == "parent" {
        body.set("tax_class", above.text("tax_class"));
    }
    if !body.flag("manage_stock") && above.flag("manage_stock") {
        body.set("manage_stock", "parent");
        for name in ["stock_quantity", "stock_status", "backorders"] {
            body.set(name, above.part(name).clone());
        }
    }
}

fn set_stock_words(body: &mut Value) {
    let allowed = body.text("backorders") != "no";
    let managed = body.part("manage_stock") != false;
    body.set("backorders_allowed", allowed);
    body.set(
        "backordered",
        allowed && managed && body.int("stock_quantity") < 0,
    );
    if let Value::Object(fields) = body {
        fields.remove("_stale_price");
    }
}

fn dress_images(body: &mut Value, created: i64) {
    let images = body.get_mut("images").and_then(Value::as_array_mut);
    for image in images.into_iter().flatten() {
        calendar::set_both(image, "date_created", Some(created));
        calendar::set_both(image, "date_modified", Some(created));
    }
}

/// The product's address with what is chosen.
fn address_with(above: &Value, body: &Value) -> String {
    let chosen = body.part("attributes").as_array().into_iter().flatten();
    let mut query = form_urlencoded::Serializer::new(String::new());
    for attribute in chosen {
        let name = super::blank::slug(attribute.text("name"));
        match attribute.int("id") {
            0 => query.append_pair(&format!("attribute_{name}"), attribute.text("option")),
            _ => query.append_pair(
                &format!("attribute_pa_{name}"),
                &super::blank::slug(attribute.text("option")),
            ),
        };
    }
    match query.finish() {
        query if query.is_empty() => above.text("permalink").to_owned(),
        query => format!("{}?{query}", above.text("permalink")),
    }
}
