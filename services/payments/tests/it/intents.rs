//! From a ticket to an intent on the store's own account.

use kernel::{Currency, Money, OrderId};
use reqwest::Method;
use serde_json::json;
use time::Duration;

use crate::stripe::Paying;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_becomes_an_intent_on_the_stores_account_with_the_plans_fee() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = world.order(&store, 4_990);
    let reply = world.begin(&store, &order.ticket).await.expect(200);
    let paying = Paying::of(&reply.body);
    assert_eq!(reply.body["status"], "requires_payment_method");
    assert_eq!(
        reply.body["amount"],
        json!({ "amount": 4_990, "currency": "EUR" })
    );
    assert_eq!(reply.body["publishable_key"], crate::stripe::PUBLIC_KEY);
    assert_eq!(paying.account, store.account);

    let intent = world.stripe.intent(&paying).await;
    assert_eq!(
        (intent["amount"].as_i64(), intent["currency"].as_str()),
        (Some(4_990), Some("eur"))
    );
    assert_eq!(
        intent["application_fee_amount"], 75,
        "1.5 % of 49.90, rounded half up"
    );
    assert_eq!(
        intent["metadata"],
        json!({
            "tenant_id": store.id.to_string(), "order_id": order.id.to_string(),
            "payment_id": paying.payment,
        })
    );
    assert_eq!(intent["automatic_payment_methods"]["enabled"], true);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn however_often_a_ticket_comes_there_is_one_intent() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = world.order(&store, 4_990);
    let clicks = (0..20).map(|_| world.begin(&store, &order.ticket));
    let replies = futures_util::future::join_all(clicks).await;
    let first = Paying::of(&world.begin(&store, &order.ticket).await.expect(200).body);
    for reply in replies {
        let paying = Paying::of(&reply.expect(200).body);
        assert_eq!(
            (&paying.intent, &paying.payment),
            (&first.intent, &first.payment)
        );
    }
    assert_eq!(world.stripe.effects(&store.account).await.intents.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_is_not_good_opens_nothing() {
    let world = World::start().await;
    let (store, other) = (world.open_store().await, world.open_store().await);
    let order = world.order_until(&store, 4_990, Duration::minutes(10));
    let (body, tag) = order.ticket.rsplit_once('.').unwrap();
    let turned: String = tag.chars().rev().collect();
    let forged = format!("{body}.{turned}");
    let cases = [
        ("forged", forged.as_str(), 422, "ticket-invalid"),
        ("empty", "", 422, "ticket-invalid"),
        ("no ticket", "pt1.e30.e30", 422, "ticket-invalid"),
    ];
    for (name, ticket, status, code) in cases {
        let refused = world.begin(&store, ticket).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (status, code),
            "{name}"
        );
        assert_eq!(refused.body["errors"][0]["pointer"], "/ticket", "{name}");
    }
    let elsewhere = world.begin(&other, &order.ticket).await;
    assert_eq!(
        (elsewhere.status.as_u16(), elsewhere.code()),
        (404, "order-not-found")
    );
    let long = world.begin(&store, &"x".repeat(3_000)).await;
    assert_eq!(long.status, 422);
    let request = world.ask(Method::POST, &store.slug, "/api/payments/store/intents");
    let extra = json!({ "ticket": order.ticket, "amount": 1 });
    assert_eq!(world.send(request.json(&extra)).await.status, 422);

    world.advance(Duration::minutes(11));
    let late = world.begin(&store, &order.ticket).await;
    assert_eq!((late.status.as_u16(), late.code()), (410, "ticket-expired"));
    assert!(
        world
            .stripe
            .effects(&store.account)
            .await
            .intents
            .is_empty()
    );
    assert!(
        world
            .stripe
            .effects(&other.account)
            .await
            .intents
            .is_empty()
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_paid_is_not_paid_again() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (order, paying) = world.paid(&store, 4_990).await;
    let again = world.begin(&store, &order.ticket).await;
    assert_eq!((again.status.as_u16(), again.code()), (409, "order-paid"));
    let seen = world.current(&store, &order).await.expect(200);
    assert_eq!(seen.body["status"], "succeeded");
    assert_eq!(seen.body["payment_id"], paying.payment);
    assert_eq!(seen.body["method"], "card");
    assert!(seen.body.get("client_secret").is_none());
    // The way of pages that were made before the header; and neither.
    let path = "/api/payments/store/intents/current";
    let by_address = format!("{path}?ticket={}", order.ticket);
    let old = world.send(world.ask(Method::GET, &store.slug, &by_address));
    assert_eq!(old.await.expect(200).body["status"], "succeeded");
    let none = world.send(world.ask(Method::GET, &store.slug, path)).await;
    assert_eq!((none.status.as_u16(), none.code()), (422, "ticket-invalid"));
    assert_eq!(world.stripe.effects(&store.account).await.charges.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_amounts_that_can_be_charged_are_begun() {
    let world = World::start().await;
    let store = world.open_store().await;
    for (minor, status, code) in [
        (0, 409, "nothing-to-pay"),
        (1, 422, "amount-out-of-range"),
        (49, 422, "amount-out-of-range"),
        (100_000_000, 422, "amount-out-of-range"),
        (-4_990, 422, "amount-out-of-range"),
    ] {
        let refused = world
            .begin(&store, &world.order(&store, minor).ticket)
            .await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (status, code),
            "{minor}"
        );
    }
    for minor in [50, 99_999_999] {
        world
            .begin(&store, &world.order(&store, minor).ticket)
            .await
            .expect(200);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tickets_of_one_order_with_other_amounts_do_not_make_two_payments() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = OrderId::new();
    let ticket = |minor| {
        let total = Money::new(minor, Currency::EUR);
        world.ticket(store.id, order, total, Duration::hours(1))
    };
    world.begin(&store, &ticket(4_990)).await.expect(200);
    let other = world.begin(&store, &ticket(3_990)).await;
    assert_eq!(
        (other.status.as_u16(), other.code()),
        (409, "amount-changed")
    );
    assert_eq!(world.stripe.effects(&store.account).await.intents.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_without_an_account_says_so() {
    let world = World::start().await;
    let store = world.store().await;
    let order = world.order(&store, 4_990);
    let refused = world.begin(&store, &order.ticket).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (409, "payments-not-ready")
    );
    let unseen = world.current(&store, &order).await;
    assert_eq!(
        (unseen.status.as_u16(), unseen.code()),
        (404, "payment-not-found")
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intent_that_stripe_gave_up_is_replaced() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = world.order(&store, 4_990);
    let first = world.form(&store, &order).await;
    world.go_deaf().await;
    world.stripe.resolve(&first, "cancel").await;
    let second = world.form(&store, &order).await;
    assert_ne!(second.intent, first.intent);
    let given_up = world.payment(&store, &first).await;
    assert_eq!(given_up["status"], "canceled");
    world.listen().await;
    world.stripe.choose(&second, "card").await;
    world.until_status(&store, &second, "succeeded").await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_does_not_get_intents_without_end() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = world.order(&store, 4_990);
    for _ in 0..10 {
        let paying = world.form(&store, &order).await;
        world.stripe.resolve(&paying, "cancel").await;
        world.until_status(&store, &paying, "canceled").await;
    }
    let refused = world.begin(&store, &order.ticket).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (409, "too-many-attempts")
    );
    assert_eq!(world.stripe.effects(&store.account).await.intents.len(), 10);
    world.end().await;
}
