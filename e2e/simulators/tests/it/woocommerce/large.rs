use super::world::Shop;
use simulators::woocommerce::Config;
use std::collections::BTreeSet;

fn large(seed: u64) -> Config {
    Config {
        products: 2_000,
        seed,
        ..Config::default()
    }
}

#[tokio::test]
async fn thousands_of_products_are_walked_page_by_page_and_all_are_there() {
    let shop = Shop::open_with(large(1)).await;
    let state = shop.look("/state").await;
    let products = shop
        .all("/products?orderby=id&order=asc&_fields=id,type,variations")
        .await;
    let ids: BTreeSet<_> = products
        .iter()
        .map(|product| product["id"].as_u64().unwrap())
        .collect();
    assert_eq!(
        (ids.len(), products.len()),
        (
            products.len(),
            state["products"].as_u64().unwrap().try_into().unwrap()
        )
    );
    assert!(products.len() > 2_000);
    let named: usize = products
        .iter()
        .map(|product| product["variations"].as_array().unwrap().len())
        .sum();
    assert_eq!(
        named,
        usize::try_from(state["variations"].as_u64().unwrap()).unwrap() + 1,
        "one is named and gone"
    );
    assert_eq!(
        state["orders"].as_u64().unwrap() + state["orders_by_status"]["trash"].as_u64().unwrap(),
        200
    );
}

#[tokio::test]
async fn a_grown_variation_is_the_same_in_every_list_and_in_orders() {
    let shop = Shop::open_with(large(1)).await;
    let page = shop
        .get("/products?type=variable&orderby=id&order=desc&per_page=5")
        .await;
    for product in page.items() {
        let list = shop
            .all(&format!("/products/{}/variations", product["id"]))
            .await;
        let prices = list.iter().map(|variation| {
            variation["price"]
                .as_str()
                .unwrap()
                .parse::<rust_decimal::Decimal>()
                .unwrap()
        });
        assert_eq!(
            product["price"].as_str().unwrap().parse(),
            Ok(prices.min().unwrap())
        );
        let one = shop
            .get(&format!(
                "/products/{}/variations/{}",
                product["id"], list[0]["id"]
            ))
            .await;
        assert_eq!(one.body, list[0]);
    }
    let orders = shop.all("/orders").await;
    let sold = orders
        .iter()
        .flat_map(|order| order["line_items"].as_array().unwrap());
    let varied = sold
        .filter(|line| line["variation_id"].as_u64() > Some(1_000_000))
        .take(3);
    let mut checked = 0;
    for line in varied {
        let path = format!(
            "/products/{}/variations/{}",
            line["product_id"], line["variation_id"]
        );
        assert_eq!(shop.get(&path).await.body["sku"], line["sku"]);
        checked += 1;
    }
    assert_eq!(checked, 3);
}

#[tokio::test]
async fn the_same_seed_is_the_same_shop() {
    let (one, same, other) = (
        Shop::open_with(large(7)).await,
        Shop::open_with(large(7)).await,
        Shop::open_with(large(8)).await,
    );
    let path =
        "/products?orderby=id&order=desc&per_page=50&_fields=id,name,regular_price,stock_quantity";
    assert_eq!(one.get(path).await.body, same.get(path).await.body);
    assert_ne!(one.get(path).await.body, other.get(path).await.body);
    let turnover = async |shop: &Shop| shop.look("/state").await["turnover"].clone();
    assert_eq!(turnover(&one).await, turnover(&same).await);
}

#[tokio::test]
async fn a_reset_may_bring_a_shop_of_another_size() {
    let shop = Shop::open().await;
    let small = shop.look("/state").await;
    let grown = serde_json::json!({"products": 300, "customers": 1, "orders": 0});
    shop.lever("/reset", grown).await;
    let large = shop.look("/state").await;
    let products = |state: &serde_json::Value| state["products"].as_u64().unwrap();
    assert_eq!(products(&large) - products(&small), 300);
    assert_eq!(large["orders"], 0);
    shop.lever("/reset", serde_json::json!({})).await;
    assert_eq!(shop.look("/state").await["products"], small["products"]);
}

#[tokio::test]
async fn a_grown_product_can_be_changed_and_deleted() {
    let shop = Shop::open_with(large(1)).await;
    let id = shop
        .get("/products?type=variable&orderby=id&order=desc&per_page=1")
        .await
        .ids()[0];
    let before = shop.look("/state").await;
    let below = shop.all(&format!("/products/{id}/variations")).await.len();
    shop.edit(serde_json::json!({"do": "change", "resource": "products", "id": id, "patch": {"name": "Outro nome"}})).await;
    assert_eq!(
        shop.get(&format!("/products/{id}")).await.body["name"],
        "Outro nome"
    );
    shop.edit(serde_json::json!({"do": "delete", "resource": "products", "id": id}))
        .await;
    let after = shop.look("/state").await;
    let less = |name: &str| before[name].as_u64().unwrap() - after[name].as_u64().unwrap();
    assert_eq!(
        (less("products"), less("variations")),
        (1, u64::try_from(below).unwrap())
    );
}
