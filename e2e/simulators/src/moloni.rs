//! A double of Moloni (moloni.pt, REST): OAuth with tokens that die, answers of 200 that mean no,
//! fiscal documents that are drafts until they are closed for ever, and levers to make things go wrong.

mod admin;
mod calls;
mod document;
mod fields;
mod lisbon;
mod oauth;
mod pages;
mod pdf;
mod problems;
mod seed;
mod world;

use crate::answer::Answer;
use crate::faults::{self, Fault};
use crate::state::{self, Keeper, Kept};
use crate::{Handle, form};
use actix_web::http::header::CONTENT_TYPE;
use actix_web::http::{Method, StatusCode};
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use anyhow::Context as _;
use calls::Desk;
use fields::Fields;
use kernel::Clock;
use problems::Refusal;
use serde_json::{Value, json};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use world::World;

const BODY_BYTES_MAX: usize = 4 << 20;
/// `v1` is documented, `v2` is what Moloni's own plugin calls.
const VERSIONS: &str = "{version:v1|v2|sandbox}";

/// What the double needs to know. Everything has a default that fits a developer's machine.
#[derive(Clone, Debug, clap::Args)]
pub struct Config {
    #[arg(long, default_value = "127.0.0.1")]
    pub host: String,
    /// 0 takes a free port.
    #[arg(long, default_value_t = 9030)]
    pub port: u16,
    /// Address that browsers reach this server at, when it is not http://host:port.
    #[arg(long)]
    pub public_url: Option<String>,
    #[arg(long, env = "MOLONI_CLIENT_ID", default_value = "simulator")]
    pub client_id: String,
    #[arg(
        long,
        env = "MOLONI_CLIENT_SECRET",
        default_value = "simulator-secret",
        hide_env_values = true
    )]
    pub client_secret: String,
    /// Addresses that `authorize` may send back to; any without this.
    #[arg(long)]
    pub redirect_uri: Vec<String>,
    /// The user, for the password grant.
    #[arg(long, default_value = "loja@example.com")]
    pub username: String,
    #[arg(long, default_value = "simulator")]
    pub password: String,
    /// File that keeps the documents over a restart.
    #[arg(long)]
    pub state: Option<PathBuf>,
    #[arg(skip)]
    pub clock: Clock,
}

impl Default for Config {
    /// A free port, nothing kept: for tests.
    fn default() -> Self {
        Self {
            host: "127.0.0.1".into(),
            port: 0,
            public_url: None,
            client_id: "simulator".into(),
            client_secret: "simulator-secret".into(),
            redirect_uri: Vec::new(),
            username: "loja@example.com".into(),
            password: "simulator".into(),
            state: None,
            clock: Clock::system(),
        }
    }
}

struct Sim {
    config: Config,
    keeper: Keeper,
    world: Mutex<World>,
    runtime: tokio::runtime::Handle,
    /// Address of the pages, without a slash at the end.
    base: String,
}

/// Starts the double and answers once it listens.
pub async fn start(config: Config) -> anyhow::Result<(SocketAddr, Handle)> {
    let listener = TcpListener::bind((config.host.as_str(), config.port))
        .with_context(|| format!("listening on {}:{}", config.host, config.port))?;
    let address = listener.local_addr()?;
    let data = Data::new(Sim::new(config, address)?);
    let sim = Arc::clone(&data);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .app_data(web::PayloadConfig::new(BODY_BYTES_MAX))
            .configure(admin::routes)
            .configure(pages::routes)
            .route(&format!("/{VERSIONS}/grant/"), web::to(grant))
            .route(
                &format!("/{VERSIONS}/{{resource}}/{{method}}/"),
                web::post().to(call),
            )
            .default_service(web::to(unknown))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok((address, state::keep(sim, Handle::of_server(server))))
}

