use super::world::{Shop, read};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use sha2::Sha256;

const KEY: &str = "ck_simulator";
const SECRET: &str = "cs_simulator";
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

fn products(shop: &Shop) -> String {
    format!("{}/wp-json/wc/v3/products", shop.origin)
}

#[tokio::test]
async fn the_index_is_for_everybody_and_the_goods_are_not() {
    let shop = Shop::open().await;
    for path in ["/wp-json/", "/wp-json", "/?rest_route=/"] {
        let index = read(shop.client.get(format!("{}{path}", shop.origin))).await;
        assert_eq!(index.body["url"], shop.origin.as_str(), "{path}");
        let namespaces = index.body["namespaces"].as_array().unwrap();
        assert!(namespaces.contains(&json!("wc/v3")), "{path}");
    }
    let nobody = read(shop.client.get(products(&shop))).await;
    assert_eq!(
        (nobody.status, nobody.code()),
        (401, "woocommerce_rest_cannot_view")
    );
    let home = read(shop.client.get(&shop.origin)).await;
    assert!(
        home.header("link")
            .contains("/wp-json/>; rel=\"https://api.w.org/\"")
    );
}

#[tokio::test]
async fn an_unknown_key_looks_like_none_and_a_wrong_secret_does_not() {
    let shop = Shop::open().await;
    let with = |key: &str, secret: &str| {
        shop.client
            .get(products(&shop))
            .basic_auth(key, Some(secret))
    };
    assert_eq!(read(with(KEY, SECRET)).await.status, 200);
    let unknown = read(with("ck_other", SECRET)).await;
    assert_eq!(
        (unknown.status, unknown.code()),
        (401, "woocommerce_rest_cannot_view")
    );
    let wrong = read(with(KEY, "cs_other")).await;
    assert_eq!(
        (wrong.status, wrong.code()),
        (401, "woocommerce_rest_authentication_error")
    );
    let written = shop
        .client
        .post(products(&shop))
        .basic_auth(KEY, Some(SECRET));
    let written = read(written.json(&json!({"name": "x"}))).await;
    assert_eq!(
        (written.status, written.code()),
        (401, "woocommerce_rest_authentication_error")
    );
}

#[tokio::test]
async fn a_key_in_the_query_counts_more_than_the_header() {
    let shop = Shop::open().await;
    let url = format!(
        "{}?consumer_key={KEY}&consumer_secret={SECRET}&per_page=1",
        products(&shop)
    );
    let by_query = read(
        shop.client
            .get(&url)
            .basic_auth("ck_other", Some("cs_other")),
    )
    .await;
    assert_eq!(by_query.status, 200);
    // Whoever logs the address of the next page logs the secret.
    assert!(by_query.header("link").contains(SECRET));
    shop.settings(json!({"strip_authorization": true})).await;
    assert_eq!(
        shop.get("/products").await.code(),
        "woocommerce_rest_cannot_view"
    );
    assert_eq!(read(shop.client.get(&url)).await.status, 200);
    assert!(!shop.look("/log").await.to_string().contains(SECRET));
}

#[tokio::test]
async fn over_plain_http_a_strict_shop_looks_at_no_key() {
    let shop = Shop::open().await;
    shop.settings(json!({"strict_http": true})).await;
    assert_eq!(
        shop.get("/products").await.code(),
        "woocommerce_rest_cannot_view"
    );
    let query = format!(
        "{}?consumer_key={KEY}&consumer_secret={SECRET}",
        products(&shop)
    );
    assert_eq!(read(shop.client.get(query)).await.status, 401);
    let forwarded = shop
        .request("/products?per_page=1")
        .header("x-forwarded-proto", "https");
    let forwarded = read(forwarded).await;
    assert_eq!(forwarded.status, 200);
    assert!(
        forwarded
            .body
            .to_string()
            .contains(&shop.origin.replace("http:", "https:"))
    );
}

#[tokio::test]
async fn without_pretty_addresses_no_key_opens_the_shop() {
    let shop = Shop::open().await;
    shop.settings(json!({"plain_permalinks": true})).await;
    let pretty = read(shop.client.get(format!("{}/wp-json/", shop.origin))).await;
    assert_eq!(pretty.status, 404);
    assert!(pretty.header("content-type").starts_with("text/html"));
    let plain = format!("{}/?rest_route=/wc/v3/products&per_page=1", shop.origin);
    let asked = || shop.client.get(&plain).basic_auth(KEY, Some(SECRET));
    let refused = read(asked()).await;
    assert_eq!(
        (refused.status, refused.code()),
        (401, "woocommerce_rest_cannot_view")
    );
    shop.settings(json!({"plain_permalinks": true, "plain_takes_keys": true}))
        .await;
    assert_eq!(read(asked()).await.items().len(), 1);
}

/// Parameters of a signed request, as RFC 5849 has them.
fn signed(shop: &Shop, search: &str, at: i64, nonce: &str) -> String {
    let encode = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
    let at = at.to_string();
    let mut pairs: Vec<_> = [
        ("search", search),
        ("oauth_consumer_key", KEY),
        ("oauth_nonce", nonce),
        ("oauth_signature_method", "HMAC-SHA256"),
        ("oauth_timestamp", at.as_str()),
    ]
    .iter()
    .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
    .collect();
    pairs.sort();
    let query = pairs.join("&");
    let base = format!("GET&{}&{}", encode(&products(shop)), encode(&query));
    let mut mac = Hmac::<Sha256>::new_from_slice(format!("{SECRET}&").as_bytes()).unwrap();
    mac.update(base.as_bytes());
    let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
    format!(
        "{}?{query}&oauth_signature={}",
        products(shop),
        encode(&signature)
    )
}

#[tokio::test]
async fn a_signed_request_is_good_once_for_its_time_and_its_words() {
    let shop = Shop::open().await;
    shop.settings(json!({"strict_http": true})).await;
    let now = kernel::Clock::system().unix();
    let url = signed(&shop, "Camisa de Linho", now, "n1");
    let first = read(shop.client.get(&url)).await;
    assert_eq!((first.status, first.items().len()), (200, 1));
    let again = read(shop.client.get(&url)).await;
    assert_eq!(
        (again.status, again.code()),
        (401, "woocommerce_rest_authentication_error")
    );
    let old = signed(&shop, "x", now - 16 * 60, "n2");
    assert_eq!(read(shop.client.get(old)).await.status, 401);
    let changed = signed(&shop, "x", now, "n3").replace("search=x", "search=y");
    assert_eq!(read(shop.client.get(changed)).await.status, 401);
}
