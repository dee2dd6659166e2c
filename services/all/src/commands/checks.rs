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

/// PASS or FAIL for each rule; fails when one does. What is under way, and nothing else, is waited for: while
/// people buy, an event may be between its commit and the broker at any moment. Every other rule has to hold
/// in each look.
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
        while waits(&found) && Instant::now() < until {
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

/// Rules about what is under way, which one clean look proves.
fn is_of_passage(rule: &str) -> bool {
    rule.starts_with("I7 ")
}

fn waits(found: &Found) -> bool {
    found
        .iter()
        .any(|(rule, broken)| *broken > 0 && is_of_passage(rule))
}

/// Two looks as one: a rule of passage is kept when it held in either, any other when it held in both.
fn settled(before: Found, after: Found) -> Found {
    let earlier = |rule: &str| before.iter().find(|(known, _)| *known == rule);
    let seen = |(rule, broken): (&'static str, i64)| {
        let first = earlier(rule).map_or(broken, |(_, broken)| *broken);
        let both = match is_of_passage(rule) {
            true => first.min(broken),
            false => first.max(broken),
        };
        (rule, both)
    };
    after.into_iter().map(seen).collect()
}

fn verdict(service: &str, rule: &str, broken: i64) -> String {
    match broken {
        0 => format!("PASS  {service}: {rule}"),
        1 => format!("FAIL  {service}: {rule} (1 row breaks it)"),
        rows => format!("FAIL  {service}: {rule} ({rows} rows break it)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_under_way_is_waited_for() {
        let first = vec![("I1 stock", 1), ("I2 money", 0), ("I7 told", 2)];
        assert!(waits(&first) && !waits(&vec![("I1 stock", 1)]));
        let later = vec![("I1 stock", 0), ("I2 money", 3), ("I7 told", 0)];
        let both = [("I1 stock", 1), ("I2 money", 3), ("I7 told", 0)];
        assert_eq!(settled(first, later), both);
    }

    #[test]
    fn a_verdict_says_what_it_counts() {
        assert_eq!(verdict("orders", "I1 x", 0), "PASS  orders: I1 x");
        assert_eq!(
            verdict("orders", "I7 y", 2),
            "FAIL  orders: I7 y (2 rows break it)"
        );
    }
}
