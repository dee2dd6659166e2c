//! A double of its own per test, a listener for its webhooks, and short ways to call it.

use actix_web::{App, HttpResponse, HttpServer, web};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use simulators::{Handle, stripe};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub const VERSION: &str = "2026-10-28.endive";
pub const SECRET: &str = "whsec_simulator";
pub const CONNECT_SECRET: &str = "whsec_simulator_connect";

pub struct Double {
    pub base: String,
    pub client: Client,
    _handle: Handle,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
    pub replayed: bool,
    pub retry_after: Option<String>,
    pub request_id: String,
}

impl Answer {
    pub fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    pub fn id(&self) -> String {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body["id"].as_str().unwrap().to_owned()
    }
}

impl Double {
    pub async fn start() -> Self {
        Self::start_with(stripe::Config::default()).await
    }

    pub async fn start_with(config: stripe::Config) -> Self {
        let (address, handle) = stripe::start(config).await.unwrap();
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self {
            base: format!("http://{address}"),
            client,
            _handle: handle,
        }
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        form: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        read(self.request(method, path, form, headers).await.unwrap()).await
    }

    pub async fn request(
        &self,
        method: &str,
        path: &str,
        form: &str,
        headers: &[(&str, &str)],
    ) -> reqwest::Result<Response> {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let url = match method == Method::POST || form.is_empty() {
            true => format!("{}{path}", self.base),
            false => format!("{}{path}?{form}", self.base),
        };
        let mut request = self.client.request(method.clone(), url);
        if method == Method::POST {
            request = request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form.to_owned());
        }
        if !headers.iter().any(|(name, _)| *name == "authorization") {
            request = request.header("authorization", "Bearer sk_test_simulator");
        }
        if !headers.iter().any(|(name, _)| *name == "stripe-version") {
            request = request.header("stripe-version", VERSION);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await
    }

    pub async fn post(&self, account: &str, path: &str, form: &str) -> Answer {
        self.send("POST", path, form, &account_header(account))
            .await
    }

    pub async fn get(&self, account: &str, path: &str, query: &str) -> Answer {
        self.send("GET", path, query, &account_header(account))
            .await
    }

