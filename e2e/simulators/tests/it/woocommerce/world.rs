//! A shop of a test's own, and somebody who reads it.

use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use simulators::Handle;
use simulators::woocommerce::{Config, start};
use std::time::Duration;

pub struct Shop {
    pub origin: String,
    pub client: Client,
    _handle: Handle,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Read {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Read {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }

    pub fn items(&self) -> &Vec<Value> {
        self.body.as_array().expect("a list")
    }

    pub fn ids(&self) -> Vec<u64> {
        self.items()
            .iter()
            .map(|item| item["id"].as_u64().unwrap())
            .collect()
    }

    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

impl Shop {
    pub async fn open() -> Self {
        Self::open_with(Config::default()).await
    }

    pub async fn open_with(config: Config) -> Self {
        let (address, handle) = start(config).await.unwrap();
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(20))
            .build()
            .unwrap();
        Self {
            origin: format!("http://{address}"),
            client,
            _handle: handle,
        }
    }

    /// A request with the right key.
    pub fn request(&self, path: &str) -> RequestBuilder {
        let url = format!("{}/wp-json/wc/v3{path}", self.origin);
        self.client
            .get(url)
            .basic_auth("ck_simulator", Some("cs_simulator"))
    }

    pub async fn send(&self, path: &str) -> reqwest::Result<Response> {
        self.request(path).send().await
    }

    pub async fn get(&self, path: &str) -> Read {
        read(self.request(path)).await
    }

    /// All pages of a list, in the order of their numbers.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let sign = if path.contains('?') { '&' } else { '?' };
        for page in 1.. {
            let read = self
                .get(&format!("{path}{sign}per_page=100&page={page}"))
                .await;
            assert_eq!(read.status, 200, "{path}: {}", read.body);
            let count = read.items().len();
            items.extend(read.items().iter().cloned());
            if count < 100 {
                break;
            }
        }
        items
    }

    pub async fn lever(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/_sim{path}", self.origin);
        let answer = self.client.post(url).json(&body).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    pub async fn fault(&self, fault: Value) {
        self.lever("/faults", fault).await;
    }

    pub async fn settings(&self, settings: Value) {
        self.lever("/settings", settings).await;
    }

    pub async fn look(&self, path: &str) -> Value {
        let url = format!("{}/_sim{path}", self.origin);
        self.client
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// The first product with a SKU.
    pub async fn product(&self, sku: &str) -> Value {
        let read = self
            .get(&format!("/products?sku={sku}&order=asc&orderby=id"))
            .await;
        read.items()
            .first()
            .cloned()
            .unwrap_or_else(|| panic!("no {sku}"))
    }

    pub async fn edit(&self, edit: Value) -> Value {
        self.lever("/edit", edit).await
    }
}

pub async fn read(request: RequestBuilder) -> Read {
    let answer = request.send().await.unwrap();
    Read {
        status: answer.status().as_u16(),
        headers: answer.headers().clone(),
        body: serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(json!(null)),
    }
}
