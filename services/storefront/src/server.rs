//! The process: its server, its listener, and an orderly end.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::dev::{ServiceRequest, ServiceResponse, fn_service};
use actix_web::{HttpRequest, HttpResponse, HttpServer};
use anyhow::Context;
use bus::Rabbit;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::app::App;
use crate::config::Settings;
use crate::web::respond;
use crate::{news, pages, theme};

const HEADER_TIME: Duration = Duration::from_secs(10);
const KEEP_ALIVE: Duration = Duration::from_secs(75);
const SHUTDOWN_SECONDS: u64 = 25;
const CONNECTIONS_PER_WORKER: usize = 10_000;

/// Runs until SIGTERM or SIGINT, then ends in good order.
///
/// # Errors
/// When the themes cannot be read, or the port is taken.
pub async fn run(settings: Settings) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (address, drain) = (
        SocketAddr::new(settings.listen_host, settings.port),
        Duration::from_secs(settings.drain_seconds),
    );
    let workers = settings.http_workers.max(1);
    let listener = TcpListener::bind(address)
        .with_context(|| format!("the storefront cannot listen on {address}"))?;
    let app = Arc::new(App::new(settings)?);
    let stop = CancellationToken::new();
    let beside = spawn_workers(&app, &stop);
    let draining = Arc::new(AtomicBool::new(false));
    let (shared, is_draining) = (app.clone(), draining.clone());
    let factory = move || {
        let (app, draining) = (shared.clone(), is_draining.clone());
        actix_web::App::new().default_service(fn_service(move |request: ServiceRequest| {
            let (app, draining) = (app.clone(), draining.clone());
            async move { Ok::<_, actix_web::Error>(dispatch(&app, &draining, request).await) }
        }))
    };
    let server = HttpServer::new(factory)
        .workers(workers)
        .worker_max_blocking_threads(2)
        .max_connections(CONNECTIONS_PER_WORKER)
        .client_request_timeout(HEADER_TIME)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .disable_signals()
        .listen(listener)?
        .run();
    let handle = server.handle();
    let serving = tokio::spawn(server);
    tracing::info!(address = %address, "Started");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("Ending");
    draining.store(true, Ordering::Relaxed);
    tokio::time::sleep(drain).await;
    handle.stop(true).await;
    serving.await??;
    stop.cancel();
    for worker in beside {
        let _ = worker.await;
    }
    Ok(())
}

fn spawn_workers(app: &App, stop: &CancellationToken) -> [tokio::task::JoinHandle<()>; 2] {
    let rabbit = Rabbit::new(app.settings.brokers.clone());
    let listener = news::listener(rabbit, &app.versions);
    // Set once, before the first request.
    let _ = app.news.set(listener.link());
    [
        tokio::spawn(listener.run(stop.clone())),
        tokio::spawn(theme::keep_watching(app.library.clone(), stop.clone())),
    ]
}

async fn dispatch(app: &App, draining: &AtomicBool, request: ServiceRequest) -> ServiceResponse {
    let (req, payload) = request.into_parts();
    if let Some(answer) = internal(app, draining, req.path()) {
        return ServiceResponse::new(req, answer);
    }
    let answering = pages::answer(app, &req, payload);
    let (mut response, request_id) = match span(&req) {
        Some(span) => answering.instrument(span).await,
        None => answering.await,
    };
    respond::dress(&mut response, request_id.as_deref());
    ServiceResponse::new(req, response)
}

/// Of the page's trace, which goes on in the services that it asks. The rest of an address may open somebody's
/// order, so only its first word is told.
fn span(req: &HttpRequest) -> Option<tracing::Span> {
    if !telemetry::traces() {
        return None;
    }
    let place = req.path().split('/').nth(1).unwrap_or_default();
    let span = tracing::info_span!(
        "page",
        otel.name = %format!("{} /{place}", req.method()),
        otel.kind = "server",
        http.request.method = %req.method(),
    );
    let parent = req.headers().get("traceparent");
    if let Some(parent) = parent.and_then(|value| value.to_str().ok()) {
        telemetry::continue_from(&span, parent);
    }
    Some(span)
}

/// What operators ask on the service's own port; no router in front leads here.
fn internal(app: &App, draining: &AtomicBool, path: &str) -> Option<HttpResponse> {
    match path {
        "/internal/live" => Some(HttpResponse::Ok().body("live")),
        // It can always answer something; that others are well is not its readiness.
        "/internal/ready" if draining.load(Ordering::Relaxed) => {
            Some(HttpResponse::ServiceUnavailable().body("about to end"))
        }
        "/internal/ready" => Some(HttpResponse::Ok().body("ready")),
        "/internal/metrics" => {
            let (hears, bytes) = (u8::from(app.hears()), app.pages.bytes());
            metrics::gauge!("storefront_hears").set(f64::from(hears));
            metrics::gauge!("storefront_cache_bytes")
                .set(f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)));
            Some(
                HttpResponse::Ok()
                    .content_type("text/plain; version=0.0.4")
                    .body(telemetry::metrics_text()),
            )
        }
        _ => None,
    }
}
