//! A large shop comes over from WooCommerce while the shoppers of another store buy on.

mod buyers;
mod memory;

use std::time::{Duration, Instant};

use anyhow::Context;
use journeys::client::Reply;
use journeys::merchant::Store;
use journeys::stores;
use reqwest::Method;
use serde_json::{Value, json};

use crate::cpu;
use crate::table::{self, say};
use buyers::Buyers;
use memory::Memory;

/// Products of the shop that the bar is defined for.
pub const PRODUCTS: u64 = 50_000;
/// How long the others' checkouts are watched before anything happens.
const QUIET: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(3_600);
/// What goods are made of.
const RESOURCES: [&str; 4] = ["tags", "attributes", "categories", "products"];
const SLOWER_MAX: f64 = 2.0;

pub async fn measure(products: u64) -> anyhow::Result<()> {
    let shop = std::env::var("OUTBOUND_ALLOWED").context("OUTBOUND_ALLOWED is not set")?;
    reset(
        &shop,
        json!({ "products": products, "customers": 1, "orders": 0 }),
    )
    .await?;
    let buyers = Buyers::open().await?;
    let store = Store::provision_on("enterprise").await?;
    let at_first = cpu::read();
    let quiet = buyers.buy_while(tokio::time::sleep(QUIET)).await.1;
    let idle = cpu::read().since(at_first);
    let memory = Memory::watch();
    let (began, before) = (Instant::now(), cpu::read());
    let (import, busy) = buyers.buy_while(import(&store, &shop)).await;
    let seconds = began.elapsed().as_secs_f64();
    // Less what the shoppers alone used.
    let used = cpu::read()
        .since(before)
        .since(idle.times(seconds / QUIET.as_secs_f64()));
    let memory = memory.end().await;
    reset(&shop, json!({})).await?;
    let import = import?;
    let read = count(&import, "product", "read");
    say("");
    say(&format!(
        "{read} products with {} variations imported in {seconds:.0} s, {:.0} products/s; {} failed; {}",
        count(&import, "variation", "read"),
        f64::from(u32::try_from(read)?) / seconds,
        count(&import, "product", "failed"),
        used.of_each(usize::try_from(read)?, "a product")
    ));
    say(&format!("{memory}"));
    say(&format!("another store's checkouts before: {quiet}"));
    let times = busy.p99_ms / quiet.p99_ms;
    say(&format!(
        "                   during the import: {busy}; p99 {times:.1} × that before (under {SLOWER_MAX:.0}) {}",
        table::verdict(times < SLOWER_MAX)
    ));
    anyhow::ensure!(
        import.text("/state")? == "completed",
        "the import ended: {}",
        import.body
    );
    Ok(())
}

/// The stand-in's shop begins anew, in this size.
async fn reset(shop: &str, size: Value) -> anyhow::Result<()> {
    let lever = format!("http://{shop}/_sim/reset");
    let answer = reqwest::Client::new().post(lever).json(&size).send();
    answer
        .await?
        .error_for_status()
        .context("the shop cannot be made")?;
    Ok(())
}

/// The guide's call, then its end.
async fn import(store: &Store, shop: &str) -> anyhow::Result<Reply> {
    let token = stores(&["sysadmin", "token"])?;
    let ask = store
        .door
        .platform(Method::POST, "/api/migration/woocommerce/import")
        .bearer(&token)
        .json(json!({
            "wc_url": format!("http://{shop}"), "wc_consumer_key": "ck_simulator",
            "wc_consumer_secret": "cs_simulator", "tenant": store.slug, "resources": RESOURCES,
        }));
    let taken = |reply: &Reply| (reply.status == 202).then(|| reply.clone());
    let what = "the import being taken";
    let begun = store.door.until(what, &ask, taken).await?;
    let path = format!("/api/migration/admin/imports/{}", begun.text("/id")?);
    let ask = store.ask(Method::GET, &path);
    let began = Instant::now();
    loop {
        let reply = store.door.insist(&ask).await?.expect(200)?;
        if ["completed", "failed"].contains(&reply.text("/state")?.as_str()) {
            return Ok(reply);
        }
        anyhow::ensure!(began.elapsed() < PATIENCE, "it goes on: {}", reply.body);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn count(import: &Reply, resource: &str, name: &str) -> i64 {
    let counts = import.body.get("counts").and_then(Value::as_array);
    let of = |count: &&Value| count.get("resource").and_then(Value::as_str) == Some(resource);
    let found = counts.into_iter().flatten().find(of);
    let number = found.and_then(|count| count.get(name)?.as_i64());
    number.unwrap_or(0)
}
