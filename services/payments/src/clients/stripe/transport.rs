//! Sending: time-outs, retries with the same key, and nothing secret in a log.

use std::time::Duration;

use kernel::Config;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use tracing::{info, warn};

use super::breaker::Breaker;
use super::objects::{Account, AccountLink, Event, List, PaymentIntent, Refund};
use super::requests::{self, NewAccount, NewIntent, NewRefund, Request};
use super::{API_VERSION, StripeError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const READ_TIMEOUT: Duration = Duration::from_secs(5);
/// With the first try: a shopper is waiting, and a job can go on later.
const TRIES_MAX: u32 = 3;
const BACKOFF: Duration = Duration::from_millis(250);
const BACKOFF_MAX: Duration = Duration::from_secs(2);

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
#[derive(Clone, Copy, Default)]
struct Call<'a> {
    account: Option<&'a str>,
    key: Option<&'a str>,
}

impl Stripe {
    pub fn new(config: &Config) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(READ_TIMEOUT)
            .pool_max_idle_per_host(16)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("virtual-stores")
            .build()?;
        Ok(Self {
            http,
            base: config.stripe.api_base.trim_end_matches('/').to_owned(),
            key: config.stripe.secret_key.clone(),
            breaker: Breaker::default(),
        })
    }

    /// Creates a store's account. The same `key` answers the same account.
    pub async fn create_account(
        &self,
        new: &NewAccount,
        key: &str,
    ) -> Result<Account, StripeError> {
        self.send(
            &new.into(),
            Call {
                key: Some(key),
                account: None,
            },
        )
        .await
    }

    /// A single-use link (about five minutes) under which the owner gives Stripe his papers.
    pub async fn create_account_link(
        &self,
        account: &str,
        return_url: &str,
        refresh_url: &str,
    ) -> Result<AccountLink, StripeError> {
        let request = requests::account_link(account, return_url, refresh_url);
        // A new link each time is what is wanted: the key only covers our own retries.
        let key = format!("link:{}", uuid::Uuid::now_v7());
        self.send(
            &request,
            Call {
                key: Some(&key),
                account: None,
            },
        )
        .await
    }

    pub async fn account(&self, account: &str) -> Result<Account, StripeError> {
        self.send(&requests::retrieve_account(account), Call::default())
            .await
    }

    pub async fn create_intent(
        &self,
        account: &str,
        new: &NewIntent,
        key: &str,
    ) -> Result<PaymentIntent, StripeError> {
        self.send(
            &new.into(),
            Call {
                account: Some(account),
                key: Some(key),
            },
        )
        .await
    }

    pub async fn intent(&self, account: &str, intent: &str) -> Result<PaymentIntent, StripeError> {
        self.send(
            &requests::retrieve_intent(intent),
            Call {
                account: Some(account),
                key: None,
            },
        )
        .await
    }

    pub async fn cancel_intent(
        &self,
        account: &str,
        intent: &str,
    ) -> Result<PaymentIntent, StripeError> {
        let key = format!("cancel:{intent}");
        let call = Call {
            account: Some(account),
            key: Some(&key),
        };
        self.send(&requests::cancel_intent(intent), call).await
    }

    pub async fn create_refund(
        &self,
        account: &str,
        new: &NewRefund,
        key: &str,
    ) -> Result<Refund, StripeError> {
        self.send(
            &new.into(),
            Call {
                account: Some(account),
                key: Some(key),
            },
        )
        .await
    }

    pub async fn refund(&self, account: &str, refund: &str) -> Result<Refund, StripeError> {
        self.send(
            &requests::retrieve_refund(refund),
            Call {
                account: Some(account),
                key: None,
            },
        )
        .await
    }

    pub async fn refunds(&self, account: &str, intent: &str) -> Result<List<Refund>, StripeError> {
        self.send(
            &requests::list_refunds(intent),
            Call {
                account: Some(account),
                key: None,
            },
        )
        .await
    }

    /// Events of an account, or of the platform without one, newest first.
    pub async fn events(
        &self,
        account: Option<&str>,
        since: i64,
        after: Option<&str>,
    ) -> Result<List<Event>, StripeError> {
        self.send(
            &requests::list_events(since, after),
            Call { account, key: None },
        )
        .await
    }

    async fn send<T: DeserializeOwned>(
        &self,
        request: &Request,
        call: Call<'_>,
    ) -> Result<T, StripeError> {
        if !self.breaker.allows() {
            return Err(StripeError::Unavailable(
                "it failed too often just now".into(),
            ));
        }
        let mut tries = 1;
        loop {
            let (error, wait) = match self.send_once(request, call).await {
                Ok(body) => {
                    self.breaker.succeeded();
                    return serde_json::from_slice(&body).map_err(|cause| {
                        StripeError::Indeterminate(format!("unreadable answer: {cause}"))
                    });
                }
                Err(failure) => failure,
            };
            if !error.is_transient() {
                self.breaker.succeeded();
                return Err(error);
            }
            self.breaker.failed();
            if tries >= TRIES_MAX {
                return Err(error);
            }
            tokio::time::sleep(wait.unwrap_or_else(|| backoff(tries))).await;
            tries += 1;
        }
    }

    /// One try: the body of a success, or what went wrong and how long Stripe asks us to wait.
    async fn send_once(
        &self,
        request: &Request,
        call: Call<'_>,
    ) -> Result<Vec<u8>, (StripeError, Option<Duration>)> {
        let url = format!("{}{}", self.base, request.path);
        let builder = self
            .http
            .request(request.method.clone(), url)
            .bearer_auth(self.key.expose_secret())
            .headers(headers(call));
        let builder = if request.method == reqwest::Method::GET {
            builder.query(&request.fields)
        } else {
            builder.form(&request.fields)
        };
        let answer = builder
            .send()
            .await
            .map_err(|error| (unsent(&error), None))?;
        let status = answer.status().as_u16();
        let answer_headers = answer.headers().clone();
        let body = answer
            .bytes()
            .await
            .map_err(|error| (unsent(&error), None))?;
        log(request, status, &answer_headers);
        if (200..300).contains(&status) {
            return Ok(body.to_vec());
        }
        let error = StripeError::of(status, &body);
        let may_retry = answer_headers
            .get("stripe-should-retry")
            .is_none_or(|v| v != "false");
        let error = match (error, may_retry) {
            (StripeError::Unavailable(text), false) => StripeError::Refused {
                status,
                code: "not_retryable".into(),
                message: text,
            },
            (error, _) => error,
        };
        Err((error, retry_after(&answer_headers)))
    }
}

fn headers(call: Call<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(STRIPE_VERSION, HeaderValue::from_static(API_VERSION));
    let values = [(STRIPE_ACCOUNT, call.account), (IDEMPOTENCY_KEY, call.key)];
    for (name, value) in values {
        if let Some(Ok(value)) = value.map(HeaderValue::from_str) {
            headers.insert(name, value);
        }
    }
    headers
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
