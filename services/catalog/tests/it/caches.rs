//! Several instances: what one of them changes, none of them answers as it was for long.

use bus::Relay;
use events::orders::v1::StockChanged;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::bodies::rewritten;
use crate::world::{CATEGORIES, PRODUCTS, Shop, World, path_of};
use testkit::place::Place;
use testkit::until;

const SHELF: &str = "/api/catalog/store/products";

/// Waits until both instances answer so.
async fn until_both(shop: &Shop<'_>, what: &str, path: &str, shows: impl Fn(&Value) -> bool) {
    for instance in 0..2 {
        until(what, async || {
            let answer = shop.look_at(instance, path).await;
            shows(&answer.body).then_some(())
        })
        .await;
    }
}

/// Both instances have it in memory.
async fn warm(shop: &Shop<'_>, path: &str) {
    for instance in [0, 1, 0, 1] {
        shop.look_at(instance, path).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_instance_drops_what_has_changed() {
    let schemas = [catalog::MIGRATIONS, orders::MIGRATIONS];
    let world = World::on(Place::start(&schemas).await, 2).await;
    let shop = world.store("alpha").await;
    let made = shop
        .product(json!({ "title": "First", "slug": "one" }))
        .await;
    let page = format!("{SHELF}/one");
    until_both(&shop, "it is on the shelf", &page, |body| {
        body["title"] == "First"
    })
    .await;
    world.settled().await;
    warm(&shop, &page).await;

    let mut body = rewritten(&made);
    body["title"] = json!("Second");
    let path = path_of(PRODUCTS, &made);
    shop.put(&path, 1, body).await.expect(200);
    until_both(&shop, "the title is new", &page, |body| {
        body["title"] == "Second"
    })
    .await;

    let tree = "/api/catalog/store/categories";
    warm(&shop, tree).await;
    let category = shop.category("Top", None).await;
    until_both(&shop, "the category is there", tree, |body| {
        body["items"][0]["name"] == "Top"
    })
    .await;
    let mut body = category.clone();
    for ours in ["id", "version"] {
        body.as_object_mut().unwrap().remove(ours);
    }
    body["name"] = json!("Renamed");
    shop.put(&path_of(CATEGORIES, &category), 1, body)
        .await
        .expect(200);
    until_both(&shop, "it is renamed", tree, |body| {
        body["items"][0]["name"] == "Renamed"
    })
    .await;

    let search = "/api/catalog/store/search?q=second";
    for path in [&page, SHELF, search] {
        warm(&shop, path).await;
    }
    let told = StockChanged {
        tenant_id: shop.tenant.to_string(),
        variant_id: made["variants"][0]["id"].as_str().unwrap().to_owned(),
        version: 1,
        available: 4,
        tracked: true,
        ..StockChanged::default()
    };
    let orders = world.place.database.db("orders");
    let tell = orders.tenant(shop.tenant, async |tx| bus::emit(tx, &told).await);
    tell.await.unwrap();
    // As orders' own program does it.
    let stop = CancellationToken::new();
    let relay = Relay::new(orders, world.place.platform.rabbit.clone());
    tokio::spawn(relay.run(stop.clone()));
    until_both(&shop, "there are four", &page, |body| {
        body["variants"][0]["available"] == 4
    })
    .await;
    for list in [SHELF, search] {
        until_both(&shop, "lists tell that there are four", list, |body| {
            body["items"][0]["sku"] == made["variants"][0]["sku"]
                && body["items"][0]["available"] == 4
        })
        .await;
    }
    stop.cancel();

    warm(&shop, &page).await;
    let version = shop.get(&path).await.expect(200)["version"]
        .as_i64()
        .unwrap();
    assert_eq!(shop.delete(&path, version).await.status, 204);
    until_both(&shop, "it is gone", &page, |body| {
        body["type"] == "product-not-found"
    })
    .await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_not_changed_is_answered_from_memory_and_one_store_does_not_cost_another() {
    let world = World::told().await;
    let (a, b) = (world.store("alpha").await, world.store("beta").await);
    for shop in [&a, &b] {
        shop.product(json!({ "title": "First", "slug": "one" }))
            .await;
    }
    let page = format!("{SHELF}/one");
    world.settled().await;
    for shop in [&a, &b] {
        until("it is on the shelf", async || {
            (shop.look(&page).await.status == 200).then_some(())
        })
        .await;
    }
    // Behind the service's back: who answers from memory does not notice.
    let forge = |shop: &Shop<'_>| {
        let tenant = shop.tenant;
        format!(
            "UPDATE product_card SET document = replace(document, 'First', 'Forged') WHERE tenant_id = '{tenant}'"
        )
    };
    until("the news of the creation are all heard", async || {
        a.look(&page).await;
        b.look(&page).await;
        world.run(&b, &forge(&b)).await;
        let kept = b.look(&page).await.body["title"] == "First";
        let back = forge(&b).replace("'First', 'Forged'", "'Forged', 'First'");
        world.run(&b, &back).await;
        kept.then_some(())
    })
    .await;
    world.run(&b, &forge(&b)).await;
    let made = a.get(PRODUCTS).await;
    let id = made.ids()[0].to_owned();
    let path = format!("{PRODUCTS}/{id}");
    let mut body = rewritten(&a.get(&path).await.expect(200));
    body["title"] = json!("Second");
    a.put(&path, 1, body).await.expect(200);
    until("the change of one store is heard", async || {
        (a.look(&page).await.body["title"] == "Second").then_some(())
    })
    .await;
    assert_eq!(
        b.look(&page).await.body["title"],
        "First",
        "the other's answer is kept"
    );
    world
        .run(
            &b,
            &forge(&b).replace("'First', 'Forged'", "'Forged', 'First'"),
        )
        .await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_store_never_reads_anothers_answer() {
    let world = World::start().await;
    let (a, b) = (world.store("alpha").await, world.store("beta").await);
    a.product(json!({ "title": "One of alpha", "slug": "one" }))
        .await;
    b.product(json!({ "title": "One of beta", "slug": "one" }))
        .await;
    for path in [
        format!("{SHELF}/one"),
        SHELF.to_owned(),
        "/api/catalog/store/search?q=one".into(),
    ] {
        for _ in 0..2 {
            let (of_a, of_b) = (a.look(&path).await, b.look(&path).await);
            assert!(
                !of_a.text().contains("beta") && !of_b.text().contains("alpha"),
                "{path}"
            );
            assert_ne!(of_a.text(), of_b.text(), "{path}");
        }
    }
    world.end_untold().await;
}
