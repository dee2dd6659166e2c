//! A browser without JavaScript: pages, forms and cookies of one store's storefront.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use reqwest::Method;

const REDIRECTS_MAX: usize = 6;
const PAUSE: Duration = Duration::from_millis(50);

/// A page as it was shown at last, after all redirects.
#[derive(Clone, Debug)]
pub struct Shown {
    pub status: u16,
    pub path: String,
    pub html: String,
    pub policy: String,
    pub etag: String,
}

impl Shown {
    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> anyhow::Result<String> {
        self.between(&format!("name=\"{name}\" value=\""), "\"")
    }

    /// What stands between two texts, as HTML writes it, without its escapes.
    pub fn between(&self, before: &str, after: &str) -> anyhow::Result<String> {
        let rest = self.html.split_once(before).map(|(_, rest)| rest);
        let found = rest
            .and_then(|rest| rest.split_once(after))
            .map(|(text, _)| text);
        let found = found.with_context(|| format!("{before} is missing on {}", self.path))?;
        Ok(found
            .replace("&amp;", "&")
            .replace("&#x2f;", "/")
            .replace("&quot;", "\""))
    }

    pub fn expect(self, status: u16) -> anyhow::Result<Self> {
        if self.status == status {
            Ok(self)
        } else {
            bail!("{} answered {} instead of {status}", self.path, self.status)
        }
    }
}

pub struct Browser {
    http: reqwest::Client,
    door: String,
    host: String,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub fn at(slug: &str) -> anyhow::Result<Self> {
        let variable =
            |name: &str| std::env::var(name).with_context(|| format!("{name} is not set"));
        let (port, domain) = (variable("STORES_HTTP_PORT")?, variable("BASE_DOMAIN")?);
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(20))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self {
            http,
            door: format!("http://127.0.0.1:{port}"),
            host: format!("{slug}.{domain}:{port}"),
            cookies: BTreeMap::new(),
        })
    }

    pub async fn open(&mut self, path: &str) -> anyhow::Result<Shown> {
        self.go(Method::GET, path, None).await
    }

    /// Sends a form of one of the store's own pages.
    pub async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<Shown> {
        let origin = format!("http://{}", self.host);
        self.send_from(&origin, path, fields).await
    }

    /// Sends a form of a page somewhere else.
    pub async fn send_from(
        &mut self,
        origin: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> anyhow::Result<Shown> {
        let form: Vec<(String, String)> = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        self.go(Method::POST, path, Some((origin.to_owned(), form)))
            .await
    }

    /// Opens a page until it shows a text, and says how long that took.
    pub async fn until_shown(
        &mut self,
        path: &str,
        text: &str,
        limit: Duration,
    ) -> anyhow::Result<Duration> {
        let began = Instant::now();
        loop {
            let shown = self.open(path).await?;
            if shown.html.contains(text) {
                return Ok(began.elapsed());
            }
            if began.elapsed() > limit {
                bail!("{path} did not show {text} within {limit:?}");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn go(
        &mut self,
        mut method: Method,
        path: &str,
        mut form: Option<(String, Vec<(String, String)>)>,
    ) -> anyhow::Result<Shown> {
        let mut path = path.to_owned();
        for _ in 0..REDIRECTS_MAX {
            let mut request = self
                .http
                .request(method.clone(), format!("{}{path}", self.door))
                .header("host", &self.host)
                .header("cookie", self.cookie_header());
            if let Some((origin, fields)) = form.take() {
                request = request.header("origin", origin).form(&fields);
            }
            let answer = request
                .send()
                .await
                .with_context(|| format!("{method} {path}"))?;
            let header = |name: &str| {
                let value = answer
                    .headers()
                    .get(name)
                    .and_then(|value| value.to_str().ok());
                value.unwrap_or_default().to_owned()
            };
            let (place, policy, etag) = (
                header("location"),
                header("content-security-policy"),
                header("etag"),
            );
            let set: Vec<String> = answer
                .headers()
                .get_all("set-cookie")
                .iter()
                .filter_map(|value| value.to_str().ok().map(str::to_owned))
                .collect();
            self.keep_cookies(&set);
            let status = answer.status().as_u16();
            if matches!(status, 301..=303) {
                (method, path) = (Method::GET, place);
                continue;
            }
            let html = answer.text().await?;
            return Ok(Shown {
                status,
                path,
                html,
                policy,
                etag,
            });
        }
        bail!("{path} leads nowhere")
    }

    fn cookie_header(&self) -> String {
        let pairs = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    fn keep_cookies(&mut self, set: &[String]) {
        for line in set {
            let pair = line.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                if line.contains("Max-Age=0") {
                    self.cookies.remove(name);
                } else {
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
            }
        }
    }
}
