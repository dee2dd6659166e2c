//! Reads WooCommerce's product CSV into the shop: our sample, theirs, or a merchant's export.

mod fields;
mod units;

use super::csv::{self, Record};
use super::garden::{Attribute, OPENED, Term};
use super::shop::{Kind, Row, Shop};
use super::views::blank;
use crate::json::Json as _;
use fields::{common, or};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A catalogue is filled at this pace, one product after the other.
const PACE_SECONDS: i64 = 3_600;

/// What a file is put into.
#[derive(Debug)]
pub(super) struct Loader<'a> {
    shop: &'a mut Shop,
    /// SKU and `id:44` of the file, to our number.
    known: BTreeMap<String, u64>,
    terms: BTreeMap<(Kind, u64, String), Term>,
    attributes: BTreeMap<String, Attribute>,
    /// File name to the number of its attachment.
    media: BTreeMap<String, u64>,
}

impl<'a> Loader<'a> {
    pub(super) fn into(shop: &'a mut Shop) -> Self {
        Self {
            shop,
            known: BTreeMap::new(),
            terms: BTreeMap::new(),
            attributes: BTreeMap::new(),
            media: BTreeMap::new(),
        }
    }

    /// Puts every line of a file into the shop.
    pub(super) fn load(&mut self, text: &str) {
        let records = csv::read(text);
        let is_variation = |record: &Record| record.text("Type").starts_with("variation");
        // Lines refer to lines that come later: the numbers come first.
        let mut numbers = Vec::new();
        for record in &records {
            let id = self.shop.next_id(Kind::Products);
            let sku = record.text("SKU").to_owned();
            if !sku.is_empty() && !is_variation(record) {
                self.known.entry(sku).or_insert(id);
            }
            let theirs = record.text("ID");
            self.known.insert(format!("id:{theirs}"), id);
            numbers.push(id);
        }
        for (at, (record, id)) in (0..).zip(records.iter().zip(numbers)) {
            let created = OPENED + PACE_SECONDS * at;
            match is_variation(record) {
                true => self.load_variation(record, id, created),
                false => self.load_product(record, id, created),
            }
        }
    }

    fn load_product(&mut self, record: &Record, id: u64, created: i64) {
        let mut body = blank::product();
        let types = record.list("Type");
        let name = record.text("Name");
        body.merge(&common(record));
        body.merge(&json!({
            "name": name,
            "slug": blank::slug(name),
            "type": types.first(),
            "featured": record.flag("Is featured?"),
            "catalog_visibility": or(record.text("Visibility in catalog"), "visible"),
            "short_description": record.text("Short description"),
            "sold_individually": record.flag("Sold individually?"),
            "reviews_allowed": record.flag("Allow customer reviews?"),
            "purchase_note": record.text("Purchase note"),
            "external_url": record.text("External URL"),
            "button_text": record.text("Button text"),
            "upsell_ids": self.references(record, "Upsells"),
            "cross_sell_ids": self.references(record, "Cross-sells"),
            "grouped_products": self.references(record, "Grouped products"),
            "categories": self.categories(record),
            "tags": self.flat_terms(record, Kind::Tags, "Tags"),
            "images": self.images(record, name),
            "menu_order": record.text("Position").parse::<i64>().unwrap_or_default(),
        }));
        self.set_class(&mut body, record);
        self.set_attributes(&mut body, record);
        let status = match record.text("Published") {
            "0" => "private",
            "-1" => "draft",
            _ => "publish",
        };
        self.shop
            .insert(Kind::Products, (0, id), Row::kept(created, status, body));
    }

    fn load_variation(&mut self, record: &Record, id: u64, created: i64) {
        let Some(parent) = self.known.get(record.text("Parent")).copied() else {
            tracing::warn!("a variation names a product that is not in the file");
            return;
        };
        let mut body = blank::variation();
        body.merge(&common(record));
        self.set_class(&mut body, record);
        let image = self.images(record, "").into_iter().next();
        let attributes: Vec<_> = (1..=9).filter_map(|n| self.fixed(record, n)).collect();
        body.merge(&json!({"image": image, "attributes": attributes,
            "menu_order": record.text("Position").parse::<i64>().unwrap_or_default()}));
        let status = if record.text("Published") == "0" {
            "private"
        } else {
            "publish"
        };
        self.shop.insert(
            Kind::Variations,
            (parent, id),
            Row::kept(created, status, body),
        );
    }

