//! The paths of the bars, each by itself, asked on the service's own port.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures_util::future::try_join_all;
use journeys::merchant::{Product, Store};
use journeys::shopper::{Placed, Shopper};

use crate::load::{self, CONNECTIONS, Measured};
use crate::table::Bar;

const LASTING: Duration = Duration::from_secs(5);
const PRODUCTS: usize = 60;

/// A service, asked directly.
struct Service {
    http: reqwest::Client,
    base: String,
    host: String,
}

impl Service {
    fn new(name: &str, store: &Store) -> anyhow::Result<Arc<Self>> {
        let variable = format!("{}_PORT", name.to_uppercase());
        let port = std::env::var(&variable).context(variable)?;
        let host = format!("{}.{}", store.slug, store.door.base_domain);
        let http = reqwest::Client::builder()
            .pool_max_idle_per_host(CONNECTIONS)
            .build()?;
        Ok(Arc::new(Self {
            http,
            base: format!("http://127.0.0.1:{port}"),
            host,
        }))
    }

    async fn get(&self, path: &str) -> bool {
        let request = self
            .http
            .get(format!("{}{path}", self.base))
            .header("host", &self.host);
        match request.send().await {
            Ok(answer) => answer.status().is_success() && answer.bytes().await.is_ok(),
            Err(_) => false,
        }
    }
}

pub async fn measure(store: &Store) -> anyhow::Result<Vec<(Measured, Bar)>> {
    let products = try_join_all((0..PRODUCTS).map(|_| store.add_product(1_000_000))).await?;
    let (tenants, catalog) = (
        Service::new("tenants", store)?,
        Service::new("catalog", store)?,
    );
    let slug = products.first().context("there are products")?.slug.clone();
    let list = "/api/catalog/store/products?limit=20";
    let mut rows = vec![
        reads(
            "no database",
            &tenants,
            Bar {
                service_ms: 0.012,
                postgres_ms: 0.001,
            },
            |_| "/internal/live".into(),
        )
        .await,
        reads(
            "list, from memory",
            &catalog,
            Bar {
                service_ms: 0.03,
                postgres_ms: 0.001,
            },
            move |_| list.into(),
        )
        .await,
        reads(
            "list, past the cache",
            &catalog,
            Bar {
                service_ms: 0.20,
                postgres_ms: 0.5,
            },
            move |n| format!("{list}&price_max={}", 1_000_000 + n),
        )
        .await,
        reads(
            "product, from memory",
            &catalog,
            Bar {
                service_ms: 0.025,
                postgres_ms: 0.001,
            },
            move |_| format!("/api/catalog/store/products/{slug}"),
        )
        .await,
        reads(
            "search, past the cache",
            &catalog,
            Bar {
                service_ms: 0.25,
                postgres_ms: 1.5,
            },
            |n| {
                format!(
                    "/api/catalog/store/search?q=carbine&price_max={}",
                    1_000_000 + n
                )
            },
        )
        .await,
    ];
    rows.push(cart_lines(store, &products).await?);
    rows.push(whole_orders(store, &products).await?);
    Ok(rows)
}

async fn reads(
    name: &str,
    service: &Arc<Service>,
    bar: Bar,
    path: impl Fn(u64) -> String + Send + Sync + 'static,
) -> (Measured, Bar) {
    let service = service.clone();
    let path = Arc::new(path);
    let measured = load::run(name, LASTING, move |connection, round| {
        let (service, path) = (service.clone(), path.clone());
        let nth = round * 1_000 + u64::try_from(connection).unwrap_or(0);
        async move { service.get(&path(nth)).await }
    })
    .await;
    (measured, bar)
}

async fn cart_lines(store: &Store, products: &[Product]) -> anyhow::Result<(Measured, Bar)> {
    let shoppers = try_join_all((0..CONNECTIONS).map(|_| Shopper::enter(store))).await?;
    let (shoppers, products) = (Arc::new(shoppers), Arc::new(products.to_vec()));
    let measured = load::run("add a cart line", LASTING, move |connection, round| {
        let (shoppers, products) = (shoppers.clone(), products.clone());
        async move {
            let at = usize::try_from(round).unwrap_or(0) % 10;
            let (Some(shopper), Some(product)) = (shoppers.get(connection), products.get(at))
            else {
                return false;
            };
            let quantity = 1 + i64::try_from(round % 5).unwrap_or(0);
            shopper
                .want(product, quantity)
                .await
                .is_ok_and(|reply| reply.status == 200)
        }
    })
    .await;
    Ok((
        measured,
        Bar {
            service_ms: 0.3,
            postgres_ms: 0.7,
        },
    ))
}

/// Cart, line, checkout, intent, payment at the stand-in, webhook, paid: every hop of ours counts.
async fn whole_orders(store: &Store, products: &[Product]) -> anyhow::Result<(Measured, Bar)> {
    let (shop, products) = (store.clone(), Arc::new(products.to_vec()));
    let measured = load::run("a whole order, all hops", LASTING, move |connection, _| {
        let (shop, products) = (shop.clone(), products.clone());
        async move {
            let product = products.get(connection % products.len());
            match product {
                Some(product) => one_order(&shop, product).await.is_ok(),
                None => false,
            }
        }
    })
    .await;
    // What is still on its way through the queues belongs to these orders too.
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok((
        measured,
        Bar {
            service_ms: 1.5,
            postgres_ms: 3.0,
        },
    ))
}

async fn one_order(store: &Store, product: &Product) -> anyhow::Result<()> {
    let shopper = Shopper::enter(store).await?;
    let cart = shopper.want(product, 1).await?.expect(200)?;
    let placed = Placed::of(
        &shopper
            .buy(cart.number("/total/amount")?)
            .await?
            .expect(201)?,
    )?;
    let intent = shopper.pay(&placed).await?;
    store.stripe.choose(&intent, "card").await?;
    shopper.until(&placed, "paid").await?;
    Ok(())
}
