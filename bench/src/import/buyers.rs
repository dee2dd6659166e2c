//! Shoppers of another store who check out at a small and steady rate.

use std::fmt;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use journeys::merchant::{Product, Store};
use journeys::shopper::Shopper;
use tokio::task::JoinSet;
use tokio::time::interval;

use crate::load::percentile;

const EVERY: Duration = Duration::from_millis(100);

pub struct Buyers {
    store: Store,
    product: Product,
}

/// How long the clicks on "buy" took.
pub struct Bought {
    count: usize,
    failed: usize,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

impl Buyers {
    pub async fn open() -> anyhow::Result<Self> {
        let store = Store::provision().await?;
        store.connect_account().await?;
        let product = store.add_product(10_000_000).await?;
        Ok(Self { store, product })
    }

    /// A shopper comes at every turn until `event` is over, however long those before take.
    pub async fn buy_while<T>(&self, event: impl Future<Output = T>) -> (T, Bought) {
        let mut turns = interval(EVERY);
        let mut shopping = JoinSet::new();
        let mut event = std::pin::pin!(event.fuse());
        let outcome = loop {
            tokio::select! {
                outcome = &mut event => break outcome,
                _ = turns.tick() => {
                    shopping.spawn(buy(self.store.clone(), self.product.clone()));
                }
            }
        };
        let clicks = shopping.join_all().await;
        let failed = clicks.iter().filter(|click| click.is_err()).count();
        let mut times: Vec<Duration> = clicks.into_iter().flatten().collect();
        times.sort_unstable();
        let bought = Bought {
            count: times.len(),
            failed,
            p50_ms: percentile(&times, 50),
            p99_ms: percentile(&times, 99),
        };
        (outcome, bought)
    }
}

/// How long the checkout took, once the cart was full.
async fn buy(store: Store, product: Product) -> anyhow::Result<Duration> {
    let shopper = Shopper::enter(&store).await?;
    let cart = shopper.want(&product, 1).await?.expect(200)?;
    let ask = shopper.buying(cart.number("/total/amount")?);
    let clicked = Instant::now();
    store.door.send(&ask).await?.expect(201)?;
    Ok(clicked.elapsed())
}

impl fmt::Display for Bought {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            count,
            failed,
            p50_ms,
            p99_ms,
        } = self;
        write!(
            f,
            "p50 {p50_ms:.0} ms, p99 {p99_ms:.0} ms of {count}; {failed} failed"
        )
    }
}
