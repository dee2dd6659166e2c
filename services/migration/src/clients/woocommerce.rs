//! A WooCommerce shop's REST API, read politely and in spite of everything that stands before it.

mod body;
mod keys;
mod pace;
mod probe;

use std::time::Duration;

use outbound::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use outbound::{Outbound, OutboundError, Request, Rules, Url};
use serde_json::Value;
use tokio::time::Instant;

pub use keys::{Keys, Way};
pub use pace::Pace;
pub use probe::{Found, find};

/// For the API. Slow hosts take half a minute for a page of variations.
pub const RULES: Rules = Rules {
    http: true,
    redirects: 4,
    time: Duration::from_secs(40),
    bytes: 8 * 1_024 * 1_024,
};

/// Of a list that is read as a whole.
const ROWS_MAX: usize = 20_000;

/// Tries of one request within a slice of the import.
const TRIES_MAX: u32 = 6;
const PAUSE_FIRST: Duration = Duration::from_millis(250);
const PAUSE_LAST: Duration = Duration::from_secs(20);
/// A shop that asks for a longer pause gets it: the import goes on later.
const RETRY_AFTER_HERE: Duration = Duration::from_secs(15);

/// Why a shop was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShopError {
    /// Only somebody can mend it; in words for the merchant's eyes.
    #[error("{0}")]
    Refused(String),
    /// It is not there, such as a list of a later version.
    #[error("the shop does not know it")]
    Missing,
    /// It may answer later, not before the given pause.
    #[error("{1}")]
    Later(Duration, String),
}

/// A page as it came.
#[derive(Clone, Debug)]
pub struct Page {
    pub rows: Vec<Value>,
    /// What the shop says there are, if it does.
    pub total: Option<u64>,
}

/// One shop, with its keys.
pub struct Shop {
    http: Outbound,
    /// Ends in a slash: `https://loja.example/wp-json/`.
    api: Url,
    keys: Keys,
    pub pace: Pace,
    /// Nothing is tried again after it.
    until: Instant,
}

impl Shop {
    pub fn new(http: Outbound, api: Url, keys: Keys, pace: Pace, until: Instant) -> Self {
        Self {
            http,
            api,
            keys,
            pace,
            until,
        }
    }

    /// A page of a list.
    pub async fn page(&self, path: &str, query: &[(&str, String)]) -> Result<Page, ShopError> {
        let (value, headers) = self.get(path, query, true).await?;
        let total = headers.get("x-wp-total");
        let total = total.and_then(|value| value.to_str().ok()?.parse().ok());
        match value {
            Value::Array(rows) => Ok(Page { rows, total }),
            _ => Err(ShopError::Refused(format!("{path} is no list"))),
        }
    }

    /// All of a list that has no pages.
    pub async fn list(&self, path: &str) -> Result<Vec<Value>, ShopError> {
        Ok(self.page(path, &[]).await?.rows)
    }

    /// All of a list with pages, for lists that are short.
    pub async fn all(&self, path: &str, query: &[(&str, String)]) -> Result<Vec<Value>, ShopError> {
        let mut rows: Vec<Value> = Vec::new();
        let mut last = i64::MIN;
        loop {
            let mut query = query.to_vec();
            let size = self.pace.page_size();
            query.push(("per_page", size.to_string()));
            query.push(("offset", rows.len().to_string()));
            query.push(("orderby", "id".to_owned()));
            query.push(("order", "asc".to_owned()));
            let page = self.page(path, &query).await?;
            let id = |row: &Value| row.get("id").and_then(Value::as_i64).unwrap_or(0);
            let came = page.rows.len();
            let news: Vec<Value> = page.rows.into_iter().filter(|row| id(row) > last).collect();
            if let Some(row) = news.last() {
                last = id(row);
            }
            let is_end = news.is_empty();
            rows.extend(news);
            if rows.len() > ROWS_MAX {
                let why =
                    format!("{path} has more than {ROWS_MAX} entries; that many are not read");
                return Err(ShopError::Refused(why));
            }
            let read = u64::try_from(rows.len()).unwrap_or(u64::MAX);
            // A short page is the end only where the shop's own total says so too.
            if is_end || (came < size && page.total.is_none_or(|total| read >= total)) {
                return Ok(rows);
            }
        }
    }

    pub async fn one(&self, path: &str) -> Result<Value, ShopError> {
        Ok(self.get(path, &[], false).await?.0)
    }

    /// Asks until there is an answer that can be read, or until it is time for something else.
    async fn get(
        &self,
        path: &str,
        query: &[(&str, String)],
        is_list: bool,
    ) -> Result<(Value, HeaderMap), ShopError> {
        let mut tries = 0;
        loop {
            let (pause, why) = match self.attempt(path, query, is_list).await {
                Ok(answer) => return Ok(answer),
                Err(ShopError::Later(pause, why)) => (pause, why),
                Err(error) => return Err(error),
            };
            self.pace.suffered();
            tries += 1;
            let grown = PAUSE_FIRST
                .saturating_mul(2_u32.saturating_pow(tries))
                .min(PAUSE_LAST);
            let grown = grown.mul_f64(rand::random_range(0.5..1.0));
            let wait = pause.max(grown);
            if tries >= TRIES_MAX
                || wait > RETRY_AFTER_HERE.max(grown)
                || Instant::now() + wait > self.until
            {
                return Err(ShopError::Later(wait, why));
            }
            tracing::debug!(why, tries, "A shop is asked again");
            tokio::time::sleep(wait).await;
        }
    }

    async fn attempt(
        &self,
        path: &str,
        query: &[(&str, String)],
        is_list: bool,
    ) -> Result<(Value, HeaderMap), ShopError> {
        let began = Instant::now();
        let request = self.request(path, query)?;
        let answer = self.http.send(&request).await.map_err(of_outbound)?;
        let value = body::read(&answer, is_list, self.keys.clock.now())?;
        self.pace.answered(began.elapsed());
        Ok((value, answer.headers))
    }

    fn request(&self, path: &str, query: &[(&str, String)]) -> Result<Request, ShopError> {
        let mut url = self
            .api
            .join(&format!("wc/v3/{path}"))
            .map_err(|_| ShopError::Refused("the shop's address is none".to_owned()))?;
        for (name, value) in query {
            url.query_pairs_mut().append_pair(name, value);
        }
        // A cache in between gives nobody's old page.
        let nonce: u64 = rand::random();
        url.query_pairs_mut()
            .append_pair("_", &format!("{nonce:x}"));
        let header = self.keys.sign(&mut url);
        let mut request = Request::get(url);
        request
            .headers
            .insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(mut header) = header.and_then(|text| HeaderValue::from_str(&text).ok()) {
            header.set_sensitive(true);
            request.headers.insert(AUTHORIZATION, header);
        }
        Ok(request)
    }
}

fn of_outbound(error: OutboundError) -> ShopError {
    match error {
        OutboundError::Refused(_) | OutboundError::Elsewhere(_) => {
            ShopError::Refused(error.to_string())
        }
        OutboundError::TooLong(_)
        | OutboundError::NoConnection
        | OutboundError::TimedOut
        | OutboundError::Broken => ShopError::Later(Duration::ZERO, error.to_string()),
    }
}
