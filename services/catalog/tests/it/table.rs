//! The merchant's table of products.

use serde_json::{Value, json};

use crate::bodies::variant;
use crate::world::{PRODUCTS, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_read_page_by_page_the_newest_first() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let mut made = Vec::new();
    for n in 0..5 {
        let view = shop
            .product(json!({ "title": format!("Product {n}") }))
            .await;
        made.push(view["id"].as_str().unwrap().to_owned());
    }
    made.reverse();
    let mut seen = Vec::new();
    let mut path = format!("{PRODUCTS}?limit=2&count=true");
    loop {
        let page = shop.get(&path).await;
        assert_eq!(page.body["count"], 5);
        seen.extend(page.ids().into_iter().map(str::to_owned));
        match page.body["next"].as_str() {
            Some(next) => path = format!("{PRODUCTS}?limit=2&count=true&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, made);
    for (bad, status) in [
        ("limit=0", 400),
        ("limit=101", 400),
        ("after=x", 400),
        ("colour=red", 400),
        ("status=sold", 400),
    ] {
        assert_eq!(
            shop.get(&format!("{PRODUCTS}?{bad}")).await.status,
            status,
            "{bad}"
        );
    }
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_narrowed_by_status_category_and_text() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let other = world.store("beta").await;
    let top = shop.category("Replicas", None).await;
    let below = shop.category("Pistols", Some(&top)).await;
    let coded = |sku: &str| json!([variant(&json!({ "sku": sku, "barcode": "4006381333931" }))]);
    let draft = shop
        .product(json!({ "title": "Máscara", "status": "draft" }))
        .await;
    let pistol = shop
        .product(json!({ "title": "Glock", "vendor": "Umarex", "category_ids": [below["id"]], "variants": coded("UM-17") }))
        .await;
    let archived = shop
        .product(json!({ "title": "Old % mask_", "status": "archived" }))
        .await;
    other.product(json!({ "title": "Glock" })).await;
    let find = async |query: &str| {
        let found = shop.get(&format!("{PRODUCTS}?{query}")).await;
        let ids = found.ids().into_iter().map(|id| Value::from(id.to_owned()));
        ids.collect::<Vec<_>>()
    };
    let id = |view: &Value| view["id"].clone();
    assert_eq!(find("status=draft").await, [id(&draft)]);
    assert_eq!(find("status=archived").await, [id(&archived)]);
    let in_top = format!("category_id={}", top["id"].as_str().unwrap());
    assert_eq!(find(&in_top).await, [id(&pistol)], "what is below counts");
    assert_eq!(
        find(&format!("{in_top}&status=draft")).await,
        Vec::<Value>::new()
    );
    for (text, expected) in [
        ("mascara", vec![id(&draft)]),
        ("GLOCK", vec![id(&pistol)]),
        ("umar", vec![id(&pistol)]),
        ("um-1", vec![id(&pistol)]),
        ("4006381333931", vec![id(&pistol)]),
        ("%25", vec![id(&archived)]),
        ("_", vec![id(&archived)]),
        ("nothing", vec![]),
        ("%20", vec![id(&archived), id(&pistol), id(&draft)]),
    ] {
        assert_eq!(find(&format!("q={text}")).await, expected, "{text}");
    }
    let nobodys = format!("{PRODUCTS}?category_id={}", uuid::Uuid::now_v7());
    assert_eq!(shop.get(&nobodys).await.code(), "category-not-found");
    world.end_untold().await;
}
