use super::world::Shop;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const BY_ID: &str = "/products?orderby=id&order=asc&per_page=10";

async fn walk(shop: &Shop, path: &str) -> Vec<u64> {
    let mut ids = Vec::new();
    for page in 1.. {
        let read = shop.get(&format!("{path}&page={page}")).await;
        if read.items().is_empty() {
            return ids;
        }
        ids.extend(read.ids());
    }
    ids
}

fn unique(ids: &[u64]) -> BTreeSet<u64> {
    ids.iter().copied().collect()
}

#[tokio::test]
async fn what_is_added_between_pages_shows_a_product_twice_when_the_newest_comes_first() {
    let shop = Shop::open().await;
    let before = unique(&walk(&shop, "/products?per_page=10").await);
    let after = json!({"path": "*/products", "pages": 2});
    shop.edit(json!({"do": "add", "resource": "products", "patch": {"name": "Chegou agora"}, "after": after})).await;
    // What is dated ahead stays in front of it; the rest moves by one.
    let seen = walk(&shop, "/products?per_page=10").await;
    assert_eq!(
        seen.len(),
        before.len() + 1,
        "one came twice, and the new one was on a page read before"
    );
    assert_eq!(unique(&seen), before);
}

#[tokio::test]
async fn what_is_deleted_between_pages_hides_another_product() {
    let shop = Shop::open().await;
    let before = walk(&shop, BY_ID).await;
    let after = json!({"path": "*/products", "pages": 2});
    shop.edit(json!({"do": "delete", "resource": "products", "id": before[0], "after": after}))
        .await;
    let seen = walk(&shop, BY_ID).await;
    let hidden: Vec<_> = unique(&before)
        .difference(&unique(&seen))
        .copied()
        .collect();
    assert_eq!(
        hidden,
        [before[20]],
        "the first of the third page moved to the second"
    );
    let total = shop.get(BY_ID).await.header("x-wp-total").to_owned();
    assert_eq!(total, (before.len() - 1).to_string());
}

#[tokio::test]
async fn a_change_is_dated_and_one_by_sql_is_not() {
    let shop = Shop::open().await;
    let polo = shop.product("VS-POLO").await;
    let change = |silent: bool, price: &str| {
        json!({"do": "change", "resource": "products", "id": polo["id"], "silent": silent,
            "patch": {"regular_price": price}})
    };
    shop.edit(change(true, "21")).await;
    let quiet = shop.product("VS-POLO").await;
    assert_eq!(
        (&quiet["price"], &quiet["date_modified"]),
        (&json!("21"), &polo["date_modified"])
    );
    shop.edit(change(false, "22")).await;
    let loud = shop.product("VS-POLO").await;
    assert_eq!(loud["price"], "22");
    assert!(loud["date_modified"].as_str() > polo["date_modified"].as_str());
}

#[tokio::test]
async fn a_variations_change_shows_in_its_products_price_and_not_in_its_date() {
    let shop = Shop::open().await;
    let shirt = shop.product("VS-CAMISA").await;
    let path = format!("/products/{}/variations", shirt["id"]);
    let cheapest = shop
        .get(&path)
        .await
        .items()
        .iter()
        .find(|variation| variation["price"] == "15")
        .cloned()
        .unwrap();
    shop.edit(json!({"do": "change", "resource": "variations", "parent": shirt["id"], "id": cheapest["id"],
        "patch": {"regular_price": "14.5"}})).await;
    let again = shop.product("VS-CAMISA").await;
    assert_eq!(
        (&shirt["price"], &again["price"]),
        (&json!("15"), &json!("14.5"))
    );
    assert_eq!(again["date_modified"], shirt["date_modified"]);
}

#[tokio::test]
async fn a_product_takes_its_variations_along_and_the_bin_does_not() {
    let shop = Shop::open().await;
    let shirt = shop.product("VS-CAMISA").await["id"].clone();
    shop.edit(json!({"do": "trash", "resource": "products", "id": shirt}))
        .await;
    assert_eq!(
        shop.get(&format!("/products/{shirt}")).await.body["status"],
        "trash"
    );
    assert_eq!(
        shop.get(&format!("/products/{shirt}/variations"))
            .await
            .items()
            .len(),
        3
    );
    shop.edit(json!({"do": "delete", "resource": "products", "id": shirt}))
        .await;
    assert_eq!(shop.get(&format!("/products/{shirt}")).await.status, 404);
    assert!(
        shop.get(&format!("/products/{shirt}/variations"))
            .await
            .items()
            .is_empty()
    );
}

#[tokio::test]
async fn categories_can_be_made_each_others_parents() {
    let shop = Shop::open().await;
    let ids = shop
        .get("/products/categories?orderby=id&per_page=2")
        .await
        .ids();
    let parent = |id: u64, of: u64| json!({"do": "change", "resource": "categories", "id": id, "patch": {"parent": of}});
    shop.edit(json!([parent(ids[0], ids[1]), parent(ids[1], ids[0])]))
        .await;
    let both = shop.get("/products/categories?orderby=id&per_page=2").await;
    let parents: Vec<_> = both
        .items()
        .iter()
        .map(|category| category["parent"].as_u64().unwrap())
        .collect();
    assert_eq!(parents, [ids[1], ids[0]]);
}

#[tokio::test]
async fn orders_refunds_and_customers_come_in_while_somebody_reads() {
    let shop = Shop::open().await;
    let order = shop
        .edit(json!({"do": "add", "resource": "orders", "patch": {"status": "completed"}}))
        .await["ids"][0]
        .clone();
    let refund =
        json!({"do": "add", "resource": "refunds", "parent": order, "patch": {"amount": "2.00"}});
    shop.edit(refund).await;
    let read = shop.get(&format!("/orders/{order}")).await;
    assert_eq!(
        (&read.body["status"], &read.body["number"]),
        (&json!("completed"), &json!(order.to_string()))
    );
    assert_eq!(read.body["refunds"][0]["total"], "-2.00");
    let customer = shop
        .edit(
            json!({"do": "add", "resource": "customers", "patch": {"email": "nova@example.test"}}),
        )
        .await;
    let found = shop.get("/customers?email=nova@example.test").await;
    assert_eq!(json!(found.ids()), customer["ids"]);
    let nothing = shop.client.post(format!("{}/_sim/edit", shop.origin));
    let refused = nothing
        .json(&json!({"do": "delete", "resource": "orders", "id": 1}))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 400);
    let state: Value = shop.look("/state").await;
    assert_eq!(state["waiting"], json!([]));
}