    pub async fn lever(&self, path: &str, body: Value) -> Answer {
        read(
            self.client
                .post(format!("{}/_sim{path}", self.base))
                .json(&body)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    pub async fn look(&self, path: &str) -> Value {
        self.client
            .get(format!("{}/_sim{path}", self.base))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// A connected account with all methods active.
    pub async fn store(&self) -> String {
        let id = self.new_account().await;
        assert_eq!(
            self.lever(&format!("/accounts/{id}/complete"), json!({}))
                .await
                .status,
            200
        );
        id
    }

    pub async fn new_account(&self) -> String {
        let form = "country=PT&email=loja@example.pt&controller[fees][payer]=account\
            &controller[losses][payments]=stripe&controller[requirement_collection]=stripe\
            &controller[stripe_dashboard][type]=full&metadata[tenant]=t1\
            &capabilities[card_payments][requested]=true&capabilities[mb_way_payments][requested]=true\
            &capabilities[multibanco_payments][requested]=true&capabilities[sepa_debit_payments][requested]=true\
            &capabilities[transfers][requested]=true";
        self.post("", "/v1/accounts", form).await.id()
    }

    pub async fn intent(&self, account: &str, amount: i64) -> Value {
        let form = format!(
            "amount={amount}&currency=eur&automatic_payment_methods[enabled]=true&metadata[order_id]=o1"
        );
        let answer = self.post(account, "/v1/payment_intents", &form).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    pub async fn confirm(&self, account: &str, intent: &Value, form: &str) -> Answer {
        let id = intent["id"].as_str().unwrap();
        self.post(account, &format!("/v1/payment_intents/{id}/confirm"), form)
            .await
    }

    pub async fn paid(&self, account: &str, amount: i64) -> Value {
        let intent = self.intent(account, amount).await;
        let answer = self
            .confirm(account, &intent, "payment_method=pm_card_visa")
            .await;
        assert_eq!(answer.body["status"], "succeeded", "{}", answer.body);
        answer.body
    }

    /// Types of the events of an account, oldest first.
    pub async fn events(&self, account: &str) -> Vec<String> {
        let answer = self.get(account, "/v1/events", "limit=100").await;
        let events = answer.body["data"].as_array().unwrap();
        events
            .iter()
            .rev()
            .map(|event| event["type"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Everything that was answered and sent is as Stripe's document says.
    pub async fn conforms(&self) {
        assert_eq!(self.look("/violations").await, json!([]));
    }
}

fn account_header(account: &str) -> Vec<(&str, &str)> {
    if account.is_empty() {
        Vec::new()
    } else {
        vec![("stripe-account", account)]
    }
}

async fn read(response: Response) -> Answer {
    let header = |name: &str| {
        response
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    };
    let (retry_after, replayed) = (
        header("retry-after"),
        header("idempotent-replayed").is_some(),
    );
    let request_id = header("request-id").unwrap_or_default();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Answer {
        status,
        body,
        replayed,
        retry_after,
        request_id,
    }
}

#[derive(Clone, Debug)]
pub struct Received {
    pub path: String,
    pub signature: String,
    pub body: String,
}

impl Received {
    pub fn event(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn kind(&self) -> String {
        self.event()["type"].as_str().unwrap().to_owned()
    }

    pub fn time(&self) -> i64 {
        self.signature
            .split(',')
            .find_map(|part| part.strip_prefix("t="))
            .unwrap()
            .parse()
            .unwrap()
    }

    pub fn is_signed_with(&self, secret: &str) -> bool {
        use hmac::{Hmac, KeyInit as _, Mac as _};
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{}.{}", self.time(), self.body).as_bytes());
        let expected = hex::encode(mac.finalize().into_bytes());
        self.signature
            .split(',')
            .any(|part| part == format!("v1={expected}"))
    }
}

/// A service that takes webhooks.
pub struct Listener {
    seen: Arc<Mutex<Vec<Received>>>,
    /// Statuses of the next answers; 200 when there is none.
    pub answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Listener {
    /// Listens at `/platform` and `/connect`, and tells the double so.
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
        let address = server.addrs()[0];
        tokio::spawn(server.run());
        let urls = json!({"platform": format!("http://{address}/platform"), "connect": format!("http://{address}/connect")});
        assert_eq!(double.lever("/webhooks/urls", urls).await.status, 204);
        Self { seen, answers }
    }

    pub fn seen(&self) -> Vec<Received> {
        self.seen.lock().unwrap().clone()
    }

    pub fn kinds(&self) -> Vec<String> {
        self.seen().iter().map(Received::kind).collect()
    }

    pub async fn wait_for(&self, kind: &str, count: usize) -> Vec<Received> {
        let find = || {
            self.seen()
                .into_iter()
                .filter(|one| one.kind() == kind)
                .collect::<Vec<_>>()
        };
        until(|| find().len() >= count).await;
        find()
    }
}

type Ears = (Arc<Mutex<Vec<Received>>>, Arc<Mutex<VecDeque<u16>>>);

async fn take(
    data: web::Data<Ears>,
    request: actix_web::HttpRequest,
    body: String,
) -> HttpResponse {
    let signature = request.headers().get("stripe-signature");
    let signature = signature
        .map(|value| value.to_str().unwrap().to_owned())
        .unwrap_or_default();
    data.0.lock().unwrap().push(Received {
        path: request.path().to_owned(),
        signature,
        body,
    });
    let status = data.1.lock().unwrap().pop_front().unwrap_or(200);
    HttpResponse::build(status.try_into().unwrap()).finish()
}

pub async fn until(done: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !done() {
        assert!(Instant::now() < deadline, "it never happened");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
