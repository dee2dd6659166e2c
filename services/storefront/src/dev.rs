//! For who makes a theme: his folder in front of a real store, on his own machine, with pages that load
//! again when a file is saved.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{BoxBody, to_bytes};
use actix_web::dev::{ServiceRequest, ServiceResponse, fn_service};
use actix_web::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpResponse, HttpServer};
use anyhow::Context;
use kernel::config::Env;
use reqwest::Client;
use reqwest::header::HOST;
use url::Url;

use crate::api::Upstream;
use crate::app::App;
use crate::config::Settings;
use crate::pages;
use crate::theme::{Library, ThemeFault};
use crate::web::{policy, respond};

const PORT: u16 = 3900;
const LOOK_EVERY: Duration = Duration::from_millis(300);
const API_TIME: Duration = Duration::from_secs(15);
/// Where the page asks whether a file was saved.
const CHANGES: &str = "/__theme/changes";
const SCRIPT_PATH: &str = "/__theme/reload.js";
const SCRIPT: &str = "let seen;\nsetInterval(async () => {\n  try {\n    const now = await (await fetch(\"/__theme/changes\")).text();\n    if (seen !== undefined && seen !== now) location.reload();\n    seen = now;\n  } catch {\n    // Not there for a moment: it is asked again.\n  }\n}, 500);\n";
const SCRIPT_TAG: &str = "<script type=\"module\" src=\"/__theme/reload.js\"></script></head>";

/// What is shown, and of which store.
pub struct Options {
    pub folder: PathBuf,
    /// What all themes share.
    pub shared: PathBuf,
    /// The store's address: `https://shop.example`.
    pub store: String,
    pub port: Option<u16>,
}

/// The store, as it is reached and as it is called.
struct Store {
    base: String,
    host: String,
    http: Client,
}

impl Store {
    fn parse(address: &str) -> anyhow::Result<Self> {
        let url: Url = address
            .parse()
            .context("--store takes an address such as https://shop.example")?;
        let name = url
            .host_str()
            .context("--store takes an address with a host")?;
        let port = url
            .port()
            .map(|port| format!(":{port}"))
            .unwrap_or_default();
        // Browsers know that names below localhost are this machine; its resolver may not.
        let reached = if name.ends_with(".localhost") {
            "127.0.0.1"
        } else {
            name
        };
        Ok(Self {
            base: format!("{}://{reached}{port}", url.scheme()),
            host: format!("{name}{port}"),
            http: Client::builder()
                .timeout(API_TIME)
                .redirect(reqwest::redirect::Policy::none())
                .build()?,
        })
    }

    /// What scripts ask the store's API themselves, and images that it serves.
    async fn get(&self, place: &str) -> HttpResponse {
        let request = self.http.get(format!("{}{place}", self.base));
        let Ok(answer) = request.header(HOST, &self.host).send().await else {
            return respond::bare(StatusCode::BAD_GATEWAY, "The store does not answer.");
        };
        let status =
            StatusCode::from_u16(answer.status().as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
        let kind = answer.headers().get("content-type");
        let kind = kind
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or("application/octet-stream");
        let mut response = HttpResponse::build(status);
        response.insert_header((CONTENT_TYPE, kind));
        match answer.bytes().await {
            Ok(bytes) => response.body(bytes),
            Err(_) => respond::bare(StatusCode::BAD_GATEWAY, "The store does not answer."),
        }
    }
}

/// Serves the theme until the program is ended.
///
/// # Errors
/// When the theme is broken from the beginning, the address is none, or the port is taken.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let store = Arc::new(Store::parse(&options.store)?);
    let port = options.port.unwrap_or(PORT);
    let library = Library::of_one(&options.folder, &options.shared)?;
    let app = Arc::new(App::with(settings(&store)?, library)?);
    tokio::spawn(keep_looking(app.clone()));
    let shared = app.clone();
    let factory = move || {
        let (app, store) = (shared.clone(), store.clone());
        actix_web::App::new().default_service(fn_service(move |request: ServiceRequest| {
            let (app, store) = (app.clone(), store.clone());
            async move { Ok::<_, actix_web::Error>(dispatch(&app, &store, request).await) }
        }))
    };
    let server = HttpServer::new(factory)
        .workers(1)
        .bind((Ipv4Addr::LOCALHOST, port));
    let server = server.with_context(|| format!("port {port} cannot be used"))?;
    tracing::info!("The theme is shown at http://localhost:{port}");
    server.run().await?;
    Ok(())
}

