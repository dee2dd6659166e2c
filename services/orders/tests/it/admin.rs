//! Orders as the store's staff sees and moves them.

use events::orders::v1::{ActionRecorded, FulfilmentStatus, OrderCancelled, OrderFulfilled};
use http_kit::Role;
use reqwest::Method;
use serde_json::{Value, json};
use time::Duration;
use time::format_description::well_known::Rfc3339;

use crate::cast::{Goods, Placed, Store};
use crate::world::{Reply, World};

impl World {
    async fn orders(&self, store: &Store, query: &str) -> Reply {
        let path = format!("/api/orders/admin/orders?{query}");
        self.send(self.admin(store, Method::GET, &path)).await
    }

    /// The numbers of the orders that a query finds.
    async fn found(&self, store: &Store, query: &str) -> Vec<String> {
        let items = self.orders(store, query).await.expect(200).list("/items");
        let number = |item: &Value| item["number"].as_str().unwrap().to_owned();
        items.iter().map(number).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_found_by_state_number_address_and_day() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 50).await;
    let old = world.paid_order(&store, &goods, 1).await;
    world
        .act(&old, "fulfil", json!({ "tracking": "CTT 1" }))
        .await
        .expect(200);
    world.place.clock.advance(Duration::days(2));
    let day = world.place.clock.now().format(&Rfc3339).unwrap();
    let (open, paid) = (
        world.order(&store, &goods, 1).await,
        world.paid_order(&store, &goods, 1).await,
    );
    let (cart, _) = world.cart_with(&store, &goods, 1).await;
    let bruno = cart.checkout(1_000, json!({ "email": "Bruno@Example.pt" }));
    let bruno = Placed::of(&store, &world.send(bruno).await.expect(201));
    world.act(&bruno, "cancel", json!({})).await.expect(200);

