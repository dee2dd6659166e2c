//! A double of ZeptoMail: its sending API, SMTP, webhooks about what became of each mail, and an inbox
//! to read them in.

mod admin;
mod errors;
mod inbox;
mod request;
mod sending;
mod smtp;
mod webhooks;
mod world;

use crate::Handle;
use crate::answer::Answer;
use crate::faults::{self, Fault};
use crate::random::digits;
use crate::state::{self, Keeper, Kept};
use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Bytes, Data, Query};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use anyhow::Context as _;
use errors::{Refusal, Result};
use kernel::Clock;
use sending::Sending;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use webhooks::Hook;
use world::{Agent, World};

/// Above what ZeptoMail takes, so that its own refusal is heard.
const BODY_BYTES_MAX: usize = 24 << 20;
/// Key of the agent of the command line.
const FIRST_AGENT: &str = "agent-1";

/// What the double needs to know. Everything has a default that fits a developer's machine.
#[derive(Clone, Debug, clap::Args)]
pub struct Config {
    #[arg(long, default_value = "127.0.0.1")]
    pub host: String,
    /// 0 takes a free port.
    #[arg(long, default_value_t = 9040)]
    pub port: u16,
    /// Takes mail by SMTP too; 0 takes a free port.
    #[arg(long)]
    pub smtp_port: Option<u16>,
    /// Send mail token of the first agent.
    #[arg(
        long,
        env = "ZEPTOMAIL_API_KEY",
        default_value = "simulator",
        hide_env_values = true
    )]
    pub token: String,
    /// Domains that the first agent may send from; `*` stands for anything.
    #[arg(long, default_value = "*")]
    pub domain: Vec<String>,
    /// Where events go; none are sent without it.
    #[arg(long)]
    pub webhook_url: Option<String>,
    /// Signs the events.
    #[arg(
        long,
        env = "ZEPTOMAIL_WEBHOOK_KEY",
        default_value = "simulator-webhooks",
        hide_env_values = true
    )]
    pub webhook_key: String,
    /// File that keeps the inbox over a restart.
    #[arg(long)]
    pub state: Option<PathBuf>,
    #[arg(skip)]
    pub clock: Clock,
}

impl Default for Config {
    /// Free ports, no webhooks, nothing kept: for tests.
    fn default() -> Self {
        Self {
            host: "127.0.0.1".into(),
            port: 0,
            smtp_port: Some(0),
            token: "simulator".into(),
            domain: vec!["*".into()],
            webhook_url: None,
            webhook_key: "simulator-webhooks".into(),
            state: None,
            clock: Clock::system(),
        }
    }
}

struct Sim {
    config: Config,
    keeper: Keeper,
    world: Mutex<World>,
    client: reqwest::Client,
    runtime: tokio::runtime::Handle,
    /// Where SMTP listens.
    smtp: Option<SocketAddr>,
}

/// Starts the double and answers once it listens.
pub async fn start(config: Config) -> anyhow::Result<(SocketAddr, Handle)> {
    let listener = TcpListener::bind((config.host.as_str(), config.port))
        .with_context(|| format!("listening on {}:{}", config.host, config.port))?;
    let address = listener.local_addr()?;
    let smtp = match config.smtp_port {
        Some(port) => Some(tokio::net::TcpListener::bind((config.host.as_str(), port)).await?),
        None => None,
    };
    let smtp_address = smtp.as_ref().map(tokio::net::TcpListener::local_addr);
    let sim = Arc::new(Sim::new(config, smtp_address.transpose()?)?);
    let data = Data::from(Arc::clone(&sim));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .app_data(web::PayloadConfig::new(BODY_BYTES_MAX))
            .configure(admin::routes)
            .configure(inbox::routes)
            .route("/v1.1/{call:.*}", web::post().to(call))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = state::keep(Arc::clone(&sim), Handle::of_server(server));
    Ok(match smtp {
        Some(listener) => {
            tracing::info!("taking mail on {listener:?}");
            (
                address,
                handle.beside(tokio::spawn(smtp::serve(sim, listener))),
            )
        }
        None => (address, handle),
    })
}

impl Sim {
    fn new(config: Config, smtp: Option<SocketAddr>) -> anyhow::Result<Self> {
        let keeper = Keeper::new(config.state.clone());
        let world: Option<World> = keeper.load()?;
        let sim = Self {
            keeper,
            world: Mutex::new(world.unwrap_or_default()),
            client: reqwest::Client::builder()
                .timeout(Duration::from_secs(10))
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .build()?,
            runtime: tokio::runtime::Handle::current(),
            config,
            smtp,
        };
        sim.add_first_agent();
        Ok(sim)
    }

