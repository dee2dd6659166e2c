//! The home page: the theme's sections with the store's own goods in them.

use minijinja::{Value, context};
use serde_json::json;

use super::show::{Head, Made};
use super::{Asking, Other};
use crate::api::{Ask, Upstream};
use crate::cache::Tag;

const NEWEST: usize = 12;
/// Categories that are shown with a picture of something in them.
const TILES_MAX: usize = 4;

pub async fn make(asking: &Asking<'_>) -> Result<Made, Other> {
    let Asking { app, visit, shell } = asking;
    let list = |query: String| {
        let ask = Ask::get(
            Upstream::Catalog,
            format!("/api/catalog/store/products?{query}"),
        );
        app.api.send(&visit.caller, ask)
    };
    let is_root = |category: &&serde_json::Value| {
        category
            .get("parent_id")
            .is_none_or(serde_json::Value::is_null)
    };
    let shown: Vec<_> = shell
        .categories
        .iter()
        .filter(is_root)
        .take(TILES_MAX)
        .collect();
    let slug = |category: &serde_json::Value| {
        category
            .get("slug")
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let of_each = shown
        .iter()
        .map(|category| list(format!("category={}&limit=1", slug(category))));
    let (newest, of_each) = futures_util::join!(
        list(format!("limit={NEWEST}")),
        futures_util::future::join_all(of_each)
    );
    let newest = newest?;
    let mut tiles = Vec::new();
    for (category, found) in shown.into_iter().zip(of_each) {
        let image = found?.pointer("/items/0/images/0").cloned();
        tiles.push(json!({ "category": category, "image": image }));
    }
    let sections = shell.theme(app).map(|theme| theme.manifest.home.clone());
    let name = shell.text("/name");
    let mut head = Head {
        canonical: "/".to_owned(),
        ..Head::titled(name)
    };
    head.describe(&json!({
        "@context": "https://schema.org", "@type": "OnlineStore", "name": name, "url": visit.origin,
        "email": shell.text("/contact/email"),
    }));
    head.describe(&json!({
        "@context": "https://schema.org", "@type": "WebSite", "name": name, "url": visit.origin,
        "potentialAction": {
            "@type": "SearchAction", "target": format!("{}/search?q={{words}}", visit.origin),
            "query-input": "required name=words",
        },
    }));
    Ok(Made {
        template: "home.html",
        head,
        data: context! {
            sections => Value::from_serialize(sections.unwrap_or_default()),
            newest => Value::from_serialize(newest.get("items")),
            tiles => Value::from_serialize(tiles),
        },
        tags: vec![Tag::Shelf],
        ..Made::default()
    })
}
