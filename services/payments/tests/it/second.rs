//! Two payments of one order: one is kept, the other goes back by itself.

use events::payments::v1::{PaymentSucceeded, RefundSucceeded};
use serde_json::json;
use time::Duration;

use crate::stripe::Paying;
use crate::world::{Order, Store, World};
use testkit::until;

/// An order with two intents at Stripe, both payable: the first one's answer was lost long ago.
async fn twice_begun(world: &World) -> (Store, Order, Paying, Paying) {
    let store = world.open_store().await;
    let order = world.order_until(&store, 4_990, Duration::days(3));
    let lost = json!({"kind": "cut", "when": "after", "method": "POST", "path": "/v1/payment_intents", "times": 3});
    world.stripe.fault(lost).await;
    assert_eq!(world.begin(&store, &order.ticket).await.status, 503);
    world.stripe.clear_faults().await;
    world.advance(Duration::hours(24));
    let second = world.form(&store, &order).await;
    let stored = world.stripe.stored_intents(&store.account).await;
    let first = stored
        .iter()
        .find(|intent| intent["id"] != second.intent.as_str())
        .expect("the first intent is at Stripe");
    let first = Paying::of_stored(first, &store.account);
    (store, order, first, second)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_success_goes_back_by_itself() {
    let world = World::start().await;
    let (store, _, first, second) = twice_begun(&world).await;
    world.stripe.choose(&second, "card").await;
    world.until_status(&store, &second, "succeeded").await;
    // Nobody was ever shown the first one's secret; somebody pays it all the same.
    world.stripe.choose(&first, "card").await;
    world.until_status(&store, &first, "succeeded").await;
    world
        .until_payment(&store, &first, "it went back", |p| {
            p["refunded"]["amount"] == 4_990
        })
        .await;
    world.until_quiet().await;
    assert_eq!(
        world.payment(&store, &second).await["refunded"]["amount"],
        0
    );
    let told = world.told::<PaymentSucceeded>(store.id).await;
    assert_eq!(told.len(), 1, "orders hears of one");
    assert!(world.told::<RefundSucceeded>(store.id).await.is_empty());
    let refund = world.payment(&store, &first).await["refunds"][0].clone();
    assert_eq!(refund["origin"], "second_payment");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_successes_at_the_same_moment_one_is_the_second() {
    let world = World::start().await;
    for _ in 0..3 {
        let (store, _, first, second) = twice_begun(&world).await;
        let hold = json!({ "hold": true });
        world.stripe.lever("webhooks/rules", hold).await;
        world.stripe.choose(&first, "card").await;
        world.stripe.choose(&second, "card").await;
        let order = json!({ "order": "shuffled" });
        world.stripe.lever("webhooks/release", order).await;
        for paying in [&first, &second] {
            world.until_status(&store, paying, "succeeded").await;
        }
        let went_back = async || {
            let first = world.payment(&store, &first).await["refunded"]["amount"].clone();
            let second = world.payment(&store, &second).await["refunded"]["amount"].clone();
            (first, second)
        };
        until("one of them went back", async || {
            let (first, second) = went_back().await;
            (first == 4_990 || second == 4_990).then_some(())
        })
        .await;
        world.until_quiet().await;
        let (first, second) = went_back().await;
        assert_ne!(first == 4_990, second == 4_990, "one of them, not both");
        assert_eq!(world.told::<PaymentSucceeded>(store.id).await.len(), 1);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_still_open_when_an_order_is_paid_is_given_up_at_stripe() {
    let world = World::start().await;
    let (store, _, first, second) = twice_begun(&world).await;
    // A voucher is shown for the one, and the other is paid by card.
    world.stripe.choose(&second, "multibanco").await;
    world.until_status(&store, &second, "requires_action").await;
    world.stripe.choose(&first, "card").await;
    world.until_status(&store, &first, "succeeded").await;
    world.until_status(&store, &second, "canceled").await;
    assert_eq!(world.stripe.intent(&second).await["status"], "canceled");
    assert_eq!(world.stripe.effects(&store.account).await.charges.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_payment_that_cannot_go_back_is_raised() {
    let world = World::start().await;
    let (store, _, first, second) = twice_begun(&world).await;
    world.stripe.choose(&second, "card").await;
    world.until_status(&store, &second, "succeeded").await;
    let refusing =
        json!({"kind": "rate_limit429", "method": "POST", "path": "/v1/refunds", "times": 3});
    world.stripe.fault(refusing).await;
    world.stripe.choose(&first, "card").await;
    world.until_status(&store, &first, "succeeded").await;
    // Its bank disputes it first: Stripe will not refund what is disputed.
    let charge = world.stripe.intent(&first).await["latest_charge"].clone();
    let path = format!("charges/{}/dispute", charge.as_str().unwrap());
    world.stripe.lever(&path, json!({})).await;
    world
        .until_payment(&store, &first, "the refund failed", |p| {
            p["refunds"][0]["status"] == "failed"
        })
        .await;
    world
        .end_with_breaks(&["second_payment_not_refunded"])
        .await;
}
