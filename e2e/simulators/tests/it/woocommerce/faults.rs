use super::world::{Shop, read};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const PATH: &str = "/products?orderby=id&order=asc&per_page=5";

/// Bytes of an answer, and whether they came whole.
async fn raw(shop: &Shop, path: &str) -> (u16, Option<Vec<u8>>) {
    match shop.send(path).await {
        Ok(answer) => (
            answer.status().as_u16(),
            answer.bytes().await.ok().map(|bytes| bytes.to_vec()),
        ),
        Err(_) => (0, None),
    }
}

#[tokio::test]
async fn a_host_answers_in_the_shops_place() {
    let shop = Shop::open().await;
    for (kind, status) in [
        ("rate_limit429", 429),
        ("html502", 502),
        ("unavailable503", 503),
        ("html504", 504),
        ("challenge403", 403),
        ("maintenance200", 200),
    ] {
        shop.fault(json!({"kind": kind, "path": "*/products?*"}))
            .await;
        let read = shop.get(PATH).await;
        assert_eq!(read.status, status, "{kind}");
        assert!(
            read.header("content-type").starts_with("text/html"),
            "{kind}"
        );
        assert_eq!(
            (read.body, read.headers.get("retry-after")),
            (Value::Null, None),
            "{kind}"
        );
        assert_eq!(shop.get(PATH).await.status, 200, "{kind} is used up");
    }
}

#[tokio::test]
async fn retry_after_is_seconds_or_a_date_or_not_there() {
    let shop = Shop::open().await;
    let date = "Wed, 25 Nov 2026 12:00:00 GMT";
    shop.fault(json!([{"kind": "rate_limit429", "retry_after": 3}, {"kind": "rate_limit429", "retry_after": date},
        {"kind": "rate_limit429"}])).await;
    assert_eq!(shop.get(PATH).await.header("retry-after"), "3");
    assert_eq!(shop.get(PATH).await.header("retry-after"), date);
    assert_eq!(shop.get(PATH).await.headers.get("retry-after"), None);
}

#[tokio::test]
async fn errors_come_as_json_with_the_right_status_and_with_the_wrong_one() {
    let shop = Shop::open().await;
    shop.fault(json!([{"kind": "error500"}, {"kind": "error200"}]))
        .await;
    let honest = shop.get(PATH).await;
    assert_eq!(
        (honest.status, honest.code()),
        (500, "internal_server_error")
    );
    let lying = shop.get(PATH).await;
    assert_eq!((lying.status, lying.code()), (200, "internal_server_error"));
}

#[tokio::test]
async fn connections_break_before_in_and_near_the_end_of_an_answer() {
    let shop = Shop::open().await;
    let whole = raw(&shop, PATH).await.1.unwrap();
    shop.fault(json!([{"kind": "reset"}, {"kind": "cut"}, {"kind": "truncated"}]))
        .await;
    assert_eq!(raw(&shop, PATH).await, (0, None), "reset");
    assert_eq!(raw(&shop, PATH).await, (200, None), "cut");
    let (status, half) = raw(&shop, PATH).await;
    let half = half.expect("its length fits it");
    assert_eq!((status, half.as_slice()), (200, &whole[..whole.len() / 2]));
    shop.fault(json!({"kind": "timeout"})).await;
    let hung = shop
        .request(PATH)
        .timeout(Duration::from_millis(200))
        .send()
        .await;
    assert!(hung.unwrap_err().is_timeout());
}

#[tokio::test]
async fn answers_come_late_or_drop_by_drop_and_whole() {
    let shop = Shop::open().await;
    let whole = raw(&shop, PATH).await.1;
    shop.fault(json!([{"kind": "slow", "slow_ms": 200}, {"kind": "drip", "slow_ms": 5}]))
        .await;
    for kind in ["slow", "drip"] {
        let begun = Instant::now();
        assert_eq!(raw(&shop, PATH).await.1, whole, "{kind}");
        assert!(
            begun.elapsed() >= Duration::from_millis(180),
            "{kind}: {:?}",
            begun.elapsed()
        );
    }
}

