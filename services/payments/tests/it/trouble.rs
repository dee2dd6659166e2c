//! Stripe is slow, away or broken while a shopper waits.

use std::time::Instant;

use events::payments::v1::PaymentSucceeded;
use serde_json::json;
use time::Duration;

use crate::stripe::Paying;
use crate::world::World;

const CREATE: &str = "/v1/payment_intents";

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_the_next_request_gets_one_payable_intent() {
    let world = World::start().await;
    let store = world.open_store().await;
    for (kind, when) in [
        ("unavailable503", "before"),
        ("html502", "before"),
        ("html502", "after"),
        ("cut", "before"),
        ("cut", "after"),
        ("error500", "before"),
        ("error500", "after"),
        ("rate_limit429", "before"),
        ("lock_timeout429", "before"),
    ] {
        let order = world.order(&store, 4_990);
        let fault =
            json!({"kind": kind, "when": when, "method": "POST", "path": CREATE, "times": 3});
        world.stripe.fault(fault).await;
        let refused = world.begin(&store, &order.ticket).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (503, "payment-provider-unavailable"),
            "{kind} {when}"
        );
        assert_eq!(refused.retry_after.as_deref(), Some("2"));
        assert!(!refused.text.contains("acct_") && !refused.text.contains("stripe"));
        world.stripe.clear_faults().await;
        let paying = world.form(&store, &order).await;
        let again = world.form(&store, &order).await;
        assert_eq!(paying.intent, again.intent, "{kind} {when}");
        world.stripe.choose(&paying, "card").await;
        world.until_status(&store, &paying, "succeeded").await;
        let charges = world.stripe.effects(&store.account).await.charges;
        let own = charges
            .iter()
            .filter(|charge| charge["metadata"]["order_id"] == order.id.to_string());
        assert!(own.count() <= 1, "{kind} {when}");
    }
    assert_eq!(world.told::<PaymentSucceeded>(store.id).await.len(), 9);
    assert_eq!(world.stripe.effects(&store.account).await.charges.len(), 9);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_does_not_come_is_asked_for_again_under_the_same_key() {
    let world = World::start().await;
    let store = world.open_store().await;
    for when in ["before", "after"] {
        let order = world.order(&store, 4_990);
        let fault = json!({"kind": "timeout", "when": when, "method": "POST", "path": CREATE});
        world.stripe.fault(fault).await;
        let began = Instant::now();
        let paying = world.form(&store, &order).await;
        assert!(began.elapsed().as_secs() < 8, "a shopper waits");
        let intents = world.stripe.stored_intents(&store.account).await;
        let id = order.id.to_string();
        let own = intents
            .iter()
            .filter(|intent| intent["metadata"]["order_id"] == id);
        assert_eq!(own.count(), 1, "{when}");
        assert!(paying.intent.starts_with("pi_"));
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stripe_that_never_answers_is_told_within_the_shoppers_patience() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = world.order(&store, 4_990);
    let hangs =
        json!({"kind": "timeout", "when": "after", "method": "POST", "path": CREATE, "times": 9});
    world.stripe.fault(hangs).await;
    let began = Instant::now();
    let refused = world.begin(&store, &order.ticket).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (503, "payment-provider-unavailable")
    );
    assert!(began.elapsed().as_secs() < 10);
    world.stripe.clear_faults().await;
    let paying = world.form(&store, &order).await;
    assert_eq!(world.stripe.effects(&store.account).await.intents.len(), 1);
    world.stripe.choose(&paying, "card").await;
    world.until_status(&store, &paying, "succeeded").await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_is_made_before_we_stored_its_intent_is_found_by_its_webhook() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = world.order_until(&store, 4_990, Duration::days(2));
    let lost =
        json!({"kind": "cut", "when": "after", "method": "POST", "path": CREATE, "times": 3});
    world.stripe.fault(lost).await;
    assert_eq!(world.begin(&store, &order.ticket).await.status, 503);
    world.stripe.clear_faults().await;
    let stored = world.stripe.stored_intents(&store.account).await;
    let unseen = Paying::of_stored(&stored[0], &store.account);
    world.stripe.choose(&unseen, "card").await;
    world.until_status(&store, &unseen, "succeeded").await;
    assert_eq!(
        world.begin(&store, &order.ticket).await.code(),
        "order-paid"
    );
    assert_eq!(world.told::<PaymentSucceeded>(store.id).await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_payment_page_tells_what_is_stored_while_stripe_is_away() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = world.order(&store, 4_990);
    world.form(&store, &order).await;
    let down = json!({"kind": "unavailable503", "method": "GET", "times": 50});
    world.stripe.fault(down).await;
    let seen = world.current(&store, &order).await.expect(200);
    assert_eq!(seen.body["status"], "requires_payment_method");
    world.stripe.clear_faults().await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_of_ours_is_no_fault_of_a_store() {
    let settings = [("STRIPE_SECRET_KEY", "sk_test_revoked")];
    let world = World::with(&[payments::MIGRATIONS], &settings).await;
    let store = world.store().await;
    let refused = world
        .admin(&store, reqwest::Method::POST, "/api/payments/admin/account")
        .await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (503, "payment-provider-unavailable")
    );
    assert!(!refused.text.contains("sk_test"));
    world.end().await;
}
