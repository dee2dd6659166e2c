//! What an import brings belongs to people, and what it opens the shop with is a secret: none of it is in a
//! log line or a span, whatever goes wrong on the way.

use reqwest::Method;
use serde_json::{Value, json};
use simulators::woocommerce;
use testkit::logs;

use crate::world::{Store, World};

const KEY: &str = "ck_canary_5d1e7f";
const SECRET: &str = "cs_canary_0b44aa";
const HASH: &str = "$P$Bcanary12canaryhashcanaryhash12";
/// A text that wants to be a line of the log, a field of it, or the end of a statement.
const HOSTILE: &str = "canary-text\n2026-01-01T00:00:00Z ERROR forged: canary=1 \u{1b}[31m'; DROP TABLE product; --<script>canary()</script>";
/// In every word above and below; then the beginning of the keys as HTTP's Basic writes them.
const MARKS: [&str; 2] = ["canary", "Y2tfY2FuYXJ5"];

fn person() -> Value {
    json!({
        "first_name": "Canary-nome", "last_name": HOSTILE, "company": "Canary-empresa",
        "address_1": "Rua canary 7", "address_2": HOSTILE, "city": "Canary-cidade", "state": "canary",
        "postcode": "1100-148", "country": "PT", "email": "canary.pessoa@example.pt",
        "phone": "+351 912 canary",
    })
}

fn edits(shop: &str) -> Value {
    json!([
        {"do": "add", "resource": "customers", "patch": {
            "email": "canary.pessoa@example.pt", "first_name": "Canary-nome", "last_name": HOSTILE,
            "username": "canary-login", "billing": person(), "shipping": person(),
        }},
        {"do": "add", "resource": "orders", "patch": {
            "billing": person(), "shipping": person(), "customer_note": HOSTILE,
            "order_key": "wc_order_canary", "transaction_id": "pi_canary",
            "customer_ip_address": "canary-ip",
        }},
        {"do": "add", "resource": "products", "patch": {
            "name": HOSTILE, "description": HOSTILE, "sku": "CANARY-canary", "images": [
                {"id": 900_001, "src": format!("{shop}/canary.jpg?token=canary"), "name": HOSTILE, "alt": HOSTILE},
                {"id": 900_002, "src": "http://169.254.169.254/canary", "name": "canary", "alt": ""},
            ],
        }},
        // Amounts that are none, where an amount must be.
        {"do": "add", "resource": "products", "patch": {"name": "canary-preço", "regular_price": "canary"}},
        {"do": "add", "resource": "coupons", "patch": {"code": "canary-code", "amount": "canary"}},
    ])
}

/// Troubles of each sort, each met by some requests of the import.
fn faults() -> Value {
    let fault = |kind: &str, path: &str| json!({"kind": kind, "path": path, "times": 2});
    json!([
        fault("error500", "*/products*"),
        fault("html502", "*/orders*"),
        fault("notice", "*/customers*"),
        fault("bad_utf8", "*/reviews*"),
        fault("cut", "*/coupons*"),
        fault("reset", "*/tags*"),
        {"kind": "rate_limit429", "path": "*/categories*", "times": 1, "retry_after": 1},
    ])
}

async fn passwords(world: &World, store: &Store, import: &str) {
    let file = format!("user_login,user_pass,user_email\ncanary,{HASH},canary.pessoa@example.pt\n");
    let path = format!("/api/migration/admin/imports/{import}/passwords");
    let to = (Method::POST, world.host(store), path);
    let request = world.request((to.0, &to.1, &to.2), Some(&store.token), &[]);
    let reply = crate::world::read(request.body(file).send().await.unwrap()).await;
    assert_eq!(reply.expect(202).body["accepted"], 1);
    let kept = "SELECT count(*) FROM customer WHERE old_password IS NOT NULL";
    testkit::until("the hash is kept", async || {
        (world.count("orders", kept).await == 1).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_person_key_or_text_of_an_import_is_in_the_log_or_in_a_span() {
    logs::keep(&["migration", "catalog", "orders", "tenants"]);
    let config = woocommerce::Config {
        consumer_key: KEY.into(),
        consumer_secret: SECRET.into(),
        ..woocommerce::Config::default()
    };
    let world = World::with(config).await;
    let store = world.store("segredos").await;
    world.lever("edit", edits(&world.shop)).await;

    // Keys that the shop does not take, and a shop that sends its reader elsewhere.
    let refused =
        json!({"wc_consumer_key": "ck_canary_none", "wc_consumer_secret": "cs_canary_none"});
    let id = world.begin(&store, refused).await;
    assert_eq!(world.ended(&store, &id).await["state"], "failed");
    let elsewhere =
        format!("http://elsewhere.example/canary?consumer_key={KEY}&consumer_secret={SECRET}");
    let redirect = json!({"kind": "redirect", "location": elsewhere, "times": 1});
    world.lever("faults", redirect).await;
    let mut keys = json!({"wc_consumer_key": KEY, "wc_consumer_secret": SECRET});
    let id = world.begin(&store, keys.clone()).await;
    world.ended(&store, &id).await;

    world.lever("faults", faults()).await;
    let report = world.whole(&store, keys.clone()).await;
    let id = report["import"]["id"].as_str().unwrap();
    passwords(&world, &store, id).await;
    // A review needs its product.
    let sql = "SELECT source_id FROM source_record WHERE resource = 'product' AND hash IS NOT NULL LIMIT 1";
    let product: u64 = world.texts("migration", sql).await[0].parse().unwrap();
    let review = json!({"do": "add", "resource": "reviews", "parent": product, "patch": {
        "reviewer": "Canary-nome", "reviewer_email": "canary.pessoa@example.pt", "review": HOSTILE,
    }});
    world.lever("edit", review).await;
    keys["resources"] = json!(["reviews"]);
    world.whole(&store, keys).await;
    // All of it did come.
    for (service, sql) in [
        (
            "orders",
            "SELECT count(*) FROM customer WHERE billing::text ILIKE '%canary%'",
        ),
        (
            "orders",
            "SELECT count(*) FROM past_order WHERE document::text ILIKE '%canary%'",
        ),
        (
            "catalog",
            "SELECT count(*) FROM review WHERE email LIKE 'canary%'",
        ),
        (
            "catalog",
            "SELECT count(*) FROM product WHERE title LIKE '%canary%'",
        ),
    ] {
        assert!(world.count(service, sql).await > 0, "{sql}");
    }
    // What is searched for is a person's too, found or not.
    for path in [
        "/api/catalog/store/search?q=canary",
        "/api/catalog/store/redirects?path=/canary",
        "/api/orders/admin/customers?q=canary.pessoa@example.pt",
    ] {
        world.get(&store, path).await;
    }
    world.end().await;

    assert!(
        logs::kept().contains("An import was completed"),
        "something is logged"
    );
    assert!(
        logs::kept().contains("An import got nowhere"),
        "troubles are logged"
    );
    let lines = logs::lines_with(&MARKS);
    assert!(lines.is_empty(), "{} lines: {lines:#?}", lines.len());
}
