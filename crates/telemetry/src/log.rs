//! Log lines on standard output, as text or JSON; `RUST_LOG` filters.

use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use tracing_subscriber::filter::{EnvFilter, LevelFilter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

use crate::export::Exporters;

/// Libraries that tell more than anybody wants to read.
const QUIET: &str = "info,actix_server=warn,lapin=warn,h2=warn,hyper=warn,reqwest=warn,opentelemetry=warn,opentelemetry_sdk=warn,opentelemetry_otlp=warn";

/// lapin warns of a returned message with its whole payload, that is with names and addresses; the
/// relay counts and tells them without.
const NEVER: &str = "lapin::returned_messages=off";

type AnyLayer = Box<dyn Layer<Registry> + Send + Sync>;

pub(crate) fn install(json: bool, exporters: Option<&Exporters>) -> anyhow::Result<()> {
    let lines = tracing_subscriber::fmt::layer();
    let lines: AnyLayer = if json {
        lines
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .boxed()
    } else {
        lines.with_target(false).boxed()
    };
    let mut layers: Vec<AnyLayer> = vec![lines.with_filter(filter()).boxed()];
    if let Some(exporters) = exporters {
        let traces = tracing_opentelemetry::layer().with_tracer(exporters.tracer());
        layers.push(traces.with_filter(filter()).boxed());
        // The exporter's own lines would make new ones for ever.
        let own = EnvFilter::new(
            "info,opentelemetry=off,opentelemetry_sdk=off,opentelemetry_otlp=off,hyper=off,reqwest=off,h2=off,lapin::returned_messages=off",
        );
        let logs = OpenTelemetryTracingBridge::new(&exporters.logs);
        layers.push(logs.with_filter(own).boxed());
    }
    tracing_subscriber::registry().with(layers).try_init()?;
    Ok(())
}

fn filter() -> EnvFilter {
    let default = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into());
    let filter = match std::env::var("RUST_LOG") {
        Ok(wanted) if !wanted.is_empty() => default.parse_lossy(wanted),
        _ => default.parse_lossy(QUIET),
    };
    filter.add_directive(
        NEVER
            .parse()
            .expect("a directive of our own is well formed"),
    )
}
