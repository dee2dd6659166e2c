//! `migrate` and `invariants`.

use std::process::ExitCode;
use std::time::{Duration, Instant};

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

/// What is in flight when a rule is asked is let through: this long, and looked at this often.
const IN_FLIGHT: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// PASS or FAIL for each rule; fails when one does. A rule holds as soon as one look finds no row that breaks
/// it: while people buy, an event may be between its commit and the broker at any moment.
pub async fn invariants(platform: &Platform) -> anyhow::Result<ExitCode> {
    let mut failed = false;
    for service in services::ALL {
        let db = service.db(platform)?;
        let name = service.name;
        let ask = async || {
            let found = (service.check)(&db).await;
            found.with_context(|| format!("asking {name}"))
        };
        let until = Instant::now() + IN_FLIGHT;
        let mut found = ask().await?;
        while found.iter().any(|(_, broken)| *broken > 0) && Instant::now() < until {
            tokio::time::sleep(LOOK_EVERY).await;
            found = settled(found, ask().await?);
        }
        for (rule, broken) in found {
            failed |= broken > 0;
            say::line(verdict(name, rule, broken));
        }
    }
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

type Found = Vec<(&'static str, i64)>;

/// What the later look found, without the rules that held in an earlier one.
fn settled(before: Found, after: Found) -> Found {
    let held = |rule: &str| {
        before
            .iter()
            .any(|(known, broken)| *known == rule && *broken == 0)
    };
    let seen = |(rule, broken)| (rule, if held(rule) { 0 } else { broken });
    after.into_iter().map(seen).collect()
}

fn verdict(service: &str, rule: &str, broken: i64) -> String {
    let seconds = IN_FLIGHT.as_secs();
    match broken {
        0 => format!("PASS  {service}: {rule}"),
        1 => format!("FAIL  {service}: {rule} (1 row breaks it, {seconds} s after the first look)"),
        rows => format!(
            "FAIL  {service}: {rule} ({rows} rows break it, {seconds} s after the first look)"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_held_once_holds() {
        let settled = settled(vec![("I1", 0), ("I7", 2)], vec![("I1", 1), ("I7", 1)]);
        assert_eq!(settled, [("I1", 0), ("I7", 1)]);
    }

    #[test]
    fn a_verdict_says_what_it_counts() {
        assert_eq!(verdict("orders", "I1 x", 0), "PASS  orders: I1 x");
        assert_eq!(
            verdict("orders", "I7 y", 2),
            "FAIL  orders: I7 y (2 rows break it, 10 s after the first look)"
        );
    }
}