    /// Numbers that SKUs or `id:` stand for. What is not there keeps its number, as in a shop
    /// that has deleted it since.
    fn references(&self, record: &Record, column: &str) -> Vec<u64> {
        let resolve = |text: &String| {
            let dead = || text.strip_prefix("id:")?.parse().ok();
            self.known.get(text).copied().or_else(dead)
        };
        record.list(column).iter().filter_map(resolve).collect()
    }

    /// `A > B, C`: the last one of each way is the category.
    fn categories(&mut self, record: &Record) -> Vec<Value> {
        let mut ways = record.list("Categories");
        if ways.is_empty() {
            ways.push("Uncategorized".to_owned());
        }
        let mut views = Vec::new();
        for way in ways {
            let mut parent = 0;
            let mut last = Term::default();
            for name in way.split('>').map(str::trim) {
                last = self.term(Kind::Categories, parent, name);
                parent = last.id;
            }
            self.count(Kind::Categories, (0, last.id));
            views.push(view(&last));
        }
        views
    }

    fn flat_terms(&mut self, record: &Record, kind: Kind, column: &str) -> Vec<Value> {
        let names = record.list(column);
        let terms: Vec<_> = names.iter().map(|name| self.term(kind, 0, name)).collect();
        for term in &terms {
            self.count(kind, (0, term.id));
        }
        terms.iter().map(view).collect()
    }

    /// Finds or makes a term. Slugs are unique in a kind: the second `camisas` is `camisas-2`.
    fn term(&mut self, kind: Kind, parent: u64, name: &str) -> Term {
        let key = (kind, parent, name.to_owned());
        if let Some(term) = self.terms.get(&key) {
            return term.clone();
        }
        let wished = blank::slug(name);
        let taken = |slug: &str| {
            let same = self.terms.iter().filter(|((of, ..), _)| *of == kind);
            same.into_iter().any(|(_, term)| term.slug == slug)
        };
        let numbered = (2..).map(|number| format!("{wished}-{number}"));
        let slug = std::iter::once(wished.clone())
            .chain(numbered)
            .find(|slug| !taken(slug));
        let id = self.shop.next_id(kind);
        let term = Term {
            id,
            name: name.replace('&', "&amp;"),
            slug: slug.unwrap_or(wished),
        };
        let mut body = json!({"name": term.name, "slug": term.slug, "description": "", "count": 0});
        let place = match kind {
            Kind::Terms => (parent, id),
            _ => (0, id),
        };
        match kind {
            Kind::Categories => body.merge(
                &json!({"parent": parent, "display": "default", "image": null, "menu_order": 0}),
            ),
            Kind::Terms => body.set("menu_order", 0),
            _ => {}
        }
        self.shop.insert(kind, place, Row::kept(OPENED, "", body));
        self.terms.insert(key, term.clone());
        term
    }

    fn count(&mut self, kind: Kind, id: (u64, u64)) {
        use super::shop::Body;
        if let Some(Row {
            body: Body::Kept(body),
            ..
        }) = self.shop.row_mut(kind, id)
        {
            let count = body.int("count");
            body.set("count", count + 1);
        }
    }

    fn set_class(&mut self, body: &mut Value, record: &Record) {
        let name = record.text("Shipping class");
        if !name.is_empty() {
            let class = self.term(Kind::ShippingClasses, 0, name);
            self.count(Kind::ShippingClasses, (0, class.id));
            body.merge(&json!({"shipping_class": class.slug, "shipping_class_id": class.id}));
        }
    }

    /// The attributes of a product. What varies is what its variations name, which come later in
    /// the file: a product of type variable lets all of them vary.
    fn set_attributes(&mut self, body: &mut Value, record: &Record) {
        let varies = body.text("type") == "variable";
        let (mut attributes, mut defaults) = (Vec::new(), Vec::new());
        for number in 1..=9 {
            let column = |what: &str| format!("Attribute {number} {what}");
            let name = record.text(&column("name"));
            if name.is_empty() {
                continue;
            }
            let mut options = record.list(&column("value(s)"));
            let mut id = 0;
            if record.flag(&column("global")) {
                id = self.attribute(name).id;
                options = options
                    .iter()
                    .map(|option| self.option(name, option).name)
                    .collect();
            }
            attributes.push(json!({"id": id, "name": name, "position": number - 1,
                "visible": record.flag(&column("visible")), "variation": varies, "options": options}));
            let default = record.text(&column("default"));
            if !default.is_empty() {
                let option = if id > 0 {
                    blank::slug(default)
                } else {
                    default.to_owned()
                };
                defaults.push(json!({"id": id, "name": name, "option": option}));
            }
        }
        body.merge(&json!({"attributes": attributes, "default_attributes": defaults}));
    }

