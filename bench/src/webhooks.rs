//! Ten thousand of Stripe's events at once: how long until all are answered, and until all took effect.

mod batch;
mod orders;

use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use journeys::merchant::Store;
use journeys::stores;
use serde_json::json;
use tokio_postgres::Client;

use crate::cpu;
use crate::database;
use crate::load::percentile;
use crate::table::{self, say};
use batch::{Answered, Batch};

const STORES: usize = 4;
const ORDERS_OF_EACH: usize = 100;
/// What Stripe sends, repeats and all.
pub const WEBHOOKS: usize = 10_000;
/// Of those, so many are the same event once more.
pub const REPEATS: usize = 500;
const APPLIED_WITHIN: f64 = 300.0;
const LOOK_EVERY: Duration = Duration::from_millis(250);
const PATIENCE: Duration = Duration::from_secs(900);
const SETTLES_WITHIN: u64 = 120;

/// Real payments whose own events are held back, and sent by us with many others about the same intents.
pub async fn measure() -> anyhow::Result<()> {
    let open = (0..STORES).map(|_| async {
        let store = Store::provision().await?;
        store.connect_account().await?;
        Ok::<_, anyhow::Error>(store)
    });
    let stores = try_join_all(open).await?;
    let Some(stripe) = stores.first().map(|store| store.stripe.clone()) else {
        return Ok(());
    };
    stripe
        .lever("webhooks/rules", json!({ "hold": true }))
        .await?;
    let paying = stores
        .iter()
        .map(|store| orders::pay(store, ORDERS_OF_EACH));
    let payments: Vec<orders::Payment> =
        try_join_all(paying).await?.into_iter().flatten().collect();
    let batch = Batch::of(&stripe.state().await?, &payments)?;
    flood(&batch, payments.len()).await?;
    // The others that were held, most of them about nothing of ours.
    stripe.lever("webhooks/rules", json!({})).await?;
    stripe
        .lever("webhooks/release", json!({ "order": "sent" }))
        .await?;
    for payment in &payments {
        payment.shopper.until(&payment.placed, "paid").await?;
    }
    invariants_hold().await
}

async fn flood(batch: &Batch, orders: usize) -> anyhow::Result<()> {
    let database = database::of_service("payments").await?;
    let before = cpu::read();
    let began = Instant::now();
    let answered = batch.send().await?;
    let answering = began.elapsed().as_secs_f64();
    while waiting(&database, batch).await? > 0 {
        anyhow::ensure!(began.elapsed() < PATIENCE, "some events take no effect");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let applying = began.elapsed().as_secs_f64();
    let used = cpu::read().since(before);
    tell(&answered, (answering, applying), orders, used)?;
    let states = states(&database, batch).await?;
    anyhow::ensure!(
        states == [("applied".to_owned(), i64::try_from(WEBHOOKS - REPEATS)?)],
        "every event took effect once: {states:?}"
    );
    Ok(())
}

fn tell(
    answered: &Answered,
    (answering, applying): (f64, f64),
    orders: usize,
    used: cpu::Cpu,
) -> anyhow::Result<()> {
    let count = f64::from(u32::try_from(WEBHOOKS)?);
    say("");
    say(&format!(
        "{WEBHOOKS} webhooks of {orders} orders at once, {REPEATS} of them repeats: all answered 200 in {answering:.1} s ({:.0}/s), {} only when sent again; p50 {:.0} ms, p99 {:.0} ms",
        count / answering,
        answered.refusals,
        percentile(&answered.times, 50),
        percentile(&answered.times, 99)
    ));
    say(&format!(
        "all applied in {applying:.1} s (at most {APPLIED_WITHIN:.0}), {:.0}/s; {} {}",
        count / applying,
        used.of_each(WEBHOOKS, "a webhook"),
        table::verdict(applying <= APPLIED_WITHIN)
    ));
    Ok(())
}

async fn waiting(database: &Client, batch: &Batch) -> anyhow::Result<i64> {
    let sql = "SELECT count(*) FROM webhook_event WHERE state = 'received' AND account = ANY ($1)";
    let row = database.query_one(sql, &[&batch.accounts]).await?;
    Ok(row.try_get(0)?)
}

async fn states(database: &Client, batch: &Batch) -> anyhow::Result<Vec<(String, i64)>> {
    let sql = "SELECT state, count(*) FROM webhook_event WHERE event_id = ANY ($1) GROUP BY state";
    let rows = database.query(sql, &[&batch.ids()]).await?;
    let entry = |row: tokio_postgres::Row| Ok((row.try_get(0)?, row.try_get(1)?));
    rows.into_iter().map(entry).collect()
}

/// What is under way is done in a while.
async fn invariants_hold() -> anyhow::Result<()> {
    let mut last = String::new();
    let until = Instant::now() + Duration::from_secs(SETTLES_WITHIN);
    while Instant::now() < until {
        match stores(&["invariants"]) {
            Ok(_) => {
                say("every order is paid, and the invariants hold");
                return Ok(());
            }
            Err(error) => last = format!("{error:#}"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    anyhow::bail!("the invariants did not hold in {SETTLES_WITHIN} s: {last}")
}
