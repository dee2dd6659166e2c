//! A store to look at.

mod data;
mod goods;
mod history;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use http_kit::Platform;
use kernel::{Currency, Money, TenantId};
use orders::domain::totals::ShippingRate;
use serde_json::json;

use crate::say;
use data::Store;
use history::Shelved;

const EMAIL: &str = "owner@demo.example";
const PASSWORD: &str = "demo-store-owner";
const CURRENCY: Currency = Currency::EUR;
/// Within which the stand-in answers.
const TIME: Duration = Duration::from_secs(10);

/// The store `demo` with a known login; what is there already stays.
pub async fn run(platform: &Platform) -> anyhow::Result<ExitCode> {
    if platform.config.is_production() {
        bail!("a store with a password that everybody knows has no place in production");
    }
    let (_, app) = tenants::operator::app(platform).await?;
    let tenant = tenants::operator::ensure_demo(&app, EMAIL, &PASSWORD.to_owned().into()).await?;
    say::line(format_args!(
        "The store demo: {}  {EMAIL}  {PASSWORD}",
        app.url_of("demo")
    ));
    fill(platform, tenant)
        .await
        .context("the demo store's goods")?;
    if let Some(stripe) = &platform.config.stripe
        && is_stand_in(&stripe.api_base)
    {
        connect(platform, tenant, &stripe.api_base)
            .await
            .context("the demo store's account at Stripe's stand-in")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether Stripe is played by a program on this machine: the real one asks a person.
fn is_stand_in(api_base: &str) -> bool {
    let host = ["http://127.0.0.1:", "http://localhost:"];
    host.iter().any(|host| api_base.starts_with(host))
}

/// An account with which the demo store can be paid in test money.
async fn connect(platform: &Platform, tenant: TenantId, base: &str) -> anyhow::Result<()> {
    let app = payments::operator::app(platform).await?;
    let complete = async |account: &str| {
        let lever = format!(
            "{}/_sim/accounts/{account}/complete",
            base.trim_end_matches('/')
        );
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(TIME)
            .build()?;
        let done = client.post(lever).json(&json!({})).send().await?;
        done.error_for_status()?;
        Ok::<_, anyhow::Error>(())
    };
    payments::operator::ensure_account(&app, (tenant, "PT"), complete).await
}

/// Goods on the shelves, so many of each, what sending them costs and the past in which they were sold; what was
/// sold or changed since stays so.
pub async fn fill(platform: &Platform, tenant: TenantId) -> anyhow::Result<()> {
    let store = Store::read()?;
    let shop = orders::operator::app(platform).await?;
    orders::operator::ensure_shipping(&shop, tenant, &rates(&store)).await?;
    let shelves = shelve(platform, &shop, tenant, &store).await?;
    let sales = history::sales(&store, &shelves, platform.clock.now())?;
    orders::operator::history::ensure_history(&shop, tenant, CURRENCY, &sales).await?;
    Ok(())
}

fn rates(store: &Store) -> Vec<ShippingRate> {
    let rate = |rate: &data::Rate| ShippingRate {
        region: rate.region,
        price: Money::new(rate.price, CURRENCY),
        free_from: Some(Money::new(rate.free_from, CURRENCY)),
    };
    store.shipping.iter().map(rate).collect()
}

/// Each product with what is on sale of it.
async fn shelve<'a>(
    platform: &Platform,
    shop: &orders::App,
    tenant: TenantId,
    store: &'a Store,
) -> anyhow::Result<Vec<Shelved<'a>>> {
    let app = catalog::operator::app(platform).await?;
    for numbered in (1..).zip(&store.categories) {
        let draft = goods::category(numbered);
        catalog::operator::ensure_category(&app, tenant, draft).await?;
    }
    let mut shelves = Vec::new();
    for product in &store.products {
        let good = goods::good(store, product, CURRENCY, platform.clock.now())?;
        let variants = catalog::operator::ensure_good(&app, tenant, CURRENCY, &good)
            .await
            .with_context(|| product.slug.clone())?;
        for (at, variant) in variants.iter().enumerate() {
            let on_hand = product.stock_of(at);
            orders::operator::ensure_stock(shop, tenant, *variant, on_hand).await?;
        }
        let offered = catalog::operator::list_offered(&app, tenant, &variants).await?;
        shelves.push(Shelved { product, offered });
    }
    Ok(shelves)
}

#[cfg(test)]
mod tests {
    use super::is_stand_in;

    #[test]
    fn only_a_stand_in_is_answered_for_its_owner() {
        assert!(is_stand_in("http://127.0.0.1:9020"));
        assert!(!is_stand_in("https://api.stripe.com"));
        assert!(!is_stand_in("http://127.0.0.1.example:80"));
    }
}
