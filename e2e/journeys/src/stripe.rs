//! What a shopper does at Stripe, and what goes wrong there: the stand-in's pages and levers.

use anyhow::Context;
use serde_json::{Value, json};

/// The stand-in for Stripe.
#[derive(Clone)]
pub struct Stripe {
    http: reqwest::Client,
    base: String,
}

impl Stripe {
    pub fn from_environment() -> anyhow::Result<Self> {
        let base = std::env::var("STRIPE_API_BASE").context("STRIPE_API_BASE is not set")?;
        Ok(Self {
            http: reqwest::Client::new(),
            base,
        })
    }

    /// Chooses on the payment page: `card`, `card_declined`, `card_3ds`, `mb_way`, `approve`, …
    pub async fn choose(&self, intent: &Intent, choice: &str) -> anyhow::Result<()> {
        let form = [
            ("client_secret", intent.client_secret.as_str()),
            ("account", intent.account.as_str()),
            ("choice", choice),
        ];
        let answer = self
            .http
            .post(format!("{}/pay", self.base))
            .form(&form)
            .send()
            .await?;
        let status = answer.status();
        anyhow::ensure!(
            status.is_success() || status.is_redirection(),
            "Stripe's page answered {status}"
        );
        Ok(())
    }

    /// Pulls a lever.
    pub async fn lever(&self, path: &str, body: Value) -> anyhow::Result<()> {
        let url = format!("{}/_sim/{path}", self.base);
        let answer = self.http.post(url).json(&body).send().await?;
        let status = answer.status();
        anyhow::ensure!(status.is_success(), "the lever {path} answered {status}");
        Ok(())
    }

    /// The owner of a store gives Stripe his papers.
    pub async fn complete_account(&self, account: &str) -> anyhow::Result<()> {
        self.lever(&format!("accounts/{account}/complete"), json!({}))
            .await
    }

    /// What really happened at Stripe.
    pub async fn state(&self) -> anyhow::Result<Value> {
        Ok(self
            .http
            .get(format!("{}/_sim/state", self.base))
            .send()
            .await?
            .json()
            .await?)
    }

    pub async fn effects(&self) -> anyhow::Result<Value> {
        Ok(self
            .http
            .get(format!("{}/_sim/effects", self.base))
            .send()
            .await?
            .json()
            .await?)
    }
}

/// What the payment form was given.
#[derive(Clone, Debug)]
pub struct Intent {
    pub client_secret: String,
    pub account: String,
}

impl Intent {
    /// `pi_…` of `pi_…_secret_…`.
    pub fn id(&self) -> &str {
        self.client_secret
            .split("_secret_")
            .next()
            .unwrap_or_default()
    }
}
