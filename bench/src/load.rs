//! Many connections that ask as fast as they are answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::cpu::{self, Cpu};
use crate::table;

/// Connections that are kept alive, as the bars are defined.
pub const CONNECTIONS: usize = 32;
/// A path is measured this often; the median by the services' processor time counts.
pub const ROUNDS: u64 = 3;

/// Of a core: an idle platform uses less.
const IDLE_SHARE: f64 = 0.05;
/// Nobody waits longer for a platform to come to rest.
const SETTLED_WITHIN: Duration = Duration::from_secs(60);

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

/// How much one round asks.
#[derive(Clone, Copy, Debug)]
pub enum Amount {
    For(Duration),
    /// So many requests, for paths on which no request may come twice.
    Requests(u64),
}

/// Runs `work(connection, nth)` on every connection, `nth` never twice, until a round's amount is
/// done; answers the median of [`ROUNDS`]. A round by time runs once before it counts: a platform that
/// has been up for a minute has its connections open and their statements planned. `work` says whether it
/// was a success. Where its requests set something going behind their answers, that counts until nothing
/// happened any more for as long as `settle`.
pub async fn run<F, Fut>(name: &str, amount: Amount, settle: Duration, work: F) -> Measured
where
    F: Fn(usize, u64) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = bool> + Send,
{
    let work = Arc::new(work);
    let next = Arc::new(AtomicU64::new(0));
    if matches!(amount, Amount::For(_)) {
        round(name, amount, settle, work.clone(), next.clone()).await;
    }
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(round(name, amount, settle, work.clone(), next.clone()).await);
    }
    let failures = rounds.iter().map(|measured| measured.failures).sum();
    rounds.sort_by(|a, b| a.service_ms().total_cmp(&b.service_ms()));
    let median = rounds.swap_remove(rounds.len() / 2);
    Measured { failures, ..median }
}

async fn round<F, Fut>(
    name: &str,
    amount: Amount,
    settle: Duration,
    work: Arc<F>,
    next: Arc<AtomicU64>,
) -> Measured
where
    F: Fn(usize, u64) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = bool> + Send,
{
    let first = next.load(Ordering::Relaxed);
    let failures = Arc::new(AtomicU64::new(0));
    let before = cpu::read();
    let began = Instant::now();
    let tasks = (0..CONNECTIONS).map(|connection| {
        let (work, failures, next) = (work.clone(), failures.clone(), next.clone());
        tokio::spawn(async move {
            let mut times = Vec::new();
            loop {
                let nth = next.fetch_add(1, Ordering::Relaxed);
                let is_over = match amount {
                    Amount::For(lasting) => began.elapsed() >= lasting,
                    Amount::Requests(count) => nth >= first + count,
                };
                if is_over {
                    return times;
                }
                let asked = Instant::now();
                if !work(connection, nth).await {
                    failures.fetch_add(1, Ordering::Relaxed);
                }
                times.push(asked.elapsed());
            }
        })
    });
    let mut times: Vec<Duration> = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        times.extend(task.await.unwrap_or_default());
    }
    let seconds = began.elapsed().as_secs_f64();
    settled(settle).await;
    // Those that found the round over had taken a number, too.
    if let Amount::Requests(count) = amount {
        next.store(first + count, Ordering::Relaxed);
    }
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

/// Waits until the platform has next to nothing to do for a while.
async fn settled(quiet: Duration) {
    let least = quiet.mul_f64(IDLE_SHARE).as_secs_f64();
    let began = Instant::now();
    while !quiet.is_zero() {
        if began.elapsed() > SETTLED_WITHIN {
            table::say("the platform did not come to rest: what it does counts, and more may come");
            break;
        }
        let before = cpu::read();
        tokio::time::sleep(quiet).await;
        let used = cpu::read().since(before);
        if used.services + used.postgres <= least {
            break;
        }
    }
}

/// `bench ask PORT HOST PATH TIMES`: asks a server for one page, so many times, for benches that are not
/// written in Rust. A slower client would leave the server asleep between two questions, and waking up would be
/// counted as its work.
pub struct Ask {
    url: String,
    host: String,
    times: u64,
}

impl Ask {
    pub fn from_arguments() -> anyhow::Result<Option<Self>> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let [word, port, host, path, times] = arguments.as_slice() else {
            return Ok(None);
        };
        if word != "ask" {
            return Ok(None);
        }
        Ok(Some(Self {
            url: format!("http://127.0.0.1:{port}{path}"),
            host: host.clone(),
            times: times.parse()?,
        }))
    }
}

/// # Errors
/// When an answer is not 200.
pub async fn ask(ask: Ask) -> anyhow::Result<()> {
    let http = reqwest::Client::builder()
        .pool_max_idle_per_host(CONNECTIONS)
        .build()?;
    let (ask, next) = (Arc::new(ask), Arc::new(AtomicU64::new(0)));
    let asking = (0..CONNECTIONS).map(|_| {
        let (http, ask, next) = (http.clone(), ask.clone(), next.clone());
        tokio::spawn(async move {
            while next.fetch_add(1, Ordering::Relaxed) < ask.times {
                let request = http.get(&ask.url).header("host", &ask.host);
                let answer = request.header("accept-encoding", "gzip").send().await?;
                answer.error_for_status()?.bytes().await?;
            }
            Ok::<_, reqwest::Error>(())
        })
    });
    for task in asking.collect::<Vec<_>>() {
        task.await??;
    }
    Ok(())
}

/// Milliseconds under which `percent` of the sorted times lie.
pub fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted
        .get(at)
        .map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
}
