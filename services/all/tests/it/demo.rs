//! The demo store: what a visitor finds there, and that it is made once.

use reqwest::Method;
use serde_json::Value;
use stores::services;
use testkit::until;

use crate::platform::{Everything, Store};

/// The store's lists as its owner and its shoppers see them.
const LISTS: [&str; 8] = [
    "/api/catalog/admin/products?limit=100",
    "/api/catalog/store/products?limit=100",
    "/api/catalog/store/categories",
    "/api/catalog/admin/reviews?limit=100",
    "/api/orders/admin/orders?limit=100&count=true",
    "/api/orders/admin/orders?limit=1&count=true&status=refunded",
    "/api/orders/admin/orders?limit=1&count=true&status=cancelled",
    "/api/orders/admin/shipping",
];

async fn look(everything: &Everything, store: &Store, path: &str) -> Value {
    let host = everything.host(store);
    let ask = everything.request(Method::GET, &host, path);
    let ask = if path.contains("/admin/") {
        ask.token(&store.token)
    } else {
        ask
    };
    everything.insist(ask).await.expect(200).body
}

/// Every rule of every service, once what is under way has arrived.
async fn every_rule_holds(everything: &Everything) {
    until("every rule holds", async || {
        for service in services::ALL {
            let db = everything.place.database.db(service.name);
            let broken = (service.check)(&db).await.unwrap();
            if broken.iter().any(|(_, rows)| *rows > 0) {
                return None;
            }
        }
        Some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_store_is_worth_looking_at_and_made_once() {
    let everything = Everything::start().await;
    let store = everything.a.clone();
    let fill = async || {
        stores::demo::fill(&everything.place.platform, store.id)
            .await
            .unwrap();
    };
    fill().await;
    every_rule_holds(&everything).await;
    let mut first = Vec::new();
    for path in LISTS {
        first.push(look(&everything, &store, path).await);
    }
    let [_, shelf, tree, said, orders, refunded, cancelled, _] = &first[..] else {
        unreachable!("each list was asked for");
    };
    let cards = shelf["items"].as_array().unwrap();
    assert!(cards.len() >= 42, "{} products", cards.len());
    for card in cards {
        let image = &card["images"][0]["sources"][0]["url"];
        assert!(image.is_string(), "{} has a picture", card["slug"]);
    }
    let reduced = cards.iter().filter(|card| card["compare_at"].is_object());
    assert!(reduced.count() >= 5, "there is a sale");
    assert!(cards.iter().any(|card| card["in_stock"] == false));
    assert_eq!(tree["items"].as_array().map(Vec::len), Some(6));
    assert!(said["items"].as_array().map_or(0, Vec::len) >= 40);
    assert!(orders["count"].as_i64().unwrap() >= 250, "{orders}");
    assert!(refunded["count"].as_i64().unwrap() >= 1);
    assert!(cancelled["count"].as_i64().unwrap() >= 1);
    let newest = orders["items"].as_array().unwrap();
    let placed = |order: &Value| order["placed_at"].as_str().unwrap().to_owned();
    assert!(
        newest
            .windows(2)
            .all(|two| placed(&two[0]) >= placed(&two[1])),
        "orders stand in the order in which they were placed"
    );

    fill().await;
    every_rule_holds(&everything).await;
    for (path, before) in LISTS.iter().zip(&first) {
        let after = look(&everything, &store, path).await;
        assert_eq!(&after, before, "{path}");
    }
    everything.end().await;
}