#[tokio::test]
async fn junk_stands_before_the_json_and_the_json_is_there() {
    let shop = Shop::open().await;
    let whole = raw(&shop, PATH).await.1.unwrap();
    for (kind, start) in [
        ("bom", "\u{feff}["),
        ("notice", "<br />\n<b>Notice"),
        ("html_before", "<!-- cache"),
    ] {
        shop.fault(json!({"kind": kind})).await;
        let (status, body) = raw(&shop, PATH).await;
        let body = body.unwrap();
        assert!(
            status == 200 && body.starts_with(start.as_bytes()),
            "{kind}"
        );
        assert!(body.ends_with(&whole), "{kind}");
        assert!(serde_json::from_slice::<Value>(&body).is_err(), "{kind}");
    }
}

#[tokio::test]
async fn texts_are_no_texts() {
    let shop = Shop::open().await;
    shop.fault(json!([{"kind": "bad_text"}, {"kind": "bad_utf8"}]))
        .await;
    let surrogate = raw(&shop, PATH).await.1.unwrap();
    assert!(
        std::str::from_utf8(&surrogate).is_ok()
            && serde_json::from_slice::<Value>(&surrogate).is_err()
    );
    let bytes = raw(&shop, PATH).await.1.unwrap();
    assert!(std::str::from_utf8(&bytes).is_err());
}

#[tokio::test]
async fn totals_lie_or_are_missing() {
    let shop = Shop::open().await;
    let total: u64 = shop.get(PATH).await.header("x-wp-total").parse().unwrap();
    shop.fault(json!([{"kind": "wrong_totals"}, {"kind": "wrong_totals", "total": 3, "pages": 1}, {"kind": "no_totals"}])).await;
    assert_eq!(
        shop.get(PATH).await.header("x-wp-total"),
        (total + 7).to_string()
    );
    let low = shop.get(PATH).await;
    assert_eq!(
        (low.header("x-wp-total"), low.header("x-wp-totalpages")),
        ("3", "1")
    );
    let none = shop.get(PATH).await;
    assert_eq!(
        (
            none.header("x-wp-total"),
            none.header("link"),
            none.items().len()
        ),
        ("", "", 5)
    );
}

#[tokio::test]
async fn a_cache_gives_the_first_page_again() {
    let shop = Shop::open().await;
    let first = shop.get(PATH).await.ids();
    shop.fault(json!({"kind": "stale_page", "path": "*page=2*"}))
        .await;
    assert_eq!(shop.get(&format!("{PATH}&page=2")).await.ids(), first);
    assert_ne!(shop.get(&format!("{PATH}&page=2")).await.ids(), first);
}

#[tokio::test]
async fn redirects_lead_elsewhere_inside_and_in_a_circle() {
    let shop = Shop::open().await;
    for target in [
        "https://www.loja.example.test/wp-json/wc/v3/products",
        "http://127.0.0.1:1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "file:///etc/passwd",
    ] {
        shop.fault(json!({"kind": "redirect", "location": target, "status": 301}))
            .await;
        let moved = shop.get(PATH).await;
        assert_eq!((moved.status, moved.header("location")), (301, target));
    }
    shop.fault(json!({"kind": "redirect", "times": 2})).await;
    let circle = shop.get(PATH).await;
    let here = format!("{}/wp-json/wc/v3/products", shop.origin);
    assert_eq!(
        (circle.status, circle.header("location")),
        (302, here.as_str())
    );
    assert_eq!(read(shop.client.get(here)).await.status, 302);
}

#[tokio::test]
async fn a_fault_meets_every_nth_request_that_fits_as_often_as_told() {
    let shop = Shop::open().await;
    shop.fault(json!({"kind": "html502", "path": "*/orders*", "every": 3, "times": 2}))
        .await;
    assert_eq!(shop.get("/products").await.status, 200);
    let mut statuses = Vec::new();
    for _ in 0..9 {
        statuses.push(shop.get("/orders?per_page=1").await.status);
    }
    assert_eq!(statuses, [200, 200, 502, 200, 200, 502, 200, 200, 200]);
    shop.fault(json!({"kind": "html502", "times": 1000})).await;
    let cleared = shop
        .client
        .delete(format!("{}/_sim/faults", shop.origin))
        .send()
        .await
        .unwrap();
    assert_eq!(cleared.status(), 204);
    assert_eq!(shop.get("/products").await.status, 200);
    let typo = shop
        .client
        .post(format!("{}/_sim/faults", shop.origin))
        .json(&json!({"kind": "html502", "evry": 2}));
    assert_eq!(typo.send().await.unwrap().status(), 400);
}
