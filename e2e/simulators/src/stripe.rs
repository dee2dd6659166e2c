//! A double of Stripe: its v1 API, its webhooks, its pages, and levers to make things go wrong.
//!
//! Every request is read by Stripe's own schema, every answer and event is checked by it.

mod admin;
mod calls;
mod contract;
mod error;
mod faults;
mod gateway;
mod pages;
mod scene;
mod schema;
mod webhooks;
mod world;

use crate::state::{self, Keeper, Kept};
use crate::{Handle, form, json};
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use anyhow::Context as _;
use contract::Contract;
use futures_util::{StreamExt as _, stream};
use gateway::{Call, Reply};
use kernel::Clock;
use scene::Scene;
use serde_json::{Value, json};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use webhooks::Endpoint;
use world::World;

/// Ids of the two endpoints of the command line.
const PLATFORM_ENDPOINT: &str = "we_platform";
const CONNECT_ENDPOINT: &str = "we_connect";
/// A caller that waits longer than this for a hanging answer gets its connection closed.
const HANG: Duration = Duration::from_secs(120);
const BODY_BYTES_MAX: usize = 1 << 20;
/// What the double needs to know. Everything has a default that fits a developer's machine.
#[derive(Clone, Debug, clap::Args)]
pub struct Config {
    #[arg(long, default_value = "127.0.0.1")]
    pub host: String,
    /// 0 takes a free port.
    #[arg(long, default_value_t = 9020)]
    pub port: u16,
    /// Address that browsers reach this server at, when it is not http://host:port.
    #[arg(long)]
    pub public_url: Option<String>,
    #[arg(
        long,
        env = "STRIPE_SECRET_KEY",
        default_value = "sk_test_simulator",
        hide_env_values = true
    )]
    pub secret_key: String,
    #[arg(
        long,
        env = "STRIPE_PUBLISHABLE_KEY",
        default_value = "pk_test_simulator"
    )]
    pub publishable_key: String,
    /// Where the platform's events go; none are sent without it.
    #[arg(long)]
    pub webhook_url: Option<String>,
    #[arg(
        long,
        env = "STRIPE_WEBHOOK_SECRET",
        default_value = "whsec_simulator",
        hide_env_values = true
    )]
    pub webhook_secret: String,
    /// Where the events of connected accounts go.
    #[arg(long)]
    pub connect_webhook_url: Option<String>,
    #[arg(
        long,
        env = "STRIPE_CONNECT_WEBHOOK_SECRET",
        default_value = "whsec_simulator_connect",
        hide_env_values = true
    )]
    pub connect_webhook_secret: String,
    /// File that keeps the accounts and payments over a restart.
    #[arg(long)]
    pub state: Option<PathBuf>,
    #[arg(skip)]
    pub clock: Clock,
}

impl Default for Config {
    /// A free port, no webhooks, nothing kept: for tests.
    fn default() -> Self {
        Self {
            host: "127.0.0.1".into(),
            port: 0,
            public_url: None,
            secret_key: "sk_test_simulator".into(),
            publishable_key: "pk_test_simulator".into(),
            webhook_url: None,
            webhook_secret: "whsec_simulator".into(),
            connect_webhook_url: None,
            connect_webhook_secret: "whsec_simulator_connect".into(),
            state: None,
            clock: Clock::system(),
        }
    }
}

struct Sim {
    config: Config,
    contract: Contract,
    world: Mutex<World>,
    client: reqwest::Client,
    runtime: tokio::runtime::Handle,
    /// Address of the pages, without a slash at the end.
    base: String,
    keeper: Keeper,
}

/// Starts the double and answers once it listens.
pub async fn start(config: Config) -> anyhow::Result<(SocketAddr, Handle)> {
    let listener = TcpListener::bind((config.host.as_str(), config.port))
        .with_context(|| format!("listening on {}:{}", config.host, config.port))?;
    let address = listener.local_addr()?;
    let sim = Arc::new(Sim::new(config, address)?);
    sim.deliver(webhooks::interrupted(&sim.world()));
    let data = web::Data::from(Arc::clone(&sim));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .app_data(web::PayloadConfig::new(BODY_BYTES_MAX))
            .wrap(
                actix_web::middleware::DefaultHeaders::new()
                    .add(("access-control-allow-origin", "*")),
            )
            .configure(admin::routes)
            .configure(pages::routes)
            .default_service(web::to(answer))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok((address, state::keep(sim, Handle::of_server(server))))
}

