//! Categories, tags, attributes and reviews.

use std::collections::BTreeMap;

use events::migration::v1::catalog_record::Body as Catalog;
use events::migration::v1::{Attribute, Category, Review, Tag};
use serde_json::Value;

use super::{Body, Item, Known};
use crate::domain::text;
use crate::domain::value::Fields;

/// Levels that this platform's trees have.
const DEPTH_MAX: usize = 8;
/// Where WordPress keeps categories, as it comes and in Portuguese: the API does not tell.
const CATEGORY_BASES: [&str; 2] = ["product-category", "categoria-produto"];

/// All categories of a shop, parents first. What would be below itself, or too deep, is put up.
pub fn categories(all: &[Value], known: &Known) -> Vec<Item> {
    let by_id: BTreeMap<i64, &Value> = all.iter().map(|value| (value.int("id"), value)).collect();
    let mut items: Vec<(usize, Item)> = all
        .iter()
        .map(|value| {
            let (line, broken) = line_of(value, &by_id);
            let depth = line.len();
            (depth, category(value, &line, broken, known))
        })
        .collect();
    items.sort_by_key(|(depth, _)| *depth);
    items.into_iter().map(|(_, item)| item).collect()
}

/// The categories above, the nearest first, and whether the shop's own line had to be broken.
fn line_of<'a>(value: &'a Value, by_id: &BTreeMap<i64, &'a Value>) -> (Vec<&'a Value>, bool) {
    let (mut line, mut above) = (Vec::new(), value.int("parent"));
    while above != 0 {
        let Some(parent) = by_id.get(&above) else {
            return (line, true);
        };
        let is_cycle =
            above == value.int("id") || line.iter().any(|seen: &&Value| seen.int("id") == above);
        if is_cycle {
            // Everybody in the ring says so: its smallest number becomes its root.
            let ring = ring_of(above, by_id);
            let root = ring.iter().min().copied().unwrap_or(above);
            if value.int("id") == root {
                return (Vec::new(), true);
            }
            let keep = line.iter().position(|seen| seen.int("id") == root);
            line.truncate(keep.map_or(line.len(), |at| at + 1));
            return (line, false);
        }
        line.push(*parent);
        above = parent.int("parent");
    }
    (line, false)
}

fn ring_of(start: i64, by_id: &BTreeMap<i64, &Value>) -> Vec<i64> {
    let mut ring = vec![start];
    let mut next = by_id.get(&start).map_or(0, |value| value.int("parent"));
    while next != 0 && next != start && ring.len() <= by_id.len() {
        ring.push(next);
        next = by_id.get(&next).map_or(0, |value| value.int("parent"));
    }
    ring
}

fn category(value: &Value, line: &[&Value], broken: bool, known: &Known) -> Item {
    let mut notes = Vec::new();
    if broken {
        notes.push("its parent is gone or is below it; it stands at the top here".to_owned());
    }
    // The nearest one above that leaves room.
    let spare = line.len().saturating_sub(DEPTH_MAX - 1);
    let parent = if spare == 0 {
        line.first()
    } else {
        notes.push(format!(
            "it is deeper than {DEPTH_MAX} levels; it stands higher here"
        ));
        line.get(spare)
    };
    let slugs: Vec<String> = line
        .iter()
        .rev()
        .map(|above| above.text("slug"))
        .chain([value.text("slug")])
        .collect();
    let id = value.int("id").to_string();
    let body = Category {
        name: text::plain(&value.text("name"), 100),
        slug: text::decoded(&value.text("slug")),
        parent_id: parent.map_or_else(String::new, |parent| {
            known.id("category", &parent.int("id").to_string())
        }),
        position: i32::try_from(value.int("menu_order")).unwrap_or(0),
        description_html: text::rich(&value.text("description")),
        old_paths: CATEGORY_BASES
            .iter()
            .map(|base| format!("/{base}/{}", slugs.join("/")))
            .collect(),
    };
    Item {
        notes,
        ..Item::new("category", id, Body::Catalog(Catalog::Category(body)))
    }
}

pub fn tag(value: &Value) -> Item {
    let body = Tag {
        name: text::plain(&value.text("name"), 100),
        slug: text::decoded(&value.text("slug")),
        description: text::rich(&value.text("description")),
    };
    let id = value.int("id").to_string();
    Item::new("tag", id, Body::Catalog(Catalog::Tag(body)))
}

pub fn attribute(value: &Value, terms: &[Value]) -> Item {
    let body = Attribute {
        name: text::plain(&value.text("name"), 100),
        slug: text::decoded(&value.text("slug")),
        terms: terms
            .iter()
            .map(|term| text::plain(&term.text("name"), 100))
            .collect(),
    };
    let id = value.int("id").to_string();
    Item::new("attribute", id, Body::Catalog(Catalog::Attribute(body)))
}

pub fn review(value: &Value, known: &Known) -> Item {
    let status = match value.text("status").as_str() {
        "approved" => "approved",
        _ => "hold",
    };
    let body = Review {
        product_id: known.id("product", &value.int("product_id").to_string()),
        reviewer: text::plain(&value.text("reviewer"), 100),
        email: text::cut(&value.text("reviewer_email"), 254),
        rating: u32::try_from(value.int("rating").clamp(0, 5)).unwrap_or(0),
        body_html: value.text("review"),
        status: status.to_owned(),
        verified: value.flag("verified"),
        created_at_us: value.instant("date_created"),
    };
    let id = value.int("id").to_string();
    let mut item = Item::new("review", id, Body::Catalog(Catalog::Review(body)));
    item.measured.label = value.text("status");
    item
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn known() -> Known {
        let ids = (1..=20).map(|id| (("category", id.to_string()), format!("id-{id}")));
        Known(ids.collect())
    }

    fn parents(all: &[Value]) -> Vec<(String, String)> {
        let items = categories(all, &known());
        items
            .into_iter()
            .map(|item| match item.body {
                Body::Catalog(Catalog::Category(body)) => (item.source_id, body.parent_id),
                _ => unreachable!(),
            })
            .collect()
    }

    #[test]
    fn parents_come_first_and_rings_are_opened() {
        let all = [
            json!({"id": 3, "name": "c", "slug": "c", "parent": 2}),
            json!({"id": 1, "name": "a", "slug": "a", "parent": 3}),
            json!({"id": 2, "name": "b", "slug": "b", "parent": 1}),
            json!({"id": 4, "name": "d", "slug": "d", "parent": 3}),
            json!({"id": 5, "name": "e", "slug": "e", "parent": 99}),
        ];
        let parents = parents(&all);
        let of = |id: &str| parents.iter().position(|(own, _)| own == id).unwrap();
        let parent = |id: &str| parents[of(id)].1.as_str();
        assert_eq!(
            [
                parent("1"),
                parent("2"),
                parent("3"),
                parent("4"),
                parent("5")
            ],
            ["", "id-1", "id-2", "id-3", ""]
        );
        assert!(of("1") < of("2") && of("2") < of("3") && of("3") < of("4"));
    }

    #[test]
    fn what_is_too_deep_stands_higher() {
        let all: Vec<Value> = (1..=10)
            .map(|id| json!({"id": id, "name": "x", "slug": format!("s{id}"), "parent": id - 1}))
            .collect();
        let parents = parents(&all);
        assert_eq!(parents[7].1, "id-7");
        assert_eq!(
            (parents[8].1.as_str(), parents[9].1.as_str()),
            ("id-7", "id-7")
        );
    }
}