    let numbers = |orders: &[&Placed]| {
        orders
            .iter()
            .map(|order| order.number.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        world.found(&store, "").await,
        numbers(&[&bruno, &paid, &open, &old]),
        "newest first"
    );
    assert_eq!(
        world.found(&store, "status=paid").await,
        numbers(&[&paid, &old])
    );
    assert_eq!(
        world.found(&store, "status=pending_payment").await,
        numbers(&[&open])
    );
    assert_eq!(
        world
            .found(&store, "status=paid&fulfilment=unfulfilled")
            .await,
        numbers(&[&paid])
    );
    assert_eq!(
        world.found(&store, &format!("q={}", open.number)).await,
        numbers(&[&open])
    );
    assert_eq!(
        world.found(&store, "q=bruno@example.pt").await,
        numbers(&[&bruno])
    );
    assert_eq!(
        world.found(&store, "q=BRUNO@EXAMPLE.PT").await,
        numbers(&[&bruno])
    );
    assert_eq!(
        world.found(&store, "q=bruno").await,
        [""; 0],
        "whole addresses only"
    );
    let all = world.found(&store, "").await;
    assert_eq!(world.found(&store, "q=ana%20s").await, all, "by the name");
    assert_eq!(world.found(&store, "q=Silva").await, [""; 0]);
    assert_eq!(world.found(&store, "q=%25").await, [""; 0], "no pattern");
    assert_eq!(
        world.found(&store, &format!("placed_before={day}")).await,
        numbers(&[&old])
    );
    assert_eq!(
        world
            .found(&store, &format!("placed_from={day}&status=cancelled"))
            .await,
        numbers(&[&bruno])
    );
    let counted = world
        .orders(&store, "status=paid&count=true&limit=1")
        .await
        .expect(200);
    assert_eq!(
        (counted.number("/count"), counted.list("/items").len()),
        (2, 1)
    );
    for (wrong, field) in [
        ("status=lost", "/status"),
        ("fulfilment=x", "/fulfilment"),
        ("placed_from=today", "/placed_from"),
    ] {
        let refused = world
            .orders(&store, wrong)
            .await
            .problem(422, "invalid-filter");
        assert_eq!(refused.wrong_fields(), [field]);
    }
    world
        .orders(&store, "sort=email")
        .await
        .problem(400, "invalid-query");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_begins_where_the_last_one_ended() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 50).await;
    let mut placed = Vec::new();
    for _ in 0..5 {
        placed.push(world.order(&store, &goods, 1).await.number);
    }
    placed.reverse();
    let first = world.orders(&store, "limit=2").await.expect(200);
    // An order that comes while somebody turns pages moves nothing.
    world.order(&store, &goods, 1).await;
    let mut seen: Vec<String> = Vec::new();
    let mut page = first;
    loop {
        seen.extend(
            page.list("/items")
                .iter()
                .map(|item| item["number"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page.body["next"].as_str() else {
            break;
        };
        page = world
            .orders(&store, &format!("limit=2&after={next}"))
            .await
            .expect(200);
    }
    assert_eq!(seen, placed);
    for wrong in ["limit=0", "limit=101", "limit=x"] {
        world.orders(&store, wrong).await.expect(400);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_orders_states_refuse_everything_else() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 50).await;
    let act = |placed: Placed, action: &'static str| {
        let world = &world;
        async move { world.act(&placed, action, json!({})).await }
    };
    let open = world.order(&store, &goods, 1).await;
    act(open.clone(), "fulfil")
        .await
        .problem(409, "order-not-paid");
    act(open.clone(), "refund")
        .await
        .problem(409, "order-not-paid");
    let cancelled = act(open.clone(), "cancel").await.expect(200);
    assert_eq!(cancelled.words("/status"), "cancelled");
    assert_eq!(cancelled.words("/cancel_reason"), "merchant");
    assert_eq!(world.told::<OrderCancelled>(store.id).await.len(), 1);
    act(open.clone(), "cancel")
        .await
        .problem(409, "order-cancelled");
    act(open, "fulfil").await.problem(409, "order-cancelled");

    let paid = world.paid_order(&store, &goods, 2).await;
    act(paid.clone(), "cancel").await.problem(409, "order-paid");
    let sent = world
        .act(&paid, "fulfil", json!({ "tracking": "CTT RR1PT" }))
        .await
        .expect(200);
    assert_eq!(sent.words("/fulfilment"), "fulfilled");
    assert_eq!(world.stock(&store, &goods).await, (48, 0));
    assert_eq!(
        world.shopper_sees(&paid).await.words("/tracking"),
        "CTT RR1PT"
    );
    act(paid.clone(), "fulfil")
        .await
        .problem(409, "order-fulfilled");
    let told = world.told::<OrderFulfilled>(store.id).await;
    let order = told[0].order.as_ref().unwrap();
    assert_eq!((told.len(), told[0].tracking.as_str()), (1, "CTT RR1PT"));
    assert_eq!(order.fulfilment(), FulfilmentStatus::Fulfilled);
    assert_eq!(order.access_token, paid.token);
    act(paid.clone(), "cancel").await.problem(409, "order-paid");
    assert_eq!(world.stock(&store, &goods).await, (48, 0), "sent once");
    let long = world
        .act(&paid, "fulfil", json!({ "tracking": "x".repeat(301) }))
        .await;
    assert_eq!(long.expect(422).wrong_fields(), ["/tracking"]);
    let script = world
        .act(
            &paid,
            "fulfil",
            json!({ "tracking": "javascript:alert(1)" }),
        )
        .await;
    assert_eq!(script.expect(422).wrong_fields(), ["/tracking"]);
    let entries = world.owner_sees(&paid).await.list("/timeline");
    assert_eq!(entries[2]["kind"], "fulfilled");
    assert_eq!(entries[2]["actor"], format!("staff:{}", store.owner));
    assert_eq!(entries[2]["detail"], json!({ "tracking": "CTT RR1PT" }));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tracking_can_be_corrected_once_the_goods_are_sent() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 50).await;
    let paid = world.paid_order(&store, &goods, 1).await;
    let path = format!("/api/orders/admin/orders/{}/tracking", paid.id);
    let correct = |tracking: &str| {
        let ask = world.admin(&store, Method::PUT, &path);
        world.send(ask.json(json!({ "tracking": tracking })))
    };
    correct("CTT 1").await.problem(409, "order-not-fulfilled");
    // Nothing has to be said of it, not even in a body.
    let fulfil = format!("/api/orders/admin/orders/{}/fulfil", paid.id);
    let bare = world.admin(&store, Method::POST, &fulfil);
    world.send(bare).await.expect(200);
    assert!(
        world
            .shopper_sees(&paid)
            .await
            .body
            .get("tracking")
            .is_none()
    );

    let link = "https://www.ctt.pt/?obj=RR1PT";
    for _ in 0..2 {
        let told = correct(link).await.expect(200);
        assert_eq!(told.words("/fulfilment"), "fulfilled");
    }
    let refused = correct("javascript:alert(1)").await.expect(422);
    assert_eq!(refused.wrong_fields(), ["/tracking"]);
    assert_eq!(world.shopper_sees(&paid).await.words("/tracking"), link);
    let kinds = world.timeline(&paid).await;
    assert_eq!(kinds, ["placed", "paid", "fulfilled", "tracking_changed"]);
    let told = world.told::<OrderFulfilled>(store.id).await;
    let said: Vec<_> = told
        .iter()
        .map(|event| (event.tracking.as_str(), event.corrects))
        .collect();
    assert_eq!(said, [("", false), (link, true)]);
    assert_eq!(world.stock(&store, &goods).await, (49, 0), "sent once");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_on_an_old_picture_is_refused_with_the_new_one() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 50).await;
    let placed = world.order(&store, &goods, 1).await;
    let tag = world.owner_sees(&placed).await.etag.unwrap();
    world.pay(&placed).await;
    let path = format!("/api/orders/admin/orders/{}/fulfil", placed.id);
    let ask = |tag: &str| {
        let ask = world.admin(&store, Method::POST, &path);
        ask.header("if-match", tag).json(json!({}))
    };
    let refused = world
        .send(ask(&tag))
        .await
        .problem(412, "changed-meanwhile");
    assert_eq!(refused.words("/current/status"), "paid");
    let tag = world.owner_sees(&placed).await.etag.unwrap();
    world.send(ask(&tag)).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_did_what_to_an_order_is_told_without_anybodys_address() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.know(&store, &goods).await;
    orders::operator::ensure_stock(&world.app, store.id, goods.variant, 9)
        .await
        .unwrap();
    let (open, paid) = (
        world.order(&store, &goods, 1).await,
        world.paid_order(&store, &goods, 1).await,
    );
    world.act(&open, "cancel", json!({})).await.expect(200);
    world
        .act(
            &paid,
            "refund",
            json!({ "amount": { "amount": 100, "currency": "EUR" } }),
        )
        .await
        .expect(201);
    world
        .act(&paid, "fulfil", json!({ "tracking": "CTT 1" }))
        .await
        .expect(200);
    world.act(&paid, "fulfil", json!({})).await.expect(409);
    let told: Vec<ActionRecorded> = world.told(store.id).await;
    let actions: Vec<_> = told
        .into_iter()
        .map(|event| event.action.unwrap())
        .collect();
    let names: Vec<_> = actions
        .iter()
        .map(|action| action.action.as_str())
        .collect();
    assert_eq!(
        names,
        ["order.cancel", "order.refund", "order.fulfil"],
        "what was refused was not done"
    );
    assert_eq!(actions[0].target, format!("order:{}", open.id));
    assert_eq!(actions[1].actor, format!("staff:{}", store.owner));
    let read = |json: &str| serde_json::from_str::<Value>(json).unwrap();
    assert_eq!(read(&actions[0].before_json)["status"], "pending_payment");
    assert_eq!(read(&actions[0].after_json)["status"], "cancelled");
    assert_eq!(read(&actions[1].after_json)["refunding"]["amount"], 100);
    assert_eq!(read(&actions[2].after_json)["tracking"], "CTT 1");
    for action in &actions {
        let all = format!("{}{}", action.before_json, action.after_json);
        assert!(!all.contains("ana@") && !all.contains("Rua"), "{all}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_held_to_what_they_may() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 9).await;
    let placed = world.paid_order(&store, &goods, 1).await;
    let order = format!("/api/orders/admin/orders/{}", placed.id);
    let (refund, fulfil) = (format!("{order}/refund"), format!("{order}/fulfil"));
    let ask = |role, method, path: &str| {
        let ask = crate::world::Ask::new(method, &store.slug, path);
        let ask = ask.bearer(&world.token(store.id, role)).key("k");
        world.send(ask.json(json!({})))
    };
    ask(Role::Viewer, Method::GET, &order).await.expect(200);
    ask(Role::Catalog, Method::GET, &order)
        .await
        .problem(403, "permission-missing");
    ask(Role::Fulfilment, Method::POST, &refund)
        .await
        .problem(403, "permission-missing");
    ask(Role::Accounting, Method::POST, &fulfil)
        .await
        .problem(403, "permission-missing");
    ask(Role::Viewer, Method::POST, &fulfil)
        .await
        .problem(403, "permission-missing");
    ask(Role::Customer, Method::GET, &order).await.expect(401);
    ask(Role::Fulfilment, Method::POST, &fulfil)
        .await
        .expect(200);
    ask(Role::Accounting, Method::POST, &refund)
        .await
        .expect(201);
    world.end().await;
}
