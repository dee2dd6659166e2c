//! Shipping rates and how orders are numbered.

use events::orders::v1::ActionRecorded;
use reqwest::Method;
use serde_json::json;

use crate::cast::{Goods, PONTA_DELGADA, Store, address};
use crate::world::{Ask, World, euros};

const SHIPPING: &str = "/api/orders/admin/shipping";
const SETTINGS: &str = "/api/orders/admin/settings";

fn set(world: &World, store: &Store, path: &str, body: serde_json::Value) -> Ask {
    world.admin(store, Method::PUT, path).json(body)
}

#[tokio::test(flavor = "multi_thread")]
async fn rates_are_set_by_region_and_others_stay() {
    let world = World::start().await;
    let (store, other) = (world.store().await, world.store().await);
    let none = world
        .send(world.admin(&store, Method::GET, SHIPPING))
        .await
        .expect(200);
    assert_eq!(none.body, json!({ "rates": [], "version": 0 }));
    let both = json!({ "rates": [
        { "region": "PT-30", "price": euros(900) },
        { "region": "PT", "price": euros(400), "free_from": euros(5_000) },
    ] });
    let saved = world
        .send(set(&world, &store, SHIPPING, both))
        .await
        .expect(200);
    let one = json!({ "rates": [{ "region": "PT", "price": euros(300) }] });
    let tag = saved.etag.clone().unwrap();
    let changed = set(&world, &store, SHIPPING, one.clone()).header("if-match", &tag);
    let changed = world.send(changed).await.expect(200);
    assert_eq!(
        changed.body["rates"],
        json!([
            { "region": "PT", "price": euros(300), "free_from": null },
            { "region": "PT-30", "price": euros(900), "free_from": null },
        ])
    );
    let stale = set(&world, &store, SHIPPING, one).header("if-match", &tag);
    let refused = world.send(stale).await.problem(412, "changed-meanwhile");
    assert_eq!(refused.body["current"], changed.body);
    let theirs = world
        .send(world.admin(&other, Method::GET, SHIPPING))
        .await
        .expect(200);
    assert_eq!(theirs.list("/rates").len(), 0);
    let told: Vec<ActionRecorded> = world.told(store.id).await;
    assert_eq!(told.len(), 2);
    assert_eq!(told[1].action.as_ref().unwrap().action, "shipping.update");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_is_a_sane_amount_of_the_stores_currency() {
    let world = World::start().await;
    let store = world.store().await;
    let dollars = json!({ "amount": 100, "currency": "USD" });
    let wrong = [
        json!([{ "region": "PT", "price": euros(-1) }]),
        json!([{ "region": "PT", "price": euros(100_000_001) }]),
        json!([{ "region": "PT", "price": dollars }]),
        json!([{ "region": "PT", "price": euros(1), "free_from": euros(0) }]),
        json!([{ "region": "PT", "price": euros(1), "free_from": dollars }]),
    ];
    for rates in wrong {
        let refused = world
            .send(set(&world, &store, SHIPPING, json!({ "rates": rates })))
            .await;
        let refused = refused.problem(422, "invalid-rate");
        assert_eq!(refused.wrong_fields(), ["/rates/0"], "{rates}");
    }
    let twice = json!({ "rates": [
        { "region": "PT", "price": euros(1) }, { "region": "PT", "price": euros(2) },
    ] });
    let refused = world.send(set(&world, &store, SHIPPING, twice)).await;
    assert_eq!(
        refused.problem(422, "invalid-rate").wrong_fields(),
        ["/rates/1"]
    );
    let unknown = json!({ "rates": [{ "region": "ES", "price": euros(1) }] });
    world
        .send(set(&world, &store, SHIPPING, unknown))
        .await
        .expect(422);
    world
        .send(set(&world, &store, SHIPPING, json!({ "rates": [] })))
        .await
        .expect(422);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_without_a_rate_is_not_sent_to() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 9).await;
    let far = json!({ "shipping_address": address(PONTA_DELGADA) });
    let (cart, _) = world.cart_with(&store, &goods, 1).await;
    let ask = cart.checkout(1_000, far.clone());
    world.send(ask).await.expect(201);

    let rates = json!({ "rates": [
        { "region": "PT", "price": euros(400) }, { "region": "PT-20", "price": euros(900) },
    ] });
    let saved = world
        .send(set(&world, &store, SHIPPING, rates))
        .await
        .expect(200);
    let omitted = json!({ "rates": [{ "region": "PT-20" }] });
    let omitted = set(&world, &store, SHIPPING, omitted);
    world.send(omitted).await.expect(422);
    let none = json!({ "rates": [{ "region": "PT-20", "price": null }] });
    let none = world
        .send(set(&world, &store, SHIPPING, none))
        .await
        .expect(200);
    assert_eq!(none.list("/rates").len(), 1);
    assert!(none.number("/version") > saved.number("/version"));

    let (cart, told) = world.cart_with(&store, &goods, 1).await;
    assert_eq!(told.body["can_checkout"], true, "nobody said where it goes");
    let there = json!({ "country": "PT", "postcode": PONTA_DELGADA });
    let there = cart.ask(Method::PUT, "/destination").json(there);
    let told = world.send(there).await.expect(200);
    assert_eq!(told.body["can_checkout"], false);
    assert_eq!(told.words("/warnings/0/code"), "region-not-served");
    let refused = world.send(cart.checkout(1_000, far)).await;
    let refused = refused.problem(422, "address-not-served");
    assert_eq!(refused.wrong_fields(), ["/shipping_address/postcode"]);
    assert_eq!(world.stock(&store, &goods).await, (9, 1));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prefix_stands_before_the_numbers_of_orders_to_come() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 9).await;
    let before = world
        .send(world.admin(&store, Method::GET, SETTINGS))
        .await
        .expect(200);
    assert_eq!(before.words("/order_prefix"), "");
    let first = world.order(&store, &goods, 1).await.number;
    let saved = set(&world, &store, SETTINGS, json!({ "order_prefix": "PT-" }));
    let saved = world.send(saved).await.expect(200);
    let second = world.order(&store, &goods, 1).await.number;
    let next = first.parse::<i64>().unwrap() + 1;
    assert_eq!(second, format!("PT-{next}"));
    // Staff look for it as they say it.
    for q in [next.to_string(), format!("pt-{next}")] {
        let path = format!("/api/orders/admin/orders?q={q}");
        let found = world.send(world.admin(&store, Method::GET, &path)).await;
        assert_eq!(found.expect(200).words("/items/0/number"), second, "{q}");
    }
    let stale = set(&world, &store, SETTINGS, json!({ "order_prefix": "A-" }));
    let stale = stale.header("if-match", "\"0\"");
    world.send(stale).await.problem(412, "changed-meanwhile");
    let now = set(&world, &store, SETTINGS, json!({ "order_prefix": "" }));
    let now = now.header("if-match", saved.etag.unwrap());
    world.send(now).await.expect(200);
    let wrong = set(&world, &store, SETTINGS, json!({ "order_prefix": "PT1" }));
    let refused = world.send(wrong).await.expect(422);
    assert_eq!(refused.wrong_fields(), ["/order_prefix"]);
    world.end().await;
}
