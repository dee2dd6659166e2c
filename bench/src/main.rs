//! The speed bars, measured over the running platform: `make bench`.
//!
//! Figures are processor milliseconds a request (seconds per 1,000), of the services and of
//! PostgreSQL, under 32 connections that are kept alive. Machines differ and are noisy: compare
//! ratios within one run, never bare times of two.

mod cpu;
mod flash;
mod load;
mod paths;
mod reference;
mod shelves;
mod start;
mod table;

use journeys::merchant::Store;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    start::measure().await?;
    let store = Store::provision_on("professional").await?;
    store.connect_account().await?;
    let shelves = shelves::fill(&store).await?;
    let rows = paths::measure(&store, &shelves).await?;
    table::say("");
    table::print(&rows);
    let reference = reference::measure()?;
    flash::measure(&store, &reference).await?;
    table::say("");
    table::say(&format!(
        "memory of the services after all of it: {} MB (at most 250)",
        cpu::services_memory() / 1_000_000
    ));
    anyhow::ensure!(
        rows.iter().all(|(measured, _)| measured.failures == 0),
        "some requests failed"
    );
    Ok(())
}
