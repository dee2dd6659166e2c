//! How fast all services in one process are ready, and what they hold when nobody asks.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::cpu;
use crate::table::say;

const SERVICES: [&str; 7] = [
    "TENANTS",
    "CATALOG",
    "ORDERS",
    "PAYMENTS",
    "INVOICING",
    "MAIL",
    "MIGRATION",
];
/// Ports of a second platform beside the one that is measured.
const OFFSET: u16 = 50;
const ROUNDS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(20);
/// What settles after a start has settled by then.
const IDLE_AFTER: Duration = Duration::from_secs(5);

/// Starts `stores serve all` a few times on ports of its own, and ends it again.
pub async fn measure() -> anyhow::Result<()> {
    let mut times = Vec::new();
    let mut memory = 0;
    for round in 0..ROUNDS {
        let mut all = start()?;
        let took = ready(&mut all.0).await?;
        times.push(took);
        if round == 0 {
            tokio::time::sleep(IDLE_AFTER).await;
            memory = cpu::memory_of(all.0.id());
        }
    }
    times.sort_unstable();
    let median = times.get(ROUNDS / 2).copied().unwrap_or_default();
    say(&format!(
        "all services in one process: ready after {:.0} ms (median of {ROUNDS}; at most 1,000), {} MB idle (at most 120)",
        median.as_secs_f64() * 1_000.0,
        memory / 1_000_000
    ));
    Ok(())
}

/// Ends with the value.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start() -> anyhow::Result<Started> {
    // Built beside the bench. `bin/stores` of the run folder would set the ports back.
    let program = std::env::current_exe()?.with_file_name("stores");
    let mut command = Command::new(program);
    command.args(["serve", "all"]);
    for service in SERVICES {
        command.env(format!("{service}_PORT"), port(service)?.to_string());
    }
    command.stdout(Stdio::null()).stderr(Stdio::null());
    Ok(Started(command.spawn().context("stores cannot be run")?))
}

async fn ready(child: &mut Child) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let http = reqwest::Client::new();
    for service in SERVICES {
        let url = format!("http://127.0.0.1:{}/internal/ready", port(service)?);
        while !http
            .get(&url)
            .send()
            .await
            .is_ok_and(|answer| answer.status().is_success())
        {
            if let Some(ended) = child.try_wait()? {
                bail!("stores serve all ended: {ended}");
            }
            anyhow::ensure!(began.elapsed() < PATIENCE, "{service} did not become ready");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    Ok(began.elapsed())
}

fn port(service: &str) -> anyhow::Result<u16> {
    let variable = format!("{service}_PORT");
    let port: u16 = std::env::var(&variable).context(variable)?.parse()?;
    Ok(port + OFFSET)
}
