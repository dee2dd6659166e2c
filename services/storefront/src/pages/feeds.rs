//! What search engines read: the list of pages, and what they may visit.

use minijinja::{Value, context};
use serde::Serialize;
use serde_json::Value as Json;

use super::show::Made;
use super::{Asking, Other};
use crate::api::{Ask, Upstream};
use crate::cache::Tag;

const PAGE: usize = 100;
/// Questions to catalog for one list: so many hundreds of products are in it, the newest ones.
const QUESTIONS_MAX: usize = 50;

#[derive(Serialize)]
struct Entry {
    address: String,
    image: Option<String>,
}

pub async fn sitemap(asking: &Asking<'_>) -> Result<Made, Other> {
    let Asking { visit, shell, .. } = asking;
    let text = |value: &Json, name: &str| {
        value
            .get(name)
            .and_then(Json::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let mut entries = vec![Entry {
        address: format!("{}/", visit.origin),
        image: None,
    }];
    entries.extend(shell.categories.iter().map(|category| Entry {
        address: format!("{}/categories/{}", visit.origin, text(category, "slug")),
        image: None,
    }));
    for product in products(asking).await? {
        let image = product
            .pointer("/images/0/sources")
            .and_then(Json::as_array)
            .and_then(|list| list.last());
        let image = image.map(|source| text(source, "url"));
        entries.push(Entry {
            address: format!("{}/products/{}", visit.origin, text(&product, "slug")),
            image: image.map(|url| {
                if url.starts_with('/') {
                    format!("{}{url}", visit.origin)
                } else {
                    url
                }
            }),
        });
    }
    Ok(Made {
        template: "sitemap.xml",
        data: context! { entries => Value::from_serialize(&entries) },
        tags: vec![Tag::Shelf],
        content_type: Some("application/xml"),
        ..Made::default()
    })
}

async fn products(asking: &Asking<'_>) -> Result<Vec<Json>, Other> {
    let Asking { app, visit, .. } = asking;
    let mut all = Vec::new();
    let mut after = String::new();
    for _ in 0..QUESTIONS_MAX {
        let path = format!("/api/catalog/store/products?limit={PAGE}{after}");
        let list = app
            .api
            .send(&visit.caller, Ask::get(Upstream::Catalog, path))
            .await?;
        let items = list.get("items").and_then(Json::as_array);
        all.extend(items.into_iter().flatten().cloned());
        let Some(cursor) = list.get("next").and_then(Json::as_str) else {
            break;
        };
        let cursor: String = form_urlencoded::byte_serialize(cursor.as_bytes()).collect();
        after = format!("&after={cursor}");
    }
    Ok(all)
}

pub fn robots(asking: &Asking<'_>) -> Made {
    Made {
        template: "robots.txt",
        data: context! { origin => asking.visit.origin },
        content_type: Some("text/plain; charset=utf-8"),
        ..Made::default()
    }
}