    /// What a variation fixes of one attribute; nothing means any.
    fn fixed(&mut self, record: &Record, number: u32) -> Option<Value> {
        let name = record.text(&format!("Attribute {number} name"));
        let value = record.text(&format!("Attribute {number} value(s)"));
        if name.is_empty() || value.is_empty() {
            return None;
        }
        let is_global = record.flag(&format!("Attribute {number} global"));
        let (id, option) = match is_global {
            true => (self.attribute(name).id, self.option(name, value).name),
            false => (0, value.to_owned()),
        };
        Some(json!({"id": id, "name": name, "option": option}))
    }

    pub(super) fn attribute(&mut self, name: &str) -> Attribute {
        if let Some(attribute) = self.attributes.get(name) {
            return attribute.clone();
        }
        let slug = format!("pa_{}", blank::slug(name));
        let body = json!({"name": name, "slug": slug, "type": "select", "order_by": "menu_order",
            "has_archives": false});
        let id = self
            .shop
            .add(Kind::Attributes, 0, Row::kept(OPENED, "", body));
        let attribute = Attribute {
            id,
            name: name.to_owned(),
            slug,
            terms: Vec::new(),
        };
        self.attributes.insert(name.to_owned(), attribute.clone());
        attribute
    }

    /// A value of a global attribute.
    pub(super) fn option(&mut self, attribute: &str, name: &str) -> Term {
        let id = self.attribute(attribute).id;
        let term = self.term(Kind::Terms, id, name);
        self.count(Kind::Terms, (id, term.id));
        if let Some(attribute) = self.attributes.get_mut(attribute)
            && !attribute.terms.iter().any(|known| known.id == term.id)
        {
            attribute.terms.push(term.clone());
        }
        term
    }

    fn images(&mut self, record: &Record, alt: &str) -> Vec<Value> {
        let addresses = record.list("Images");
        addresses
            .iter()
            .map(|address| self.image(address, alt))
            .collect()
    }

    /// The same file is the same attachment, whoever uses it.
    fn image(&mut self, address: &str, alt: &str) -> Value {
        let file = address.rsplit('/').next().unwrap_or(address);
        let id = match self.media.get(file) {
            Some(id) => *id,
            None => {
                let id = self.shop.next_attachment();
                self.media.insert(file.to_owned(), id);
                id
            }
        };
        let name = file.rsplit_once('.').map_or(file, |(name, _)| name);
        json!({"id": id, "src": blank::upload(file), "name": name, "alt": alt})
    }

    /// Lets what grows refer to what was loaded.
    pub(super) fn finish(mut self) {
        let colour = self.first_attribute(&["Cor", "Color"]);
        let size = self.first_attribute(&["Tamanho", "Size"]);
        let of = |kind| {
            let terms = self.terms.iter().filter(move |((of, ..), _)| *of == kind);
            let mut terms: Vec<_> = terms.map(|(_, term)| term.clone()).collect();
            terms.sort_by_key(|term| term.id);
            terms
        };
        let (categories, tags) = (of(Kind::Categories), of(Kind::Tags));
        let units = units::units(self.shop);
        let ground = &mut self.shop.garden.ground;
        ground.colour = colour;
        ground.size = size;
        ground.categories = categories;
        ground.tags = tags;
        ground.units = units;
    }

    fn first_attribute(&mut self, names: &[&str]) -> Attribute {
        let known = names
            .iter()
            .find(|name| self.attributes.contains_key(**name));
        let name = *known.or(names.first()).unwrap_or(&"Cor");
        for option in ["A", "B", "C"] {
            // A file without such an attribute gets a short one.
            if self.attribute(name).terms.len() < 3 {
                self.option(name, option);
            }
        }
        self.attribute(name)
    }
}

fn view(term: &Term) -> Value {
    json!({"id": term.id, "name": term.name, "slug": term.slug})
}
