//! Products with their variations, their stock and their old addresses.

use events::migration::v1::catalog_record::Body as Catalog;
use events::migration::v1::{Product, ProductImage, Property, Variant};
use serde_json::Value;

use super::counts::{counted, is_tracked};
use super::prices::price;
use super::variants::choices;
use super::{Body, Item, Known, Name, Picture, picture};
use crate::domain::facts::Facts;
use crate::domain::text;
use crate::domain::value::Fields;

/// What catalog takes, with room for what cleaning adds.
const HTML_BYTES_MAX: usize = 60_000;
const TAGS_MAX: usize = 50;
const CATEGORIES_MAX: usize = 20;
const IMAGES_MAX: usize = 250;

/// A product as it was read: with its variations, where it has some.
pub struct Read<'a> {
    pub product: &'a Value,
    pub variations: &'a [Value],
    /// Microseconds since 1970.
    pub now_us: i64,
}

impl Read<'_> {
    pub fn id(&self) -> String {
        self.product.int("id").to_string()
    }

    /// What it needs an id of ours for, beside what came before it.
    pub fn names(&self) -> Vec<Name> {
        let own = [("product", self.id()), ("variant", self.id())];
        let variations = self.variations.iter();
        let variations = variations.map(|variation| ("variation", variation.int("id").to_string()));
        own.into_iter().chain(variations).collect()
    }

    /// What it names that came before it.
    pub fn references(&self) -> Vec<Name> {
        let categories = self.product.list("categories").iter();
        let categories = categories.map(|value| ("category", value.int("id").to_string()));
        let pictures = self
            .pictures()
            .into_iter()
            .map(|picture| ("image", picture.key));
        categories.chain(pictures).collect()
    }

    /// Its images, then its variations', each once.
    pub fn pictures(&self) -> Vec<Picture> {
        let own = self.product.list("images").iter().filter_map(picture);
        let of_variations = self.variations.iter();
        let of_variations = of_variations.filter_map(|value| picture(value.part("image")));
        let mut pictures: Vec<Picture> = Vec::new();
        for picture in own.chain(of_variations) {
            if pictures.len() < IMAGES_MAX && pictures.iter().all(|other| other.key != picture.key)
            {
                pictures.push(picture);
            }
        }
        pictures
    }

    /// The product, a count for everything that counts its stock, and its variations to be counted.
    pub fn items(&self, facts: &Facts, known: &Known) -> Vec<Item> {
        let mut notes = Vec::new();
        let (options, variants) = self.variants(facts, known, &mut notes);
        let has_price = variants.iter().any(|variant| variant.active);
        let body = Product {
            title: self.title(),
            slug: text::decoded(&self.product.text("slug")),
            description_html: self.description(&mut notes),
            status: self.status(has_price, &mut notes).to_owned(),
            tags: self.tags(),
            seo_title: self.seo(&["_yoast_wpseo_title", "rank_math_title"], 200),
            seo_description: self.seo(&["_yoast_wpseo_metadesc", "rank_math_description"], 500),
            options,
            category_ids: self.categories(known),
            images: self.images(known, &mut notes),
            properties: self.properties(),
            old_paths: self.old_paths(),
            vendor: self.vendor(),
            variants,
        };
        let mut item = Item::new("product", self.id(), Body::Catalog(Catalog::Product(body)));
        item.measured.label = self.product.text("type");
        item.measured.units = counted(self.product);
        item.notes = notes;
        let mut items = vec![item];
        items.extend(self.stock(known));
        items.extend(self.variations.iter().map(|variation| {
            let mut item = Item::new("variation", variation.int("id").to_string(), Body::Part);
            item.parent = self.id();
            item.measured.units = counted(variation);
            item
        }));
        items
    }

    fn title(&self) -> String {
        let title = text::plain(&self.product.text("name"), 200);
        if title.is_empty() {
            format!("#{}", self.id())
        } else {
            title
        }
    }

    fn description(&self, notes: &mut Vec<String>) -> String {
        let short = text::rich(&self.product.text("short_description"));
        let long = text::rich(&self.product.text("description"));
        let whole = format!("{short}{long}");
        if whole.len() <= HTML_BYTES_MAX {
            return whole;
        }
        notes.push("its description was too long and is cut".to_owned());
        let mut end = HTML_BYTES_MAX;
        while !whole.is_char_boundary(end) {
            end -= 1;
        }
        whole.get(..end).unwrap_or_default().to_owned()
    }

    pub(super) fn is_variable(&self) -> bool {
        self.product.text("type").contains("variable")
    }

    fn status(&self, is_sold: bool, notes: &mut Vec<String>) -> &'static str {
        let mut draft = |why: &str| {
            notes.push(format!("{why}; it is a draft here"));
            "draft"
        };
        let kind = self.product.text("type");
        match self.product.text("status").as_str() {
            "publish" => {}
            "future" => return draft("it was to appear later"),
            "private" => return draft("it was private"),
            "pending" => return draft("it was waiting for a review"),
            _ => return "draft",
        }
        match kind.as_str() {
            "simple" | "variable" => {}
            "grouped" => return draft("it only lists other products"),
            "external" => return draft("it is sold elsewhere; see its properties"),
            other => return draft(&format!("this platform does not know the type {other}")),
        }
        if !self.product.text("post_password").is_empty() {
            return draft("it had a password");
        }
        if self.product.text("catalog_visibility") == "hidden" {
            return draft("it was hidden from lists");
        }
        if is_sold {
            "active"
        } else {
            draft("nothing of it has a price")
        }
    }

    fn tags(&self) -> Vec<String> {
        let mut tags: Vec<String> = Vec::new();
        for tag in self.product.list("tags") {
            let name = text::plain(&tag.text("name"), 100);
            if !name.is_empty() && !tags.contains(&name) && tags.len() < TAGS_MAX {
                tags.push(name);
            }
        }
        tags
    }

    /// What a plugin for search engines keeps; its variables mean nothing here.
    fn seo(&self, keys: &[&str], max: usize) -> String {
        let mut found = keys.iter().map(|key| self.product.meta(key));
        let is_text =
            |text: &String| !text.is_empty() && !text.contains("%%") && !text.contains("%title");
        found
            .find(is_text)
            .map(|found| text::plain(&found, max))
            .unwrap_or_default()
    }

    fn vendor(&self) -> String {
        let brands = self.product.list("brands");
        brands
            .first()
            .map(|brand| text::plain(&brand.text("name"), 100))
            .unwrap_or_default()
    }

    fn categories(&self, known: &Known) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for category in self.product.list("categories") {
            let id = known.id("category", &category.int("id").to_string());
            if !id.is_empty() && !ids.contains(&id) && ids.len() < CATEGORIES_MAX {
                ids.push(id);
            }
        }
        ids
    }

    fn images(&self, known: &Known, notes: &mut Vec<String>) -> Vec<ProductImage> {
        let mut images: Vec<ProductImage> = Vec::new();
        for picture in self.pictures() {
            let media_id = known.id("image", &picture.key);
            if media_id.is_empty() {
                notes.push("an image of it did not come".to_owned());
            } else if images.iter().all(|image| image.media_id != media_id) {
                images.push(ProductImage {
                    media_id,
                    alt: picture.alt,
                });
            }
        }
        notes.dedup();
        images
    }

    /// Attributes that are only told, and where something is sold that is sold elsewhere.
    fn properties(&self) -> Vec<Property> {
        let attributes = self.product.list("attributes").iter();
        let told = attributes.filter(|value| !value.flag("variation") || !self.is_variable());
        let property = |value: &Value| Property {
            name: text::plain(&value.text("name"), 100),
            values: value
                .list("options")
                .iter()
                .map(|option| text::plain(option.as_str().unwrap_or_default(), 200))
                .filter(|option| !option.is_empty())
                .collect(),
        };
        let mut properties: Vec<Property> = told.map(property).collect();
        let address = self.product.text("external_url");
        if address.starts_with("https://") || address.starts_with("http://") {
            properties.push(Property {
                name: "URL".to_owned(),
                values: vec![text::cut(&address, 1_000)],
            });
        }
        properties.retain(|property| !property.name.is_empty() && !property.values.is_empty());
        properties
    }

    fn old_paths(&self) -> Vec<String> {
        let by_name = text::path_of(&self.product.text("permalink"));
        by_name
            .into_iter()
            .chain([format!("/?p={}", self.id())])
            .collect()
    }

    fn variants(
        &self,
        facts: &Facts,
        known: &Known,
        notes: &mut Vec<String>,
    ) -> (Vec<events::migration::v1::Option>, Vec<Variant>) {
        if !self.is_variable() || self.variations.is_empty() {
            if self.is_variable() {
                notes.push("it has no variations".to_owned());
            }
            let mut variant = self.variant(self.product, facts, notes);
            variant.variant_id = known.id("variant", &self.id());
            variant.active &= !self.is_variable();
            return (Vec::new(), vec![variant]);
        }
        let choices = choices(self.product, self.variations);
        notes.extend(choices.notes);
        let pairs = self.variations.iter().zip(choices.chosen);
        let variants = pairs.map(|(variation, option_values)| {
            let mut variant = self.variant(variation, facts, notes);
            variant.variant_id = known.id("variation", &variation.int("id").to_string());
            variant.option_values = option_values;
            variant.active &= variation.text("status") != "private";
            // Without a SKU of its own a variation shows its parent's.
            if variant.sku == sku(self.product) {
                variant.sku = String::new();
            }
            if let Some(picture) = picture(variation.part("image")) {
                variant.media_id = known.id("image", &picture.key);
            }
            variant
        });
        let variants = variants.collect();
        (choices.options, variants)
    }

    /// Some are never taxed, and of some only the shipping is.
    fn is_taxed(&self) -> bool {
        !["none", "shipping"].contains(&self.product.text("tax_status").as_str())
    }

    fn variant(&self, value: &Value, facts: &Facts, notes: &mut Vec<String>) -> Variant {
        let class = match value.text("tax_class").as_str() {
            // A variation may leave it to its product.
            "" | "parent" => self.product.text("tax_class"),
            own => own.to_owned(),
        };
        let taxed_as = self.is_taxed().then_some(class.as_str());
        let found = price(value, taxed_as, facts, self.now_us);
        notes.extend(found.note);
        let zero = events::common::v1::Money {
            minor: 0,
            currency: facts.currency().to_string(),
        };
        let has_price = found.price.is_some();
        if !has_price && !self.is_variable() && self.product.text("type") != "grouped" {
            notes.push("it has no price".to_owned());
        }
        let weight = value.text("weight");
        let weight = if weight.is_empty() {
            self.product.text("weight")
        } else {
            weight
        };
        Variant {
            variant_id: String::new(),
            sku: sku(value),
            barcode: barcode(value),
            option_values: Vec::new(),
            price: Some(found.price.unwrap_or(zero)),
            compare_at: found.compare_at,
            weight_grams: facts.grams(&weight),
            tax_class: taxed_as
                .map_or("zero", |class| facts.class(class))
                .to_owned(),
            active: has_price,
            track_stock: is_tracked(value, self.product),
            media_id: String::new(),
            source_id: value.int("id").to_string(),
        }
    }
}

fn sku(value: &Value) -> String {
    let text = value.text("sku");
    text.chars()
        .filter(|c| !c.is_control())
        .take(64)
        .collect::<String>()
        .trim()
        .to_owned()
}

/// WooCommerce's own field since 9.2, plugins' before.
fn barcode(value: &Value) -> String {
    let own = value.text("global_unique_id");
    if !own.is_empty() {
        return own;
    }
    let keys = [
        "_alg_ean",
        "_wpm_gtin_code",
        "hwp_product_gtin",
        "_barcode",
        "_ean",
    ];
    let mut found = keys.iter().map(|key| value.meta(key));
    found.find(|code| !code.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
