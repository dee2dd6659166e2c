//! What a process tells of itself: log lines, traces and counts.
//!
//! Nothing here ever sees a header, a body or a value of a query: spans carry path templates and
//! ids, log lines say what happened. Traces and logs leave the process by OTLP when
//! `OTEL_EXPORTER_OTLP_ENDPOINT` is set, and cost nothing when it is not; counts are read at
//! `/internal/metrics`, also by a collector.

mod export;
mod log;
mod metrics;
mod panics;
mod trace;

pub use metrics::metrics_text;
pub use trace::{continue_from, current_traceparent, span_from_traceparent, traces};

use kernel::config::Config;

use export::Exporters;

/// Keeps telemetry going; [`shutdown`](Self::shutdown) sends what is still held.
pub struct Telemetry {
    exporters: Option<Exporters>,
}

/// Starts log lines, counts, and traces where they are configured; once per process.
///
/// `service` is the name under which a collector shows this process.
///
/// # Errors
/// When an exporter cannot be made, or a process starts it twice.
pub fn init(config: &Config, service: &str) -> anyhow::Result<Telemetry> {
    init_with(config.otlp_endpoint.as_deref(), config.log_json, service)
}

/// The same for a program that has no use for the services' whole configuration.
///
/// # Errors
/// As [`init`].
pub fn init_with(
    otlp_endpoint: Option<&str>,
    log_json: bool,
    service: &str,
) -> anyhow::Result<Telemetry> {
    let exporters = otlp_endpoint
        .map(|endpoint| Exporters::new(endpoint, service))
        .transpose()?;
    log::install(log_json, exporters.as_ref())?;
    trace::set_enabled(exporters.is_some());
    metrics::install()?;
    panics::install_hook();
    Ok(Telemetry { exporters })
}

impl Telemetry {
    /// Sends what is still held, for at most some seconds.
    pub fn shutdown(self) {
        if let Some(exporters) = self.exporters {
            exporters.shutdown();
        }
    }
}
