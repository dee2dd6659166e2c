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
mod table;

use journeys::merchant::Store;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let idle = cpu::services_memory();
    let store = Store::provision().await?;
    store.connect_account().await?;
    let rows = paths::measure(&store).await?;
    table::say("");
    table::print(&rows);
    let reference = reference::measure()?;
    flash::measure(&store, &reference).await?;
    table::say("");
    table::say(&format!(
        "memory of the services: {} MB before, {} MB after",
        mb(idle),
        mb(cpu::services_memory())
    ));
    Ok(())
}

fn mb(bytes: u64) -> u64 {
    bytes / 1_000_000
}
