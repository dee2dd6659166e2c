//! Genuine webhooks: the deployment guide's six, in any order and any number.

use events::payments::v1::{
    AccountChanged, DisputeClosed, DisputeOpened, PaymentFailed, PaymentSucceeded, RefundSucceeded,
};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use crate::stripe::event;
use crate::world::World;
use testkit::until;

#[tokio::test(flavor = "multi_thread")]
async fn the_guides_six_events_alone_carry_a_payment_through_its_life() {
    let world = World::start().await;
    let store = world.open_store().await;
    let six = [
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "charge.refunded",
        "charge.dispute.created",
        "charge.dispute.closed",
        "account.updated",
    ];
    world.listen_to(&six).await;
    let order = world.order(&store, 4_990);
    let paying = world.form(&store, &order).await;
    world.stripe.choose(&paying, "card_declined").await;
    world
        .until_payment(&store, &paying, "the decline is known", |p| {
            p["declines"] == 1
        })
        .await;
    world.stripe.choose(&paying, "card").await;
    world.until_status(&store, &paying, "succeeded").await;
    let charge = world.stripe.intent(&paying).await["latest_charge"].clone();
    let charge = charge.as_str().unwrap();
    world
        .stripe
        .lever(
            &format!("charges/{charge}/refund"),
            json!({ "amount": 1_000 }),
        )
        .await;
    world
        .until_payment(&store, &paying, "the refund is known", |p| {
            p["refunded"]["amount"] == 1_000
        })
        .await;
    let dispute = world
        .stripe
        .lever(
            &format!("charges/{charge}/dispute"),
            json!({ "amount": 3_990 }),
        )
        .await;
    world
        .until_payment(&store, &paying, "the dispute is known", |p| {
            p["disputes"][0]["status"] == "needs_response"
        })
        .await;
    let close = format!("disputes/{}/close", dispute["id"].as_str().unwrap());
    world
        .stripe
        .lever(&close, json!({ "status": "lost" }))
        .await;
    world
        .until_payment(&store, &paying, "the dispute is lost", |p| {
            p["disputes"][0]["status"] == "lost"
        })
        .await;
    let before = world.told::<AccountChanged>(store.id).await.len();
    world
        .stripe
        .lever(&format!("accounts/{}/disable", store.account), json!({}))
        .await;
    until("the account is told", async || {
        (world.told::<AccountChanged>(store.id).await.len() > before).then_some(())
    })
    .await;
    assert_eq!(world.told::<PaymentFailed>(store.id).await.len(), 1);
    assert_eq!(world.told::<PaymentSucceeded>(store.id).await.len(), 1);
    assert_eq!(world.told::<RefundSucceeded>(store.id).await.len(), 1);
    assert_eq!(world.told::<DisputeOpened>(store.id).await.len(), 1);
    assert_eq!(world.told::<DisputeClosed>(store.id).await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_copies_of_one_event_at_once_take_effect_once() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = world.order(&store, 4_990);
    let paying = world.form(&store, &order).await;
    world.go_deaf().await;
    world.stripe.choose(&paying, "card").await;
    let paid = world.stripe.intent(&paying).await;
    let sent = event(
        "evt_many",
        "payment_intent.succeeded",
        &store.account,
        &paid,
    );
    // Another event of Stripe's may tell of the same change.
    let twin = event(
        "evt_twin",
        "payment_intent.succeeded",
        &store.account,
        &paid,
    );
    let copies = (0..50).map(|n| world.deliver(if n % 5 == 0 { &twin } else { &sent }));
    for reply in join_all(copies).await {
        reply.expect(200);
    }
    world.until_status(&store, &paying, "succeeded").await;
    for id in ["evt_many", "evt_twin"] {
        assert_eq!(world.outcome(id).await["state"], "applied");
    }
    assert_eq!(world.told::<PaymentSucceeded>(store.id).await.len(), 1);
    let held = world.ledger(&paying).await;
    let expected = [("platform_fee", 75), ("shopper", -4_990), ("store", 4_915)];
    assert_eq!(held, expected.map(|(name, minor)| (name.to_owned(), minor)));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_life_told_backwards_ends_the_same() {
    let world = World::start().await;
    let store = world.open_store().await;
    for order in ["reversed", "shuffled"] {
        world
            .stripe
            .lever("webhooks/rules", json!({ "hold": true, "duplicates": 1 }))
            .await;
        let placed = world.order(&store, 4_990);
        let paying = world.form(&store, &placed).await;
        world.stripe.choose(&paying, "card_declined").await;
        world.stripe.choose(&paying, "card").await;
        let charge = world.stripe.intent(&paying).await["latest_charge"].clone();
        let charge = charge.as_str().unwrap();
        for amount in [990, 1_000] {
            let refund = json!({ "amount": amount });
            world
                .stripe
                .lever(&format!("charges/{charge}/refund"), refund)
                .await;
        }
        let refunds = world.told::<RefundSucceeded>(store.id).await.len();
        let dispute = json!({ "amount": 3_000 });
        let dispute = world
            .stripe
            .lever(&format!("charges/{charge}/dispute"), dispute)
            .await;
        let close = format!("disputes/{}/close", dispute["id"].as_str().unwrap());
        world.stripe.lever(&close, json!({ "status": "won" })).await;
        world
            .stripe
            .lever("webhooks/release", json!({ "order": order }))
            .await;
        let payment = world
            .until_payment(&store, &paying, "all of it is known", |p| {
                p["status"] == "succeeded"
                    && p["refunded"]["amount"] == 1_990
                    && p["disputes"][0]["status"] == "won"
            })
            .await;
        world.until_quiet().await;
        assert_eq!(payment["refunds"].as_array().unwrap().len(), 2);
        let told = world.told::<RefundSucceeded>(store.id).await;
        assert_eq!(told.len() - refunds, 2);
        let held = world.ledger(&paying).await;
        let expected = [("platform_fee", 75), ("shopper", -3_000), ("store", 2_925)];
        assert_eq!(
            held,
            expected.map(|(name, minor)| (name.to_owned(), minor)),
            "{order}"
        );
    }
    let told = world.told::<PaymentSucceeded>(store.id).await;
    assert_eq!(told.len(), 2, "one for each payment");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_kept_and_answered_while_stripe_is_away_and_applied_when_it_is_back() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = world.order(&store, 4_990);
    let paying = world.form(&store, &order).await;
    let down = json!({"kind": "unavailable503", "method": "GET", "path": "/v1/payment_intents/*", "times": 500});
    world.stripe.fault(down).await;
    world.stripe.choose(&paying, "card").await;
    let path = "/api/payments/sysadmin/webhooks?state=received";
    until("the event waits, and was tried", async || {
        let list = world.sysadmin(Method::GET, path, Value::Null).await;
        let items = list.body["items"].as_array().unwrap().clone();
        let tried = |event: &Value| event["attempts"].as_i64() >= Some(2);
        items.iter().any(tried).then_some(())
    })
    .await;
    assert_eq!(
        world.payment(&store, &paying).await["status"],
        "requires_payment_method"
    );
    world.stripe.clear_faults().await;
    world.until_status(&store, &paying, "succeeded").await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_can_be_applied_again_and_does_nothing_twice() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (_, paying) = world.paid(&store, 4_990).await;
    let list = world
        .sysadmin(Method::GET, "/api/payments/sysadmin/webhooks", Value::Null)
        .await
        .expect(200);
    let items = list.body["items"].as_array().unwrap().clone();
    let paid = items
        .iter()
        .find(|event| event["type"] == "payment_intent.succeeded")
        .unwrap();
    assert!(!list.text.contains("client_secret"), "a log without bodies");
    let again =
        json!({ "tenant_id": store.id, "endpoint": "connect", "event_id": paid["event_id"] });
    let path = "/api/payments/sysadmin/webhooks/replay";
    for _ in 0..2 {
        world
            .sysadmin(Method::POST, path, again.clone())
            .await
            .expect(200);
        let outcome = world.outcome(paid["event_id"].as_str().unwrap()).await;
        assert_eq!(outcome["state"], "applied");
    }
    let unknown =
        json!({ "tenant_id": store.id, "endpoint": "connect", "event_id": "evt_unknown" });
    assert_eq!(
        world.sysadmin(Method::POST, path, unknown).await.status,
        404
    );
    assert_eq!(world.told::<PaymentSucceeded>(store.id).await.len(), 1);
    assert_eq!(world.payment(&store, &paying).await["status"], "succeeded");
    world.end().await;
}

const REPLAYS: &str = "/api/payments/sysadmin/webhooks/replays";

#[tokio::test(flavor = "multi_thread")]
async fn a_range_of_events_can_be_applied_again_and_does_nothing_twice() {
    let world = World::start().await;
    let (early, late) = (world.open_store().await, world.open_store().await);
    let (_, first) = world.paid(&early, 4_990).await;
    world.until_quiet().await;
    world.advance(time::Duration::hours(1));
    let since = world.place.clock.now().format(&Rfc3339).unwrap();
    let (_, second) = world.paid(&late, 1_990).await;
    world.go_deaf().await;

    let kind = "payment_intent.succeeded";
    let ranges = [
        json!({ "account": early.account }),
        json!({ "type": kind, "account": late.account }),
        json!({ "type": kind }),
        json!({ "since": since }),
        json!({ "until": since }),
    ];
    for range in ranges {
        let fields = range.as_object().unwrap().iter();
        let query: Vec<String> = fields
            .map(|(name, value)| format!("{name}={}", value.as_str().unwrap()))
            .collect();
        let listed = format!("/api/payments/sysadmin/webhooks?{}", query.join("&"));
        let list = world.sysadmin(Method::GET, &listed, Value::Null).await;
        let items = list.expect(200).body["items"].as_array().unwrap().clone();
        assert!(!items.is_empty(), "{range}");
        let reply = world.sysadmin(Method::POST, REPLAYS, range.clone()).await;
        let body = reply.expect(202).body;
        assert_eq!(body["count"], items.len(), "{range}");
        assert_eq!(body["continue_since"], Value::Null, "{range}");
        for item in items {
            let outcome = world.outcome(item["event_id"].as_str().unwrap()).await;
            assert_eq!(outcome["state"], item["state"], "{range}: {outcome}");
        }
    }
    for (store, paying, minor) in [(&early, &first, 4_990), (&late, &second, 1_990)] {
        assert_eq!(world.told::<PaymentSucceeded>(store.id).await.len(), 1);
        assert_eq!(world.payment(store, paying).await["status"], "succeeded");
        let held = world.ledger(paying).await;
        assert!(held.contains(&("shopper".to_owned(), -minor)), "{held:?}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_that_chooses_everything_or_nothing_is_refused() {
    let world = World::start().await;
    let (early, late) = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z");
    let wrong = [
        json!({}),
        json!({ "since": late, "until": early }),
        json!({ "since": late, "until": late }),
        json!({ "type": "" }),
        json!({ "state": "failed" }),
    ];
    for range in wrong {
        let reply = world.sysadmin(Method::POST, REPLAYS, range.clone()).await;
        assert_eq!(reply.status, 422, "{range}: {}", reply.text);
    }
    let nobodys = json!({ "account": "acct_nobody" });
    let reply = world.sysadmin(Method::POST, REPLAYS, nobodys).await;
    assert_eq!(reply.expect(202).body["count"], 0);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_forgotten_after_ninety_days() {
    let world = World::start().await;
    let store = world.open_store().await;
    world.paid(&store, 4_990).await;
    world.until_quiet().await;
    world.advance(time::Duration::days(91));
    for _ in 0..2 {
        payments::jobs::forget_events::run(world.app.clone())
            .await
            .unwrap();
    }
    let list = world
        .sysadmin(Method::GET, "/api/payments/sysadmin/webhooks", Value::Null)
        .await;
    assert_eq!(list.body["items"], json!([]));
    world.end().await;
}
