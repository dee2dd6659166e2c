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
    let wanted = Parts::from_arguments()?;
    if wanted.has("start") {
        start::measure().await?;
    }
    let store = Store::provision_on("professional").await?;
    store.connect_account().await?;
    let mut rows = Vec::new();
    if wanted.has("reads") || wanted.has("orders") {
        let count = if wanted.has("reads") {
            shelves::PRODUCTS
        } else {
            0
        };
        let shelves = shelves::fill(&store, count).await?;
        if wanted.has("reads") {
            rows.extend(paths::reads(&store, &shelves).await?);
        }
        if wanted.has("orders") {
            rows.extend(paths::orders(&store, &shelves.sold).await?);
        }
        table::say("");
        table::print(&rows);
    }
    if wanted.has("flash") {
        let reference = reference::measure()?;
        flash::measure(&store, &reference).await?;
    }
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

/// What is measured: what the command line names, or everything.
struct Parts(Vec<String>);

impl Parts {
    const ALL: [&str; 4] = ["start", "reads", "orders", "flash"];

    fn from_arguments() -> anyhow::Result<Self> {
        let named: Vec<String> = std::env::args().skip(1).collect();
        let unknown = named
            .iter()
            .find(|name| !Self::ALL.contains(&name.as_str()));
        if let Some(name) = unknown {
            anyhow::bail!("{name} is not measured; there are {}", Self::ALL.join(", "));
        }
        Ok(Self(named))
    }

    fn has(&self, part: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|named| named == part)
    }
}
