//! Many shoppers at once: one variant that everybody wants, and orders spread over many.

mod neighbour;

use std::time::{Duration, Instant};

use anyhow::Context;
use futures_util::future::try_join_all;
use journeys::merchant::{Product, Store};
use journeys::shopper::Shopper;

use crate::load::percentile;
use crate::reference::Reference;
use crate::table::say;
use neighbour::Neighbour;

const SHOPPERS: usize = 1_000;
const PIECES: usize = 100;
/// Carts are made this many at a time, so that the making is not what is measured.
const AT_ONCE: usize = 50;
const SPREAD_PRODUCTS: usize = 20;
/// How long the neighbour is watched while nothing else happens.
const QUIET: Duration = Duration::from_secs(5);

/// A flash sale beside a neighbour, then the rates of orders on one variant and on many.
pub async fn measure(store: &Store, reference: &Reference) -> anyhow::Result<()> {
    sale(store).await?;
    let product = store.add_product(i64::try_from(SHOPPERS)?).await?;
    let shoppers = enter(store, std::slice::from_ref(&product)).await?;
    let hot = crowd(store, &shoppers).await?;
    say(&rate(
        "one hot variant",
        &hot,
        "bare hot row",
        reference.hot_row,
    ));
    let products = try_join_all((0..SPREAD_PRODUCTS).map(|_| store.add_product(1_000_000))).await?;
    let shoppers = enter(store, &products).await?;
    let spread = crowd(store, &shoppers).await?;
    say(&rate(
        "spread over variants",
        &spread,
        "pgbench's checkout",
        reference.spread,
    ));
    Ok(())
}

/// Exactly as many orders as pieces, and every loser is told.
async fn sale(store: &Store) -> anyhow::Result<()> {
    let neighbour = Neighbour::open().await?;
    let product = store.add_product(i64::try_from(PIECES)?).await?;
    let shoppers = enter(store, std::slice::from_ref(&product)).await?;
    let quiet = neighbour.shop_while(tokio::time::sleep(QUIET)).await?.1;
    let (flash, busy) = neighbour.shop_while(crowd(store, &shoppers)).await?;
    let flash = flash?;
    say("");
    say(&format!(
        "{SHOPPERS} shoppers want {PIECES} pieces: {} orders, {} told out of stock, {} other answers; \
         the last was told after {:.2} s (at most 5), p50 {:.0} ms, p99 {:.0} ms",
        flash.won, flash.lost, flash.other, flash.seconds, flash.p50_ms, flash.p99_ms
    ));
    say(&format!("another store's shoppers in quiet times: {quiet}"));
    say(&format!("                      during the sale: {busy}"));
    anyhow::ensure!(
        flash.won == PIECES && flash.lost == SHOPPERS - PIECES,
        "a flash sale sells what there is, and tells everybody else so"
    );
    Ok(())
}

struct Crowd {
    won: usize,
    lost: usize,
    other: usize,
    seconds: f64,
    p50_ms: f64,
    p99_ms: f64,
}

fn rate(what: &str, crowd: &Crowd, beside: &str, reference: f64) -> String {
    let orders = u32::try_from(crowd.won).unwrap_or(u32::MAX);
    let rate = f64::from(orders) / crowd.seconds;
    format!(
        "{what}: {} orders at {rate:.0}/s, {:.2} × {beside} ({reference:.0}/s); {} refused, {} failed; p99 {:.0} ms",
        crowd.won,
        rate / reference,
        crowd.lost,
        crowd.other,
        crowd.p99_ms
    )
}

async fn enter(store: &Store, products: &[Product]) -> anyhow::Result<Vec<Shopper>> {
    let mut shoppers = Vec::new();
    while shoppers.len() < SHOPPERS {
        let from = shoppers.len();
        let some = (from..from + AT_ONCE).map(|at| async move {
            let product = products
                .get(at % products.len())
                .context("there are products")?;
            let shopper = Shopper::enter(store).await?;
            shopper.want(product, 1).await?.expect(200)?;
            Ok::<_, anyhow::Error>(shopper)
        });
        shoppers.extend(try_join_all(some).await?);
    }
    Ok(shoppers)
}

/// Everybody clicks at the same moment.
async fn crowd(store: &Store, shoppers: &[Shopper]) -> anyhow::Result<Crowd> {
    let first = shoppers.first().context("there are shoppers")?;
    let total = first.cart().await?.number("/total/amount")?;
    let began = Instant::now();
    let clicks = shoppers.iter().map(|shopper| async {
        let clicked = Instant::now();
        let reply = store.door.send(&shopper.buying(total)).await;
        (reply.map_or(0, |reply| reply.status), clicked.elapsed())
    });
    let answers = futures_util::future::join_all(clicks).await;
    let seconds = began.elapsed().as_secs_f64();
    let mut times: Vec<Duration> = answers.iter().map(|(_, time)| *time).collect();
    times.sort_unstable();
    let count = |wanted: u16| {
        answers
            .iter()
            .filter(|(status, _)| *status == wanted)
            .count()
    };
    let (won, lost) = (count(201), count(409));
    Ok(Crowd {
        won,
        lost,
        other: answers.len() - won - lost,
        seconds,
        p50_ms: percentile(&times, 50),
        p99_ms: percentile(&times, 99),
    })
}
