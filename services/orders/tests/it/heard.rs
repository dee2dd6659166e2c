//! What other services tell, through the real broker and out of order.

use bus::{HandleError, projections};
use db::TenantTx;
use events::Event;
use events::orders::v1::OrderPaid;
use events::payments::v1::AccountChanged;
use events::tenants::v1::TenantStatus;
use kernel::{OrderId, TenantId};
use orders::events as hear;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::cast::{Cart, Goods, Store, account, tenant};
use crate::world::{Ask, World, eventually};

/// From a store's first news to a paid order, every event on the broker and some of them thrice.
#[tokio::test(flavor = "multi_thread")]
async fn a_sale_goes_through_the_broker() {
    let world = World::with_broker().await;
    let id = TenantId::new();
    let store = Store {
        id,
        slug: format!("shop-{}", id.uuid().simple()),
        owner: Uuid::now_v7(),
    };
    world.tell(&tenant(&store, 1, TenantStatus::Active)).await;
    let ask = || Ask::new(Method::POST, &store.slug, "/api/orders/store/carts");
    eventually("the store is known", async || {
        world.send(ask()).await.status == 201
    })
    .await;
    let goods = Goods::at(1_000);
    for _ in 0..3 {
        world.tell(&goods.event(store.id)).await;
    }
    let path = format!("/api/orders/admin/stock/{}", goods.variant);
    let count = || {
        let body = json!({ "on_hand": 5, "reason": "opening stock" });
        world.send(world.admin(&store, Method::PUT, &path).json(body))
    };
    eventually("the goods are known", async || count().await.status == 200).await;
    world.tell(&account(&store, 1)).await;
    let (cart, _) = world.cart_with(&store, &goods, 1).await;
    eventually("the store can be paid", async || {
        world.look(&cart).await.body["can_checkout"] == true
    })
    .await;
    let placed = world.order(&store, &goods, 2).await;
    // Money for an order that nobody knows: looked at by a person, in nobody's way.
    let mut lost = placed.succeeded();
    lost.payment.as_mut().unwrap().order_id = OrderId::new().to_string();
    world.tell(&lost).await;
    for _ in 0..3 {
        world.tell(&placed.succeeded()).await;
    }
    eventually("the order is paid", async || {
        world.shopper_sees(&placed).await.words("/status") == "paid"
    })
    .await;
    eventually("the lost payment is parked", async || {
        world
            .count("SELECT count(*) FROM parked WHERE error LIKE '%not known%'")
            .await
            == 1
    })
    .await;
    eventually("every event is published", async || {
        world
            .count("SELECT count(*) FROM outbox WHERE published_at IS NULL")
            .await
            == 0
    })
    .await;
    assert_eq!(world.told::<OrderPaid>(store.id).await.len(), 1);

    world
        .tell(&tenant(&store, 2, TenantStatus::Suspended))
        .await;
    eventually("the store is suspended", async || {
        world.send(ask()).await.status == 503
    })
    .await;
    let cart = Cart {
        slug: store.slug.clone(),
        id: Uuid::now_v7().to_string(),
        token: "x".into(),
        key: "k".into(),
    };
    world
        .send(cart.checkout(0, json!({})))
        .await
        .problem(503, "store-suspended");
    world.send(ask()).await.problem(503, "store-suspended");
    world.owner_sees(&placed).await;
    // The parked payment is this test's own doing.
    let owner = world.place.database.owner().await;
    owner
        .batch_execute("SET ROLE stores_orders_system; DELETE FROM orders.parked")
        .await
        .unwrap();
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_products_newest_version_wins_in_any_order() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    let versions: Vec<Goods> = (1..=4)
        .map(|version| Goods {
            version,
            price: 1_000 + version,
            ..goods.clone()
        })
        .collect();
    for at in [2, 0, 3, 1, 3, 0] {
        world.know(&store, &versions[at]).await;
    }
    world.count_stock(&store, &goods, 9).await;
    let (cart, reply) = world.cart_with(&store, &goods, 1).await;
    assert_eq!(reply.number("/lines/0/unit_price/amount"), 1_004);

    // A variant that the newest version does not name is not sold, whatever an older one says.
    let mut without = goods.event(store.id);
    (without.version, without.variants) = (6, Vec::new());
    world
        .hear(without, hear::product_changed::handle)
        .await
        .unwrap();
    let late = Goods {
        version: 5,
        ..goods.clone()
    };
    world.know(&store, &late).await;
    let told = world.look(&cart).await;
    assert_eq!(told.words("/lines/0/warnings/0/code"), "no-longer-sold");
    let back = Goods {
        version: 7,
        ..goods.clone()
    };
    world.know(&store, &back).await;
    assert_eq!(world.look(&cart).await.number("/total/amount"), 1_000);

    let mut deleted = goods.event(store.id);
    (deleted.version, deleted.deleted) = (8, true);
    world
        .hear(deleted, hear::product_changed::handle)
        .await
        .unwrap();
    let told = world.look(&cart).await;
    assert_eq!(told.words("/lines/0/warnings/0/code"), "no-longer-sold");
    assert_eq!(
        world.stock(&store, &goods).await,
        (9, 0),
        "goods stay counted"
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variant_that_was_removed_stays_so_when_older_news_come_later() {
    let world = World::start().await;
    let store = world.store().await;
    let (kept, removed, alone) = (Goods::at(1_000), Goods::at(2_000), Goods::at(3_000));
    let mut both = kept.event(store.id);
    both.variants.extend(removed.event(store.id).variants);
    let mut one = kept.event(store.id);
    one.version = 2;
    let mut none = alone.event(store.id);
    (none.version, none.variants) = (2, Vec::new());
    let late = alone.event(store.id);
    for event in [one, both, none, late] {
        let heard = world.hear(event, hear::product_changed::handle);
        heard.await.unwrap();
    }
    let for_sale = "SELECT count(*) FROM sellable_variant WHERE for_sale";
    assert_eq!(world.count(for_sale).await, 1);
    let kept = format!("{for_sale} AND variant_id = '{}'", kept.variant);
    assert_eq!(world.count(&kept).await, 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_that_cannot_be_read_is_parked_whole() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    let mut without_price = goods.event(store.id);
    without_price.variants[0].price = None;
    let mut without_id = goods.event(store.id);
    without_id.variants[0].variant_id = "x".into();
    for event in [without_price, without_id] {
        let outcome = world.hear(event, hear::product_changed::handle).await;
        assert!(matches!(outcome, Err(HandleError::Park(_))), "{outcome:?}");
    }
    let rows = world.count("SELECT count(*) FROM sellable_variant").await;
    assert_eq!(rows + world.count("SELECT count(*) FROM stock").await, 0);
    world.end().await;
}

/// News of one store never touch another's, whatever ids they name.
#[tokio::test(flavor = "multi_thread")]
async fn news_of_one_store_change_nothing_of_another() {
    let world = World::start().await;
    let (store, other) = (world.store().await, world.store().await);
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let (cart, _) = world.cart_with(&store, &goods, 1).await;
    let forged = Goods {
        version: 9,
        price: 1,
        is_active: false,
        ..goods.clone()
    };
    world.know(&other, &forged).await;
    assert_eq!(world.look(&cart).await.number("/total/amount"), 1_000);
    assert_eq!(world.stock(&store, &goods).await, (5, 0));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_news_may_come_twice() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    for _ in 0..2 {
        world.hear_account(account(&store, 2)).await;
        let of_tenant =
            async |tx: &mut TenantTx, delivery, _| projections::tenant_changed(tx, delivery).await;
        let news = tenant(&store, 1, TenantStatus::Active);
        world.hear(news, of_tenant).await.unwrap();
        world.know(&store, &goods).await;
    }
    assert_eq!(world.count("SELECT count(*) FROM payment_account").await, 1);
    assert_eq!(world.count("SELECT count(*) FROM tenant_view").await, 1);
    assert_eq!(
        world.count("SELECT version FROM stock").await,
        1,
        "nothing was touched again"
    );
    world.end().await;
}

/// Whoever adds an event to the contract adds it here.
#[test]
fn what_is_heard_is_tested() {
    use events::payments::v1::{
        DisputeClosed, DisputeOpened, PaymentCanceled, PaymentFailed, PaymentProcessing,
        PaymentRequiresAction, PaymentSucceeded, RefundFailed, RefundSucceeded,
    };
    use events::tenants::v1::{SessionRevoked, StaffChanged, TenantChanged};
    let tested = [
        TenantChanged::TYPE,
        SessionRevoked::TYPE,
        // In the tests of accounts, with another process.
        events::orders::v1::CustomerSessionRevoked::TYPE,
        StaffChanged::TYPE,
        events::catalog::v1::ProductChanged::TYPE,
        AccountChanged::TYPE,
        PaymentSucceeded::TYPE,
        PaymentFailed::TYPE,
        PaymentProcessing::TYPE,
        PaymentRequiresAction::TYPE,
        PaymentCanceled::TYPE,
        RefundSucceeded::TYPE,
        RefundFailed::TYPE,
        DisputeOpened::TYPE,
        DisputeClosed::TYPE,
        // In the tests of the migration, with everything it brings.
        events::migration::v1::OrdersImportRequested::TYPE,
    ];
    assert_eq!(events::topology::heard_by("orders"), tested);
}
