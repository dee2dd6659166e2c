//! A store to look at.

use std::process::ExitCode;

use anyhow::bail;
use http_kit::Platform;

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
    tracing::debug!(tenant.id = %tenant, "The demo store is there");
    Ok(ExitCode::SUCCESS)
}
