//! A store to look at.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use http_kit::Platform;
use kernel::{Currency, TenantId};
use serde_json::json;

use crate::say;

const EMAIL: &str = "owner@demo.example";
const PASSWORD: &str = "demo-store-owner";
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
    let base = &platform.config.stripe.api_base;
    if is_stand_in(base) {
        connect(platform, tenant, base)
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

/// Goods on the shelves, and so many of each; what was sold or changed since stays so.
async fn fill(platform: &Platform, tenant: TenantId) -> anyhow::Result<()> {
    let app = catalog::operator::app(platform).await?;
    let goods = catalog::operator::ensure_demo(&app, tenant, Currency::EUR).await?;
    let app = orders::operator::app(platform).await?;
    for (variant, on_hand) in goods {
        orders::operator::ensure_stock(&app, tenant, variant, on_hand).await?;
    }
    Ok(())
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
