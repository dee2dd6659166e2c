//! A double of ZeptoMail, and a service that takes its webhooks.

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::Engine as _;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use simulators::{Handle, zeptomail};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub struct Double {
    pub base: String,
    pub client: Client,
    _handle: Handle,
}

pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Answer {
    /// Kind, cause and target of a refusal.
    pub fn refusal(&self) -> (&str, &str, &str) {
        let error = self.body.get("error").unwrap_or(&self.body);
        let detail = &error["details"][0];
        let text = |value: &'_ Value| value.as_str().unwrap_or_default().len();
        assert!(text(&error["request_id"]) > 0, "{}", self.body);
        (
            error["code"].as_str().unwrap(),
            detail["code"].as_str().unwrap(),
            detail["target"].as_str().unwrap(),
        )
    }
}

impl Double {
    pub async fn start() -> Self {
        Self::start_with(zeptomail::Config::default()).await
    }

    pub async fn start_with(config: zeptomail::Config) -> Self {
        let (address, handle) = zeptomail::start(config).await.unwrap();
        Self {
            base: format!("http://{address}"),
            client: Client::builder().no_proxy().build().unwrap(),
            _handle: handle,
        }
    }

    pub async fn send(&self, mail: &Value) -> Answer {
        self.post("/v1.1/email", "Zoho-enczapikey simulator", mail.to_string())
            .await
    }

    pub async fn post(
        &self,
        path: &str,
        authorization: &str,
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let url = format!("{}{path}", self.base);
        let request = self.client.post(url).header("authorization", authorization);
        read(request.body(body).send().await.unwrap()).await
    }

    pub async fn lever(&self, path: &str, body: Value) -> Answer {
        let url = format!("{}/_sim{path}", self.base);
        read(self.client.post(url).json(&body).send().await.unwrap()).await
    }

    pub async fn look(&self, path: &str) -> Value {
        self.get(&format!("/_sim{path}")).await.body
    }

    pub async fn get(&self, path: &str) -> Answer {
        read(
            self.client
                .get(format!("{}{path}", self.base))
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    pub async fn inbox(&self) -> Vec<Value> {
        self.look("/inbox").await.as_array().unwrap().clone()
    }
}

pub async fn read(response: Response) -> Answer {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Answer { status, body }
}

/// A mail to one address.
pub fn mail(to: &str) -> Value {
    json!({"from": {"address": "loja@example.com", "name": "Loja"},
           "to": [{"email_address": {"address": to, "name": "Ana"}}],
           "subject": "A sua encomenda", "htmlbody": "<p>Obrigado <a href=\"https://loja.example/1\">ver</a></p>",
           "textbody": "Obrigado", "client_reference": "m-1"})
}

pub fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[derive(Clone, Debug)]
pub struct Received {
    pub signature: String,
    pub authorization: String,
    pub content_type: String,
    pub body: String,
}

impl Received {
    /// The JSON as it was signed.
    pub fn json(&self) -> String {
        match self.content_type.starts_with("application/json") {
            true => self.body.clone(),
            false => url::form_urlencoded::parse(self.body.as_bytes())
                .next()
                .unwrap()
                .1
                .into_owned(),
        }
    }

    pub fn payload(&self) -> Value {
        serde_json::from_str(&self.json()).unwrap()
    }

    pub fn kind(&self) -> String {
        let payload = self.payload();
        let name = payload["event_name"]
            .get(0)
            .unwrap_or(&payload["event_name"]);
        name.as_str().unwrap().to_owned()
    }

    pub fn is_signed_with(&self, key: &str) -> bool {
        use hmac::{Hmac, KeyInit as _, Mac as _};
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(self.json().as_bytes());
        let expected = base64(&mac.finalize().into_bytes());
        let mut parts = self.signature.split(';');
        let given = parts
            .find_map(|part| part.strip_prefix("s="))
            .unwrap_or_default();
        percent_encoding::percent_decode_str(given)
            .decode_utf8()
            .unwrap()
            == expected
    }
}

/// A service that takes webhooks.
pub struct Listener {
    seen: Arc<Mutex<Vec<Received>>>,
    /// Statuses of the next answers; 200 when there is none.
    pub answers: Arc<Mutex<VecDeque<u16>>>,
}

type Ears = (Arc<Mutex<Vec<Received>>>, Arc<Mutex<VecDeque<u16>>>);

impl Listener {
    pub async fn start(double: &Double) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let answers = Arc::new(Mutex::new(VecDeque::new()));
        let data = web::Data::new((Arc::clone(&seen), Arc::clone(&answers)));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .default_service(web::to(take))
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        let url = json!({"url": format!("http://{}/hook", server.addrs()[0])});
        tokio::spawn(server.run());
        assert_eq!(double.lever("/webhooks/urls", url).await.status, 204);
        Self { seen, answers }
    }

    pub fn seen(&self) -> Vec<Received> {
        self.seen.lock().unwrap().clone()
    }

    pub fn kinds(&self) -> Vec<String> {
        self.seen().iter().map(Received::kind).collect()
    }

    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.seen().len() < count {
            assert!(Instant::now() < deadline, "only {:?}", self.kinds());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.seen()
    }
}

async fn take(data: web::Data<Ears>, request: HttpRequest, body: String) -> HttpResponse {
    let header = |name: &str| {
        let value = request.headers().get(name);
        value
            .map(|value| value.to_str().unwrap().to_owned())
            .unwrap_or_default()
    };
    data.0.lock().unwrap().push(Received {
        signature: header("producer-signature"),
        authorization: header("authorization"),
        content_type: header("content-type"),
        body,
    });
    let status = data.1.lock().unwrap().pop_front().unwrap_or(200);
    HttpResponse::build(status.try_into().unwrap()).finish()
}
