//! A store as large as the bars are defined for.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use journeys::merchant::{Product, Store};
use journeys::unique;
use reqwest::Method;
use serde_json::json;

use crate::table::say;

/// What the bars are defined for.
pub const PRODUCTS: usize = 5_000;
/// Products that are ordered; the others fill the shelves.
const SOLD: usize = 60;
const AT_ONCE: usize = 16;

const KINDS: [&str; 10] = [
    "carbine", "rifle", "pistol", "helmet", "vest", "scope", "holster", "battery", "goggles",
    "gloves",
];
const MAKES: [&str; 8] = [
    "falcon", "atlas", "raven", "titan", "ghost", "viper", "nomad", "orion",
];

/// What is on the shelves.
pub struct Shelves {
    pub slugs: Vec<String>,
    /// Searches that find something, each asked once.
    pub searches: Vec<String>,
    pub sold: Vec<Product>,
}

/// So many products of two variants, and what is sold.
pub async fn fill(store: &Store, count: usize) -> anyhow::Result<Shelves> {
    let media = store.upload_image().await?;
    let slugs: Vec<String> = stream::iter(0..count)
        .map(|number| add(store, &media, number))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    let mut sold = Vec::new();
    for _ in 0..SOLD {
        sold.push(store.add_product(10_000_000).await?);
    }
    // What was told of the shelves is heard by now, or nearly: a stock can only be set for what is known.
    tokio::time::sleep(Duration::from_secs(3)).await;
    say(&format!(
        "the store has {} products",
        slugs.len() + sold.len()
    ));
    let searches = (0..count).map(|n| format!("{} {} {n}", kind(n), make(n)));
    Ok(Shelves {
        slugs,
        searches: searches.collect(),
        sold,
    })
}

async fn add(store: &Store, media: &str, number: usize) -> anyhow::Result<String> {
    let slug = unique("bench");
    let price = 1_000 + i64::try_from(number % 400)? * 25;
    let variant = |value: &str| {
        json!({
            "sku": format!("{slug}-{value}"), "option_values": [value],
            "price": { "amount": price, "currency": "EUR" },
            "vat_class": "standard", "weight_grams": 900,
        })
    };
    let body = json!({
        "title": format!("{} {} {number}", kind(number), make(number)),
        "slug": slug, "status": "active",
        "description_html": "<p>Full metal, adjustable, with two magazines.</p>",
        "images": [{ "media_id": media, "alt": "A picture" }],
        "options": [{ "name": "Colour", "values": ["black", "tan"] }],
        "variants": [variant("black"), variant("tan")],
    });
    let ask = store
        .ask(Method::POST, "/api/catalog/admin/products")
        .key(&slug)
        .json(body);
    store.door.insist(&ask).await?.expect(201)?;
    Ok(slug)
}

fn kind(number: usize) -> &'static str {
    KINDS.get(number % KINDS.len()).copied().unwrap_or_default()
}

fn make(number: usize) -> &'static str {
    let at = number / KINDS.len() % MAKES.len();
    MAKES.get(at).copied().unwrap_or_default()
}
