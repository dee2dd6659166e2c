//! The invoicing service alone in a process: answers requests and works beside them.

use http_kit::{Platform, Roles};
use kernel::{Clock, Config};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::from_process()?;
    let telemetry = telemetry::init(&config, "stores-invoicing")?;
    let platform = Platform::new(config, Clock::system());
    let parts = vec![invoicing::build(&platform).await?];
    let outcome = http_kit::serve(&platform, parts, Roles::ALL).await;
    telemetry.shutdown();
    outcome
}
