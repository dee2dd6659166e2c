//! A few shoppers of another store, who shop on while something else happens.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures_util::future::try_join_all;
use journeys::merchant::{Product, Store};
use journeys::shopper::Shopper;
use tokio::runtime::{self, Runtime};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::load::percentile;

/// Each has a connection that is kept alive.
const SHOPPERS: u32 = 8;
/// Each asks this often, and all of them in turn: a hundred requests a second.
const EVERY: Duration = Duration::from_millis(80);

pub struct Neighbour {
    /// As near to a computer of their own as one process comes: a thread on which no request of the crowd
    /// is made. Empty only while it is dropped.
    computer: Option<Runtime>,
    shoppers: Vec<Arc<Shopper>>,
    product: Product,
}

/// How long the answers took, each from the moment it should have been asked for.
pub struct Shopped {
    asked: usize,
    failed: usize,
    p50_ms: f64,
    p99_ms: f64,
    longest_ms: f64,
}

impl Neighbour {
    pub async fn open() -> anyhow::Result<Self> {
        let computer = runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let arriving = computer.spawn(async {
            let store = Store::provision().await?;
            store.connect_account().await?;
            let product = store.add_product(1_000_000).await?;
            let shoppers = try_join_all((0..SHOPPERS).map(|_| Shopper::enter(&store))).await?;
            anyhow::Ok((product, shoppers))
        });
        let (product, shoppers) = arriving.await??;
        Ok(Self {
            computer: Some(computer),
            shoppers: shoppers.into_iter().map(Arc::new).collect(),
            product,
        })
    }

    /// Changes carts at a steady rate until `event` is over. A request that is late does not delay
    /// the next one's turn: what waited is counted as having waited.
    pub async fn shop_while<T>(
        &self,
        event: impl Future<Output = T>,
    ) -> anyhow::Result<(T, Shopped)> {
        let computer = self.computer.as_ref().context("it has not ended")?;
        let (end, over) = watch::channel(());
        let began = Instant::now();
        let tasks: Vec<_> = (0..SHOPPERS)
            .zip(&self.shoppers)
            .map(|(nth, shopper)| {
                let first = began + EVERY * nth / SHOPPERS;
                let shopping = shop(shopper.clone(), self.product.clone(), first, over.clone());
                computer.spawn(shopping)
            })
            .collect();
        let outcome = event.await;
        drop(end);
        let (mut times, mut failed) = (Vec::new(), 0);
        for task in tasks {
            let (of_one, failures) = task.await.unwrap_or_default();
            times.extend(of_one);
            failed += failures;
        }
        times.sort_unstable();
        let shopped = Shopped {
            asked: times.len(),
            failed,
            p50_ms: percentile(&times, 50),
            p99_ms: percentile(&times, 99),
            longest_ms: percentile(&times, 100),
        };
        Ok((outcome, shopped))
    }
}

async fn shop(
    shopper: Arc<Shopper>,
    product: Product,
    first: Instant,
    mut over: watch::Receiver<()>,
) -> (Vec<Duration>, usize) {
    let mut turns = interval_at(first, EVERY);
    turns.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (mut times, mut failed) = (Vec::new(), 0);
    loop {
        let turn = tokio::select! {
            turn = turns.tick() => turn,
            _ = over.changed() => break,
        };
        let reply = shopper.want(&product, 1).await;
        times.push(turn.elapsed());
        failed += usize::from(!reply.is_ok_and(|reply| reply.status == 200));
    }
    (times, failed)
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        // Within another runtime it may not be waited for.
        if let Some(computer) = self.computer.take() {
            computer.shutdown_background();
        }
    }
}

impl fmt::Display for Shopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            asked,
            failed,
            p50_ms,
            p99_ms,
            longest_ms,
        } = self;
        write!(
            f,
            "p50 {p50_ms:.0} ms, p99 {p99_ms:.0} ms, longest {longest_ms:.0} ms of {asked} carts changed; {failed} failed"
        )
    }
}
