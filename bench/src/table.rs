//! One table with the bars beside the figures.

use crate::load::Measured;

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
}

/// Prints a line for each path; the last column says whether both bars hold.
pub fn print(rows: &[(Measured, Bar)]) {
    say(&format!(
        "{:<38} {:>8} {:>9} {:>8} {:>9} {:>8} {:>8} {:>8} {:>8} {:>6}",
        "path", "req/s", "cpu ms", "bar", "pg ms", "bar", "broker", "p50 ms", "p99 ms", ""
    ));
    for (row, bar) in rows {
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
