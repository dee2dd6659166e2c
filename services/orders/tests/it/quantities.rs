//! Goods that are sold without counting, and goods that are sold so many at once.

use events::orders::v1::StockChanged;
use reqwest::Method;
use serde_json::json;

use crate::cast::Goods;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_counted_is_always_there_and_never_reserved() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods {
        tracked: false,
        ..Goods::at(1_000)
    };
    world.know(&store, &goods).await;
    let told: Vec<StockChanged> = world.told(store.id).await;
    assert_eq!(told.len(), 1, "that it is not counted is told at once");
    assert!(!told[0].tracked);
    assert_eq!(told[0].product_id, goods.product.to_string());

    let (cart, reply) = world.cart_with(&store, &goods, 9_999).await;
    assert_eq!(reply.list("/lines/0/warnings").len(), 0);
    let total = reply.number("/total/amount");
    world
        .send(cart.checkout(total, json!({})))
        .await
        .expect(201);
    let placed = world.paid_order(&store, &goods, 7).await;
    assert_eq!(world.stock(&store, &goods).await, (0, 0));
    world.act(&placed, "fulfil", json!({})).await.expect(200);
    let cancelled = world.order(&store, &goods, 3).await;
    world.act(&cancelled, "cancel", json!({})).await.expect(200);
    assert_eq!(world.stock(&store, &goods).await, (0, 0));
    assert_eq!(
        world.told::<StockChanged>(store.id).await.len(),
        1,
        "nothing moved"
    );
    world.end().await;
}

/// An order gives back what it took, whatever the merchant decided meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_variant_may_cease_to_be_counted_while_orders_wait() {
    let world = World::start().await;
    let store = world.store().await;
    let mut goods = Goods::at(1_000);
    world.sell(&store, &goods, 10).await;
    let (took, sent) = (
        world.order(&store, &goods, 3).await,
        world.paid_order(&store, &goods, 2).await,
    );
    assert_eq!(world.stock(&store, &goods).await, (10, 5));

    (goods.version, goods.tracked) = (2, false);
    world.know(&store, &goods).await;
    let free = world.order(&store, &goods, 50).await;
    assert_eq!(world.stock(&store, &goods).await, (10, 5), "not reserved");
    world.act(&took, "cancel", json!({})).await.expect(200);
    world.act(&sent, "fulfil", json!({})).await.expect(200);
    assert_eq!(world.stock(&store, &goods).await, (8, 0));
    let told: Vec<StockChanged> = world.told(store.id).await;
    assert!(
        told.iter()
            .all(|event| event.version <= 6 || !event.tracked)
    );
    assert!(!told.last().unwrap().tracked);

    (goods.version, goods.tracked) = (3, true);
    world.know(&store, &goods).await;
    world.act(&free, "cancel", json!({})).await.expect(200);
    assert_eq!(world.stock(&store, &goods).await, (8, 0), "it took none");
    let told: Vec<StockChanged> = world.told(store.id).await;
    let last = told.last().unwrap();
    assert_eq!((last.tracked, last.available), (true, 8));
    assert!(
        told.windows(2)
            .all(|pair| pair[0].version < pair[1].version)
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quantities_follow_the_merchants_minimum_maximum_and_step() {
    let world = World::start().await;
    let store = world.store().await;
    let mut goods = Goods {
        quantities: (6, 24, 6),
        ..Goods::at(100)
    };
    world.sell(&store, &goods, 1_000).await;
    let cart = world.cart(&store).await;
    for wrong in [1, 5, 7, 30] {
        let refused = world.put(&cart, &goods, wrong).await;
        let refused = refused.problem(422, "quantity-not-sold");
        assert_eq!(refused.wrong_fields(), ["/quantity"]);
        assert_eq!(
            refused.body["quantities"],
            json!({ "min": 6, "max": 24, "step": 6 })
        );
    }
    world.add(&cart, &goods, 6).await.expect(200);
    let reply = world.add(&cart, &goods, 12).await.expect(200);
    assert_eq!(reply.number("/lines/0/quantity"), 18);
    assert_eq!(
        reply.body["lines"][0]["quantities"],
        json!({ "min": 6, "max": 24, "step": 6 })
    );

    (goods.version, goods.quantities) = (2, (0, 12, 0));
    world.know(&store, &goods).await;
    let told = world.look(&cart).await;
    assert_eq!(told.words("/lines/0/warnings/0/code"), "quantity-not-sold");
    assert_eq!(told.number("/lines/0/warnings/0/max"), 12);
    assert_eq!(told.body["can_checkout"], false);
    let refused = world.send(cart.checkout(1_800, json!({}))).await;
    let refused = refused.problem(409, "quantity-not-sold");
    assert_eq!(refused.words("/variant_id"), goods.variant.to_string());
    let path = format!("/lines/{}", goods.variant);
    world
        .send(cart.ask(Method::DELETE, &path))
        .await
        .expect(200);
    world.end().await;
}
