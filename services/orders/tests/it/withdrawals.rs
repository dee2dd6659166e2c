//! The withdrawal function: declared, on record, told and closed.

use events::orders::v1::WithdrawalReceived;
use http_kit::Role;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cast::{Goods, Placed, Store};
use crate::world::{Ask, Reply, World};

impl World {
    async fn declare(&self, store: &Store, body: Value) -> Reply {
        let ask = Ask::new(Method::POST, &store.slug, "/api/orders/store/withdrawals");
        let key = Uuid::now_v7().to_string();
        self.send(ask.key(&key).json(body)).await
    }
}

fn whole(placed: &Placed) -> Value {
    json!({ "order_number": placed.number, "email": "ana@example.pt", "name": "Ana Silva" })
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_no_order_before_him_names_a_part_in_words() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 9).await;
    let placed = world.paid_order(&store, &goods, 2).await;
    let mut part = whole(&placed);
    part["in_words"] = json!(true);
    let reply = world.declare(&store, part.clone()).await;
    reply.problem(422, "statement-required");
    part["statement"] = json!("The green one.");
    let reply = world.declare(&store, part).await.expect(201);
    assert_eq!(reply.body["whole_order"], false);
    assert_eq!(reply.body["lines"], json!([]));
    let told: Vec<WithdrawalReceived> = world.told(store.id).await;
    assert!(!told[0].whole_order && told[0].lines.is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_withdraws_gets_a_receipt_and_the_store_sees_to_it() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 9).await;
    let placed = world.paid_order(&store, &goods, 2).await;
    let line = world.shopper_sees(&placed).await.words("/lines/0/id");

    let mut part = whole(&placed);
    part["lines"] = json!([{ "line_id": line, "quantity": 1 }]);
    part["statement"] = json!("It does not fit.\nSorry.");
    let first = world.declare(&store, part.clone()).await.expect(201);
    assert_eq!(first.number("/lines/0/quantity"), 1);
    assert_eq!(first.body["whole_order"], false);
    assert_eq!(first.words("/order_number"), placed.number);
    assert_eq!(first.words("/refund_by").len(), 10);
    // A page that was sent twice is one declaration.
    let again = world.declare(&store, part).await.expect(201);
    assert_eq!(again.words("/id"), first.words("/id"));
    let rest = world.declare(&store, whole(&placed)).await.expect(201);
    assert_eq!(rest.body["whole_order"], true);
    // Whoever knows the number and the address learns nothing of the goods; the receipt by mail names them.
    assert_eq!(rest.body["lines"], json!([]));
    for answer in [&first, &rest] {
        assert!(!answer.text.contains("M4 carbine"), "{}", answer.text);
    }

    let told: Vec<WithdrawalReceived> = world.told(store.id).await;
    assert_eq!(told.len(), 2);
    assert_eq!(
        (told[0].order_id.as_str(), told[0].lines[0].quantity),
        (placed.id.as_str(), 1)
    );
    assert_eq!(told[0].statement, "It does not fit.\nSorry.");
    assert!(told[0].received_at_us > 0 && told[1].whole_order);
    assert_eq!(
        (told[1].lines[0].title.as_str(), told[1].lines[0].quantity),
        ("M4 carbine", 2)
    );
    let kinds = world.timeline(&placed).await;
    assert_eq!(
        kinds
            .iter()
            .filter(|kind| *kind == "withdrawal_received")
            .count(),
        2
    );

    let path = "/api/orders/admin/withdrawals";
    let list = world.send(world.admin(&store, Method::GET, &format!("{path}?status=open&limit=1")));
    let list = list.await.expect(200);
    assert_eq!(
        list.words("/items/0/id"),
        rest.words("/id"),
        "the newest first"
    );
    let next = format!("{path}?status=open&limit=1&after={}", list.words("/next"));
    let page = world
        .send(world.admin(&store, Method::GET, &next))
        .await
        .expect(200);
    assert_eq!(page.words("/items/0/id"), first.words("/id"));
    let close = format!("{path}/{}/close", first.words("/id"));
    let ask = || {
        world
            .admin(&store, Method::POST, &close)
            .json(json!({ "note": "paid back" }))
    };
    let closed = world.send(ask()).await.expect(200);
    assert_eq!(
        (closed.words("/status"), closed.words("/note")),
        ("closed".to_owned(), "paid back".to_owned())
    );
    world.send(ask()).await.problem(409, "withdrawal-closed");
    assert!(
        world
            .timeline(&placed)
            .await
            .contains(&"withdrawal_closed".to_owned())
    );
    let open = format!("{path}?status=open");
    let open = world
        .send(world.admin(&store, Method::GET, &open))
        .await
        .expect(200);
    assert_eq!(open.list("/items").len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_that_does_not_belong_together_is_told_nothing() {
    let world = World::start().await;
    let (store, elsewhere) = (world.store().await, world.store().await);
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 9).await;
    let placed = world.order(&store, &goods, 1).await;
    let with = |field: &str, value: &str| {
        let mut body = whole(&placed);
        body[field] = json!(value);
        body
    };
    let mut bodies = Vec::new();
    for body in [
        with("email", "bruno@example.pt"),
        with("order_number", "9999"),
    ] {
        let refused = world
            .declare(&store, body)
            .await
            .problem(404, "order-not-found");
        let mut body = refused.body;
        body["instance"] = Value::Null;
        bodies.push(body);
    }
    assert_eq!(bodies[0], bodies[1]);
    let refused = world.declare(&elsewhere, whole(&placed)).await;
    refused.problem(404, "order-not-found");
    let mut wrong = whole(&placed);
    wrong["lines"] = json!([{ "line_id": Uuid::now_v7(), "quantity": 1 }]);
    let refused = world
        .declare(&store, wrong)
        .await
        .problem(422, "invalid-body");
    assert_eq!(refused.wrong_fields(), ["/lines/0/line_id"]);
    let line = world.shopper_sees(&placed).await.words("/lines/0/id");
    let mut wrong = whole(&placed);
    wrong["lines"] = json!([{ "line_id": line, "quantity": 2 }]);
    let refused = world
        .declare(&store, wrong)
        .await
        .problem(422, "invalid-body");
    assert_eq!(refused.wrong_fields(), ["/lines/0/quantity"]);

    let kept = world.declare(&store, whole(&placed)).await.expect(201);
    let path = format!("/api/orders/admin/withdrawals/{}/close", kept.words("/id"));
    let foreign = world
        .admin(&elsewhere, Method::POST, &path)
        .json(json!({ "note": "" }));
    world
        .send(foreign)
        .await
        .problem(404, "withdrawal-not-found");
    let viewer = world.token(store.id, Role::Viewer);
    let looks = Ask::new(Method::POST, &store.slug, &path).bearer(&viewer);
    let refused = world.send(looks.json(json!({ "note": "" }))).await;
    assert_eq!(refused.status, 403);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_carts_and_orders_know_their_products_page() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 9).await;
    let (cart, _) = world.cart_with(&store, &goods, 1).await;
    assert_eq!(
        world.look(&cart).await.words("/lines/0/product_slug"),
        "m4-carbine"
    );
    let placed = world.order(&store, &goods, 1).await;
    let seen = world.shopper_sees(&placed).await;
    assert_eq!(seen.words("/lines/0/product_slug"), "m4-carbine");
    world.end().await;
}
