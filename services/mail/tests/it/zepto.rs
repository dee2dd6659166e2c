//! The double of ZeptoMail: its inbox, its troubles, its webhooks.

use kernel::Clock;
use serde_json::{Value, json};
use simulators::{Handle, zeptomail};

pub const TOKEN: &str = "simulator";
pub const WEBHOOK_KEY: &str = "simulator-webhooks";

pub struct Zepto {
    pub base: String,
    pub clock: Clock,
    http: reqwest::Client,
    _handle: Handle,
}

impl Zepto {
    pub async fn start() -> Self {
        let clock = Clock::system();
        let config = zeptomail::Config {
            clock: clock.clone(),
            ..zeptomail::Config::default()
        };
        let (address, handle) = zeptomail::start(config).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            base: format!("http://{address}"),
            clock,
            http,
            _handle: handle,
        }
    }

    /// Pulls a lever.
    pub async fn lever(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/_sim/{path}", self.base);
        let answer = self.http.post(url).json(&body).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    pub async fn look(&self, path: &str) -> Value {
        let url = format!("{}/_sim/{path}", self.base);
        self.http
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    pub async fn fault(&self, kind: &str, when: &str, times: u32) {
        self.lever(
            "faults",
            json!({ "kind": kind, "when": when, "times": times }),
        )
        .await;
    }

    /// The mails to an address, the oldest first.
    pub async fn inbox(&self, to: &str) -> Vec<Value> {
        let found = self.look(&format!("inbox?to={to}")).await;
        found.as_array().cloned().unwrap_or_default()
    }

    /// Where the double takes mail by SMTP.
    pub async fn smtp(&self) -> String {
        self.look("state").await["smtp"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}
