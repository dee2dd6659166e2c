//! A storefront over services that answer what a test says, and a visitor with a browser's memory.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use actix_web::body::to_bytes;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse, fn_service};
use actix_web::http::Method;
use actix_web::test::TestRequest;
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpResponse, HttpServer};
use futures_util::StreamExt;
use kernel::config::Env;
use serde_json::{Value, json};
use storefront::{App, Settings, pages};

pub const HOST: &str = "loja.store.example";

/// A question that a service got.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    /// Of which store it was asked.
    pub host: String,
    pub bearer: String,
    pub body: Value,
}

type Answers = BTreeMap<&'static str, (u16, Value)>;

#[derive(Default)]
struct Services {
    /// By method and path, such as `GET /api/…`; the query is not looked at.
    answers: Mutex<Answers>,
    asked: Mutex<Vec<Asked>>,
}

pub struct Shop {
    /// Where the services are.
    pub address: SocketAddr,
    app: App,
    services: Arc<Services>,
}

/// What a page answered.
pub struct Page {
    pub status: u16,
    pub html: String,
    headers: Vec<(String, String)>,
}

impl Page {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }

    pub fn cookies(&self) -> Vec<&str> {
        let cookies = self.headers.iter().filter(|(key, _)| key == "set-cookie");
        cookies.map(|(_, value)| value.as_str()).collect()
    }

    #[track_caller]
    pub fn shows(&self, wanted: &str) {
        assert!(
            self.html.contains(wanted),
            "{wanted} in {}: {}",
            self.status,
            self.html
        );
    }
}

impl Shop {
    pub async fn open() -> Self {
        let services = Arc::new(Services::default());
        let address = serve(services.clone());
        let base = format!("http://{address}");
        let names = ["TENANTS", "CATALOG", "ORDERS", "PAYMENTS", "INVOICING"];
        let mut values: Vec<_> = names
            .map(|name| (format!("{name}_URL"), base.clone()))
            .to_vec();
        values.push(("THEMES_DIR".to_owned(), THEMES.to_owned()));
        values.push(("RABBITMQ_URL".to_owned(), "amqp://u:p@r/v".to_owned()));
        let settings = Settings::read(Env::from_values(values)).unwrap();
        let app = App::new(settings).unwrap();
        let shop = Self {
            address,
            app,
            services,
        };
        shop.answers("GET /api/tenants/store/config", (200, store()));
        let none = json!({ "items": [], "next": null });
        shop.answers("GET /api/catalog/store/categories", (200, none.clone()));
        shop.answers("GET /api/catalog/store/products", (200, none));
        shop
    }

    pub fn answers(&self, what: &'static str, answer: (u16, Value)) {
        self.services.answers.lock().unwrap().insert(what, answer);
    }

    /// The questions of one kind, such as `POST /api/…`, oldest first.
    pub fn asked(&self, what: &str) -> Vec<Asked> {
        let asked = self.services.asked.lock().unwrap();
        let is_it = |asked: &&Asked| format!("{} {}", asked.method, asked.path) == what;
        asked.iter().filter(is_it).cloned().collect()
    }

    pub async fn get(&self, path: &str, cookies: &str) -> Page {
        let request = TestRequest::with_uri(path).insert_header(("cookie", cookies));
        self.send(request, "").await
    }

    pub async fn post(&self, path: &str, cookies: &str, form: &str) -> Page {
        let request = TestRequest::with_uri(path)
            .method(Method::POST)
            .insert_header(("sec-fetch-site", "same-origin"))
            .insert_header(("cookie", cookies));
        self.send(request, form).await
    }

    pub async fn send(&self, request: TestRequest, form: &str) -> Page {
        let request = request.insert_header(("host", HOST)).to_http_request();
        let payload = Payload::from(Bytes::copy_from_slice(form.as_bytes()));
        let (response, _) = pages::answer(&self.app, &request, payload).await;
        let text =
            |value: &actix_web::http::header::HeaderValue| value.to_str().unwrap().to_owned();
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), text(value)));
        let (status, headers) = (response.status().as_u16(), headers.collect());
        let body = to_bytes(response.into_body()).await.unwrap();
        let html = String::from_utf8(body.to_vec()).unwrap();
        Page {
            status,
            html,
            headers,
        }
    }
}

/// The themes that are shipped.
pub const THEMES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/themes");

/// As tenants tells it.
pub fn store() -> Value {
    json!({
        "id": uuid::Uuid::now_v7(), "name": "Loja", "slug": "loja", "template": "essential", "locale": "pt-PT",
        "currency": "EUR", "theme": {}, "contact": { "email": "a@b.pt", "phone": null }, "age_gate": null,
    })
}

pub fn problem(code: &str, status: u16) -> (u16, Value) {
    (
        status,
        json!({ "type": code, "title": code, "status": status }),
    )
}

fn serve(services: Arc<Services>) -> SocketAddr {
    let factory = move || {
        let services = services.clone();
        actix_web::App::new().default_service(fn_service(move |request: ServiceRequest| {
            let services = services.clone();
            async move { Ok::<_, actix_web::Error>(answer(&services, request).await) }
        }))
    };
    let server = HttpServer::new(factory)
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
    let address = server.addrs()[0];
    actix_web::rt::spawn(server.run());
    address
}

async fn answer(services: &Services, mut request: ServiceRequest) -> ServiceResponse {
    let mut body = Vec::new();
    let mut payload = request.take_payload();
    while let Some(chunk) = payload.next().await {
        body.extend_from_slice(&chunk.unwrap());
    }
    let header = |name: &str| {
        let value = request.headers().get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    let asked = Asked {
        method: request.method().to_string(),
        path: request.path().to_owned(),
        host: header("host"),
        bearer: header("authorization"),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    let what = format!("{} {}", asked.method, asked.path);
    services.asked.lock().unwrap().push(asked);
    let found = services.answers.lock().unwrap().get(what.as_str()).cloned();
    let (status, body) = found.unwrap_or_else(|| problem("not-found", 404));
    let status = actix_web::http::StatusCode::from_u16(status).unwrap();
    let mut response = HttpResponse::build(status);
    let response = match body {
        Value::Null => response.finish(),
        body => response.json(body),
    };
    request.into_response(response)
}
