//! Sending: time-outs, retries with the same key, and nothing secret in a log.

use std::time::{Duration, Instant};

use kernel::config;
use outbound::Breaker;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use tracing::{info, warn};

use super::requests::Request;
use super::{API_VERSION, StripeError};

const READ_TIMEOUT: Duration = Duration::from_secs(5);
/// For all tries of a call together: a shopper is waiting, and a job can go on later.
const PATIENCE: Duration = Duration::from_secs(8);
const TRIES_MAX: u32 = 3;
const BACKOFF: Duration = Duration::from_millis(250);
const BACKOFF_MAX: Duration = Duration::from_secs(2);
/// A page of a hundred events is the longest answer we ask for.
const BODY_BYTES_MAX: usize = 8 << 20;

const _: () = assert!(PATIENCE.as_secs() < http_kit::limits::HANDLER_TIME.as_secs());

const STRIPE_VERSION: HeaderName = HeaderName::from_static("stripe-version");
const STRIPE_ACCOUNT: HeaderName = HeaderName::from_static("stripe-account");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The client; clones of the inner connection pool are shared.
pub struct Stripe {
    http: reqwest::Client,
    base: String,
    key: SecretString,
    breaker: Breaker,
}

/// For whom and under which key a request is made.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    account: Option<&'a str>,
    key: Option<&'a str>,
}

impl<'a> Call<'a> {
    /// About the platform's own objects.
    pub(super) const fn platform() -> Self {
        Self {
            account: None,
            key: None,
        }
    }

    /// About a store's objects.
    pub(super) const fn of(account: &'a str) -> Self {
        Self {
            account: Some(account),
            key: None,
        }
    }

    pub(super) const fn key(self, key: &'a str) -> Self {
        Self {
            key: Some(key),
            ..self
        }
    }
}

/// A try that did not succeed.
struct Failure {
    error: StripeError,
    /// How long Stripe asks us to wait.
    wait: Option<Duration>,
    /// Stripe says that another try is in vain.
    is_final: bool,
}

impl From<StripeError> for Failure {
    fn from(error: StripeError) -> Self {
        Self {
            error,
            wait: None,
            is_final: false,
        }
    }
}

impl Stripe {
    pub fn new(settings: &config::Stripe) -> Result<Self, reqwest::Error> {
        Ok(Self {
            http: outbound::client()?,
            base: settings.api_base.trim_end_matches('/').to_owned(),
            key: settings.secret_key.clone(),
            breaker: Breaker::default(),
        })
    }

    pub(super) async fn send<T: DeserializeOwned>(
        &self,
        request: &Request,
        call: Call<'_>,
    ) -> Result<T, StripeError> {
        let headers = headers(call)?;
        let began = Instant::now();
        let mut tries = 1;
        loop {
            if !self.breaker.allows() {
                return Err(StripeError::Unavailable(
                    "it failed too often just now".into(),
                ));
            }
            let left = PATIENCE.saturating_sub(began.elapsed());
            let failure = match self.send_once(request, &headers, left).await {
                Ok(body) => {
                    self.breaker.succeeded();
                    return serde_json::from_slice(&body).map_err(|cause| unreadable(&cause));
                }
                Err(failure) => failure,
            };
            self.learn(&failure.error);
            let wait = failure.wait.unwrap_or_else(|| backoff(tries));
            let in_vain = failure.is_final || !is_worth_another(request, &failure.error);
            if in_vain || tries >= TRIES_MAX || began.elapsed() + wait >= PATIENCE {
                return Err(failure.error);
            }
            tokio::time::sleep(wait).await;
            tries += 1;
        }
    }

    /// Only Stripe's own trouble opens the breaker: one store that asks too often, or a key that is
    /// in use, must not close the way for everybody.
    fn learn(&self, error: &StripeError) {
        match error {
            StripeError::Unavailable(_)
            | StripeError::Indeterminate(_)
            | StripeError::KeySpent(_) => self.breaker.failed(),
            StripeError::Busy(_) => {}
            StripeError::Declined(_)
            | StripeError::Refused { .. }
            | StripeError::AccountGone
            | StripeError::KeyRefused => self.breaker.succeeded(),
        }
    }