impl Sim {
    fn new(config: Config, address: SocketAddr) -> anyhow::Result<Self> {
        let base = config
            .public_url
            .clone()
            .unwrap_or_else(|| format!("http://{address}"));
        let keeper = Keeper::new(config.state.clone());
        let sim = Self {
            contract: Contract::load()?,
            world: Mutex::new(keeper.load()?.unwrap_or_default()),
            client: reqwest::Client::builder()
                .timeout(Duration::from_secs(10))
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .build()?,
            runtime: tokio::runtime::Handle::current(),
            base: base.trim_end_matches('/').to_owned(),
            keeper,
            config,
        };
        sim.add_endpoints();
        Ok(sim)
    }

    /// The two endpoints of the command line.
    fn add_endpoints(&self) {
        let all = json!(["*"]);
        let (platform, connect) = (
            self.config.webhook_url.as_deref(),
            self.config.connect_webhook_url.as_deref(),
        );
        let platform = Endpoint::new(
            platform.unwrap_or_default(),
            &self.config.webhook_secret,
            false,
            &all,
        );
        let connect = Endpoint::new(
            connect.unwrap_or_default(),
            &self.config.connect_webhook_secret,
            true,
            &all,
        );
        let mut world = self.world();
        world.endpoints.insert(PLATFORM_ENDPOINT.into(), platform);
        world.endpoints.insert(CONNECT_ENDPOINT.into(), connect);
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> i64 {
        self.config.clock.unix()
    }

    /// Does something to an account's objects; what it emits is sent afterwards.
    fn scene<T>(
        self: &Arc<Self>,
        account: &str,
        request: Value,
        act: impl FnOnce(&mut Scene<'_>) -> T,
    ) -> T {
        let mut world = self.world();
        let result = act(&mut Scene {
            world: &mut world,
            contract: &self.contract,
            account: account.to_owned(),
            now: self.now(),
            request,
            base: &self.base,
        });
        let due = std::mem::take(&mut world.due);
        self.keeper.changed();
        drop(world);
        self.deliver(due);
        result
    }

    fn deliver(self: &Arc<Self>, ids: Vec<u64>) {
        for id in ids {
            self.runtime.spawn(webhooks::deliver(Arc::clone(self), id));
        }
    }
}

impl Kept for Sim {
    fn save(&self) {
        self.world().forget_old(self.now());
        if self.keeper.take_changed() {
            self.keeper.write(&*self.world());
        }
    }

    fn keeper(&self) -> &Keeper {
        &self.keeper
    }
}

async fn answer(sim: web::Data<Sim>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    if request.method() == actix_web::http::Method::OPTIONS {
        return HttpResponse::NoContent()
            .insert_header(("access-control-allow-methods", "GET, POST"))
            .insert_header((
                "access-control-allow-headers",
                "authorization, content-type, stripe-account, stripe-version",
            ))
            .finish();
    }
    let call = Call::of(
        request.method().as_str(),
        request.path(),
        request.headers(),
        request.query_string(),
        &body,
    );
    let sim = sim.into_inner();
    match sim.runtime.spawn(call.run(Arc::clone(&sim))).await {
        Ok(reply) => respond(reply).await,
        Err(error) => {
            tracing::error!(%error, "a call broke: {error}");
            HttpResponse::InternalServerError().body("the double itself broke; see its log")
        }
    }
}

async fn respond(reply: Reply) -> HttpResponse {
    match reply {
        Reply::Json {
            status,
            body,
            request_id,
            replayed,
            retry_after,
        } => {
            let mut response =
                HttpResponse::build(StatusCode::from_u16(status).unwrap_or_default());
            response.insert_header(("request-id", request_id));
            if replayed {
                response.insert_header(("idempotent-replayed", "true"));
            }
            if let Some(seconds) = retry_after {
                response.insert_header(("retry-after", seconds.to_string()));
            }
            response.json(body)
        }
        Reply::Html(status) => {
            HttpResponse::build(StatusCode::from_u16(status).unwrap_or_default())
                .content_type("text/html")
                .body("<html><body><h1>502 Bad Gateway</h1></body></html>")
        }
        Reply::Cut => cut(),
        Reply::Hang => {
            tokio::time::sleep(HANG).await;
            cut()
        }
    }
}

/// The beginning of an answer, and no end.
fn cut() -> HttpResponse {
    let beginning = stream::iter([Ok(web::Bytes::from_static(b"{\"id\": \"p"))]);
    let end = stream::once(async {
        // The beginning leaves first; together with the failure it would never be sent.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(std::io::Error::other("cut on command"))
    });
    HttpResponse::Ok()
        .content_type("application/json")
        .streaming(beginning.chain(end))
}
