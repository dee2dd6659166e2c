//! Webhooks that never arrived are found in Stripe's own list.

use events::payments::v1::{PaymentSucceeded, RefundSucceeded};
use payments::jobs::{catch_up, look_up_payments};
use reqwest::Method;
use serde_json::{Value, json};
use time::Duration;

use crate::world::World;
use testkit::until;

#[tokio::test(flavor = "multi_thread")]
async fn three_days_without_a_webhook_are_made_up_for() {
    let world = World::start().await;
    let store = world.open_store().await;
    world.go_deaf().await;
    let order = world.order(&store, 4_990);
    let paying = world.form(&store, &order).await;
    world.stripe.choose(&paying, "card").await;
    let charge = world.stripe.intent(&paying).await["latest_charge"].clone();
    let charge = charge.as_str().unwrap();
    world.advance(Duration::days(1));
    let refund = json!({ "amount": 990 });
    world
        .stripe
        .lever(&format!("charges/{charge}/refund"), refund)
        .await;
    world.advance(Duration::days(2));
    let dispute = world
        .stripe
        .lever(
            &format!("charges/{charge}/dispute"),
            json!({ "amount": 4_000 }),
        )
        .await;
    world
        .stripe
        .lever(&format!("accounts/{}/disable", store.account), json!({}))
        .await;
    world.advance(Duration::minutes(1));
    for _ in 0..2 {
        catch_up::catch_up(&world.app).await.unwrap();
    }
    world.until_status(&store, &paying, "succeeded").await;
    world.until_quiet().await;
    let payment = world.payment(&store, &paying).await;
    assert_eq!(payment["refunded"]["amount"], 990);
    assert_eq!(payment["disputes"][0]["id"], dispute["id"]);
    let account = world
        .admin(&store, Method::GET, "/api/payments/admin/account")
        .await;
    assert_eq!(account.body["status"], "restricted");

    // The webhooks come after all, twice: they are known.
    world.listen().await;
    let events = world
        .stripe
        .get(&store.account, "/v1/events?limit=100")
        .await;
    for event in events["data"].as_array().unwrap() {
        let path = format!("events/{}/resend", event["id"].as_str().unwrap());
        world.stripe.lever(&path, json!({ "times": 2 })).await;
    }
    until("they have all been delivered", async || {
        let deliveries = world.stripe.look("deliveries").await;
        let all = deliveries.as_array().unwrap();
        all.iter()
            .all(|delivery| delivery["state"] == "delivered")
            .then_some(())
    })
    .await;
    world.until_quiet().await;
    assert_eq!(world.told::<PaymentSucceeded>(store.id).await.len(), 1);
    assert_eq!(world.told::<RefundSucceeded>(store.id).await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_read_by_itself_every_quarter_of_an_hour() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (_, paying) = world.paid(&store, 4_990).await;
    world.go_deaf().await;
    let charge = world.stripe.intent(&paying).await["latest_charge"].clone();
    let path = format!("charges/{}/refund", charge.as_str().unwrap());
    world.stripe.lever(&path, json!({})).await;
    world.advance(Duration::minutes(16));
    world
        .until_payment(&store, &paying, "the refund is known", |p| {
            p["refunded"]["amount"] == 4_990
        })
        .await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_events_are_read_page_by_page_and_no_window_is_left_out() {
    let world = World::start().await;
    let store = world.open_store().await;
    world.go_deaf().await;
    let mut all = Vec::new();
    for _ in 0..4 {
        for _ in 0..30 {
            let order = world.order(&store, 1_000);
            let paying = world.form(&store, &order).await;
            world.stripe.choose(&paying, "card").await;
            all.push(paying);
        }
        world.advance(Duration::hours(7));
    }
    catch_up::catch_up(&world.app).await.unwrap();
    world.until_quiet().await;
    assert_eq!(
        world.told::<PaymentSucceeded>(store.id).await.len(),
        all.len()
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_left_while_nobody_listened_is_closed() {
    let world = World::start().await;
    let store = world.open_store().await;
    world.go_deaf().await;
    world
        .stripe
        .lever(
            &format!("accounts/{}/deauthorise", store.account),
            json!({}),
        )
        .await;
    world.advance(Duration::minutes(1));
    for _ in 0..2 {
        catch_up::catch_up(&world.app).await.unwrap();
    }
    let account = world
        .admin(&store, Method::GET, "/api/payments/admin/account")
        .await;
    assert_eq!(account.body["status"], "disabled");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_store_that_cannot_be_read_does_not_keep_the_others_waiting() {
    let world = World::start().await;
    let (first, second) = (world.open_store().await, world.open_store().await);
    world.go_deaf().await;
    let order = world.order(&second, 4_990);
    let paying = world.form(&second, &order).await;
    world.stripe.choose(&paying, "card").await;
    world.advance(Duration::minutes(1));
    let broken = json!({"kind": "html502", "method": "GET", "path": "/v1/events", "times": 3});
    world.stripe.fault(broken).await;
    // Whoever meets the trouble is read the next time.
    for _ in 0..2 {
        catch_up::catch_up(&world.app).await.unwrap();
        world.stripe.clear_faults().await;
    }
    world.until_status(&second, &paying, "succeeded").await;
    assert_ne!(first.account, second.account);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sysadmin_can_have_everything_compared_now() {
    let world = World::start().await;
    let store = world.open_store().await;
    world.go_deaf().await;
    let order = world.order(&store, 4_990);
    let paying = world.form(&store, &order).await;
    world.stripe.choose(&paying, "card").await;
    world.advance(Duration::minutes(1));
    let path = "/api/payments/sysadmin/reconcile";
    let done = world.sysadmin(Method::POST, path, Value::Null).await;
    assert_eq!(done.expect(200).body["caught_up"], 1);
    world.until_status(&store, &paying, "succeeded").await;
    let again = world.sysadmin(Method::POST, path, Value::Null).await;
    assert_eq!(
        again.expect(200).body,
        json!({ "compared": 0, "caught_up": 0 })
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_whose_intent_was_never_seen_ends_by_itself() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = world.order(&store, 4_990);
    let lost = json!({"kind": "cut", "when": "after", "method": "POST", "path": "/v1/payment_intents", "times": 3});
    world.stripe.fault(lost).await;
    assert_eq!(world.begin(&store, &order.ticket).await.status, 503);
    world.stripe.clear_faults().await;
    world.advance(Duration::hours(24));
    until("it is given up", async || {
        look_up_payments::look_up_silent(&world.app).await.unwrap();
        let list = world
            .admin(&store, Method::GET, "/api/payments/admin/payments")
            .await;
        (list.body["items"][0]["status"] == "canceled").then_some(())
    })
    .await;
    world.end().await;
}
