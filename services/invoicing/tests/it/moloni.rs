//! Moloni's double and its levers.

use kernel::Clock;
use serde_json::{Value, json};
use simulators::{Handle, moloni};

pub struct Double {
    pub base: String,
    pub clock: Clock,
    client: reqwest::Client,
    _handle: Handle,
}

impl Double {
    pub async fn start() -> Self {
        let clock = Clock::system();
        let config = moloni::Config {
            clock: clock.clone(),
            ..moloni::Config::default()
        };
        let (address, handle) = moloni::start(config).await.unwrap();
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            base: format!("http://{address}"),
            clock,
            client,
            _handle: handle,
        }
    }

    pub async fn lever(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/_sim/{path}", self.base);
        let answer = self.client.post(url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap_or(Value::Null)
    }

    pub async fn fault(&self, kind: &str, when: &str, path: &str) {
        let fault = json!({ "kind": kind, "when": when, "path": path });
        self.lever("faults", fault).await;
    }

    pub async fn refuse(&self, code: &str, path: &str) {
        let fault = json!({ "kind": "refused", "code": code, "path": path });
        self.lever("faults", fault).await;
    }

    pub async fn revoke(&self) {
        let url = format!("{}/_sim/tokens", self.base);
        self.client.delete(url).send().await.unwrap();
    }

    pub async fn look(&self, what: &str) -> Value {
        let url = format!("{}/_sim/{what}", self.base);
        self.client
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// A company of the test's own.
    pub async fn company(&self, plan: Value) -> i64 {
        self.lever("companies", plan).await["company_id"]
            .as_i64()
            .unwrap()
    }

    /// A company's documents, in the order of making.
    pub async fn documents(&self, company: i64) -> Vec<Value> {
        let effects = self.look("effects").await;
        let own = &effects["companies"][company.to_string()];
        own["documents"].as_array().unwrap().clone()
    }

    /// A company's documents with lines and totals.
    pub async fn full(&self, company: i64) -> Vec<Value> {
        let state = self.look("state").await;
        let own = &state["companies"][company.to_string()];
        own["documents"].as_array().unwrap().clone()
    }

    /// Rows of one of a company's tables.
    pub async fn table(&self, company: i64, name: &str) -> Vec<Value> {
        let state = self.look("state").await;
        let own = &state["companies"][company.to_string()]["tables"][name];
        own.as_array().unwrap().clone()
    }

    /// How often a path was called.
    pub async fn calls(&self, path: &str) -> usize {
        let log = self.look("log").await;
        let calls = log.as_array().unwrap().iter();
        calls
            .filter(|call| call["path"].as_str().unwrap().contains(path))
            .count()
    }

    /// The merchant agrees; answers with what his browser brings back: code and state.
    pub async fn agree(&self, authorize_url: &str) -> String {
        let url = url::Url::parse(authorize_url).unwrap();
        let page = self.client.get(url.clone()).send().await.unwrap();
        assert_eq!(page.status(), 200);
        let sent = self
            .client
            .post(format!("{}/v1/authorize/", self.base))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(url.query().unwrap().to_owned())
            .send()
            .await
            .unwrap();
        assert_eq!(sent.status(), 302);
        let back = sent.headers()["location"].to_str().unwrap().to_owned();
        let back = url::Url::parse(&back).unwrap();
        assert_eq!(back.path(), "/api/invoicing/moloni/callback");
        back.query().unwrap().to_owned()
    }
}
