//! One table with the bars beside the figures.

use crate::load::Measured;

/// Single rows that pgbench read in a second on the machine of the bars, with eight clients. Source:
/// `quality.md` of the design.
const SELECTS_OF_BARS: f64 = 42_838.0;

/// How much slower this machine is, at this moment, than the one whose figures the bars are.
#[derive(Clone, Copy, Debug)]
pub struct Slowness(f64);

impl Slowness {
    /// From pgbench's rates of reading single rows, before and after what is measured.
    pub fn of(selects: &[f64]) -> Self {
        let count = f64::from(u32::try_from(selects.len()).unwrap_or(1).max(1));
        Self(SELECTS_OF_BARS * count / selects.iter().sum::<f64>().max(1.0))
    }
}

impl std::fmt::Display for Slowness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.2}", self.0)
    }
}

/// What a path may cost, in processor milliseconds a request.
#[derive(Clone, Copy, Debug)]
pub struct Bar {
    pub service_ms: f64,
    pub postgres_ms: f64,
}

impl Bar {
    pub const fn new(service_ms: f64, postgres_ms: f64) -> Self {
        Self {
            service_ms,
            postgres_ms,
        }
    }

    fn times(self, factor: f64) -> Self {
        Self::new(self.service_ms * factor, self.postgres_ms * factor)
    }
}

/// Prints a line for each path, with the bars as this machine's; the last column says whether both hold.
pub fn print(rows: &[(Measured, Bar)], Slowness(slowness): Slowness) {
    say(&format!(
        "pgbench reads {:.0} rows a second here, and read {SELECTS_OF_BARS:.0} where the bars were set: \
         they are taken times {slowness:.2}",
        SELECTS_OF_BARS / slowness
    ));
    say(&format!(
        "{:<38} {:>8} {:>9} {:>8} {:>9} {:>8} {:>8} {:>8} {:>8} {:>6}",
        "path", "req/s", "cpu ms", "bar", "pg ms", "bar", "broker", "p50 ms", "p99 ms", ""
    ));
    for (row, bar) in rows {
        let bar = bar.times(slowness);
        let holds = row.service_ms() <= bar.service_ms && row.postgres_ms() <= bar.postgres_ms;
        let verdict = match (row.failures, holds) {
            (1.., _) => "FAILED",
            (0, true) => "ok",
            (0, false) => "over",
        };
        say(&format!(
            "{:<38} {:>8.0} {:>9.4} {:>8.3} {:>9.4} {:>8.3} {:>8.4} {:>8.2} {:>8.2} {:>6}",
            row.name,
            row.per_second(),
            row.service_ms(),
            bar.service_ms,
            row.postgres_ms(),
            bar.postgres_ms,
            row.broker_ms(),
            row.p50_ms,
            row.p99_ms,
            verdict,
        ));
    }
}

/// The last word of a line whose bar is a single one.
pub const fn verdict(holds: bool) -> &'static str {
    if holds { "ok" } else { "OVER" }
}

#[expect(
    clippy::print_stdout,
    reason = "a bench tells its figures to whoever started it"
)]
pub fn say(line: &str) {
    println!("{line}");
}
