use super::world::{Shop, read};
use serde_json::json;

#[tokio::test]
async fn a_host_does_not_bear_long_pages() {
    let shop = Shop::open().await;
    let cap = |how: &str| json!({"page_cap": {"max": 20, "how": how}});
    shop.settings(cap("timeout504")).await;
    assert_eq!(shop.get("/products?per_page=50").await.status, 504);
    assert_eq!(shop.get("/products?per_page=20").await.items().len(), 20);
    shop.settings(cap("refuse400")).await;
    let refused = shop.get("/products?per_page=50").await;
    let text = "per_page must be between 1 (inclusive) and 20 (inclusive)";
    assert_eq!(
        (refused.status, &refused.body["data"]["params"]["per_page"]),
        (400, &json!(text))
    );
    shop.settings(cap("silent")).await;
    let short = shop.get("/products?per_page=50").await;
    let total: usize = short.header("x-wp-total").parse().unwrap();
    assert_eq!(short.items().len(), 20, "a short page is not the last one");
    assert_eq!(
        short.header("x-wp-totalpages"),
        total.div_ceil(20).to_string()
    );
}

#[tokio::test]
async fn a_shop_lives_in_a_folder_and_its_api_under_another_name() {
    let shop = Shop::open().await;
    shop.settings(json!({"folder": "/loja", "rest_prefix": "api"}))
        .await;
    assert_eq!(shop.get("/products").await.status, 404);
    let index = read(shop.client.get(format!("{}/loja/api/", shop.origin))).await;
    assert_eq!(index.body["url"], format!("{}/loja", shop.origin));
    let url = format!("{}/loja/api/wc/v3/products?per_page=2", shop.origin);
    let page = read(
        shop.client
            .get(&url)
            .basic_auth("ck_simulator", Some("cs_simulator")),
    )
    .await;
    let own = page.body[0]["_links"]["self"][0]["href"].as_str().unwrap();
    assert!(
        own.starts_with(&format!("{}/loja/api/wc/v3/products/", shop.origin)),
        "{own}"
    );
    assert!(
        page.header("link")
            .contains("/loja/api/wc/v3/products?per_page=2&page=2>")
    );
    let home = read(shop.client.get(format!("{}/loja/", shop.origin))).await;
    assert_eq!(
        home.header("link"),
        format!("<{}/loja/api/>; rel=\"https://api.w.org/\"", shop.origin)
    );
}

#[tokio::test]
async fn an_old_shop_knows_no_modified_after_and_gives_everything() {
    let shop = Shop::open().await;
    let path = "/products?modified_after=2035-01-01T00:00:00";
    assert!(shop.get(path).await.items().is_empty());
    shop.settings(json!({"ignore_modified": true, "hide_system_status": true}))
        .await;
    assert_eq!(shop.get(path).await.items().len(), 10);
    let hidden = shop.get("/system_status").await;
    assert_eq!(hidden.status, 403);
    assert!(hidden.header("content-type").starts_with("text/html"));
}

#[tokio::test]
async fn a_reset_brings_back_the_shop_of_the_start() {
    let shop = Shop::open().await;
    let before = shop.look("/state").await["products"].clone();
    shop.edit(json!({"do": "add", "resource": "products"}))
        .await;
    shop.fault(json!({"kind": "html502", "times": 9})).await;
    shop.lever("/reset", json!({})).await;
    let after = shop.look("/state").await;
    assert_eq!(
        (&after["products"], &after["faults"]),
        (&before, &json!([]))
    );
    assert_eq!(shop.get("/products").await.status, 200);
}

#[tokio::test]
async fn the_levers_are_local_and_the_log_tells_who_asked_what() {
    let shop = Shop::open().await;
    let proxied = shop
        .client
        .get(format!("{}/_sim/state", shop.origin))
        .header("x-forwarded-for", "1.2.3.4");
    assert_ne!(proxied.send().await.unwrap().status(), 200);
    shop.fault(json!({"kind": "html502", "path": "*/orders*"}))
        .await;
    shop.get("/orders?page=1").await;
    let log = shop.look("/log").await;
    let last = log.as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["path"], &last["query"]),
        (&json!("/wp-json/wc/v3/orders"), &json!("page=1"))
    );
    assert_eq!(
        (&last["fault"], &last["status"]),
        (&json!("html502"), &json!(502))
    );
    let traffic = &shop.look("/state").await["traffic"];
    assert_eq!(
        (&traffic["under_way"], &traffic["at_once_max"]),
        (&json!(0), &json!(1))
    );
}

#[tokio::test]
async fn a_sale_begins_and_ends_with_the_shops_clock() {
    let shop = Shop::open().await;
    let id = shop.product("VS-FECHO").await["id"].clone();
    let now = kernel::Clock::system().unix();
    let patch = json!({"_sale_from": now + 3_600, "_sale_to": now + 7_200});
    shop.edit(json!({"do": "change", "resource": "products", "id": id, "patch": patch}))
        .await;
    let price = async || {
        let product = shop.get(&format!("/products/{id}")).await.body;
        (product["price"].clone(), product["on_sale"].clone())
    };
    assert_eq!(price().await, (json!("45"), json!(false)));
    shop.lever("/clock", json!({"advance_seconds": 5_000}))
        .await;
    assert_eq!(price().await, (json!("39.9"), json!(true)));
    shop.lever("/clock", json!({"advance_seconds": 5_000}))
        .await;
    assert_eq!(price().await, (json!("45"), json!(false)));
}
