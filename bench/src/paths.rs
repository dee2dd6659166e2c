//! The paths of the bars, each by itself. Reads are asked on the service's own port, what a shopper
//! does goes through the front door.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures_util::future::try_join_all;
use journeys::merchant::{Product, Store};
use journeys::shopper::{Placed, Shopper};
use tokio::sync::Mutex;

use crate::cpu;
use crate::load::{self, Amount, CONNECTIONS, Measured, ROUNDS};
use crate::shelves::Shelves;
use crate::table::{Bar, say};

const LASTING: Amount = Amount::For(Duration::from_secs(3));
const AT_ONCE: Duration = Duration::ZERO;
/// What orders set going behind their answers is done when nothing happened for so long.
const BEHIND: Duration = Duration::from_secs(1);

/// A page that waits for its payment asks again after so long.
const LOOKS_AGAIN_AFTER: Duration = Duration::from_millis(1_000);
/// Smaller parts of the work are not told apart.
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
    let mut rows = vec![cart_lines(store, sold).await?];
    rows.extend(whole_orders(store, sold).await?);
    Ok(rows)
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

/// What a whole order's bar was set for: cart, lines, checkout, payment recorded. Its invoice and its mails
/// are made behind it.
const PURCHASE: [&str; 4] = ["tenants", "catalog", "orders", "payments"];

/// Processor seconds by service: its own, and PostgreSQL's for it.
struct ByService {
    own: BTreeMap<String, f64>,
    postgres: BTreeMap<String, f64>,
}

impl ByService {
    fn read() -> Self {
        Self {
            own: cpu::services_by_name(),
            postgres: cpu::postgres_by_login(),
        }
    }

    fn since(self, earlier: &Self) -> Self {
        let less = |now: BTreeMap<String, f64>, before: &BTreeMap<String, f64>| {
            now.into_iter()
                .map(|(name, seconds)| {
                    let earlier = before.get(&name).copied().unwrap_or_default();
                    (name, (seconds - earlier).max(0.0))
                })
                .collect()
        };
        Self {
            own: less(self.own, &earlier.own),
            postgres: less(self.postgres, &earlier.postgres),
        }
    }
}

/// Who has which part of it, the largest first.
fn shares(seconds: &BTreeMap<String, f64>) -> Vec<(&str, f64)> {
    let all: f64 = seconds.values().sum();
    let mut shares: Vec<(&str, f64)> = seconds
        .iter()
        .map(|(name, seconds)| (name.as_str(), seconds / all.max(f64::MIN_POSITIVE)))
        .collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    shares
}

fn share_of_purchase(seconds: &BTreeMap<String, f64>) -> f64 {
    let is_in = |name: &str| PURCHASE.iter().any(|service| name.ends_with(service));
    let parts = shares(seconds).into_iter();
    parts
        .filter(|(name, _)| is_in(name))
        .map(|(_, share)| share)
        .sum()
}

/// Says whose work the milliseconds of an order were.
fn say_whose(what: &str, milliseconds: f64, seconds: &BTreeMap<String, f64>) {
    let parts: Vec<String> = shares(seconds)
        .into_iter()
        .filter(|(_, share)| *share >= LEAST_SHARE)
        .map(|(name, share)| format!("{name} {:.2}", share * milliseconds))
        .collect();
    say(&format!("{what} ms of a whole order: {}", parts.join(", ")));
}

/// The part of an order that its four services have, where each service is a process of its own.
fn purchase_of(order: &Measured, used: &ByService) -> Option<Measured> {
    if !used.own.contains_key("orders") {
        return None;
    }
    let mut purchase = order.clone();
    purchase.name = "  its purchase: four services' part".into();
    purchase.cpu.services *= share_of_purchase(&used.own);
    purchase.cpu.postgres *= share_of_purchase(&used.postgres);
    Some(purchase)
}

/// Who buys over one connection, and what he bought last.
type Buyer = Mutex<Option<(Shopper, Placed)>>;

/// Cart, line, checkout, intent, payment at the stand-in, webhook, paid: every hop of ours counts. While one
/// order is being paid the connection places its next, as other shoppers would.
async fn whole_orders(store: &Store, products: &[Product]) -> anyhow::Result<Vec<(Measured, Bar)>> {
    let (shop, products) = (store.clone(), Arc::new(products.to_vec()));
    let buyers: Arc<Vec<Buyer>> = Arc::new((0..CONNECTIONS).map(|_| Buyer::default()).collect());
    let before = ByService::read();
    let measured = load::run("a whole order, all hops", LASTING, BEHIND, {
        let buyers = buyers.clone();
        move |connection, _| {
            let (shop, products, buyers) = (shop.clone(), products.clone(), buyers.clone());
            async move {
                match (
                    products.get(connection % products.len()),
                    buyers.get(connection),
                ) {
                    (Some(product), Some(buyer)) => next_order(&shop, product, buyer).await.is_ok(),
                    _ => false,
                }
            }
        }
    })
    .await;
    let used = ByService::read().since(&before);
    for buyer in buyers.iter() {
        is_paid(buyer).await?;
    }
    say_whose("the services'", measured.service_ms(), &used.own);
    say_whose("PostgreSQL's", measured.postgres_ms(), &used.postgres);
    let purchase = purchase_of(&measured, &used);
    let rows = [Some(measured), purchase].into_iter().flatten();
    Ok(rows.map(|row| (row, Bar::new(1.5, 3.0))).collect())
}

async fn next_order(store: &Store, product: &Product, buyer: &Buyer) -> anyhow::Result<()> {
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
    is_paid(buyer).await?;
    *buyer.lock().await = Some((shopper, placed));
    Ok(())
}

/// What the buyer bought last is paid, sooner or later.
async fn is_paid(buyer: &Buyer) -> anyhow::Result<()> {
    if let Some((shopper, placed)) = buyer.lock().await.take() {
        while shopper.state_of(&placed).await? != "paid" {
            tokio::time::sleep(LOOKS_AGAIN_AFTER).await;
        }
    }
    Ok(())
}
