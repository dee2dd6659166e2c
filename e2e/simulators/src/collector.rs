//! A double of an OpenTelemetry collector: takes spans over OTLP/HTTP and shows them by trace. Nothing outside
//! runs behind it, so it is started only where a test looks at traces.

use crate::Handle;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Context as _;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use serde::Serialize;
use serde_json::json;
use std::collections::VecDeque;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Mutex, PoisonError};

/// The newest are kept.
const SPANS_MAX: usize = 100_000;
const BODY_BYTES_MAX: usize = 16 << 20;

#[derive(Clone, Debug, clap::Args)]
pub struct Config {
    #[arg(long, default_value = "127.0.0.1")]
    pub host: String,
    /// 0 takes a free port.
    #[arg(long, default_value_t = 4318)]
    pub port: u16,
}

/// A span, as it is shown.
#[derive(Clone, Debug, Serialize)]
struct Seen {
    trace_id: String,
    span_id: String,
    /// Empty where the trace begins.
    parent_id: String,
    service: String,
    name: String,
    attributes: Vec<(String, String)>,
}

type Spans = Mutex<VecDeque<Seen>>;

/// Starts the double and answers once it listens.
pub async fn start(config: Config) -> anyhow::Result<(SocketAddr, Handle)> {
    let listener = TcpListener::bind((config.host.as_str(), config.port))
        .with_context(|| format!("listening on {}:{}", config.host, config.port))?;
    let address = listener.local_addr()?;
    let spans = Data::new(Spans::default());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(spans.clone())
            .app_data(web::PayloadConfig::new(BODY_BYTES_MAX))
            .route("/v1/traces", web::post().to(take))
            .route("/v1/logs", web::post().to(HttpResponse::Ok))
            .route("/_sim/traces/{trace_id}", web::get().to(show))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok((address, Handle::of_server(server)))
}

/// Source: OTLP 1.x, binary protobuf over HTTP.
async fn take(spans: Data<Spans>, body: Bytes) -> HttpResponse {
    let Ok(request) = ExportTraceServiceRequest::decode(body) else {
        return HttpResponse::BadRequest().body("an ExportTraceServiceRequest in protobuf");
    };
    let mut spans = spans.lock().unwrap_or_else(PoisonError::into_inner);
    for group in request.resource_spans {
        let service = service(group.resource.as_ref());
        let told = group.scope_spans.into_iter().flat_map(|scope| scope.spans);
        spans.extend(told.map(|span| seen(&service, span)));
    }
    let surplus = spans.len().saturating_sub(SPANS_MAX);
    spans.drain(..surplus);
    HttpResponse::Ok().finish()
}

async fn show(spans: Data<Spans>, trace_id: Path<String>) -> HttpResponse {
    let spans = spans.lock().unwrap_or_else(PoisonError::into_inner);
    let of_trace: Vec<&Seen> = spans
        .iter()
        .filter(|span| span.trace_id == *trace_id)
        .collect();
    HttpResponse::Ok().json(json!({ "spans": of_trace }))
}

fn service(resource: Option<&Resource>) -> String {
    let attributes = resource
        .into_iter()
        .flat_map(|resource| &resource.attributes);
    let mut named = attributes.filter(|attribute| attribute.key == "service.name");
    let value = named.next().and_then(|attribute| attribute.value.clone());
    value.map(|value| text(value.value)).unwrap_or_default()
}

fn seen(service: &str, span: Span) -> Seen {
    let attributes = span.attributes.into_iter();
    Seen {
        trace_id: hex::encode(span.trace_id),
        span_id: hex::encode(span.span_id),
        parent_id: hex::encode(span.parent_span_id),
        service: service.to_owned(),
        name: span.name,
        attributes: attributes
            .map(|one| (one.key, text(one.value.and_then(|value| value.value))))
            .collect(),
    }
}

fn text(value: Option<Any>) -> String {
    match value {
        Some(Any::StringValue(text)) => text,
        Some(other) => format!("{other:?}"),
        None => String::new(),
    }
}
