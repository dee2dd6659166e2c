//! One request to a service: its limits, and the breaker before it.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use outbound::Breaker;
use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, HOST};
use reqwest::{Client, Method};
use serde_json::Value;

use super::Upstream;
use super::fault::{Fault, Problem};
use crate::config::Settings;

const CONNECT_TIME: Duration = Duration::from_millis(500);
/// For a whole answer. Paying asks Stripe, which is slower than any of ours.
const READ_TIME: Duration = Duration::from_secs(4);
const WRITE_TIME: Duration = Duration::from_secs(12);
const IDLE_TIME: Duration = Duration::from_secs(30);
const IDLE_CONNECTIONS_MAX: usize = 64;
const ANSWER_BYTES_MAX: usize = 4 << 20;

/// In whose name a service is asked: the visitor's, whose address its limits count.
#[derive(Clone, Debug)]
pub struct Caller {
    pub host: String,
    pub ip: IpAddr,
    pub request_id: String,
    /// In which messages come, such as pt-PT.
    pub language: String,
}

/// One request.
#[derive(Clone)]
pub struct Ask {
    upstream: Upstream,
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Value>,
}

impl Ask {
    pub fn get(upstream: Upstream, path: impl Into<String>) -> Self {
        Self::new(upstream, Method::GET, path)
    }

    pub fn post(upstream: Upstream, path: impl Into<String>, body: Value) -> Self {
        Self {
            body: Some(body),
            ..Self::new(upstream, Method::POST, path)
        }
    }

    pub fn put(upstream: Upstream, path: impl Into<String>, body: Value) -> Self {
        Self {
            body: Some(body),
            ..Self::new(upstream, Method::PUT, path)
        }
    }

    pub fn patch(upstream: Upstream, path: impl Into<String>, body: Value) -> Self {
        Self {
            body: Some(body),
            ..Self::new(upstream, Method::PATCH, path)
        }
    }

    pub fn delete(upstream: Upstream, path: impl Into<String>) -> Self {
        Self::new(upstream, Method::DELETE, path)
    }

    /// With a body, where what is deleted asks for proof.
    #[must_use]
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn new(upstream: Upstream, method: Method, path: impl Into<String>) -> Self {
        Self {
            upstream,
            method,
            path: path.into(),
            headers: Vec::new(),
            body: None,
        }
    }
}

struct Door {
    base: String,
    breaker: Breaker,
}

/// The way to the services.
pub struct Api {
    http: Client,
    /// The store that is asked for whatever host was visited.
    store: Option<String>,
    doors: Vec<Door>,
}

impl Api {
    /// # Errors
    /// When the HTTP client cannot be made.
    pub fn new(settings: &Settings) -> anyhow::Result<Self> {
        let http = Client::builder()
            .connect_timeout(CONNECT_TIME)
            .pool_idle_timeout(IDLE_TIME)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        let door = |base: &String| Door {
            base: base.clone(),
            breaker: Breaker::default(),
        };
        Ok(Self {
            http,
            store: settings.store_host.clone(),
            doors: settings.upstreams.iter().map(door).collect(),
        })
    }

    /// Asks and reads the answer's JSON; null where it has no body.
    ///
    /// # Errors
    /// The service's refusal, or that there is no answer.
    pub async fn send(&self, caller: &Caller, ask: Ask) -> Result<Value, Fault> {
        let door = self
            .doors
            .get(ask.upstream.index())
            .ok_or(Fault::Unavailable)?;
        if !door.breaker.allows() {
            return Err(Fault::Unavailable);
        }
        let upstream = ask.upstream;
        match self.exchange(door, caller, ask).await {
            Ok((status, body)) => {
                let outcome = read(status, &body);
                match &outcome {
                    Err(fault) if status >= 500 && fault.is_passing() => door.breaker.failed(),
                    _ => door.breaker.succeeded(),
                }
                outcome
            }
            Err(error) => {
                door.breaker.failed();
                tracing::warn!(upstream = ?upstream, error = %error.without_url(), "A service did not answer");
                Err(Fault::Unavailable)
            }
        }
    }

    async fn exchange(
        &self,
        door: &Door,
        caller: &Caller,
        ask: Ask,
    ) -> Result<(u16, Bytes), reqwest::Error> {
        let time = match ask.method {
            Method::GET => READ_TIME,
            _ => WRITE_TIME,
        };
        let mut request = self
            .http
            .request(ask.method, format!("{}{}", door.base, ask.path))
            .timeout(time)
            .header(HOST, self.store.as_ref().unwrap_or(&caller.host))
            .header(ACCEPT_LANGUAGE, &caller.language)
            .header("x-forwarded-for", caller.ip.to_string())
            .header("x-request-id", &caller.request_id);
        if let Some(traceparent) = telemetry::current_traceparent() {
            request = request.header("traceparent", traceparent);
        }
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        if let Some(body) = &ask.body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.to_string());
        }
        let mut answer = request.send().await?;
        let status = answer.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > ANSWER_BYTES_MAX {
                body.clear();
                return Ok((502, Bytes::new()));
            }
        }
        Ok((status, body.into()))
    }
}

fn read(status: u16, body: &[u8]) -> Result<Value, Fault> {
    if (200..300).contains(&status) {
        if body.is_empty() {
            return Ok(Value::Null);
        }
        return serde_json::from_slice(body).map_err(|_| Fault::Unavailable);
    }
    let problem: Result<Problem, _> = serde_json::from_slice(body);
    match problem {
        Ok(problem) if !problem.code.is_empty() => {
            Err(Fault::Refused(Box::new(Problem { status, ..problem })))
        }
        _ if status == 404 => Err(Fault::Refused(Box::new(Problem {
            status,
            ..Problem::default()
        }))),
        _ => Err(Fault::Unavailable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_its_code_and_anything_unreadable_is_no_answer() {
        let body = br#"{"type":"out-of-stock","status":409,"available":2,"title":"x"}"#;
        let Err(Fault::Refused(problem)) = read(409, body) else {
            panic!("a refusal")
        };
        assert_eq!(problem.code, "out-of-stock");
        assert_eq!(problem.members["available"], 2);
        assert!(matches!(read(502, b"<html>"), Err(Fault::Unavailable)));
        assert!(matches!(read(200, b"{"), Err(Fault::Unavailable)));
        assert!(read(204, b"").is_ok());
    }

    #[test]
    fn a_suspended_store_is_an_answer_and_not_an_outage() {
        let body = br#"{"type":"store-suspended","status":503}"#;
        assert!(!read(503, body).unwrap_err().is_passing());
        let body = br#"{"type":"busy","status":503}"#;
        assert!(read(503, body).unwrap_err().is_passing());
    }
}
