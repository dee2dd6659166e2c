//! Where a shop's API is, whatever address of it was typed.

use std::time::Duration;

use outbound::header::{ACCEPT, HeaderValue, LINK};
use outbound::{Answer, Outbound, Request, Url};
use serde_json::Value;

use super::keys::Way;
use super::{ShopError, body, of_outbound};

/// Where the API is, and which ways of showing keys are worth trying there.
pub struct Found {
    /// Ends in a slash.
    pub api: Url,
    pub ways: &'static [Way],
}

const TRIES: u32 = 4;

/// Looks for the API below the address, and where the shop's own page says it is. No keys are sent: a
/// redirect would lose them, or give them to somebody else.
///
/// # Errors
/// Says what would be accepted.
pub async fn find(http: &Outbound, typed: &Url) -> Result<Found, ShopError> {
    let mut home = typed.clone();
    home.set_query(None);
    home.set_fragment(None);
    let path = home.path().trim_end_matches('/').to_owned();
    let path = path.strip_suffix("/wp-json").unwrap_or(&path);
    home.set_path(&format!("{path}/"));
    let usual = join(&home, "wp-json/")?;
    let answer = get(http, &usual).await?;
    if let Some(api) = api_of(&answer) {
        return found(api);
    }
    let page = get(http, &home).await?;
    let Some(told) = told_api(&page) else {
        return Err(ShopError::Refused(
            "no WordPress answers there with its API: the address of a WooCommerce shop is wanted"
                .to_owned(),
        ));
    };
    if told.query_pairs().any(|(name, _)| name == "rest_route") {
        return Err(ShopError::Refused(
            "the shop uses plain permalinks, over which WooCommerce accepts no keys: choose others under \
             Settings → Permalinks first"
                .to_owned(),
        ));
    }
    if told.host_str() != page.url.host_str() {
        return Err(ShopError::Refused(
            "the shop says that its API is at another host".to_owned(),
        ));
    }
    let answer = get(http, &told).await?;
    match api_of(&answer) {
        Some(api) => found(api),
        None => Err(ShopError::Refused(
            "the API that answers there knows no wc/v3: WooCommerce 3.5 or newer must be active"
                .to_owned(),
        )),
    }
}

fn found(api: Url) -> Result<Found, ShopError> {
    Ok(Found {
        ways: Way::of(&api),
        api,
    })
}

fn join(home: &Url, path: &str) -> Result<Url, ShopError> {
    home.join(path)
        .map_err(|_| ShopError::Refused("the address is none".to_owned()))
}

/// A shop that is unwell for a moment is asked again.
async fn get(http: &Outbound, url: &Url) -> Result<Answer, ShopError> {
    let mut request = Request::get(url.clone());
    request.headers.insert(
        ACCEPT,
        HeaderValue::from_static("application/json, text/html;q=0.5"),
    );
    let mut last = ShopError::Later(Duration::ZERO, "the shop does not answer".to_owned());
    for attempt in 0..TRIES {
        if attempt > 0 {
            tokio::time::sleep(Duration::from_millis(400) * 2_u32.pow(attempt)).await;
        }
        match http.send(&request).await.map_err(of_outbound) {
            Ok(answer) if answer.status == 429 || answer.status >= 500 || answer.status == 403 => {
                last = ShopError::Later(
                    Duration::ZERO,
                    format!("the shop answers {}", answer.status),
                );
            }
            Ok(answer) => return Ok(answer),
            Err(error @ ShopError::Later(..)) => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

/// The address of an API that knows `wc/v3`, as it was reached in the end.
fn api_of(answer: &Answer) -> Option<Url> {
    if answer.status != 200 {
        return None;
    }
    let index = body::parse(&answer.body)?;
    let namespaces = index.get("namespaces").and_then(Value::as_array)?;
    let knows = namespaces.iter().any(|name| name == "wc/v3");
    let mut api = answer.url.clone();
    api.set_query(None);
    if !api.path().ends_with('/') {
        api.set_path(&format!("{}/", api.path()));
    }
    knows.then_some(api)
}

/// `Link: <https://loja.example/api/>; rel="https://api.w.org/"`.
fn told_api(page: &Answer) -> Option<Url> {
    let links = page.headers.get_all(LINK).iter();
    let links = links.filter_map(|value| value.to_str().ok());
    let api = links
        .flat_map(|text| text.split(','))
        .find(|link| link.contains("api.w.org"))?;
    let (_, rest) = api.split_once('<')?;
    let (address, _) = rest.split_once('>')?;
    page.url.join(address).ok()
}
