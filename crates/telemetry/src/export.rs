//! Traces and logs to a collector: OTLP over HTTP, from threads of its own.

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{LogExporter, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider};

/// Which share of new traces is kept (`OTEL_TRACES_SAMPLER_ARG`); a trace that began elsewhere is
/// kept when it is there.
const RATIO_DEFAULT: f64 = 1.0;

pub(crate) struct Exporters {
    traces: SdkTracerProvider,
    pub logs: SdkLoggerProvider,
}

impl Exporters {
    /// `endpoint` is the collector's base, such as `http://collector:4318`.
    pub fn new(endpoint: &str, service: &str) -> anyhow::Result<Self> {
        let base = endpoint.trim_end_matches('/');
        let spans = SpanExporter::builder().with_http();
        let spans = spans.with_endpoint(format!("{base}/v1/traces")).build()?;
        let lines = LogExporter::builder().with_http();
        let lines = lines.with_endpoint(format!("{base}/v1/logs")).build()?;
        let ratio = std::env::var("OTEL_TRACES_SAMPLER_ARG").ok();
        let ratio = ratio
            .and_then(|text| text.parse().ok())
            .unwrap_or(RATIO_DEFAULT);
        let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(ratio)));
        Ok(Self {
            traces: SdkTracerProvider::builder()
                .with_batch_exporter(spans)
                .with_sampler(sampler)
                .with_resource(resource(service))
                .build(),
            logs: SdkLoggerProvider::builder()
                .with_batch_exporter(lines)
                .with_resource(resource(service))
                .build(),
        })
    }

    pub fn tracer(&self) -> SdkTracer {
        self.traces.tracer("stores")
    }

    pub fn shutdown(self) {
        // A collector that is away takes nothing more; the process ends all the same.
        let _ = self.traces.shutdown();
        let _ = self.logs.shutdown();
    }
}

fn resource(service: &str) -> Resource {
    Resource::builder()
        .with_service_name(service.to_owned())
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build()
}
