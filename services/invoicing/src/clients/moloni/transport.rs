//! Sending: time limits, patience where Moloni asks for it, and nothing secret in a log.

use std::time::{Duration, Instant};

use kernel::config;
use outbound::Breaker;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tracing::{info, warn};

use super::MoloniError;
use super::answer::sort;

/// Nobody waits for a document; Moloni's own plugin waits up to 45 s.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Tries of a call that Moloni asked to come later, as its own plugin does.
const TRIES_MAX: u32 = 4;
/// No try begins later.
const PATIENCE: Duration = Duration::from_secs(40);
const WAIT: Duration = Duration::from_millis(1_100);
const WAIT_MAX: Duration = Duration::from_secs(5);
const BODY_BYTES_MAX: usize = 4 << 20;

/// The client; its connection pool is shared by all stores.
pub struct Moloni {
    http: reqwest::Client,
    base: String,
    client_id: String,
    client_secret: SecretString,
    breaker: Breaker,
}

impl Moloni {
    /// # Errors
    /// When the machine has no usable TLS.
    pub fn new(config: &config::Moloni) -> Result<Self, reqwest::Error> {
        Ok(Self {
            http: outbound::client()?,
            base: config.api_base.clone(),
            client_id: config.client_id.clone(),
            client_secret: config.client_secret.clone(),
            breaker: Breaker::default(),
        })
    }

    pub(super) fn base(&self) -> &str {
        &self.base
    }

    pub(super) fn client_id(&self) -> &str {
        &self.client_id
    }

    pub(super) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// One call, such as `invoices/insert`. A refusal because of too many calls is waited for: it says
    /// that nothing was done.
    pub async fn call(
        &self,
        token: &SecretString,
        method: &str,
        fields: &Value,
    ) -> Result<Value, MoloniError> {
        let (began, mut tries) = (Instant::now(), 1);
        loop {
            let request = self
                .http
                .post(format!("{}{method}/", self.base))
                .query(&[
                    ("access_token", token.expose_secret()),
                    ("json", "true"),
                    ("human_errors", "true"),
                ])
                .json(fields);
            let (outcome, wait) = self.send(request, method).await;
            match (outcome, wait) {
                (Err(MoloniError::Unavailable(_)), Some(wait))
                    if tries < TRIES_MAX && began.elapsed() + wait < PATIENCE =>
                {
                    tokio::time::sleep(wait).await;
                    tries += 1;
                }
                (outcome, _) => return outcome,
            }
        }
    }

    /// A grant: by GET, with everything in the query, as production wants it. It is never sent twice.
    pub(super) async fn get_grant(&self, fields: &[(&str, &str)]) -> Result<Value, MoloniError> {
        let request = self
            .http
            .get(format!("{}grant/", self.base))
            .query(&[
                ("client_id", self.client_id.as_str()),
                ("client_secret", self.client_secret.expose_secret()),
            ])
            .query(fields);
        self.send(request, "grant").await.0
    }

    /// The outcome, and how long to wait when Moloni asked for that.
    async fn send(
        &self,
        request: reqwest::RequestBuilder,
        method: &str,
    ) -> (Result<Value, MoloniError>, Option<Duration>) {
        if !self.breaker.allows() {
            let error = MoloniError::Unavailable("it failed too often just now".into());
            return (Err(error), None);
        }
        let (status, wait, outcome) = match answered(request).await {
            Ok((status, headers, body)) => {
                let wait = (status == 429).then(|| wait(&headers));
                (status, wait, sort(status, &body))
            }
            Err(error) => (0, None, Err(error)),
        };
        self.learn(status, &outcome);
        match &outcome {
            Ok(_) => info!(method, status, "Moloni answered {method}"),
            Err(error) => warn!(method, status, %error, "Moloni did not do {method}"),
        }
        (outcome, wait)
    }

    /// Only Moloni's own trouble opens the breaker: a store that asks too often or whose fields are
    /// refused must not close the way for everybody.
    fn learn(&self, status: u16, outcome: &Result<Value, MoloniError>) {
        match outcome {
            Err(MoloniError::Unclear(_)) => self.breaker.failed(),
            Err(MoloniError::Unavailable(_)) if status == 0 => self.breaker.failed(),
            Err(MoloniError::Unavailable(_)) => {}
            _ => self.breaker.succeeded(),
        }
    }
}

async fn answered(
    request: reqwest::RequestBuilder,
) -> Result<(u16, HeaderMap, Vec<u8>), MoloniError> {
    let sent = request.timeout(TIMEOUT).send().await;
    let mut answer = sent.map_err(|error| unsent(&error))?;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|error| unsent(&error))? {
        if body.len() + part.len() > BODY_BYTES_MAX {
            return Err(MoloniError::Unclear("the answer is too long".into()));
        }
        body.extend_from_slice(&part);
    }
    Ok((status, headers, body))
}

/// Without the error's own words: they hold the address, and the address holds the token.
fn unsent(error: &reqwest::Error) -> MoloniError {
    if error.is_connect() {
        MoloniError::Unavailable("no connection".into())
    } else if error.is_timeout() {
        MoloniError::Unclear("no answer in time".into())
    } else {
        MoloniError::Unclear("the connection broke".into())
    }
}

fn wait(headers: &HeaderMap) -> Duration {
    let seconds = headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok());
    let seconds = seconds.and_then(|text| text.parse().ok());
    let asked = seconds.map_or(WAIT, Duration::from_secs);
    asked.min(WAIT_MAX)
}
