//! Asking an address that somebody typed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kernel::Config;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, LOCATION};
use reqwest::{Method, StatusCode};
use url::Url;

use crate::guard::{Guard, Refused};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// What a purpose allows.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Plain HTTP too.
    pub http: bool,
    /// Redirects that are followed, of reads alone and to the same host (or the same with or without
    /// `www.`) alone.
    pub redirects: usize,
    /// For the whole request, its redirects and its body.
    pub time: Duration,
    /// Longest body of an answer.
    pub bytes: usize,
}

/// A request with everything it needs; it can be sent again.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Request {
    pub fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: Vec::new(),
        }
    }
}

/// What came back, whatever its status.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// Where it came from, after redirects.
    pub url: Url,
}

/// Why there is no answer. None of it holds the address: it may have keys in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    #[error("refused: not {0}")]
    Refused(String),
    /// The request was not sent.
    #[error("no connection could be made")]
    NoConnection,
    /// It may have been sent.
    #[error("there was no answer in time")]
    TimedOut,
    /// It may have been sent.
    #[error("the connection broke")]
    Broken,
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    #[error("it leads elsewhere, to {0}")]
    Elsewhere(String),
}

impl From<Refused> for OutboundError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused.0)
    }
}

/// A client that reaches public addresses only.
#[derive(Clone)]
pub struct Outbound {
    http: reqwest::Client,
    guard: Arc<Guard>,
    rules: Rules,
}

impl Outbound {
    /// # Errors
    /// When the machine has no usable TLS.
    pub fn new(config: &Config, rules: Rules) -> Result<Self, reqwest::Error> {
        Self::guarded(Guard::new(&config.outbound_allowed, rules.http), rules)
    }

    pub fn guarded(guard: Guard, rules: Rules) -> Result<Self, reqwest::Error> {
        let guard = Arc::new(guard);
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Resolver(guard.clone()))
            .user_agent("virtual-stores")
            .build()?;
        Ok(Self { http, guard, rules })
    }

    /// Reads an address that somebody typed; the error says what would be accepted.
    pub fn check(&self, address: &str) -> Result<Url, Refused> {
        self.guard.check(address)
    }

    /// # Errors
    /// When there is no whole answer. An answer of any status is none.
    pub async fn send(&self, request: &Request) -> Result<Answer, OutboundError> {
        let began = Instant::now();
        let mut url = request.url.clone();
        let mut headers = request.headers.clone();
        for _ in 0..=self.rules.redirects {
            self.guard.check(url.as_str())?;
            let left = self.rules.time.saturating_sub(began.elapsed());
            let sent = self
                .http
                .request(request.method.clone(), url.clone())
                .headers(headers.clone())
                .body(request.body.clone())
                .timeout(left)
                .send();
            let response = sent.await.map_err(|error| unsent(&error))?;
            let Some(next) = redirect(&request.method, &response, &url)? else {
                return self.read(response, url).await;
            };
            if next.scheme() != url.scheme() || next.host_str() != url.host_str() {
                forget_secrets(&mut headers, &url, &next);
            }
            url = next;
        }
        Err(OutboundError::Elsewhere("too many places in turn".into()))
    }

    async fn read(
        &self,
        mut response: reqwest::Response,
        url: Url,
    ) -> Result<Answer, OutboundError> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let max = self.rules.bytes;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| unsent(&error))? {
            if body.len() + chunk.len() > max {
                return Err(OutboundError::TooLong(max));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            headers,
            body,
            url,
        })
    }
}

/// Where a read is sent on to; nothing when this is the answer.
fn redirect(
    method: &Method,
    response: &reqwest::Response,
    from: &Url,
) -> Result<Option<Url>, OutboundError> {
    let moved = [
        StatusCode::MOVED_PERMANENTLY,
        StatusCode::FOUND,
        StatusCode::SEE_OTHER,
        StatusCode::TEMPORARY_REDIRECT,
        StatusCode::PERMANENT_REDIRECT,
    ];
    if !moved.contains(&response.status()) || (method != Method::GET && method != Method::HEAD) {
        return Ok(None);
    }
    let location = response.headers().get(LOCATION);
    let Some(next) = location
        .and_then(|value| value.to_str().ok())
        .and_then(|text| from.join(text).ok())
    else {
        return Ok(None);
    };
    let bare = |url: &Url| {
        let host = url.host_str().unwrap_or_default().to_owned();
        host.strip_prefix("www.")
            .map_or(host.clone(), str::to_owned)
    };
    if bare(&next) == bare(from) {
        Ok(Some(next))
    } else {
        // The host alone: the rest may hold keys.
        let host = next.host_str().unwrap_or("nowhere").to_owned();
        Err(OutboundError::Elsewhere(host))
    }
}

/// Secrets go along to a safer or the same host, never from HTTPS to HTTP.
fn forget_secrets(headers: &mut HeaderMap, from: &Url, to: &Url) {
    if from.scheme() == "https" && to.scheme() != "https" {
        headers.remove(AUTHORIZATION);
        headers.remove(COOKIE);
    }
}

fn unsent(error: &reqwest::Error) -> OutboundError {
    if error.is_connect() {
        OutboundError::NoConnection
    } else if error.is_timeout() {
        OutboundError::TimedOut
    } else {
        OutboundError::Broken
    }
}

/// The connection is made to the very addresses that were looked at, so a name server that changes
/// its mind changes nothing.
struct Resolver(Arc<Guard>);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.0.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found
                .filter(|address| guard.may_connect(&host, address.ip()))
                .collect();
            if found.is_empty() {
                return Err("no public address".into());
            }
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_resolves_to_the_inside_has_no_address() {
        let resolve = |guard: Guard| {
            let name: Name = "localhost".parse().unwrap();
            Resolver(Arc::new(guard)).resolve(name)
        };
        assert!(resolve(Guard::default()).await.is_err());
        let listed = Guard::new(&["localhost:9050".into()], true);
        assert!(resolve(listed).await.unwrap().count() > 0);
    }
}
