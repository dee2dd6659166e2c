//! The speed bars, measured over the running platform: `make bench`.
//!
//! Figures are processor milliseconds a request (seconds per 1,000), of the services and of
//! PostgreSQL, under 32 connections that are kept alive. Machines differ and are noisy: compare
//! ratios within one run, never bare times of two.

mod cpu;
mod database;
mod events;
mod flash;
mod import;
mod load;
mod paths;
mod reference;
mod shelves;
mod start;
mod table;
mod webhooks;

use journeys::merchant::Store;

use load::Measured;
use table::{Bar, Slowness};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    if let Some(ask) = load::Ask::from_arguments()? {
        return load::ask(ask).await;
    }
    if std::env::args().nth(1).as_deref() == Some("slowness") {
        // For benches that are not written in Rust.
        table::say(&Slowness::of(&[reference::selects()?]).to_string());
        return Ok(());
    }
    let wanted = Parts::from_arguments()?;
    if wanted.has("start") {
        start::measure().await?;
    }
    let rows = paths_and_crowds(&wanted).await?;
    if wanted.has("events") {
        events::measure().await?;
    }
    if wanted.has("webhooks") {
        webhooks::measure().await?;
    }
    if let Some(products) = wanted.import {
        import::measure(products).await?;
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

/// What shoppers of one store do, path by path and all at once.
async fn paths_and_crowds(wanted: &Parts) -> anyhow::Result<Vec<(Measured, Bar)>> {
    let mut rows = Vec::new();
    if !["reads", "orders", "flash"]
        .iter()
        .any(|part| wanted.has(part))
    {
        return Ok(rows);
    }
    let store = Store::provision_on("professional").await?;
    store.connect_account().await?;
    if wanted.has("reads") || wanted.has("orders") {
        let count = if wanted.has("reads") {
            shelves::PRODUCTS
        } else {
            0
        };
        let shelves = shelves::fill(&store, count).await?;
        let before = reference::selects()?;
        if wanted.has("reads") {
            rows.extend(paths::reads(&store, &shelves).await?);
        }
        if wanted.has("orders") {
            rows.extend(paths::orders(&store, &shelves.sold).await?);
        }
        table::say("");
        table::print(&rows, Slowness::of(&[before, reference::selects()?]));
    }
    if wanted.has("flash") {
        let reference = reference::measure()?;
        flash::measure(&store, &reference).await?;
    }
    Ok(rows)
}

/// What is measured: what the command line names, or everything. `import=5000` is a smaller import.
struct Parts {
    named: Vec<String>,
    import: Option<u64>,
}

impl Parts {
    const ALL: [&str; 7] = [
        "start", "reads", "orders", "flash", "events", "webhooks", "import",
    ];

    fn from_arguments() -> anyhow::Result<Self> {
        let (mut named, mut products) = (Vec::new(), import::PRODUCTS);
        for argument in std::env::args().skip(1) {
            let (name, size) = match argument.split_once('=') {
                Some(("import", size)) => ("import", Some(size.parse()?)),
                _ => (argument.as_str(), None),
            };
            if !Self::ALL.contains(&name) {
                anyhow::bail!("{name} is not measured; there are {}", Self::ALL.join(", "));
            }
            products = size.unwrap_or(products);
            named.push(name.to_owned());
        }
        let parts = Self {
            named,
            import: Some(products),
        };
        let import = parts.import.filter(|_| parts.has("import"));
        Ok(Self { import, ..parts })
    }

    fn has(&self, part: &str) -> bool {
        self.named.is_empty() || self.named.iter().any(|named| named == part)
    }
}
