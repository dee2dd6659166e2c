//! The double of Stripe: what shoppers, owners, banks and fate do there.

use hmac::{Hmac, KeyInit, Mac};
use kernel::Clock;
use reqwest::StatusCode;
use serde_json::{Value, json};
use simulators::{Handle, stripe};

pub const KEY: &str = "sk_test_simulator";
pub const PUBLIC_KEY: &str = "pk_test_simulator";
pub const SECRET: &str = "whsec_simulator";
pub const CONNECT_SECRET: &str = "whsec_simulator_connect";

pub struct Stripe {
    pub base: String,
    pub clock: Clock,
    http: reqwest::Client,
    _handle: Handle,
}

impl Stripe {
    pub async fn start() -> Self {
        let clock = Clock::system();
        let config = stripe::Config {
            clock: clock.clone(),
            ..stripe::Config::default()
        };
        let (address, handle) = stripe::start(config).await.unwrap();
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

    /// The next calls that fit go wrong.
    pub async fn fault(&self, fault: Value) {
        self.lever("faults", fault).await;
    }

    pub async fn clear_faults(&self) {
        let url = format!("{}/_sim/faults", self.base);
        let answer = self.http.delete(url).send().await.unwrap();
        assert!(answer.status().is_success());
    }

    /// An object of an account, as a server reads it.
    pub async fn get(&self, account: &str, path: &str) -> Value {
        let mut request = self
            .http
            .get(format!("{}{path}", self.base))
            .bearer_auth(KEY)
            .header("stripe-version", payments::clients::stripe::API_VERSION);
        if !account.is_empty() {
            request = request.header("stripe-account", account);
        }
        request.send().await.unwrap().json().await.unwrap()
    }

    /// What the owner of an account does there by himself.
    pub async fn post(&self, account: &str, path: &str, form: &str) -> Value {
        let request = self
            .http
            .post(format!("{}{path}", self.base))
            .bearer_auth(KEY)
            .header("stripe-version", payments::clients::stripe::API_VERSION)
            .header("stripe-account", account)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned());
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub async fn intent(&self, paying: &Paying) -> Value {
        let path = format!("/v1/payment_intents/{}", paying.intent);
        self.get(&paying.account, &path).await
    }

    /// What a browser does with the client secret: `payment_method=pm_card_visa`.
    pub async fn confirm(&self, paying: &Paying, form: &str) -> StatusCode {
        let url = format!("{}/v1/payment_intents/{}/confirm", self.base, paying.intent);
        let form = format!(
            "{form}&key={PUBLIC_KEY}&client_secret={}&_stripe_account={}",
            paying.secret, paying.account
        );
        let request = self
            .http
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        request.send().await.unwrap().status()
    }

    /// Chooses on the payment page: `card`, `card_declined`, `card_3ds`, `mb_way`, `multibanco`.
    pub async fn choose(&self, paying: &Paying, choice: &str) {
        let form = [
            ("client_secret", paying.secret.as_str()),
            ("account", paying.account.as_str()),
            ("choice", choice),
        ];
        let url = format!("{}/pay", self.base);
        let answer = self.http.post(url).form(&form).send().await.unwrap();
        assert!(answer.status().is_success(), "{choice}");
    }

    /// What the shopper, the bank or the clock does to a payment that waits.
    pub async fn resolve(&self, paying: &Paying, what: &str) {
        let path = format!("payment_intents/{}/{what}", paying.intent);
        self.lever(&path, json!({})).await;
    }

    /// Successful charges and refunds of an account.
    pub async fn effects(&self, account: &str) -> Effects {
        let all = self.look("effects").await;
        let of = all["accounts"][account].clone();
        let list = |name: &str| of[name].as_array().cloned().unwrap_or_default();
        Effects {
            charges: list("charges"),
            refunds: list("refunds"),
            intents: list("payment_intents"),
        }
    }

    /// How often a call was made.
    pub async fn calls(&self, method: &str, path: &str) -> usize {
        let log = self.look("log").await;
        let is_it = |call: &&Value| call["method"] == method && call["path"] == path;
        log.as_array().unwrap().iter().filter(is_it).count()
    }

    pub async fn connected_accounts(&self) -> Vec<Value> {
        let all = self.look("effects").await;
        all["connected_accounts"].as_array().unwrap().clone()
    }

    /// The intents of an account in the double's memory, secrets and all.
    pub async fn stored_intents(&self, account: &str) -> Vec<Value> {
        let state = self.look("state").await;
        let objects = state["books"][account]["objects"].as_object().unwrap();
        let intents = objects
            .values()
            .filter(|object| object["object"] == "payment_intent");
        intents.cloned().collect()
    }

    /// Everything that was answered and sent is as Stripe's document says.
    pub async fn conforms(&self) {
        assert_eq!(self.look("violations").await, json!([]));
    }
}

#[derive(Debug)]
pub struct Effects {
    pub charges: Vec<Value>,
    pub refunds: Vec<Value>,
    pub intents: Vec<Value>,
}

/// What a payment form was given.
#[derive(Clone, Debug)]
pub struct Paying {
    pub payment: String,
    pub intent: String,
    pub secret: String,
    pub account: String,
}

impl Paying {
    pub fn of(view: &Value) -> Self {
        let text = |name: &str| {
            let value = view[name].as_str();
            value
                .unwrap_or_else(|| panic!("{name} is in {view}"))
                .to_owned()
        };
        let secret = text("client_secret");
        Self {
            payment: text("payment_id"),
            intent: secret.split("_secret_").next().unwrap().to_owned(),
            account: text("stripe_account"),
            secret,
        }
    }

    /// Of an intent of the double's memory.
    pub fn of_stored(intent: &Value, account: &str) -> Self {
        Self {
            payment: intent["metadata"]["payment_id"]
                .as_str()
                .unwrap()
                .to_owned(),
            intent: intent["id"].as_str().unwrap().to_owned(),
            secret: intent["client_secret"].as_str().unwrap().to_owned(),
            account: account.to_owned(),
        }
    }
}

/// `v1` of a `Stripe-Signature`.
pub fn signed(secret: &str, time: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{time}.").as_bytes());
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

pub fn signature(secret: &str, time: i64, body: &[u8]) -> String {
    format!("t={time},v1={}", signed(secret, time, body))
}

/// An event as Stripe sends it.
pub fn event(id: &str, kind: &str, account: &str, object: &Value) -> Value {
    json!({
        "id": id, "object": "event", "type": kind, "account": account, "created": 1_700_000_000,
        "api_version": payments::clients::stripe::API_VERSION, "livemode": false,
        "pending_webhooks": 1, "data": { "object": object },
        "request": { "id": null, "idempotency_key": null },
    })
}
