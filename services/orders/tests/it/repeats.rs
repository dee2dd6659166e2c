//! Clicking twice, repeating, and repeating with something else.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use http_kit::Role;
use serde_json::json;

use crate::cast::{Cart, Goods, Store};
use crate::world::{Reply, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_checkout_gets_the_very_same_answer() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let (cart, _) = world.cart_with(&store, &goods, 1).await;
    let first = world
        .send(cart.checkout(1_000, json!({})))
        .await
        .expect(201);
    let second = world
        .send(cart.checkout(1_000, json!({})))
        .await
        .expect(201);
    assert_eq!((second.text, second.replayed), (first.text, true));
    assert!(!first.replayed);
    assert_eq!(second.location, first.location);
    let other_body = cart.checkout(1_000, json!({ "note": "something else" }));
    world
        .send(other_body)
        .await
        .problem(422, "idempotency-key-reused");
    assert_eq!(world.stock(&store, &goods).await, (5, 1));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn any_number_of_clicks_at_once_make_one_order() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 50).await;
    let (cart, _) = world.cart_with(&store, &goods, 2).await;
    let same = (0..12).map(|_| world.send(cart.checkout(2_000, json!({}))));
    let answers = join_all(same).await;
    let orders: BTreeSet<String> = answers
        .iter()
        .map(|reply| reply.clone().expect(201).words("/id"))
        .collect();
    assert_eq!(orders.len(), 1);
    assert_eq!(answers.iter().filter(|reply| !reply.replayed).count(), 1);

    let (cart, _) = world.cart_with(&store, &goods, 2).await;
    let keys: Vec<String> = (0..12).map(|at| format!("click-{at}")).collect();
    let different = keys
        .iter()
        .map(|key| world.send(cart.checkout(2_000, json!({})).key(key)));
    let answers = join_all(different).await;
    let won = answers.iter().filter(|reply| reply.status == 201).count();
    let closed = answers
        .iter()
        .filter(|reply| reply.code() == "cart-closed")
        .count();
    assert_eq!(
        (won, closed),
        (1, 11),
        "the rest is told that it was ordered"
    );
    assert_eq!(world.stock(&store, &goods).await, (50, 4));
    world.end().await;
}

/// Keys are the clients' own words, and two guests may hit upon the same one.
#[tokio::test(flavor = "multi_thread")]
async fn a_guests_key_meets_no_other_guests() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 50).await;
    let (one, _) = world.cart_with(&store, &goods, 1).await;
    let (two, _) = world.cart_with(&store, &goods, 1).await;
    let ask = |cart: &Cart| world.send(cart.checkout(1_000, json!({})).key("1"));
    let (first, second) = futures_util::join!(ask(&one), ask(&two));
    let (first, second) = (first.expect(201), second.expect(201));
    assert_ne!(first.words("/id"), second.words("/id"));
    // Somebody who learnt the key and the whole request gets nothing without the cart's word.
    let (stranger, _) = world.cart_with(&store, &goods, 1).await;
    let body = one.checkout(1_000, json!({})).body().cloned().unwrap();
    let stolen = stranger.checkout(1_000, json!({})).key("1").json(body);
    world.send(stolen).await.problem(404, "cart-not-found");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_key_is_for_one_cart() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 50).await;
    let customer = world.token(store.id, Role::Customer);
    let (one, _) = world.cart_with(&store, &goods, 1).await;
    let (two, _) = world.cart_with(&store, &goods, 1).await;
    let (three, _) = world.cart_with(&store, &goods, 1).await;
    let ask =
        |cart: &Cart, key| world.send(cart.checkout(1_000, json!({})).key(key).bearer(&customer));
    ask(&one, "k").await.expect(201);
    ask(&two, "k").await.problem(422, "idempotency-key-reused");
    // In a crowd too: the others' orders stand.
    let (refused, made) = futures_util::join!(ask(&two, "k"), ask(&three, "other"));
    refused.problem(422, "idempotency-key-reused");
    made.expect(201);
    assert_eq!(world.stock(&store, &goods).await, (50, 2));
    ask(&two, "new").await.expect(201);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_adjustment_and_a_repeated_refund_take_effect_once() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 10).await;
    let path = format!("/api/orders/admin/stock/{}/adjustments", goods.variant);
    let adjust = |key: &str, change: i64| {
        let ask = world.admin(&store, reqwest::Method::POST, &path).key(key);
        world.send(ask.json(json!({ "change": change, "reason": "delivery" })))
    };
    let first = adjust("a", 5).await.expect(200);
    let second = adjust("a", 5).await.expect(200);
    assert_eq!((second.text, second.replayed), (first.text, true));
    adjust("a", 6).await.problem(422, "idempotency-key-reused");
    assert_eq!(world.stock(&store, &goods).await, (15, 0));

    let placed = world.paid_order(&store, &goods, 3).await;
    let path = format!("/api/orders/admin/orders/{}/refund", placed.id);
    let refund = || {
        let ask = world.admin(&store, reqwest::Method::POST, &path).key("r");
        world.send(ask.json(json!({ "amount": { "amount": 1_000, "currency": "EUR" } })))
    };
    let twins = futures_util::join!(refund(), refund());
    let (one, two): (Reply, Reply) = (twins.0.expect(201), twins.1.expect(201));
    assert_eq!(one.words("/id"), two.words("/id"));
    assert_eq!(
        world.owner_sees(&placed).await.number("/refunding/amount"),
        1_000
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_in_two_stores_is_two_keys() {
    let world = World::start().await;
    let stores: [Store; 2] = [world.store().await, world.store().await];
    for store in &stores {
        let goods = Goods::at(1_000);
        world.sell(store, &goods, 5).await;
        let (cart, _) = world.cart_with(store, &goods, 1).await;
        let placed = world
            .send(cart.checkout(1_000, json!({})).key("same"))
            .await;
        assert!(!placed.expect(201).replayed);
    }
    world.end().await;
}
