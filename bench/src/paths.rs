//! The paths of the bars, each by itself. Reads are asked on the service's own port, what a shopper
//! does goes through the front door.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures_util::future::try_join_all;
use journeys::merchant::{Product, Store};
use journeys::shopper::{Placed, Shopper};

use crate::cpu;
use crate::load::{self, Amount, CONNECTIONS, Measured, ROUNDS};
use crate::shelves::Shelves;
use crate::table::{Bar, say};

const LASTING: Amount = Amount::For(Duration::from_secs(3));
const AT_ONCE: Duration = Duration::ZERO;
/// What an order sets going behind its answer is done by then.
const BEHIND: Duration = Duration::from_secs(1);

/// A page that waits for its payment asks again after so long.
const LOOKS_AGAIN_AFTER: Duration = Duration::from_millis(1_000);
/// Smaller parts of PostgreSQL's work are not told apart.
const LEAST_SHARE: f64 = 0.01;

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

/// What a visitor looks at, path by path of the table in `quality.md` of the design.
pub async fn reads(store: &Store, shelves: &Shelves) -> anyhow::Result<Vec<(Measured, Bar)>> {
    let tenants = Service::new("tenants", store)?;
    let catalog = Service::new("catalog", store)?;
    let mut rows = vec![
        asked(
            "no database",
            &tenants,
            Bar::new(0.012, 0.001),
            LASTING,
            |_| "/internal/live".into(),
        )
        .await,
    ];
    rows.extend(lists(&catalog).await);
    rows.extend(products(&catalog, &shelves.slugs).await?);
    rows.push(searches(&catalog, &shelves.searches).await);
    Ok(rows)
}

/// What a shopper does.
pub async fn orders(store: &Store, sold: &[Product]) -> anyhow::Result<Vec<(Measured, Bar)>> {
    Ok(vec![
        cart_lines(store, sold).await?,
        whole_orders(store, sold).await,
    ])
}

async fn lists(catalog: &Arc<Service>) -> Vec<(Measured, Bar)> {
    let list = "/api/catalog/store/products?limit=20";
    let memory = Bar::new(0.03, 0.001);
    let past = Bar::new(0.20, 0.5);
    vec![
        asked(
            "list of 20, from memory",
            catalog,
            memory,
            LASTING,
            move |_| list.into(),
        )
        .await,
        asked(
            "list of 20, past the cache",
            catalog,
            past,
            LASTING,
            move |nth| format!("{list}&price_max={}", 1_000_000 + nth),
        )
        .await,
    ]
}

async fn products(
    catalog: &Arc<Service>,
    slugs: &[String],
) -> anyhow::Result<Vec<(Measured, Bar)>> {
    let page = |slug: &str| format!("/api/catalog/store/products/{slug}");
    let one = page(slugs.first().context("there are products")?);
    let pages: Vec<String> = slugs.iter().map(|slug| page(slug)).collect();
    let once = Amount::Requests(u64::try_from(slugs.len())? / ROUNDS);
    let past = asked(
        "product, past the cache",
        catalog,
        Bar::new(0.15, 0.25),
        once,
        nth_of(pages),
    );
    let past = past.await;
    let memory = asked(
        "product, from memory",
        catalog,
        Bar::new(0.025, 0.001),
        LASTING,
        move |_| one.clone(),
    );
    Ok(vec![memory.await, past])
}

async fn searches(catalog: &Arc<Service>, searches: &[String]) -> (Measured, Bar) {
    let ask = |words: &String| format!("/api/catalog/store/search?q={}", words.replace(' ', "%20"));
    let asks: Vec<String> = searches.iter().map(ask).collect();
    let once = Amount::Requests(u64::try_from(asks.len()).unwrap_or(u64::MAX) / ROUNDS);
    asked(
        "search, past the cache",
        catalog,
        Bar::new(0.25, 1.5),
        once,
        nth_of(asks),
    )
    .await
}

fn nth_of(paths: Vec<String>) -> impl Fn(u64) -> String + Send + Sync + 'static {
    move |nth| {
        let nth = usize::try_from(nth).unwrap_or(0) % paths.len().max(1);
        paths.get(nth).cloned().unwrap_or_default()
    }
}

async fn asked(
    name: &str,
    service: &Arc<Service>,
    bar: Bar,
    amount: Amount,
    path: impl Fn(u64) -> String + Send + Sync + 'static,
) -> (Measured, Bar) {
    let service = service.clone();
    let path = Arc::new(path);
    let measured = load::run(name, amount, AT_ONCE, move |_, nth| {
        let (service, path) = (service.clone(), path.clone());
        async move { service.get(&path(nth)).await }
    })
    .await;
    (measured, bar)
}

async fn cart_lines(store: &Store, products: &[Product]) -> anyhow::Result<(Measured, Bar)> {
    let shoppers = try_join_all((0..CONNECTIONS).map(|_| Shopper::enter(store))).await?;
    let (shoppers, products) = (Arc::new(shoppers), Arc::new(products.to_vec()));
    let measured = load::run(
        "add a cart line",
        LASTING,
        AT_ONCE,
        move |connection, nth| {
            let (shoppers, products) = (shoppers.clone(), products.clone());
            async move {
                let at = usize::try_from(nth).unwrap_or(0) % 10;
                let (Some(shopper), Some(product)) = (shoppers.get(connection), products.get(at))
                else {
                    return false;
                };
                let quantity = 1 + i64::try_from(nth % 5).unwrap_or(0);
                shopper
                    .want(product, quantity)
                    .await
                    .is_ok_and(|reply| reply.status == 200)
            }
        },
    )
    .await;
    Ok((measured, Bar::new(0.3, 0.7)))
}

/// Says whose work PostgreSQL did for what was measured since `before`, dearest first: what a purchase
/// takes, and what its invoice and its mails take after it.
fn say_whose(measured: &Measured, before: &BTreeMap<String, f64>) {
    let mut used: Vec<(String, f64)> = cpu::postgres_by_login()
        .into_iter()
        .map(|(login, seconds)| {
            let earlier = before.get(&login).copied().unwrap_or_default();
            (login, (seconds - earlier).max(0.0))
        })
        .collect();
    let all: f64 = used.iter().map(|(_, seconds)| seconds).sum();
    used.sort_by(|a, b| b.1.total_cmp(&a.1));
    let parts: Vec<String> = used
        .iter()
        .map(|(login, seconds)| (login, seconds / all.max(f64::MIN_POSITIVE)))
        .filter(|(_, share)| *share >= LEAST_SHARE)
        .map(|(login, share)| format!("{login} {:.2}", share * measured.postgres_ms()))
        .collect();
    say(&format!(
        "PostgreSQL's ms of a whole order: {}",
        parts.join(", ")
    ));
}

/// Cart, line, checkout, intent, payment at the stand-in, webhook, paid: every hop of ours counts.
async fn whole_orders(store: &Store, products: &[Product]) -> (Measured, Bar) {
    let (shop, products) = (store.clone(), Arc::new(products.to_vec()));
    let before = cpu::postgres_by_login();
    let measured = load::run(
        "a whole order, all hops",
        LASTING,
        BEHIND,
        move |connection, _| {
            let (shop, products) = (shop.clone(), products.clone());
            async move {
                match products.get(connection % products.len()) {
                    Some(product) => one_order(&shop, product).await.is_ok(),
                    None => false,
                }
            }
        },
    )
    .await;
    say_whose(&measured, &before);
    (measured, Bar::new(1.5, 3.0))
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
    while shopper.state_of(&placed).await? != "paid" {
        tokio::time::sleep(LOOKS_AGAIN_AFTER).await;
    }
    Ok(())
}
