//! The home page: the theme's sections with the store's own goods in them.

use minijinja::{Value, context};
use serde::Serialize;
use serde_json::json;

use super::head::Head;
use super::show::Made;
use super::{Asking, Other};
use crate::api::{Ask, Fault, Upstream};
use crate::cache::Tag;
use crate::theme::{Lang, Placed, Theme};

const NEWEST: usize = 12;
/// Categories that are shown with a picture of something in them.
const TILES_MAX: usize = 4;
/// Sections of a page that show products of a category of their own.
const ROWS_MAX: usize = 8;

/// A section, and the products of its category where it has one.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    placed: Placed,
    products: Option<serde_json::Value>,
}

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
    let goods: Vec<_> = shown
        .iter()
        .filter_map(|category| category.get("name")?.as_str())
        .collect();
    let of_each = shown
        .iter()
        .map(|category| list(format!("category={}&limit=1", slug(category))));
    let theme = shell.theme(app).ok_or(Fault::Unavailable)?;
    let sections = theme.page(shell.store.pointer("/theme/sections/home"));
    let of_section = |placed: &Placed| {
        let kind = theme.manifest.sections.get(&placed.section)?;
        let slug = kind.category(&placed.settings)?;
        Some(format!("category={slug}&limit={NEWEST}"))
    };
    let rows: Vec<_> = sections
        .iter()
        .enumerate()
        .filter_map(|(at, placed)| Some((at, of_section(placed)?)))
        .take(ROWS_MAX)
        .collect();
    let of_rows = rows.iter().map(|(_, query)| list(query.clone()));
    let (newest, of_each, of_rows) = futures_util::join!(
        list(format!("limit={NEWEST}")),
        futures_util::future::join_all(of_each),
        futures_util::future::join_all(of_rows)
    );
    let newest = newest?;
    let mut tiles = Vec::new();
    for (category, found) in shown.into_iter().zip(of_each) {
        let image = found?.pointer("/items/0/images/0").cloned();
        tiles.push(json!({ "category": category, "image": image }));
    }
    let mut sections: Vec<_> = sections
        .into_iter()
        .map(|placed| Shown {
            placed,
            products: None,
        })
        .collect();
    for ((at, _), found) in rows.into_iter().zip(of_rows) {
        // A category may be gone since the page was composed.
        let found = match found {
            Err(fault) if fault.is_not_found() => continue,
            found => found?,
        };
        if let Some(shown) = sections.get_mut(at) {
            shown.products = found.get("items").cloned();
        }
    }
    let name = shell.text("/name");
    let description = description(shell.lang_of(visit), &theme, name, &goods);
    let mut head = Head {
        description,
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
            sections => Value::from_serialize(sections),
            newest => Value::from_serialize(newest.get("items")),
            tiles => Value::from_serialize(tiles),
        },
        tags: vec![Tag::Shelf],
        ..Made::default()
    })
}

/// The store and what it sells, in a sentence.
fn description(lang: Lang, theme: &Theme, store: &str, goods: &[&str]) -> String {
    let key = if goods.is_empty() {
        "describe-empty"
    } else {
        "describe-home"
    };
    let goods = goods.join(", ");
    theme.say_with(lang, key, &[("store", store), ("goods", &goods)])
}
