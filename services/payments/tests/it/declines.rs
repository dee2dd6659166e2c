//! Tries that fail: told once each, and stopped when there are too many.

use events::payments::v1::{PaymentFailed, PaymentSucceeded};
use payments::jobs::look_up_payments;
use serde_json::json;
use time::Duration;

use crate::stripe::event;
use crate::world::World;
use testkit::until;

const DECLINED: &str = "payment_method=pm_card_visa_chargeDeclined";

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_card_is_told_once_however_often_it_is_looked_at() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = world.order(&store, 4_990);
    let paying = world.form(&store, &order).await;
    let funds = "payment_method=pm_card_visa_chargeDeclinedInsufficientFunds";
    assert_eq!(world.stripe.confirm(&paying, funds).await, 402);
    world
        .until_payment(&store, &paying, "the decline is known", |p| {
            p["declines"] == 1
        })
        .await;
    let id = paying.payment.parse().unwrap();
    for _ in 0..6 {
        look_up_payments::look_up(&world.app, store.id, id)
            .await
            .unwrap();
        world.form(&store, &order).await;
    }
    let payment = world.payment(&store, &paying).await;
    assert_eq!(
        (&payment["declines"], &payment["status"]),
        (&json!(1), &json!("requires_payment_method"))
    );
    let told = world.told::<PaymentFailed>(store.id).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].decline_code, "insufficient_funds");
    let seen = world.current(&store, &order).await.expect(200);
    assert_eq!(seen.body["last_decline"], "insufficient-funds");

    world.stripe.choose(&paying, "card").await;
    world.until_status(&store, &paying, "succeeded").await;
    assert_eq!(world.told::<PaymentSucceeded>(store.id).await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shopper_never_learns_that_a_card_is_stolen() {
    let world = World::start().await;
    let store = world.open_store().await;
    for token in ["StolenCard", "LostCard", "Fraudulent"] {
        let order = world.order(&store, 4_990);
        let paying = world.form(&store, &order).await;
        let form = format!("payment_method=pm_card_visa_chargeDeclined{token}");
        assert_eq!(world.stripe.confirm(&paying, &form).await, 402);
        world
            .until_payment(&store, &paying, "the decline is known", |p| {
                p["declines"] == 1
            })
            .await;
        let seen = world.current(&store, &order).await.expect(200);
        assert_eq!(seen.body["last_decline"], "declined");
        assert!(!seen.text.to_lowercase().contains("stolen") && !seen.text.contains("lost"));
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_tests_two_hundred_cards_is_stopped_after_five() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = world.order_until(&store, 4_990, Duration::hours(9));
    let paying = world.form(&store, &order).await;
    let mut declined = 0;
    for _ in 0..200 {
        // The browser speaks with Stripe itself; all we can do is to take the intent away.
        if world.stripe.confirm(&paying, DECLINED).await != 402 {
            break;
        }
        declined += 1;
        world
            .until_payment(&store, &paying, "the decline is known", |p| {
                p["declines"] == declined
            })
            .await;
        if declined == 5 {
            world.until_status(&store, &paying, "canceled").await;
        }
    }
    assert_eq!(declined, 5);
    let refused = world.begin(&store, &order.ticket).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (429, "too-many-declines")
    );
    assert_eq!(refused.retry_after.as_deref(), Some("3600"));
    assert!(
        world
            .stripe
            .effects(&store.account)
            .await
            .charges
            .is_empty()
    );

    world.advance(Duration::minutes(61));
    let later = world.form(&store, &order).await;
    assert_ne!(later.intent, paying.intent);
    world.stripe.choose(&later, "card").await;
    world.until_status(&store, &later, "succeeded").await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_failed_try_counts_also_when_their_events_come_late_and_together() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = world.order(&store, 4_990);
    let paying = world.form(&store, &order).await;
    world
        .stripe
        .lever("webhooks/rules", json!({ "hold": true }))
        .await;
    for _ in 0..4 {
        assert_eq!(world.stripe.confirm(&paying, DECLINED).await, 402);
    }
    world
        .stripe
        .lever("webhooks/release", json!({ "order": "shuffled" }))
        .await;
    world
        .until_payment(&store, &paying, "all declines are known", |p| {
            p["declines"] == 4
        })
        .await;
    assert_eq!(world.told::<PaymentFailed>(store.id).await.len(), 4);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_is_heard_after_the_success_changes_nothing() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = world.order(&store, 4_990);
    let paying = world.form(&store, &order).await;
    let held = json!({ "hold": true, "types": "payment_intent.payment_failed" });
    world.stripe.lever("webhooks/rules", held).await;
    world.stripe.choose(&paying, "card_declined").await;
    world.stripe.choose(&paying, "card").await;
    world.until_status(&store, &paying, "succeeded").await;
    world
        .stripe
        .lever("webhooks/release", json!({ "order": "sent" }))
        .await;
    let mut late = world.stripe.intent(&paying).await;
    late["status"] = json!("requires_payment_method");
    late["last_payment_error"] =
        json!({ "type": "card_error", "code": "card_declined", "charge": "ch_late" });
    let late = event(
        "evt_late",
        "payment_intent.payment_failed",
        &store.account,
        &late,
    );
    world.deliver(&late).await.expect(200);
    assert_eq!(world.outcome("evt_late").await["state"], "applied");
    world.until_quiet().await;
    assert_eq!(world.payment(&store, &paying).await["status"], "succeeded");
    assert!(world.told::<PaymentFailed>(store.id).await.is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_payments_are_looked_up_less_and_less_often() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = world.order_until(&store, 4_990, Duration::days(2));
    let paying = world.form(&store, &order).await;
    let path = format!("/v1/payment_intents/{}", paying.intent);
    let calls = async || world.stripe.calls("GET", &path).await;
    // A second look at the same time asks nothing.
    world.advance(Duration::minutes(11));
    until("it was looked up", async || {
        (calls().await >= 1).then_some(())
    })
    .await;
    for _ in 0..3 {
        look_up_payments::look_up_silent(&world.app).await.unwrap();
    }
    assert_eq!(calls().await, 1);
    // Nothing was told of it, because nothing happened.
    assert!(world.told::<PaymentFailed>(store.id).await.is_empty());
    world.end().await;
}
