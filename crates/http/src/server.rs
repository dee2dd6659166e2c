//! One process: the servers of its services and their workers, from start to an orderly end.

mod run;
mod workers;

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::dev::{ServerHandle, ServiceRequest, fn_service};
use actix_web::{App, HttpServer};
use anyhow::Context;
use socket2::SockRef;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::dispatch::dispatch;
use crate::limits;
use crate::service::{Platform, Service, ServiceParts, Worker};
use workers::Workers;

pub use run::serve;

/// What a process does: answer requests, work beside them, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roles {
    pub serve: bool,
    pub work: bool,
}

impl Roles {
    pub const ALL: Self = Self {
        serve: true,
        work: true,
    };
    pub const SERVE: Self = Self {
        serve: true,
        work: false,
    };
    pub const WORK: Self = Self {
        serve: false,
        work: true,
    };
}

/// The services that listen, by port, and whether the process is about to end.
pub(crate) struct Serving {
    by_port: HashMap<u16, Service>,
    roles: Roles,
    draining: AtomicBool,
}

impl Serving {
    pub fn of_port(&self, port: u16) -> Option<&Service> {
        self.by_port.get(&port)
    }

    /// A process that only works tells operators how it is, and answers nobody else.
    pub fn answers_everybody(&self) -> bool {
        self.roles.serve
    }

    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

/// A process at work. Dropping it leaves it running; [`stop`](Self::stop) ends it in good order.
pub struct Running {
    addresses: Vec<(&'static str, SocketAddr)>,
    serving: Arc<Serving>,
    server: Option<(ServerHandle, JoinHandle<std::io::Result<()>>)>,
    workers: Workers,
    drain: std::time::Duration,
}

impl Running {
    /// Listens on the configured ports (0 takes a free one) and starts the workers.
    ///
    /// # Errors
    /// When a port is not free, or a service has no port.
    pub fn start(
        platform: &Platform,
        parts: Vec<ServiceParts>,
        roles: Roles,
    ) -> anyhow::Result<Self> {
        let mut services = Vec::new();
        let mut workers = Vec::new();
        for part in parts {
            workers.extend(
                part.workers
                    .into_iter()
                    .filter(|worker| worker.runs_in(roles)),
            );
            services.push(part.service);
        }
        let names: Vec<_> = services.iter().map(|service| service.name).collect();
        let listeners = listeners(platform, &services)?;
        let addresses = listeners
            .iter()
            .map(|(name, _, address)| (*name, *address))
            .collect();
        let by_port = listeners
            .iter()
            .zip(&services)
            .map(|((_, _, at), s)| (at.port(), s.clone()));
        let serving = Arc::new(Serving {
            by_port: by_port.collect(),
            roles,
            draining: AtomicBool::new(false),
        });
        let listeners = listeners
            .into_iter()
            .map(|(_, listener, _)| listener)
            .collect();
        let server = spawn_server(platform, serving.clone(), listeners)?;
        workers.push(beat(platform, services));
        tracing::info!(services = ?names, serve = roles.serve, work = roles.work, "Started");
        Ok(Self {
            addresses,
            serving,
            server: Some(server),
            workers: Workers::spawn(workers),
            drain: std::time::Duration::from_secs(platform.config.drain_seconds),
        })
    }

    /// Where a service listens.
    pub fn address(&self, service: &str) -> Option<SocketAddr> {
        self.addresses
            .iter()
            .find(|(name, _)| *name == service)
            .map(|(_, address)| *address)
    }

    /// Ends when a worker fails: nothing else may go on as if it were there.
    pub async fn failed(&mut self) -> anyhow::Error {
        self.workers.failed().await
    }

    /// Says "not ready", gives proxies time to notice, stops listening, finishes what is under way
    /// (at most 25 s), and ends the workers.
    pub async fn stop(mut self) {
        self.serving.draining.store(true, Ordering::Relaxed);
        tokio::time::sleep(self.drain).await;
        if let Some((handle, server)) = self.server.take() {
            handle.stop(true).await;
            let _ = server.await;
        }
        self.workers.stop(limits::SHUTDOWN_TIME).await;
    }
}

type Listening = (&'static str, TcpListener, SocketAddr);

fn listeners(platform: &Platform, services: &[Service]) -> anyhow::Result<Vec<Listening>> {
    let listen = |service: &Service| {
        let name = service.name;
        let port = platform
            .config
            .port_of(name)
            .with_context(|| format!("{name} has no port"))?;
        let wanted = SocketAddr::new(platform.config.listen_host, port);
        let listener = TcpListener::bind(wanted)
            .with_context(|| format!("{name} cannot listen on {wanted}"))?;
        // What accepts a connection hands its limit on to it.
        SockRef::from(&listener).set_tcp_user_timeout(Some(limits::SEND_TIME))?;
        let address = listener.local_addr()?;
        Ok((name, listener, address))
    };
    services.iter().map(listen).collect()
}

fn spawn_server(
    platform: &Platform,
    serving: Arc<Serving>,
    listeners: Vec<TcpListener>,
) -> anyhow::Result<(ServerHandle, JoinHandle<std::io::Result<()>>)> {
    let factory = move || {
        let serving = serving.clone();
        App::new().default_service(fn_service(move |request: ServiceRequest| {
            let serving = serving.clone();
            async move { Ok::<_, actix_web::Error>(dispatch(&serving, request).await) }
        }))
    };
    let mut server = HttpServer::new(factory)
        .workers(platform.config.http_workers.max(1))
        .worker_max_blocking_threads(4)
        .max_connections(limits::CONNECTIONS_PER_WORKER)
        .client_request_timeout(limits::HEADER_TIME)
        .keep_alive(limits::KEEP_ALIVE)
        .shutdown_timeout(limits::SHUTDOWN_TIME.as_secs())
        .disable_signals();
    for listener in listeners {
        server = server.listen(listener)?;
    }
    let server = server.run();
    Ok((server.handle(), tokio::spawn(server)))
}

/// Asks each service every five seconds whether it is ready, and tells Redis.
fn beat(platform: &Platform, services: Vec<Service>) -> Worker {
    let heartbeats = platform.heartbeats.clone();
    Worker::beside_requests(
        "heartbeats",
        move |shutdown: CancellationToken| async move {
            heartbeats.run(services, shutdown).await;
        },
    )
}
