//! The trace's thread from process to process: W3C Trace Context's `traceparent`.

use std::sync::atomic::{AtomicBool, Ordering};

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

static ENABLED: AtomicBool = AtomicBool::new(false);

pub(crate) fn set_enabled(enabled: bool) {
    ENABLED.store(enabled, Ordering::Relaxed);
}

/// Whether traces leave this process; where they do not, spans are not worth their cost.
pub fn traces() -> bool {
    ENABLED.load(Ordering::Relaxed)
}

/// The current span's `traceparent`; nothing when tracing is off.
pub fn current_traceparent() -> Option<String> {
    let context = Span::current().context();
    let span = context.span().span_context().clone();
    span.is_valid().then(|| {
        format!(
            "00-{}-{}-{:02x}",
            span.trace_id(),
            span.span_id(),
            span.trace_flags().to_u8()
        )
    })
}

/// Makes `span` a child of the one that sent `traceparent`; a malformed text is ignored.
pub fn continue_from(span: &Span, traceparent: &str) {
    if let Some(parent) = parse(traceparent) {
        // Fails only when no tracing layer is installed: then there is no trace to continue.
        let _ = span.set_parent(Context::new().with_remote_span_context(parent));
    }
}

/// A span named `name` that continues the sender's trace.
pub fn span_from_traceparent(name: &str, traceparent: Option<&str>) -> Span {
    let span = tracing::info_span!("work", otel.name = name);
    if let Some(parent) = traceparent {
        continue_from(&span, parent);
    }
    span
}

fn parse(traceparent: &str) -> Option<SpanContext> {
    let mut parts = traceparent.split('-');
    let (version, trace, span, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let whole = version.len() == 2 && trace.len() == 32 && span.len() == 16 && flags.len() == 2;
    let context = SpanContext::new(
        TraceId::from_hex(trace).ok()?,
        SpanId::from_hex(span).ok()?,
        TraceFlags::new(u8::from_str_radix(flags, 16).ok()?),
        true,
        TraceState::default(),
    );
    (whole && context.is_valid()).then_some(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_traceparent_is_continued() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert!(parse(good).unwrap().is_sampled());
        let nobody = format!("00-{}-{}-01", "0".repeat(32), "0".repeat(16));
        for bad in ["", "00-1-2-3", "garbage", nobody.as_str()] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn without_a_collector_there_is_no_trace() {
        assert!(!traces());
        assert_eq!(current_traceparent(), None);
    }
}