/// All services behind the store's own address. No news arrive here, so that no page is kept for long.
fn settings(store: &Store) -> anyhow::Result<Settings> {
    let mut values = vec![(
        "RABBITMQ_URL".to_owned(),
        "amqp://theme:none@127.0.0.1/none".to_owned(),
    )];
    let places =
        Upstream::ALL.map(|upstream| (format!("{}_URL", upstream.prefix()), store.base.clone()));
    values.extend(places);
    let settings = Settings::read(Env::from_values(values))?;
    Ok(Settings {
        store_host: Some(store.host.clone()),
        images_origin: Some(policy::ANY_IMAGES.to_owned()),
        ..settings
    })
}

async fn keep_looking(app: Arc<App>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let library = app.library.clone();
        let looked = tokio::task::spawn_blocking(move || library.look()).await;
        if let Ok(Err(fault)) = looked {
            tell(&fault);
        }
    }
}

fn tell(fault: &ThemeFault) {
    tracing::error!(reason = %fault, "The theme could not be read");
}

async fn dispatch(app: &App, store: &Store, mut request: ServiceRequest) -> ServiceResponse {
    // Pages get a script more before they travel.
    request.headers_mut().remove(ACCEPT_ENCODING);
    let (req, payload) = request.into_parts();
    let path = req.path();
    if path == CHANGES {
        let text = app.library.generation().to_string();
        let answer = HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .body(text);
        return ServiceResponse::new(req, answer);
    }
    if path == SCRIPT_PATH {
        let kind = "text/javascript; charset=utf-8";
        let answer = HttpResponse::Ok().content_type(kind).body(SCRIPT);
        return ServiceResponse::new(req, answer);
    }
    if path.starts_with("/api/") {
        let place = req
            .uri()
            .path_and_query()
            .map_or("/", |place| place.as_str());
        let answer = match *req.method() {
            Method::GET => store.get(place).await,
            _ => respond::bare(
                StatusCode::METHOD_NOT_ALLOWED,
                "Only questions are passed on.",
            ),
        };
        return ServiceResponse::new(req, answer);
    }
    let (mut response, request_id) = pages::answer(app, &req, payload).await;
    respond::dress(&mut response, request_id.as_deref());
    ServiceResponse::new(req, with_script(response).await)
}

/// The page with the script that loads it again.
async fn with_script(response: HttpResponse) -> HttpResponse {
    let kind = response.headers().get(CONTENT_TYPE);
    let is_page = kind
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/html"));
    if !is_page {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body).await else {
        return respond::bare(
            StatusCode::INTERNAL_SERVER_ERROR,
            "This page cannot be shown.",
        );
    };
    let text = String::from_utf8_lossy(&bytes);
    head.headers_mut().remove(CONTENT_LENGTH);
    head.set_body(BoxBody::new(text.replacen("</head>", SCRIPT_TAG, 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_below_localhost_is_this_machine_under_its_own_name() {
        let store = Store::parse("http://demo.store.localhost:8080/").unwrap();
        assert_eq!(
            (store.base.as_str(), store.host.as_str()),
            ("http://127.0.0.1:8080", "demo.store.localhost:8080")
        );
        let other = Store::parse("https://shop.example").unwrap();
        assert_eq!(
            (other.base.as_str(), other.host.as_str()),
            ("https://shop.example", "shop.example")
        );
        assert!(Store::parse("shop").is_err());
        let settings = settings(&other).unwrap();
        assert!(
            settings
                .upstreams
                .iter()
                .all(|base| base == "https://shop.example")
        );
    }

    #[tokio::test]
    async fn a_page_gets_the_script_that_loads_it_again_and_nothing_else_does() {
        let html = HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .body("<head></head><p>");
        let html = to_bytes(with_script(html).await.into_body()).await.unwrap();
        assert_eq!(html, format!("<head>{SCRIPT_TAG}<p>"));
        let xml = HttpResponse::Ok()
            .content_type("application/xml")
            .body("</head>");
        let xml = to_bytes(with_script(xml).await.into_body()).await.unwrap();
        assert_eq!(xml, "</head>");
    }
}
