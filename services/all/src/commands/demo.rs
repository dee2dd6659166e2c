//! A store to look at.

use std::process::ExitCode;

use anyhow::{Context, bail};
use http_kit::Platform;
use kernel::{Currency, TenantId};

use crate::say;

const EMAIL: &str = "owner@demo.example";
const PASSWORD: &str = "demo-store-owner";

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
    Ok(ExitCode::SUCCESS)
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
