//! The trace's thread through outbox rows and messages: W3C Trace Context's `traceparent`.

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The current span's `traceparent`; nothing when tracing is off.
pub(crate) fn current() -> Option<String> {
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

/// Makes `span` a child of the one that told the event; a malformed text is ignored.
pub(crate) fn continue_from(span: &Span, traceparent: &str) {
    if let Some(parent) = parse(traceparent) {
        // Fails only when no tracing layer is installed: then there is no trace to continue.
        let _ = span.set_parent(Context::new().with_remote_span_context(parent));
    }
}

fn parse(traceparent: &str) -> Option<SpanContext> {
    let mut parts = traceparent.split('-');
    let (version, trace, span, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let well_formed =
        version.len() == 2 && trace.len() == 32 && span.len() == 16 && flags.len() == 2;
    let context = SpanContext::new(
        TraceId::from_hex(trace).ok()?,
        SpanId::from_hex(span).ok()?,
        TraceFlags::new(u8::from_str_radix(flags, 16).ok()?),
        true,
        TraceState::default(),
    );
    (well_formed && context.is_valid()).then_some(context)
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
}
