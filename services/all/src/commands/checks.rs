//! `migrate` and `invariants`.

use std::process::ExitCode;

use anyhow::Context;
use http_kit::Platform;

use super::broker;
use crate::{say, services};

pub async fn migrate(platform: &Platform) -> anyhow::Result<ExitCode> {
    let owner = platform
        .config
        .databases
        .owner()
        .context("DATABASE_URL is not set")?;
    let schemas: Vec<_> = services::ALL.iter().map(|service| service.schema).collect();
    db::migrate(owner, &schemas)
        .await
        .context("bringing the database up to date")?;
    let names: Vec<_> = services::ALL.iter().map(|service| service.name).collect();
    say::line(format_args!(
        "The database is up to date: {}",
        names.join(", ")
    ));
    broker::prepare(platform).await?;
    say::line("The broker is prepared: logins, permissions, queues");
    Ok(ExitCode::SUCCESS)
}

/// PASS or FAIL for each rule; fails when one does.
pub async fn invariants(platform: &Platform) -> anyhow::Result<ExitCode> {
    let mut failed = false;
    for service in services::ALL {
        let db = service.db(platform)?;
        let found = (service.check)(&db).await;
        for (rule, broken) in found.with_context(|| format!("asking {}", service.name))? {
            let name = service.name;
            if broken == 0 {
                say::line(format_args!("PASS  {name}: {rule}"));
            } else {
                failed = true;
                say::line(format_args!("FAIL  {name}: {rule} ({broken} times)"));
            }
        }
    }
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
