use super::world::Shop;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use simulators::woocommerce::Config;
use std::collections::BTreeMap;

fn amount(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

async fn variations(shop: &Shop, products: &[Value]) -> Vec<Value> {
    let mut all = Vec::new();
    for product in products
        .iter()
        .filter(|product| product["type"] == "variable")
    {
        all.extend(
            shop.all(&format!("/products/{}/variations", product["id"]))
                .await,
        );
    }
    all
}

#[tokio::test]
async fn the_state_counts_what_the_api_lists() {
    let shop = Shop::open().await;
    let state = shop.look("/state").await;
    let products = shop.all("/products").await;
    assert_eq!(state["products"], products.len());
    let variations = variations(&shop, &products).await;
    assert_eq!(state["variations"], variations.len());
    let own_stock = products
        .iter()
        .chain(&variations)
        .filter(|item| item["manage_stock"] == true);
    let units: i64 = own_stock
        .map(|item| item["stock_quantity"].as_i64().unwrap())
        .sum();
    assert_eq!(state["stock"]["units"], units);
    for (name, path) in [
        ("categories", "/products/categories"),
        ("tags", "/products/tags"),
        ("shipping_classes", "/products/shipping_classes"),
        ("coupons", "/coupons"),
        ("taxes", "/taxes"),
        ("orders", "/orders"),
    ] {
        assert_eq!(state[name], shop.all(path).await.len(), "{name}");
    }
    let roles = state["customers_by_role"].as_object().unwrap();
    let customers: u64 = roles.values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(
        customers,
        u64::try_from(shop.all("/customers?role=all").await.len()).unwrap()
    );
    assert_eq!(
        state["customers_by_role"]["customer"],
        shop.all("/customers").await.len()
    );
}

#[tokio::test]
async fn the_turnover_is_that_of_the_orders_month_by_month() {
    let shop = Shop::open().await;
    let mut turnover: BTreeMap<[String; 3], (u64, Decimal, Decimal)> = BTreeMap::new();
    for order in shop.all("/orders").await {
        let text = |name: &str| order[name].as_str().unwrap().to_owned();
        let month = text("date_created_gmt")[..7].to_owned();
        let sum = turnover
            .entry([month, text("currency"), text("status")])
            .or_default();
        sum.0 += 1;
        sum.1 += amount(&order["total"]);
        let refunds = order["refunds"].as_array().unwrap();
        sum.2 -= refunds
            .iter()
            .map(|refund| amount(&refund["total"]))
            .sum::<Decimal>();
    }
    let state = shop.look("/state").await;
    let months = state["turnover"].as_object().unwrap();
    let told: usize = months
        .values()
        .flat_map(|of| of.as_object().unwrap().values())
        .map(|of| of.as_object().unwrap().len())
        .sum();
    assert_eq!(told, turnover.len());
    for ([month, currency, status], (orders, total, refunded)) in turnover {
        let sum = &state["turnover"][&month][&currency][&status];
        assert_eq!(sum["orders"], orders, "{month} {currency} {status}");
        assert_eq!(
            (amount(&sum["total"]), amount(&sum["refunded"])),
            (total, refunded),
            "{month} {currency} {status}"
        );
    }
}

#[tokio::test]
async fn printed_parts_add_up_to_the_total_where_prices_include_tax_and_nearly_where_not() {
    let shop = Shop::open_with(Config {
        orders: Some(200),
        ..Config::default()
    })
    .await;
    let mut off = 0;
    for order in shop.all("/orders").await {
        let mut sum = Decimal::ZERO;
        for lines in ["line_items", "shipping_lines", "fee_lines"] {
            for line in order[lines].as_array().unwrap() {
                sum += amount(&line["total"]) + amount(&line["total_tax"]);
            }
        }
        let difference = (amount(&order["total"]) - sum).abs();
        match order["prices_include_tax"] == true {
            true => assert_eq!(difference, Decimal::ZERO, "{order}"),
            false => {
                assert!(difference <= Decimal::new(3, 2), "{difference} {order}");
                off += usize::from(!difference.is_zero());
            }
        }
    }
    assert!(off > 0, "some are off by a cent, as in real shops");
}

#[tokio::test]
async fn a_refund_is_never_more_than_its_order_and_a_refunded_order_is_refunded_whole() {
    let shop = Shop::open().await;
    let mut refunded = 0;
    for order in shop.all("/orders").await {
        let refunds = shop.all(&format!("/orders/{}/refunds", order["id"])).await;
        let back: Decimal = refunds.iter().map(|refund| amount(&refund["amount"])).sum();
        let total = amount(&order["total"]);
        assert!(back <= total, "{}", order["id"]);
        if order["status"] == "refunded" {
            assert_eq!(back, total);
            refunded += 1;
        }
        for line in refunds
            .iter()
            .flat_map(|refund| refund["line_items"].as_array().unwrap())
        {
            let original = line["meta_data"][0]["value"]
                .as_str()
                .unwrap()
                .parse::<u64>()
                .unwrap();
            let lines = order["line_items"].as_array().unwrap();
            assert!(lines.iter().any(|line| line["id"] == original));
            assert!(amount(&line["total"]) < Decimal::ZERO);
        }
    }
    assert!(refunded > 0);
}

#[tokio::test]
async fn goods_come_from_any_file_in_woocommerces_columns() {
    let path = std::env::temp_dir().join(format!("simulators-{}-goods.csv", std::process::id()));
    let csv = "ID,Type,SKU,Name,Published,Categories,\"Regular price\",Parent,Images,\"Attribute 1 name\",\"Attribute 1 value(s)\",\"Attribute 1 global\"\n\
        1,variable,T,Tee,1,\"Clothing > Tees\",,,https://x.example.test/a/tee.jpg,Color,\"Blue, Red\",1\n\
        2,variation,T-B,,1,,9.50,T,,Color,Blue,1\n\
        3,variation,T-R,,1,,10,id:1,,Color,Red,1\n\
        4,simple,C,\"Cap, blue\",-1,,5,,,,,\n";
    std::fs::write(&path, csv).unwrap();
    let shop = Shop::open_with(Config {
        csv: Some(path.clone()),
        ..Config::default()
    })
    .await;
    std::fs::remove_file(&path).unwrap();
    let tee = shop.product("T").await;
    assert_eq!(
        (&tee["price"], tee["variations"].as_array().unwrap().len()),
        (&json!("9.50"), 2)
    );
    assert_eq!(tee["categories"][0]["name"], "Tees");
    assert_eq!(tee["attributes"][0]["options"], json!(["Blue", "Red"]));
    assert!(
        tee["images"][0]["src"]
            .as_str()
            .unwrap()
            .starts_with(&shop.origin)
    );
    assert_eq!(shop.product("C").await["status"], "draft");
    assert_eq!(shop.look("/state").await["products"], 2);
}

#[tokio::test]
async fn the_sample_has_every_kind_of_product_and_every_oddity() {
    let shop = Shop::open().await;
    let state = shop.look("/state").await;
    for kind in ["simple", "variable", "grouped", "external"] {
        assert!(state["products_by_type"][kind].as_u64() > Some(0), "{kind}");
    }
    let oil = shop.product("AZ-500").await;
    assert_eq!(
        (&oil["stock_quantity"], &oil["backordered"]),
        (&json!(-35), &json!(true))
    );
    let related = oil["cross_sell_ids"].as_array().unwrap();
    assert!(
        related.contains(&json!(999_999)),
        "what is gone stays named"
    );
    let odd = shop.product("ESTRANHA").await;
    let listed = odd["variations"].as_array().unwrap();
    assert_eq!(
        shop.get(&format!(
            "/products/{}/variations/{}",
            odd["id"],
            listed.last().unwrap()
        ))
        .await
        .status,
        404
    );
    let any = shop.product("ANY").await;
    let below = shop
        .all(&format!("/products/{}/variations", any["id"]))
        .await;
    assert!(below.iter().all(
        |variation| variation["manage_stock"] == "parent" && variation["stock_quantity"] == 20
    ));
    assert!(
        below
            .iter()
            .any(|variation| variation["attributes"] == json!([]) && variation["sku"] == "ANY")
    );
    let thread = shop.product("LINHA").await;
    let first = shop
        .get(&format!(
            "/products/{}/variations?per_page=100",
            thread["id"]
        ))
        .await;
    assert_eq!(
        (first.items().len(), first.header("x-wp-total")),
        (100, "110")
    );
    let group = shop.product("VS-COLECAO").await;
    assert_eq!(group["grouped_products"].as_array().unwrap().len(), 3);
    assert_eq!(group["price"], "18");
    let categories = shop.all("/products/categories").await;
    let shirts = categories.iter().filter(|term| term["name"] == "Camisas");
    assert_eq!(shirts.count(), 2, "one below Homem, one below Mulher");
    let tea = shop.get("/products?search=Gyokuro").await.items()[0].clone();
    assert_eq!(tea["slug"], "%e7%8e%89%e9%9c%b2-gyokuro");
}
