//! A double of a WooCommerce shop: its REST API, its files, and everything that shops do to those
//! who read them.

mod admin;
mod ask;
mod auth;
mod calendar;
mod csv;
mod edits;
mod error;
mod faults;
mod fixed;
mod garden;
mod images;
mod ledger;
mod list;
mod load;
mod reply;
mod routes;
mod sample;
mod serve;
mod shop;
mod state;
mod views;
mod world;

use crate::Handle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use anyhow::Context as _;
use ask::Ask;
use auth::Key;
use faults::Fault;
use kernel::Clock;
use reply::Reply;
use serde_json::json;
use shop::Shop;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;
use world::World;

/// Numbers of more grown things would meet each other.
const GROWN_MAX: u64 = 200_000;

/// What the shop needs to know. Everything has a default that fits a developer's machine.
#[derive(Clone, Debug, clap::Args)]
pub struct Config {
    #[arg(long, default_value = "127.0.0.1")]
    pub host: String,
    /// 0 takes a free port.
    #[arg(long, default_value_t = 9050)]
    pub port: u16,
    #[arg(long, default_value = "ck_simulator")]
    pub consumer_key: String,
    #[arg(long, default_value = "cs_simulator", hide_env_values = true)]
    pub consumer_secret: String,
    /// A product CSV as WooCommerce exports it, instead of the goods that come with the shop.
    #[arg(long)]
    pub csv: Option<PathBuf>,
    /// So many products more, half of them with variations, made up from the seed.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=GROWN_MAX))]
    pub products: u64,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// A tenth of the products without this, and not fewer than 40.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=GROWN_MAX))]
    pub customers: Option<u64>,
    /// A tenth of the products without this, and not fewer than 60.
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=GROWN_MAX))]
    pub orders: Option<u64>,
    #[arg(skip)]
    pub clock: Clock,
}

impl Default for Config {
    /// A free port and the small shop: for tests.
    fn default() -> Self {
        Self {
            host: "127.0.0.1".into(),
            port: 0,
            consumer_key: "ck_simulator".into(),
            consumer_secret: "cs_simulator".into(),
            csv: None,
            products: 0,
            seed: 1,
            customers: None,
            orders: None,
            clock: Clock::system(),
        }
    }
}

struct Sim {
    config: Config,
    key: Key,
    shop: RwLock<Shop>,
    world: Mutex<World>,
}

/// Starts the shop and answers once it listens.
pub async fn start(config: Config) -> anyhow::Result<(SocketAddr, Handle)> {
    let listener = TcpListener::bind((config.host.as_str(), config.port))
        .with_context(|| format!("listening on {}:{}", config.host, config.port))?;
    let address = listener.local_addr()?;
    let sim = Sim {
        key: Key {
            consumer: config.consumer_key.clone(),
            secret: config.consumer_secret.clone(),
        },
        shop: RwLock::new(sample::fill(&config)?),
        world: Mutex::default(),
        config,
    };
    let data = web::Data::new(sim);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .configure(admin::routes)
            .default_service(web::to(answer))
    })
    .workers(2)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok((address, Handle::of_server(server)))
}

impl Sim {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shop(&self) -> RwLockReadGuard<'_, Shop> {
        self.shop.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn shop_mut(&self) -> RwLockWriteGuard<'_, Shop> {
        self.shop.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The shop's answer, with the trouble that was ordered for it.
    fn reply(&self, mut ask: Ask, fault: Option<&Fault>) -> Reply {
        let Some(fault) = fault else {
            return self.read(&ask);
        };
        let here = format!("{}{}", ask.origin, ask.path);
        if let Some(reply) = reply::instead(fault, &here, &self.address(&ask)) {
            return reply;
        }
        if fault.kind == faults::Kind::StalePage {
            ask.query.put("page", "1");
        }
        reply::spoil(self.read(&ask), fault)
    }

    fn read(&self, ask: &Ask) -> Reply {
        let (reply, is_page) = self.answer(ask);
        if is_page {
            let due = edits::page_was_read(&mut self.world().waiting, &ask.path);
            let now = self.config.clock.unix();
            for edit in due {
                if let Err(error) = edit.apply(&mut self.shop_mut(), now) {
                    tracing::error!("an edit that waited failed: {error}");
                }
            }
        }
        reply
    }
}

async fn answer(sim: web::Data<Sim>, request: HttpRequest) -> HttpResponse {
    let ask = Ask::of(&request);
    let target = match request.query_string() {
        "" => ask.path.clone(),
        query => format!("{}?{query}", ask.path),
    };
    sim.world().begin();
    let fault = faults::meet(&mut sim.world().faults, &ask.method, &target);
    if let Some(fault) = fault
        .as_ref()
        .filter(|fault| fault.kind != faults::Kind::Drip)
    {
        tokio::time::sleep(Duration::from_millis(fault.slow_ms)).await;
    }
    let entry = json!({"at": sim.config.clock.unix(), "method": ask.method, "path": ask.path,
        "query": without_key(&ask), "fault": fault.as_ref().map(|fault| fault.kind)});
    let reply = sim.reply(ask, fault.as_ref());
    note(&sim, entry, reply.status);
    reply.respond().await
}

fn note(sim: &Sim, mut entry: serde_json::Value, status: u16) {
    use crate::json::Json as _;
    entry.set("status", status);
    tracing::debug!("{entry}");
    let mut world = sim.world();
    world.traffic.under_way -= 1;
    world.note(entry);
}

/// What was asked, without what opens the shop.
fn without_key(ask: &Ask) -> String {
    let mut query = ask.query.clone();
    for name in ["consumer_key", "consumer_secret", "oauth_signature"] {
        query.remove(name);
    }
    query.encoded()
}
