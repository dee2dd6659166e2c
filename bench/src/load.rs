//! Many connections that ask as fast as they are answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::cpu::{self, Cpu};

/// Connections that are kept alive, as the bars are defined.
pub const CONNECTIONS: usize = 32;

/// What a run measured.
#[derive(Clone, Debug)]
pub struct Measured {
    pub name: String,
    pub requests: u64,
    pub failures: u64,
    pub seconds: f64,
    pub cpu: Cpu,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

impl Measured {
    /// Processor milliseconds of the services for each request.
    pub fn service_ms(&self) -> f64 {
        per_request(self.cpu.services, self.requests)
    }

    pub fn postgres_ms(&self) -> f64 {
        per_request(self.cpu.postgres, self.requests)
    }

    pub fn broker_ms(&self) -> f64 {
        per_request(self.cpu.broker, self.requests)
    }

    #[expect(
        clippy::as_conversions,
        reason = "a count of requests fits a float's mantissa"
    )]
    pub fn per_second(&self) -> f64 {
        self.requests as f64 / self.seconds
    }
}

#[expect(
    clippy::as_conversions,
    reason = "a count of requests fits a float's mantissa"
)]
fn per_request(seconds: f64, requests: u64) -> f64 {
    seconds * 1_000.0 / (requests.max(1) as f64)
}

/// Runs `work(connection, round)` on every connection until `lasting` is over. `work` answers
/// whether it was a success.
pub async fn run<F, Fut>(name: &str, lasting: Duration, work: F) -> Measured
where
    F: Fn(usize, u64) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = bool> + Send,
{
    let work = Arc::new(work);
    let failures = Arc::new(AtomicU64::new(0));
    let before = cpu::read();
    let began = Instant::now();
    let tasks = (0..CONNECTIONS).map(|connection| {
        let (work, failures) = (work.clone(), failures.clone());
        tokio::spawn(async move {
            let mut times = Vec::new();
            let mut round = 0;
            while began.elapsed() < lasting {
                let asked = Instant::now();
                if !work(connection, round).await {
                    failures.fetch_add(1, Ordering::Relaxed);
                }
                times.push(asked.elapsed());
                round += 1;
            }
            times
        })
    });
    let mut times: Vec<Duration> = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        times.extend(task.await.unwrap_or_default());
    }
    let seconds = began.elapsed().as_secs_f64();
    let cpu = cpu::read().since(before);
    times.sort_unstable();
    Measured {
        name: name.to_owned(),
        requests: u64::try_from(times.len()).unwrap_or(u64::MAX),
        failures: failures.load(Ordering::Relaxed),
        seconds,
        cpu,
        p50_ms: percentile(&times, 50),
        p99_ms: percentile(&times, 99),
    }
}

/// Milliseconds under which `percent` of the sorted times lie.
pub fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted
        .get(at)
        .map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
}