    /// One try: the body of a success, or what went wrong.
    async fn send_once(
        &self,
        request: &Request,
        headers: &HeaderMap,
        left: Duration,
    ) -> Result<Vec<u8>, Failure> {
        let url = format!("{}{}", self.base, request.path);
        let builder = self
            .http
            .request(request.method.clone(), url)
            .timeout(READ_TIMEOUT.min(left))
            .bearer_auth(self.key.expose_secret())
            .headers(headers.clone());
        let builder = if request.method == reqwest::Method::GET {
            builder.query(&request.fields)
        } else {
            builder.form(&request.fields)
        };
        let answer = builder.send().await.map_err(|error| unsent(&error))?;
        let status = answer.status().as_u16();
        let answer_headers = answer.headers().clone();
        let body = read_body(answer).await?;
        log(request, status, &answer_headers);
        if (200..300).contains(&status) {
            return Ok(body);
        }
        let should_retry = answer_headers.get("stripe-should-retry");
        Err(Failure {
            error: StripeError::of(status, &body),
            wait: retry_after(&answer_headers),
            is_final: should_retry.is_some_and(|value| value == "false"),
        })
    }
}

/// Whether the same request, with the same key, is worth sending again now.
fn is_worth_another(request: &Request, error: &StripeError) -> bool {
    match error {
        StripeError::Busy(_) | StripeError::Unavailable(_) | StripeError::Indeterminate(_) => true,
        // A read has no key that could be spent.
        StripeError::KeySpent(_) => request.method == reqwest::Method::GET,
        StripeError::Declined(_)
        | StripeError::Refused { .. }
        | StripeError::AccountGone
        | StripeError::KeyRefused => false,
    }
}

/// A header that cannot be sent would turn a call for one store into one for the platform, or leave
/// it without its key: the call is not made.
fn headers(call: Call<'_>) -> Result<HeaderMap, StripeError> {
    let mut headers = HeaderMap::new();
    headers.insert(STRIPE_VERSION, HeaderValue::from_static(API_VERSION));
    let values = [(STRIPE_ACCOUNT, call.account), (IDEMPOTENCY_KEY, call.key)];
    for (name, value) in values {
        let Some(value) = value else { continue };
        let value = HeaderValue::from_str(value).ok().filter(|v| !v.is_empty());
        let value = value.ok_or_else(|| StripeError::Refused {
            status: 0,
            code: "unsendable".into(),
            param: name.to_string(),
        })?;
        headers.insert(name, value);
    }
    Ok(headers)
}

async fn read_body(mut answer: reqwest::Response) -> Result<Vec<u8>, StripeError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| unsent(&error))? {
        if body.len() + chunk.len() > BODY_BYTES_MAX {
            return Err(StripeError::Indeterminate("the answer is too long".into()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Where it is wrong, without the words of the answer.
fn unreadable(cause: &serde_json::Error) -> StripeError {
    let (kind, line, column) = (cause.classify(), cause.line(), cause.column());
    StripeError::Indeterminate(format!("unreadable answer: {kind:?} at {line}:{column}"))
}

/// A request that could not even connect was not done; any other break leaves the outcome open.
fn unsent(error: &reqwest::Error) -> StripeError {
    if error.is_connect() {
        StripeError::Unavailable("no connection".into())
    } else if error.is_timeout() {
        StripeError::Indeterminate("no answer in time".into())
    } else {
        StripeError::Indeterminate("the connection broke".into())
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds).min(BACKOFF_MAX))
}

/// Doubles each time, with up to a half of it at random so that clients do not come back together.
fn backoff(tries: u32) -> Duration {
    let base = BACKOFF.saturating_mul(1 << tries.min(4)).min(BACKOFF_MAX);
    base / 2 + base.mul_f64(rand::random::<f64>() / 2.0)
}

fn log(request: &Request, status: u16, headers: &HeaderMap) {
    let stripe_request = headers
        .get("request-id")
        .and_then(|v| v.to_str().ok())
        .unwrap_or("-");
    let (method, path) = (&request.method, request.path.as_str());
    if status < 400 {
        info!(%method, path, status, stripe_request, "Stripe answered {status}");
    } else {
        warn!(%method, path, status, stripe_request, "Stripe answered {status}");
    }
}
