//! Ways to pay that take their time: 3-D Secure, MB WAY, Multibanco.

use bus::Delivery;
use events::orders::v1::{Order as OrderMessage, OrderCancelled};
use events::payments::v1::{
    PaymentFailed, PaymentProcessing, PaymentRequiresAction, PaymentSucceeded,
};
use kernel::EventId;
use payments::events::order_changed;
use serde_json::{Value, json};
use time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::stripe::Paying;
use crate::world::{Order, Store, World};

async fn seen(world: &World, store: &Store, order: &Order) -> Value {
    world.current(store, order).await.expect(200).body
}

async fn begun(world: &World, minor: i64) -> (Store, Order, Paying) {
    let store = world.open_store().await;
    let order = world.order_until(&store, minor, Duration::days(30));
    let paying = world.form(&store, &order).await;
    (store, order, paying)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_with_three_d_secure_waits_for_the_bank_and_is_paid() {
    let world = World::start().await;
    let (store, order, paying) = begun(&world, 4_990).await;
    world.stripe.choose(&paying, "card_3ds").await;
    world.until_status(&store, &paying, "requires_action").await;
    let page = seen(&world, &store, &order).await;
    assert_eq!(
        (&page["waits_for"], &page["method"]),
        (&json!("authentication"), &json!("card"))
    );
    let told = world.told::<PaymentRequiresAction>(store.id).await;
    assert_eq!((told.len(), told[0].action.as_str()), (1, "use_stripe_sdk"));
    assert!(told[0].voucher.is_none());
    world.stripe.resolve(&paying, "approve").await;
    world.until_status(&store, &paying, "succeeded").await;
    let told = world.told::<PaymentSucceeded>(store.id).await;
    let payment = told[0].payment.clone().unwrap();
    assert_eq!(
        (payment.method.as_str(), payment.card_last4.as_str()),
        ("card", "3155")
    );
    assert!(payment.provider_charge_id.starts_with("ch_"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_three_d_secure_leaves_the_order_payable() {
    let world = World::start().await;
    let (store, order, paying) = begun(&world, 4_990).await;
    world.stripe.choose(&paying, "card_3ds").await;
    world.until_status(&store, &paying, "requires_action").await;
    world.stripe.resolve(&paying, "fail").await;
    world
        .until_status(&store, &paying, "requires_payment_method")
        .await;
    let page = seen(&world, &store, &order).await;
    assert_eq!(page["last_decline"], "authentication-failed");
    assert!(page.get("waits_for").is_none());
    assert_eq!(world.form(&store, &order).await.intent, paying.intent);
    world.stripe.choose(&paying, "card").await;
    world.until_status(&store, &paying, "succeeded").await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mb_way_waits_for_the_app_in_whichever_state_stripe_has_it() {
    let world = World::start().await;
    for state in ["processing", "requires_action"] {
        let settings = json!({ "mb_way_waits_in": state });
        world.stripe.lever("settings", settings).await;
        let (store, order, paying) = begun(&world, 4_990).await;
        world.stripe.choose(&paying, "mb_way").await;
        world.until_status(&store, &paying, state).await;
        let page = seen(&world, &store, &order).await;
        assert_eq!(
            (&page["waits_for"], &page["method"]),
            (&json!("app"), &json!("mb_way"))
        );
        world.stripe.resolve(&paying, "approve").await;
        world.until_status(&store, &paying, "succeeded").await;
        let news = world.told::<PaymentProcessing>(store.id).await;
        assert!(
            news.iter()
                .all(|news| news.payment.as_ref().unwrap().method == "mb_way")
        );
        assert_eq!(world.told::<PaymentSucceeded>(store.id).await.len(), 1);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mb_way_that_is_refused_or_ignored_is_a_failed_try() {
    let world = World::start().await;
    for (what, code) in [("refuse", "declined-by-customer"), ("timeout", "timed-out")] {
        let (store, order, paying) = begun(&world, 4_990).await;
        world.stripe.choose(&paying, "mb_way").await;
        world.until_status(&store, &paying, "processing").await;
        world.stripe.resolve(&paying, what).await;
        world
            .until_status(&store, &paying, "requires_payment_method")
            .await;
        let page = seen(&world, &store, &order).await;
        assert_eq!(page["last_decline"], code);
        assert_eq!(world.told::<PaymentFailed>(store.id).await.len(), 1);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_multibanco_voucher_is_shown_and_told_with_its_end() {
    let world = World::start().await;
    let (store, order, paying) = begun(&world, 4_990).await;
    world.stripe.choose(&paying, "multibanco").await;
    world.until_status(&store, &paying, "requires_action").await;
    let page = seen(&world, &store, &order).await;
    assert_eq!(
        (&page["waits_for"], &page["method"]),
        (&json!("voucher"), &json!("multibanco"))
    );
    let voucher = &page["voucher"];
    assert_eq!(voucher["entity"], "12345");
    assert_eq!(voucher["reference"].as_str().unwrap().len(), 9);
    assert!(voucher["hosted_url"].as_str().unwrap().starts_with("http"));
    let expires = OffsetDateTime::parse(voucher["expires_at"].as_str().unwrap(), &Rfc3339).unwrap();
    let left = expires - world.place.clock.now();
    assert!(
        left > Duration::days(6) && left < Duration::days(8),
        "{left}"
    );
    // Asking for the form again shows the same voucher, and tells nothing anew.
    let again = world.begin(&store, &order.ticket).await.expect(200);
    assert_eq!(again.body["voucher"], *voucher);
    let told = world.told::<PaymentRequiresAction>(store.id).await;
    assert_eq!(told.len(), 1);
    let in_event = told[0].voucher.clone().unwrap();
    assert_eq!(voucher["reference"], in_event.reference);
    assert_eq!(in_event.expires_at_us, expires.unix_timestamp() * 1_000_000);

    world.stripe.resolve(&paying, "pay").await;
    world.until_status(&store, &paying, "succeeded").await;
    let page = seen(&world, &store, &order).await;
    assert!(page.get("voucher").is_none() && page.get("waits_for").is_none());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voucher_that_is_paid_after_the_order_ended_is_told_all_the_same() {
    let world = World::start().await;
    let (store, order, paying) = begun(&world, 4_990).await;
    world.stripe.choose(&paying, "multibanco").await;
    world.until_status(&store, &paying, "requires_action").await;
    let ended = OrderCancelled {
        tenant_id: store.id.to_string(),
        order: Some(OrderMessage {
            order_id: order.id.to_string(),
            version: 7,
            total: Some(order.total.into()),
            cancel_reason: "expired".into(),
            ..OrderMessage::default()
        }),
    };
    for _ in 0..2 {
        let delivery = Delivery {
            id: EventId::new(),
            tenant: store.id,
            occurred_at: world.place.clock.now(),
            message: ended.clone(),
        };
        let heard = world.app.db.tenant(store.id, async |tx| {
            order_changed::cancelled(tx, delivery).await
        });
        heard.await.unwrap();
    }
    assert_eq!(
        world.begin(&store, &order.ticket).await.code(),
        "order-cancelled"
    );
    world.advance(Duration::days(4));
    world.stripe.resolve(&paying, "pay").await;
    world.until_status(&store, &paying, "succeeded").await;
    assert_eq!(world.told::<PaymentSucceeded>(store.id).await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voucher_that_runs_out_is_no_longer_shown() {
    let world = World::start().await;
    let (store, order, paying) = begun(&world, 4_990).await;
    world.stripe.choose(&paying, "multibanco").await;
    world.until_status(&store, &paying, "requires_action").await;
    world.stripe.resolve(&paying, "expire").await;
    world
        .until_status(&store, &paying, "requires_payment_method")
        .await;
    let page = seen(&world, &store, &order).await;
    assert!(page.get("voucher").is_none());
    assert_eq!(page["last_decline"], "timed-out");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_learns_of_a_voucher_also_when_no_webhook_comes() {
    let world = World::start().await;
    let (store, order, paying) = begun(&world, 4_990).await;
    // The deployment guide's six events do not tell of vouchers.
    world.go_deaf().await;
    world.stripe.choose(&paying, "multibanco").await;
    let page = seen(&world, &store, &order).await;
    assert_eq!(page["waits_for"], "voucher");
    assert_eq!(world.told::<PaymentRequiresAction>(store.id).await.len(), 1);
    world.stripe.resolve(&paying, "pay").await;
    world.until_quiet().await;
    let id = paying.payment.parse().unwrap();
    payments::jobs::look_up_payments::look_up(&world.app, store.id, id)
        .await
        .unwrap();
    assert_eq!(world.payment(&store, &paying).await["status"], "succeeded");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shopper_who_changes_his_mind_sees_what_he_chose_last() {
    let world = World::start().await;
    let (store, order, paying) = begun(&world, 4_990).await;
    world.stripe.choose(&paying, "multibanco").await;
    world.until_status(&store, &paying, "requires_action").await;
    world.stripe.choose(&paying, "card_3ds").await;
    let is_card = |payment: &Value| payment["method"] == "card";
    world
        .until_payment(&store, &paying, "the card is known", is_card)
        .await;
    let page = seen(&world, &store, &order).await;
    assert_eq!(page["waits_for"], "authentication");
    assert!(page.get("voucher").is_none());
    let told = world.told::<PaymentRequiresAction>(store.id).await;
    let vouchers: Vec<bool> = told.iter().map(|told| told.voucher.is_some()).collect();
    assert_eq!(vouchers, [true, false]);
    world.stripe.resolve(&paying, "approve").await;
    world.until_status(&store, &paying, "succeeded").await;
    world.end().await;
}