    /// The agent of the command line.
    fn add_first_agent(&self) {
        let agent = Agent {
            token: self.config.token.clone(),
            domains: self.config.domain.clone(),
            hook: Hook {
                url: self.config.webhook_url.clone().unwrap_or_default(),
                key: self.config.webhook_key.clone(),
                ..Hook::default()
            },
            suppressed: Default::default(),
            standing: None,
        };
        self.world().agents.insert(FIRST_AGENT.into(), agent);
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> i64 {
        self.config.clock.unix()
    }

    /// Changes the world; what it caused to be sent goes out afterwards.
    fn change<T>(self: &Arc<Self>, act: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.world();
        let result = act(&mut world);
        let due = std::mem::take(&mut world.due);
        self.keeper.changed();
        drop(world);
        for id in due {
            self.runtime.spawn(webhooks::deliver(Arc::clone(self), id));
        }
        result
    }

    /// Does a call with the trouble that was ordered for it, and to its end even when the caller
    /// has gone: that is what makes a time-out dangerous.
    async fn run(self: Arc<Self>, asked: Asked) -> HttpResponse {
        let fault = faults::meet(&mut self.world().faults, "POST", &asked.path);
        let kind = fault.as_ref().map(|fault| fault.kind);
        let (sim, path) = (Arc::clone(&self), asked.path.clone());
        let request_id = asked.request_id.clone();
        let answer = self
            .runtime
            .spawn(async move { sim.answer(&asked, fault).await });
        let answer = answer.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a call broke: {error}");
            Answer::text("text/plain", "the double itself broke; see its log")
                .with_status(StatusCode::INTERNAL_SERVER_ERROR)
        });
        let status = answer.status();
        tracing::info!(http.status = status, "{path} answered {status}");
        let entry = json!({"at": self.now(), "path": path, "status": status, "fault": kind, "request_id": request_id});
        self.world().note(entry);
        answer.respond().await
    }

    async fn answer(self: &Arc<Self>, asked: &Asked, fault: Option<Fault>) -> Answer {
        let at_top = self.world().settings.errors_at_top;
        let refuse = |code: &str| Refusal::of(code, "").answer(&asked.request_id, at_top);
        let work = || match self.work(asked) {
            Ok(body) => Answer::json(body).with_status(StatusCode::CREATED),
            Err(refusal) => refusal.answer(&asked.request_id, at_top),
        };
        faults::suffer(fault, work, refuse).await
    }

    fn work(self: &Arc<Self>, asked: &Asked) -> Result<Value> {
        let (now, request_id) = (self.now(), asked.request_id.as_str());
        self.change(|world| {
            let agent = admit(world, &asked.token, now)?;
            let sending = Sending {
                agent: &agent,
                request_id,
                now,
                is_batch: asked.call == "email/batch",
            };
            match asked.call.as_str() {
                "email" | "email/batch" => sending::send(world, &sending, &asked.body),
                "files" => sending::cache_file(world, &asked.name, &asked.body),
                // No template is kept here, so every key is unknown.
                "email/template" | "email/template/batch" => {
                    Err(Refusal::of("MTR_101", "template_key"))
                }
                _ => Err(Refusal::of("SM_101", "url")),
            }
        })
    }
}

impl Kept for Sim {
    fn save(&self) {
        if self.keeper.take_changed() {
            self.keeper.write(&*self.world());
        }
    }

    fn keeper(&self) -> &Keeper {
        &self.keeper
    }
}

/// The agent of a token, if nothing stands against its account.
fn admit(world: &mut World, token: &str, now: i64) -> Result<String> {
    let key = world.agent_of(token).map(str::to_owned);
    let key = key.ok_or_else(|| Refusal::of("SERR_157", "authorization"))?;
    let standing = world
        .agents
        .get(&key)
        .and_then(|agent| agent.standing.as_ref());
    match standing {
        Some((cause, until)) if *until > now => Err(Refusal::of(cause, "account")),
        _ => Ok(key),
    }
}

/// A call as it came in.
struct Asked {
    path: String,
    /// The path behind the version.
    call: String,
    token: String,
    /// Of a file, in the query.
    name: String,
    request_id: String,
    body: Bytes,
}

async fn call(
    sim: Data<Sim>,
    request: HttpRequest,
    call: web::Path<String>,
    query: Query<HashMap<String, String>>,
    body: Bytes,
) -> HttpResponse {
    let authorization = request.headers().get(AUTHORIZATION);
    let authorization = authorization.and_then(|value| value.to_str().ok());
    let asked = Asked {
        path: request.path().to_owned(),
        call: call.into_inner(),
        token: token(authorization.unwrap_or_default()),
        name: query.get("name").cloned().unwrap_or_default(),
        request_id: request_id(),
        body,
    };
    sim.into_inner().run(asked).await
}

/// One per call.
fn request_id() -> String {
    format!("{}.{}", digits(10), digits(22))
}

/// Behind the scheme and exactly one space; the case of the scheme does not count.
fn token(authorization: &str) -> String {
    match authorization.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("zoho-enczapikey") => token.into(),
        _ => String::new(),
    }
}
