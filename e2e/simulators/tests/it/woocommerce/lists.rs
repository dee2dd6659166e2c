use super::world::{Shop, read};
use serde_json::{Value, json};

#[tokio::test]
async fn a_page_has_one_to_a_hundred_items_and_ten_unasked() {
    let shop = Shop::open().await;
    assert_eq!(shop.get("/products").await.items().len(), 10);
    for size in ["0", "101", "-1"] {
        let refused = shop.get(&format!("/products?per_page={size}")).await;
        assert_eq!(
            (refused.status, refused.code()),
            (400, "rest_invalid_param"),
            "{size}"
        );
        let text = "per_page must be between 1 (inclusive) and 100 (inclusive)";
        assert_eq!(refused.body["data"]["params"]["per_page"], text);
        assert_eq!(
            refused.body["data"]["details"]["per_page"]["code"],
            "rest_out_of_bounds"
        );
    }
    let beyond = shop.get("/products?per_page=100&page=9999").await;
    assert_eq!((beyond.status, beyond.items().len()), (200, 0));
    assert!(
        beyond.header("link").ends_with("page=1>; rel=\"prev\""),
        "the last page there is"
    );
}

#[tokio::test]
async fn what_is_wrong_is_named_and_so_is_what_would_be_right() {
    let shop = Shop::open().await;
    let text = async |path: &str, name: &str| {
        let refused = shop.get(path).await;
        assert_eq!(
            (refused.status, refused.code()),
            (400, "rest_invalid_param"),
            "{path}"
        );
        refused.body["data"]["params"][name]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let order = text("/products?orderby=banana", "orderby").await;
    assert!(
        order.starts_with("orderby is not one of date, id, include,"),
        "{order}"
    );
    assert!(order.ends_with("popularity, and rating."), "{order}");
    assert_eq!(
        text("/products?modified_after=ontem", "modified_after").await,
        "Invalid date."
    );
    let status = text("/orders?status=pending,inventado", "status").await;
    assert!(
        status.starts_with("status[1] is not one of any, trash,"),
        "{status}"
    );
    let both = shop.get("/products?per_page=0&orderby=x").await;
    assert_eq!(
        both.body["message"],
        "Invalid parameter(s): per_page, orderby"
    );
    for (path, code) in [
        ("/products/99999999", "woocommerce_rest_product_invalid_id"),
        ("/produtos", "rest_no_route"),
        ("/products/brands", "rest_no_route"),
        ("/refunds", "rest_no_route"),
        (
            "/settings/integration",
            "rest_setting_setting_group_invalid",
        ),
    ] {
        let missing = shop.get(path).await;
        assert_eq!((missing.status, missing.code()), (404, code), "{path}");
    }
}

#[tokio::test]
async fn a_walk_by_id_meets_everything_once_and_the_headers_say_how_much() {
    let shop = Shop::open().await;
    let (mut ids, mut path) = (
        Vec::new(),
        "/products?orderby=id&order=asc&per_page=7".to_owned(),
    );
    loop {
        let page = shop.get(&path).await;
        ids.extend(page.ids());
        let total: usize = page.header("x-wp-total").parse().unwrap();
        assert_eq!(
            page.header("x-wp-totalpages"),
            total.div_ceil(7).to_string()
        );
        let next = page
            .header("link")
            .split(", ")
            .find(|link| link.contains("rel=\"next\""));
        let Some(next) = next else {
            assert_eq!(ids.len(), total);
            break;
        };
        let address = next.trim_start_matches('<').split('>').next().unwrap();
        let root = format!("{}/wp-json/wc/v3", shop.origin);
        path = address.strip_prefix(&root).unwrap().to_owned();
    }
    assert!(ids.is_sorted_by(|a, b| a < b));
}

#[tokio::test]
async fn the_neighbours_of_a_page_of_orders_carry_more_than_was_asked() {
    let shop = Shop::open().await;
    let link = shop
        .get("/orders?per_page=5&page=2")
        .await
        .header("link")
        .to_owned();
    let more = "status%5B0%5D=any&dp=2&context=view";
    let root = format!("{}/wp-json/wc/v3/orders?per_page=5", shop.origin);
    let expected =
        format!("<{root}&page=1&{more}>; rel=\"prev\", <{root}&page=3&{more}>; rel=\"next\"");
    assert_eq!(link, expected);
}

#[tokio::test]
async fn short_lists_have_no_totals_and_no_pages() {
    let shop = Shop::open().await;
    let order = shop.get("/orders?per_page=1").await.ids()[0];
    for path in [
        "/settings",
        "/settings/tax",
        "/shipping/zones",
        "/shipping/zones/2/methods",
        "/shipping/zones/2/locations",
        "/shipping_methods",
        "/payment_gateways",
        "/taxes/classes",
        "/data",
        "/reports/orders/totals",
        &format!("/orders/{order}/notes"),
    ] {
        let list = shop.get(path).await;
        assert_eq!(list.status, 200, "{path}");
        assert_eq!(list.header("x-wp-total"), "", "{path}");
        assert!(
            list.header("link").ends_with("rel=\"https://api.w.org/\""),
            "{path}"
        );
    }
    let head = shop
        .client
        .head(format!("{}/wp-json/wc/v3/products", shop.origin));
    let head = read(head.basic_auth("ck_simulator", Some("cs_simulator"))).await;
    assert_eq!((head.status, head.body.clone()), (200, Value::Null));
    assert_eq!(
        head.header("x-wp-total"),
        shop.all("/products").await.len().to_string()
    );
}

#[tokio::test]
async fn every_status_is_listed_but_the_bin() {
    let shop = Shop::open().await;
    let statuses: Vec<_> = shop.all("/products").await;
    let has = |status: &str| statuses.iter().any(|product| product["status"] == status);
    assert!(
        ["publish", "draft", "pending", "private", "future"]
            .iter()
            .all(|status| has(status))
    );
    assert!(!has("trash"));
    let bin = shop.get("/products?status=trash").await;
    assert!(
        bin.items()[0]["slug"]
            .as_str()
            .unwrap()
            .ends_with("__trashed")
    );
    let draft = &shop.get("/products?status=draft").await.items()[0].clone();
    assert_eq!(draft["slug"], "");
    assert!(
        draft["permalink"]
            .as_str()
            .unwrap()
            .contains("/?post_type=product&p=")
    );
    let custom = shop.get("/orders?status=em-producao,refunded").await;
    assert!(
        custom
            .items()
            .iter()
            .all(|order| order["status"] == "em-producao" || order["status"] == "refunded")
    );
    let shown = shop.all("/products/reviews").await;
    assert!(shown.iter().all(|review| review["status"] == "approved"));
    assert!(shop.all("/products/reviews?status=all").await.len() > shown.len());
    assert!(
        !shop
            .get("/products/reviews?status=spam")
            .await
            .items()
            .is_empty()
    );
}

#[tokio::test]
async fn buyers_with_another_role_are_missing_unless_they_are_asked_for() {
    let shop = Shop::open().await;
    let customers = shop.all("/customers").await;
    assert!(
        customers
            .iter()
            .all(|customer| customer["role"] == "customer")
    );
    let all = shop.all("/customers?role=all").await;
    let admin = all
        .iter()
        .find(|customer| customer["role"] == "administrator")
        .unwrap();
    assert_eq!(admin["date_modified_gmt"], Value::Null);
    assert!(all.len() > customers.len() + 1);
}

#[tokio::test]
async fn a_moment_is_the_shops_local_time_unless_it_is_said_to_be_gmt() {
    let shop = Shop::open().await;
    // 2027-07-05: in summer the two differ by an hour.
    let ahead = 1_814_788_800 - kernel::Clock::system().unix();
    shop.lever("/clock", json!({"advance_seconds": ahead}))
        .await;
    shop.edit(
        json!({"do": "change", "resource": "products", "id": shop.product("VS-POLO").await["id"],
        "patch": {"name": "Polo novo"}}),
    )
    .await;
    let polo = shop.product("VS-POLO").await;
    let (local, gmt) = (
        polo["date_modified"].as_str().unwrap(),
        polo["date_modified_gmt"].as_str().unwrap(),
    );
    assert_ne!(local, gmt);
    let found = async |filter: String| {
        let page = shop.get(&format!("/products?per_page=100&{filter}")).await;
        page.ids().contains(&polo["id"].as_u64().unwrap())
    };
    // Strictly after: the same second is not after itself.
    assert!(!found(format!("modified_after={local}")).await);
    assert!(!found(format!("modified_after={gmt}&dates_are_gmt=true")).await);
    let day = gmt.split('T').next().unwrap();
    assert!(found(format!("modified_after={day}T00:00:00&dates_are_gmt=true")).await);
    assert!(!found(format!("modified_before={day}T00:00:00&dates_are_gmt=true")).await);
    let orders = shop.all("/orders").await;
    let summer = orders
        .iter()
        .find(|order| order["date_created"] != order["date_created_gmt"]);
    let summer = summer.expect("an order of summer");
    let created = summer["date_created_gmt"].as_str().unwrap();
    let by = async |more: &str| {
        shop.get(&format!(
            "/orders?after={created}{more}&per_page=100&orderby=date&order=asc"
        ))
        .await
        .ids()
    };
    let id = summer["id"].as_u64().unwrap();
    assert!(
        by("").await.contains(&id),
        "its local time is an hour later"
    );
    assert!(!by("&dates_are_gmt=true").await.contains(&id));
}

#[tokio::test]
async fn two_orders_of_the_autumn_change_have_one_local_time() {
    let shop = Shop::open().await;
    let orders = shop.all("/orders").await;
    let of = |local: &str| -> Vec<_> {
        let same = orders.iter().filter(|order| order["date_created"] == local);
        same.map(|order| order["date_created_gmt"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut moments = of("2025-10-26T01:30:00");
    moments.sort();
    assert_eq!(moments, ["2025-10-26T00:30:00", "2025-10-26T01:30:00"]);
}

#[tokio::test]
async fn lists_are_found_ordered_and_cut_as_asked() {
    let shop = Shop::open().await;
    let walk = shop.get("/products?orderby=id&order=asc").await.ids();
    let some = [walk[4], walk[1], walk[7]];
    let path = format!(
        "/products?include={},{},{}&orderby=include",
        some[0], some[1], some[2]
    );
    assert_eq!(shop.get(&path).await.ids(), some);
    let twins = shop.get("/products?sku=az-500").await;
    assert_eq!(
        twins.items().len(),
        2,
        "a SKU is not unique, and its case is nothing"
    );
    let cut = shop
        .get("/products?_fields=id,sku,images.src&per_page=100")
        .await;
    for product in cut.items() {
        let fields: Vec<_> = product.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["id", "images", "sku"]);
        assert!(
            product["images"]
                .as_array()
                .unwrap()
                .iter()
                .all(|image| image.as_object().unwrap().len() == 1)
        );
    }
    let names = shop.all("/products/categories").await;
    let sorted = names
        .iter()
        .map(|term| term["name"].as_str().unwrap().to_lowercase());
    assert!(sorted.is_sorted());
    let offset = shop
        .get("/products?orderby=id&order=asc&offset=3&per_page=2")
        .await
        .ids();
    assert_eq!(offset, walk[3..5]);
    let mail = shop.all("/customers?role=all").await[3]["email"]
        .as_str()
        .unwrap()
        .to_owned();
    let by_mail = shop
        .get(&format!(
            "/customers?role=all&email={}",
            mail.replace('+', "%2B")
        ))
        .await;
    assert_eq!(by_mail.items().len(), 1);
}

#[tokio::test]
async fn texts_come_as_they_are_shown_or_as_they_were_typed() {
    let shop = Shop::open().await;
    let id = shop.product("VS-POLO").await["id"].clone();
    let edit = json!({"do": "change", "resource": "products", "id": id,
        "patch": {"description": "um\n\n[gallery][form id=1]<script>x</script>"}});
    shop.edit(edit).await;
    let shown = shop.get(&format!("/products/{id}")).await;
    assert_eq!(
        shown.body["description"],
        "<p>um</p>\n<p>[form id=1]x</p>\n"
    );
    let typed = shop.get(&format!("/products/{id}?context=edit")).await;
    assert_eq!(
        typed.body["description"],
        "um\n\n[gallery][form id=1]<script>x</script>"
    );
}

#[tokio::test]
async fn orders_are_printed_with_the_decimals_asked_for() {
    let shop = Shop::open().await;
    let two = shop.get("/orders?per_page=1").await.items()[0].clone();
    let four = shop.get("/orders?per_page=1&dp=4").await.items()[0].clone();
    let text =
        |order: &Value, path: &str| order.pointer(path).unwrap().as_str().unwrap().to_owned();
    assert_eq!(format!("{}00", text(&two, "/total")), text(&four, "/total"));
    assert_eq!(
        text(&two, "/line_items/0/total")
            .split('.')
            .nth(1)
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        text(&four, "/line_items/0/total")
            .split('.')
            .nth(1)
            .unwrap()
            .len(),
        4
    );
    assert!(
        two["line_items"][0]["price"].is_number(),
        "the only money that is a number"
    );
}
