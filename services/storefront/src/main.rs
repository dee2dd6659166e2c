//! The storefront alone in a process: renders every store's pages.

use storefront::{Settings, run};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let settings = Settings::from_process()?;
    let endpoint = settings.otlp_endpoint.as_deref();
    let telemetry = telemetry::init_with(endpoint, settings.log_json, "stores-storefront")?;
    let outcome = run(settings).await;
    telemetry.shutdown();
    outcome
}
