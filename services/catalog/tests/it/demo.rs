//! The goods of the demo store.

use kernel::Currency;
use serde_json::json;

use crate::world::{PRODUCTS, World};

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_stores_shelves_are_filled_once() {
    let world = World::start().await;
    let shop = world.store("demo").await;
    let app = world.app().await;
    let fill = async || catalog::operator::ensure_demo(&app, shop.tenant, Currency::EUR).await;
    let first = fill().await.unwrap();
    assert!(first.len() > 20 && first.iter().any(|(_, on_hand)| *on_hand > 0));
    let list = shop.look("/api/catalog/store/products?limit=100").await;
    assert_eq!(list.ids().len(), 12);
    for card in list.body["items"].as_array().unwrap() {
        assert_eq!(card["images"].as_array().map(Vec::len), Some(1), "{card}");
        let file = card["images"][0]["sources"][0]["url"].as_str().unwrap();
        assert_eq!(shop.look(file).await.status, 200);
    }
    let tree = shop.look("/api/catalog/store/categories").await;
    assert_eq!(tree.body["items"].as_array().map(Vec::len), Some(4));
    let dump = world.dump().await;
    assert_eq!(fill().await.unwrap(), first);
    assert_eq!(world.dump().await, dump, "a second time changes nothing");
    // What a visitor changed stays.
    let masks = shop.get(&format!("{PRODUCTS}?q=mascara")).await;
    let path = format!("{PRODUCTS}/{}", masks.ids()[0]);
    let mut body = crate::bodies::rewritten(&shop.get(&path).await.expect(200));
    (body["slug"], body["title"]) = (json!("another"), json!("Another"));
    shop.put(&path, 1, body).await.expect(200);
    assert_eq!(fill().await.unwrap(), first);
    assert_eq!(shop.get(&path).await.expect(200)["title"], "Another");
    assert_eq!(world.count("SELECT count(*) FROM product").await, 12);
    world.end_untold().await;
}