impl Sim {
    fn new(config: Config, address: SocketAddr) -> anyhow::Result<Self> {
        let base = config.public_url.clone();
        let base = base.unwrap_or_else(|| format!("http://{address}"));
        let keeper = Keeper::new(config.state.clone());
        let world = keeper.load()?;
        Ok(Self {
            keeper,
            world: Mutex::new(world.unwrap_or_else(|| World::new(&config.clock))),
            runtime: tokio::runtime::Handle::current(),
            base: base.trim_end_matches('/').to_owned(),
            config,
        })
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> i64 {
        self.config.clock.unix()
    }

    /// Does a call with the trouble that was ordered for it, and to its end even when the caller
    /// has gone: that is what makes a time-out dangerous.
    async fn run(self: Arc<Self>, asked: Asked) -> HttpResponse {
        let fault = faults::meet(&mut self.world().faults, &asked.http_method, &asked.path);
        let kind = fault.as_ref().map(|fault| fault.kind);
        let sim = Arc::clone(&self);
        let (path, company) = (asked.path.clone(), asked.company());
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
        let entry = json!({"at": self.now(), "path": path, "company_id": company, "status": status, "fault": kind});
        self.world().note(entry);
        answer.respond().await
    }

    async fn answer(&self, asked: &Asked, fault: Option<Fault>) -> Answer {
        let refuse = |code: &str| asked.refusal(code);
        faults::suffer(fault, || self.work(asked), refuse).await
    }

    fn work(&self, asked: &Asked) -> Answer {
        let mut world = self.world();
        if let Some(limited) = self.limit(&mut world, asked.company()) {
            return limited;
        }
        let oauth_status = match world.settings.oauth_errors_as_200 {
            true => StatusCode::OK,
            false => StatusCode::BAD_REQUEST,
        };
        let result = self.result(&mut world, asked);
        if result.is_ok() && !asked.only_looks() {
            self.keeper.changed();
        }
        match result {
            Ok(body) => Answer::json(body),
            Err(refusal) => refusal.answer(asked.is("human_errors"), oauth_status),
        }
    }

    fn result(&self, world: &mut World, asked: &Asked) -> problems::Result<Value> {
        let now = self.config.clock.now();
        let Some((resource, method)) = &asked.call else {
            return oauth::grant(self, world, &asked.query, now.unix_timestamp());
        };
        let access = asked.query.get("access_token").map(String::as_str);
        match access {
            None => return Err(Refusal::OAuth("invalid_request", "Missing access token")),
            Some(token) if !world.grants.is_open(token, now.unix_timestamp()) => {
                let message = "The access token provided is invalid or has expired";
                return Err(Refusal::OAuth("invalid_grant", message));
            }
            Some(_) => {}
        }
        let mut desk = Desk {
            world,
            company_id: 0,
            now,
            base: &self.base,
        };
        calls::answer(&mut desk, resource, method, &asked.fields)
    }

    /// 429 for a company that asks too often.
    fn limit(&self, world: &mut World, company: i64) -> Option<Answer> {
        let most = world.settings.requests_per_second;
        let calls = &mut world.companies.get_mut(&company)?.calls;
        let second = self.now();
        if calls.0 != second {
            *calls = (second, 0);
        }
        calls.1 += 1;
        (most > 0 && calls.1 > most).then(|| {
            Answer::text(
                "text/html",
                "<html><body><h1>429 Too Many Requests</h1></body></html>",
            )
            .with_status(StatusCode::TOO_MANY_REQUESTS)
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

/// A request as it came in.
struct Asked {
    http_method: String,
    path: String,
    query: oauth::Query,
    /// Resource and method; none for a grant.
    call: Option<(String, String)>,
    fields: Fields,
}

impl Asked {
    fn is(&self, flag: &str) -> bool {
        self.query.get(flag).is_some_and(|value| value == "true")
    }

    fn company(&self) -> i64 {
        self.fields.id("company_id")
    }

    fn only_looks(&self) -> bool {
        let method = self.call.as_ref().map(|(_, method)| method.as_str());
        method.is_some_and(|method| method.starts_with("get") || method == "count")
    }

    /// A refusal on command: a field's code, or an OAuth error.
    fn refusal(&self, code: &str) -> Answer {
        if code.starts_with(|letter: char| letter.is_ascii_digit()) {
            return Refusal::field(code).answer(self.is("human_errors"), StatusCode::OK);
        }
        Answer::json(json!({"error": code, "error_description": "Refused on command"}))
            .with_status(StatusCode::BAD_REQUEST)
    }
}

/// Only by GET: production knows no parameters in a body here.
async fn grant(sim: Data<Sim>, request: HttpRequest, query: Query<oauth::Query>) -> HttpResponse {
    let query = match *request.method() == Method::GET {
        true => query.into_inner(),
        false => oauth::Query::new(),
    };
    let asked = Asked {
        http_method: request.method().to_string(),
        path: request.path().to_owned(),
        query,
        call: None,
        fields: Fields::default(),
    };
    sim.into_inner().run(asked).await
}

async fn call(
    sim: Data<Sim>,
    request: HttpRequest,
    path: Path<(String, String, String)>,
    query: Query<oauth::Query>,
    body: Bytes,
) -> HttpResponse {
    let (_, resource, method) = path.into_inner();
    let query = query.into_inner();
    let json_body = query.get("json").is_some_and(|value| value == "true");
    let content_type = request.headers().get(CONTENT_TYPE);
    let said_json =
        content_type.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if said_json
        && body.is_empty()
        && (resource.as_str(), method.as_str()) == ("companies", "getAll")
    {
        let page = "<html><head><title>400 Bad Request</title></head><body><h1>Bad Request</h1></body></html>";
        return HttpResponse::BadRequest()
            .content_type("text/html")
            .body(page);
    }
    let asked = Asked {
        http_method: request.method().to_string(),
        path: request.path().to_owned(),
        query,
        call: Some((resource, method)),
        fields: read(&body, json_body, said_json),
    };
    sim.into_inner().run(asked).await
}

/// JSON is read only where `json=true` asks for it; anything else is a form, or nothing.
fn read(body: &[u8], json_body: bool, said_json: bool) -> Fields {
    let tree = match (json_body, said_json) {
        (true, _) => serde_json::from_slice(body).ok(),
        (false, true) => None,
        (false, false) => form::decode(&String::from_utf8_lossy(body)),
    };
    tree.map(Fields::of).unwrap_or_default()
}

async fn unknown() -> HttpResponse {
    Refusal::Unknown
        .answer(false, StatusCode::BAD_REQUEST)
        .respond()
        .await
}
