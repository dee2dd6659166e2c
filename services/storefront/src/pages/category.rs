//! A category: what is in it, narrowed and sorted as the address says.

use minijinja::{Value, context};
use serde::Serialize;
use serde_json::json;

use super::head::{Head, first_words};
use super::show::Made;
use super::{Asking, Other};
use crate::api::{Ask, Upstream};
use crate::cache::Tag;

pub const PARAMETERS: [&str; 6] = ["sort", "price_min", "price_max", "in_stock", "tag", "after"];
const PAGE: usize = 24;
const SORTS: [&str; 4] = ["newest", "price", "-price", "title"];

/// What a visitor chose, as he typed it: prices in whole units.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Chosen {
    sort: String,
    price_min: String,
    price_max: String,
    in_stock: bool,
    tag: String,
}

impl Chosen {
    fn of(text: impl Fn(&str) -> String) -> Self {
        let sort = text("sort");
        Self {
            sort: if SORTS.contains(&sort.as_str()) {
                sort
            } else {
                "newest".to_owned()
            },
            price_min: text("price_min"),
            price_max: text("price_max"),
            in_stock: text("in_stock") == "true",
            tag: text("tag"),
        }
    }

    /// For the service: prices in minor units. What is no price is left out.
    fn query(&self) -> form_urlencoded::Serializer<'static, String> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("sort", &self.sort);
        for (name, text) in [
            ("price_min", &self.price_min),
            ("price_max", &self.price_max),
        ] {
            if let Some(minor) = minor_units(text) {
                query.append_pair(name, &minor.to_string());
            }
        }
        if self.in_stock {
            query.append_pair("in_stock", "true");
        }
        if !self.tag.is_empty() {
            query.append_pair("tag", &self.tag);
        }
        query
    }

    /// For an address of ours: what differs from what is shown anyway.
    fn address(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let in_stock = if self.in_stock { "true" } else { "" };
        let sort = if self.sort == "newest" {
            ""
        } else {
            self.sort.as_str()
        };
        let pairs = [
            ("sort", sort),
            ("price_min", &self.price_min),
            ("price_max", &self.price_max),
            ("in_stock", in_stock),
            ("tag", &self.tag),
        ];
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        query.finish()
    }

    fn is_narrowed(&self) -> bool {
        self.in_stock
            || [&self.price_min, &self.price_max, &self.tag]
                .iter()
                .any(|text| !text.is_empty())
    }
}

/// `12`, `12,5` or `12.50` in minor units.
fn minor_units(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once([',', '.']).unwrap_or((text, ""));
    let is_number = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || part.len() > 2 || !is_number(whole) || !is_number(part) {
        return None;
    }
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    whole
        .parse::<i64>()
        .ok()?
        .checked_mul(100)?
        .checked_add(part)
}

pub async fn make(asking: &Asking<'_>, slug: &str) -> Result<Made, Other> {
    let Asking { app, visit, shell } = asking;
    let text = |category: &serde_json::Value, name: &str| {
        let text = category.get(name).and_then(serde_json::Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let category = shell
        .categories
        .iter()
        .find(|category| text(category, "slug") == slug);
    let category = category.ok_or(Other::NotFound)?;
    let chosen = Chosen::of(|name| visit.query.text(name).to_owned());
    let after = visit.query.text("after");
    let mut query = chosen.query();
    query.append_pair("category", slug);
    query.append_pair("limit", &PAGE.to_string());
    if !after.is_empty() {
        query.append_pair("after", after);
    }
    let path = format!("/api/catalog/store/products?{}", query.finish());
    let list = app
        .api
        .send(&visit.caller, Ask::get(Upstream::Catalog, path))
        .await;
    let list = list.map_err(|fault| match fault.status() {
        // A made-up cursor or price: there is no such page.
        Some(400 | 422) => Other::NotFound,
        _ => Other::from(fault),
    })?;
    let more = list.get("next").and_then(serde_json::Value::as_str);
    let id = text(category, "id");
    let within = shell
        .categories
        .iter()
        .filter(|other| text(other, "parent_id") == id);
    let title = match text(category, "seo_title") {
        title if title.is_empty() => text(category, "name"),
        title => title,
    };
    let description = [
        text(category, "seo_description"),
        first_words(&text(category, "description_html")),
    ];
    let description = description.into_iter().find(|text| !text.is_empty());
    let description = description.unwrap_or_else(|| {
        let words = [("category", title.as_str()), ("store", shell.text("/name"))];
        let theme = shell.theme(app);
        theme.map_or_else(String::new, |theme| {
            theme.say_with(shell.lang_of(visit), "describe-category", &words)
        })
    });
    let mut head = Head {
        description,
        // What is narrowed or further on is the same category to a search engine.
        canonical: format!("/categories/{slug}"),
        ..Head::titled(title)
    };
    head.describe(&json!({
        "@context": "https://schema.org", "@type": "BreadcrumbList",
        "itemListElement": [
            { "@type": "ListItem", "position": 1, "name": shell.text("/name"), "item": format!("{}/", visit.origin) },
            { "@type": "ListItem", "position": 2, "name": text(category, "name") },
        ],
    }));
    let address = chosen.address();
    let next = more.map(|cursor| {
        let cursor: String = form_urlencoded::byte_serialize(cursor.as_bytes()).collect();
        let separator = if address.is_empty() { "" } else { "&" };
        format!("/categories/{slug}?{address}{separator}after={cursor}")
    });
    Ok(Made {
        template: "category.html",
        head,
        data: context! {
            category => Value::from_serialize(category),
            within => Value::from_serialize(within.collect::<Vec<_>>()),
            products => Value::from_serialize(list.get("items")),
            next,
            is_first => after.is_empty(),
            is_narrowed => chosen.is_narrowed(),
            sorts => SORTS,
            chosen => Value::from_serialize(&chosen),
        },
        tags: vec![Tag::Shelf],
        ..Made::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_as_people_type_them() {
        let cases = [
            ("12", Some(1_200)),
            ("12,5", Some(1_250)),
            ("0.05", Some(5)),
            ("", None),
            (",5", None),
            ("1,234", None),
            ("-1", None),
            ("99999999999999999999", None),
        ];
        for (text, expected) in cases {
            assert_eq!(minor_units(text), expected, "{text}");
        }
    }

    #[test]
    fn an_address_says_only_what_is_not_so_anyway() {
        let chosen = |pairs: &'static [(&str, &str)]| {
            Chosen::of(|name| {
                pairs
                    .iter()
                    .find(|(key, _)| *key == name)
                    .map_or_else(String::new, |(_, v)| (*v).to_owned())
            })
        };
        assert_eq!(chosen(&[("sort", "nonsense")]).address(), "");
        let narrowed = chosen(&[("sort", "price"), ("in_stock", "true"), ("price_max", "10")]);
        assert_eq!(narrowed.address(), "sort=price&price_max=10&in_stock=true");
        assert!(narrowed.is_narrowed());
    }
}
