//! From a commit to another service: how many events a relay publishes, and how soon they take effect.
//!
//! The events are of a store of their own, whose variants nobody buys: orders says again and again that
//! plenty of each is there.

mod outbox;
mod projection;
mod stream;

use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use journeys::merchant::Store;
use journeys::unique;
use reqwest::Method;
use serde_json::{Value, json};

use crate::cpu;
use crate::table::{self, say};
use outbox::Outbox;
use projection::Projection;

const PRODUCTS: usize = 10;
const VARIANTS_OF_EACH: usize = 50;
const BACKLOG: usize = 20_000;
const RATE_MIN: f64 = 2_000.0;
const LOOK_EVERY: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(120);
/// What the last event set going is done by then.
const BEHIND: Duration = Duration::from_secs(1);

/// A variant and its product.
#[derive(Clone, Debug)]
pub struct Variant {
    pub id: String,
    pub product: String,
}

/// The relay's rate over a backlog, then the way of single events at a steady rate.
pub async fn measure() -> anyhow::Result<()> {
    let store = Store::provision_on("professional").await?;
    let me = store.admin(Method::GET, "/api/auth/me", None).await?;
    let tenant = me.expect(200)?.text("/tenant/id")?;
    let added = try_join_all((0..PRODUCTS).map(|_| add_product(&store))).await?;
    let variants: Vec<Variant> = added.into_iter().flatten().collect();
    let projection = Projection::open(&tenant).await?;
    let mut outbox = Outbox::open(&tenant, variants).await?;
    // The first word of each variant goes another way than all that follow.
    outbox.fill(outbox.variants.len()).await?;
    heard(&outbox, &projection).await?;
    say("");
    backlog(&mut outbox, &projection).await?;
    stream::measure(&mut outbox, &projection).await
}

async fn add_product(store: &Store) -> anyhow::Result<Vec<Variant>> {
    let slug = unique("told");
    let sizes: Vec<String> = (0..VARIANTS_OF_EACH).map(|n| format!("S{n}")).collect();
    let variant = |size: &String| {
        json!({
            "sku": format!("{slug}-{size}"), "option_values": [size],
            "price": { "amount": 1_000, "currency": "EUR" }, "vat_class": "standard",
            "weight_grams": 100,
        })
    };
    let body = json!({
        "title": "Told of often", "slug": slug, "status": "active",
        "options": [{ "name": "Size", "values": sizes }],
        "variants": sizes.iter().map(variant).collect::<Vec<_>>(),
    });
    let ask = store.ask(Method::POST, "/api/catalog/admin/products");
    let made = store.door.insist(&ask.key(&slug).json(body)).await?;
    let made = made.expect(201)?;
    let product = made.text("/id")?;
    let variants = made.body.get("variants").and_then(Value::as_array);
    let ids = variants.into_iter().flatten();
    let ids = ids.filter_map(|variant| variant.get("id")?.as_str().map(str::to_owned));
    let of = |id| Variant {
        id,
        product: product.clone(),
    };
    Ok(ids.map(of).collect())
}

/// Waits until catalog knows the last word of every variant.
async fn heard(outbox: &Outbox, projection: &Projection) -> anyhow::Result<()> {
    let began = Instant::now();
    let all = i64::try_from(outbox.variants.len())?;
    while projection.known(outbox.version()).await? < all {
        anyhow::ensure!(
            began.elapsed() < PATIENCE,
            "catalog did not hear of all of it"
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}

async fn backlog(outbox: &mut Outbox, projection: &Projection) -> anyhow::Result<()> {
    let before = cpu::read();
    outbox.fill(BACKLOG).await?;
    let began = Instant::now();
    while outbox.is_waiting().await? {
        anyhow::ensure!(
            began.elapsed() < PATIENCE,
            "the relay did not publish all of it"
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let published = began.elapsed().as_secs_f64();
    heard(outbox, projection).await?;
    let taken = began.elapsed().as_secs_f64();
    tokio::time::sleep(BEHIND).await;
    let used = cpu::read().since(before);
    let count = f64::from(u32::try_from(BACKLOG)?);
    let rate = count / published;
    say(&format!(
        "{BACKLOG} events in the outbox: published at {rate:.0}/s (at least {RATE_MIN:.0}), in catalog at {:.0}/s; {} {}",
        count / taken,
        used.of_each(BACKLOG, "an event"),
        table::verdict(rate >= RATE_MIN)
    ));
    Ok(())
}
