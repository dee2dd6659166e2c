//! Money on its way back: asked for by orders, made in Stripe's dashboard, failing late.

use bus::{Delivery, HandleError};
use events::orders::v1::RefundRequested;
use events::payments::v1::{RefundFailed, RefundSucceeded};
use kernel::{Currency, EventId, Money, RefundId, TenantId};
use payments::events::refund_requested;
use serde_json::{Value, json};
use time::Duration;

use crate::stripe::Paying;
use crate::world::{Order, Store, World};
use testkit::until;

pub fn request(store: TenantId, order: &Order, minor: i64) -> RefundRequested {
    RefundRequested {
        tenant_id: store.to_string(),
        refund_id: RefundId::new().to_string(),
        version: 1,
        order_id: order.id.to_string(),
        amount: Some(Money::new(minor, Currency::EUR).into()),
        reason: "requested_by_customer".into(),
        refund_application_fee: true,
        ..RefundRequested::default()
    }
}

/// Orders' message arrives, as often as it likes.
pub async fn hear(
    world: &World,
    store: TenantId,
    message: &RefundRequested,
) -> Result<(), HandleError> {
    let delivery = Delivery {
        id: EventId::new(),
        tenant: store,
        occurred_at: world.place.clock.now(),
        message: message.clone(),
    };
    let app = world.app.clone();
    let heard = world.app.db.tenant(store, async |tx| {
        refund_requested::handle(tx, delivery, app).await
    });
    heard.await
}

async fn until_refunded(world: &World, store: &Store, paying: &Paying, minor: i64) -> Value {
    world
        .until_payment(store, paying, &format!("{minor} went back"), |payment| {
            payment["refunded"]["amount"] == minor
        })
        .await
}

fn entries(of: &[(&str, i64)]) -> Vec<(String, i64)> {
    of.iter()
        .map(|(name, minor)| ((*name).to_owned(), *minor))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_gives_all_of_it_back_once_with_the_platforms_fee() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (order, paying) = world.paid(&store, 4_990).await;
    let asked = request(store.id, &order, 4_990);
    for _ in 0..3 {
        hear(&world, store.id, &asked).await.unwrap();
    }
    until_refunded(&world, &store, &paying, 4_990).await;
    hear(&world, store.id, &asked).await.unwrap();
    world.until_quiet().await;
    let effects = world.stripe.effects(&store.account).await;
    assert_eq!(effects.refunds.len(), 1);
    assert_eq!(effects.refunds[0]["metadata"]["refund_id"], asked.refund_id);
    let told = world.told::<RefundSucceeded>(store.id).await;
    assert_eq!(told.len(), 1);
    let refund = told[0].refund.clone().unwrap();
    assert_eq!(
        (refund.refund_id, refund.external),
        (asked.refund_id, false)
    );
    assert_eq!(
        world.ledger(&paying).await,
        entries(&[]),
        "everything came back"
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refunds_of_parts_add_up_to_the_cent_as_stripe_counts_the_fee() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (order, paying) = world.paid(&store, 4_999).await;
    for (minor, total) in [(333, 333), (1_666, 1_999), (2_999, 4_998)] {
        let asked = request(store.id, &order, minor);
        hear(&world, store.id, &asked).await.unwrap();
        until_refunded(&world, &store, &paying, total).await;
    }
    let fees = world.stripe.look("effects").await["application_fees"].clone();
    let fee = fees
        .as_array()
        .unwrap()
        .iter()
        .find(|fee| fee["account"] == store.account.as_str() && fee["amount"] == 75);
    let returned = fee.unwrap()["amount_refunded"].as_i64().unwrap();
    assert!(returned > 0 && returned < 75, "{returned}");
    world.until_quiet().await;
    let kept = 75 - returned;
    assert_eq!(
        world.ledger(&paying).await,
        entries(&[("platform_fee", kept), ("shopper", -1), ("store", 1 - kept)])
            .into_iter()
            .filter(|(_, minor)| *minor != 0)
            .collect::<Vec<_>>()
    );
    let totals = world.told::<RefundSucceeded>(store.id).await;
    let totals: Vec<i64> = totals
        .iter()
        .map(|told| told.total_refunded.as_ref().unwrap().minor)
        .collect();
    assert_eq!(totals, [333, 1_999, 4_998]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_was_paid_is_not_given_back_however_it_is_asked() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (order, paying) = world.paid(&store, 4_990).await;
    let too_much = request(store.id, &order, 4_991);
    for _ in 0..2 {
        hear(&world, store.id, &too_much).await.unwrap();
    }
    let told = world.told::<RefundFailed>(store.id).await;
    assert_eq!((told.len(), told[0].code.as_str()), (1, "exceeds_payment"));
    // Two of the whole at the same moment: one fits.
    let both = [
        request(store.id, &order, 4_990),
        request(store.id, &order, 4_990),
    ];
    let (a, b) = tokio::join!(
        hear(&world, store.id, &both[0]),
        hear(&world, store.id, &both[1])
    );
    a.unwrap();
    b.unwrap();
    until_refunded(&world, &store, &paying, 4_990).await;
    world.until_quiet().await;
    assert_eq!(world.told::<RefundFailed>(store.id).await.len(), 2);
    assert_eq!(world.stripe.effects(&store.account).await.refunds.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_makes_no_sense_is_put_aside_for_a_person() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (order, _) = world.paid(&store, 4_990).await;
    let with = |change: fn(&mut RefundRequested)| {
        let mut asked = request(store.id, &order, 100);
        change(&mut asked);
        asked
    };
    let cases = [
        with(|asked| asked.amount = None),
        with(|asked| asked.amount = Some(Money::new(0, Currency::EUR).into())),
        with(|asked| asked.amount = Some(Money::new(-1, Currency::EUR).into())),
        with(|asked| asked.amount = Some(Money::new(100, "USD".parse().unwrap()).into())),
        with(|asked| asked.refund_id = "7".into()),
        with(|asked| asked.order_id = String::new()),
    ];
    for asked in cases {
        let heard = hear(&world, store.id, &asked).await;
        assert!(
            matches!(heard, Err(HandleError::Park(_))),
            "{asked:?}: {heard:?}"
        );
    }
    assert!(
        world
            .stripe
            .effects(&store.account)
            .await
            .refunds
            .is_empty()
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_payment_is_known_nothing_goes_back_orders_hears_it_and_a_person_too() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (order, _) = world.paid(&store, 4_990).await;
    let unpaid = world.order(&store, 4_990);
    let unknown = RefundRequested {
        payment_id: kernel::PaymentId::new().to_string(),
        ..request(store.id, &order, 100)
    };
    let all = [request(store.id, &unpaid, 100), unknown];
    for asked in &all {
        let delivery = || Delivery {
            id: EventId::from_uuid(asked.refund_id.parse().unwrap()),
            tenant: store.id,
            occurred_at: world.place.clock.now(),
            message: asked.clone(),
        };
        for _ in 0..2 {
            let (app, delivery) = (world.app.clone(), delivery());
            let heard = world.app.db.tenant(store.id, async |tx| {
                refund_requested::handle(tx, delivery, app).await
            });
            heard.await.unwrap();
        }
    }
    let told = world.told::<RefundFailed>(store.id).await;
    assert_eq!(told.len(), 2, "{told:?}");
    for (failed, asked) in told.iter().zip(&all) {
        let refund = failed.refund.as_ref().unwrap();
        assert_eq!((failed.code.as_str(), refund.version), ("no_payment", 1));
        assert_eq!(refund.refund_id, asked.refund_id);
        assert_eq!(
            (&refund.order_id, &refund.amount),
            (&asked.order_id, &asked.amount)
        );
    }
    assert_eq!(world.breaks().await.len(), 2);
    let effects = world.stripe.effects(&store.account).await;
    assert!(effects.refunds.is_empty());
    world.end_with_breaks(&["refund_without_payment"; 2]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_made_in_stripes_dashboard_is_found_and_told() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (order, paying) = world.paid(&store, 4_990).await;
    let charge = world.stripe.intent(&paying).await["latest_charge"].clone();
    let path = format!("charges/{}/refund", charge.as_str().unwrap());
    world.stripe.lever(&path, json!({ "amount": 1_000 })).await;
    until_refunded(&world, &store, &paying, 1_000).await;
    let told = world.told::<RefundSucceeded>(store.id).await;
    assert!(told[0].refund.as_ref().unwrap().external);

    // What is left is less now; Stripe is not even asked for more.
    hear(&world, store.id, &request(store.id, &order, 4_000))
        .await
        .unwrap();
    let told = world.told::<RefundFailed>(store.id).await;
    assert_eq!(told[0].code, "exceeds_payment");
    hear(&world, store.id, &request(store.id, &order, 3_990))
        .await
        .unwrap();
    until_refunded(&world, &store, &paying, 4_990).await;
    let payment = world.payment(&store, &paying).await;
    let origins: Vec<_> = payment["refunds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["origin"].clone())
        .collect();
    assert_eq!(origins, ["dashboard", "order", "order"]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dashboard_refund_that_was_faster_than_ours_leaves_ours_refused() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (order, paying) = world.paid(&store, 4_990).await;
    let busy =
        json!({"kind": "rate_limit429", "method": "POST", "path": "/v1/refunds", "times": 3});
    world.stripe.fault(busy).await;
    hear(&world, store.id, &request(store.id, &order, 4_990))
        .await
        .unwrap();
    let charge = world.stripe.intent(&paying).await["latest_charge"].clone();
    let path = format!("charges/{}/refund", charge.as_str().unwrap());
    world.stripe.lever(&path, json!({})).await;
    until_refunded(&world, &store, &paying, 4_990).await;
    world.until_quiet().await;
    let told = world.told::<RefundFailed>(store.id).await;
    assert_eq!(
        (told.len(), told[0].code.as_str()),
        (1, "charge_already_refunded")
    );
    assert_eq!(world.told::<RefundSucceeded>(store.id).await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_fails_days_later_is_the_stores_money_again() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (order, paying) = world.paid(&store, 4_990).await;
    hear(&world, store.id, &request(store.id, &order, 2_000))
        .await
        .unwrap();
    until_refunded(&world, &store, &paying, 2_000).await;
    let refund = world.stripe.effects(&store.account).await.refunds[0]["id"].clone();
    let path = format!("refunds/{}/fail", refund.as_str().unwrap());
    world
        .stripe
        .lever(&path, json!({ "reason": "expired_or_canceled_card" }))
        .await;
    until_refunded(&world, &store, &paying, 0).await;
    let told = world.told::<RefundFailed>(store.id).await;
    assert_eq!(
        (told.len(), told[0].code.as_str()),
        (1, "expired_or_canceled_card")
    );
    // It may be asked for again.
    hear(&world, store.id, &request(store.id, &order, 2_000))
        .await
        .unwrap();
    until_refunded(&world, &store, &paying, 2_000).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_money_a_cards_refund_waits_and_another_ways_fails() {
    let world = World::start().await;
    let store = world.open_store().await;
    let empty = json!({ "amount": 0 });
    let balance = format!("accounts/{}/balance", store.account);
    let (order, paying) = world.paid(&store, 4_990).await;
    world.stripe.lever(&balance, empty.clone()).await;
    hear(&world, store.id, &request(store.id, &order, 4_990))
        .await
        .unwrap();
    let waits = |payment: &Value| payment["refunds"][0]["status"] == "pending";
    world
        .until_payment(&store, &paying, "the refund waits", waits)
        .await;
    assert!(world.told::<RefundSucceeded>(store.id).await.is_empty());
    let refund = world.stripe.effects(&store.account).await.refunds[0]["id"].clone();
    let path = format!("refunds/{}/settle", refund.as_str().unwrap());
    world.stripe.lever(&path, json!({})).await;
    until_refunded(&world, &store, &paying, 4_990).await;

    let order = world.order(&store, 3_000);
    let paying = world.form(&store, &order).await;
    world.stripe.choose(&paying, "mb_way").await;
    world.until_status(&store, &paying, "processing").await;
    world.stripe.resolve(&paying, "approve").await;
    world.until_status(&store, &paying, "succeeded").await;
    world.stripe.lever(&balance, empty).await;
    hear(&world, store.id, &request(store.id, &order, 3_000))
        .await
        .unwrap();
    let failed = |payment: &Value| payment["refunds"][0]["status"] == "failed";
    world
        .until_payment(&store, &paying, "the refund failed", failed)
        .await;
    let told = world.told::<RefundFailed>(store.id).await;
    assert_eq!(
        (told.len(), told[0].code.as_str()),
        (1, "insufficient_funds")
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_whose_answer_was_lost_happens_once_whatever_stripe_forgets() {
    let world = World::start().await;
    let store = world.open_store().await;
    for (kind, when) in [
        ("cut", "after"),
        ("cut", "before"),
        ("error500", "after"),
        ("error500", "before"),
        ("html502", "after"),
        ("lock_timeout429", "before"),
    ] {
        let before = world.stripe.effects(&store.account).await.refunds.len();
        let asked_before = world.stripe.calls("POST", "/v1/refunds").await;
        let (order, paying) = world.paid(&store, 4_990).await;
        // Stripe's own failure is not asked for again under its key; the others are, thrice.
        let times = if kind == "error500" { 1 } else { 3 };
        let fault = json!({"kind": kind, "when": when, "method": "POST", "path": "/v1/refunds", "times": times});
        world.stripe.fault(fault).await;
        // A part of it: a second refund would be possible, and must not happen.
        hear(&world, store.id, &request(store.id, &order, 1_000))
            .await
            .unwrap();
        until("Stripe was asked, and asked again", async || {
            let asked = world.stripe.calls("POST", "/v1/refunds").await;
            (asked - asked_before == times).then_some(())
        })
        .await;
        // Longer than Stripe remembers a key.
        world.advance(Duration::hours(25));
        until_refunded(&world, &store, &paying, 1_000).await;
        world.stripe.clear_faults().await;
        world.until_quiet().await;
        let after = world.stripe.effects(&store.account).await.refunds.len();
        assert_eq!(after - before, 1, "{kind} {when}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_left_cannot_give_money_back_and_somebody_is_told() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (order, _) = world.paid(&store, 4_990).await;
    world.until_quiet().await;
    world
        .stripe
        .lever(
            &format!("accounts/{}/deauthorise", store.account),
            json!({}),
        )
        .await;
    hear(&world, store.id, &request(store.id, &order, 4_990))
        .await
        .unwrap();
    world.until_quiet().await;
    let told = world.told::<RefundFailed>(store.id).await;
    assert_eq!((told.len(), told[0].code.as_str()), (1, "account_invalid"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_came_too_late_and_cannot_go_back_is_raised() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (order, _) = world.paid(&store, 4_990).await;
    world.until_quiet().await;
    let gone = format!("accounts/{}/deauthorise", store.account);
    world.stripe.lever(&gone, json!({})).await;
    let asked = RefundRequested {
        reason: "paid_too_late".into(),
        ..request(store.id, &order, 4_990)
    };
    for _ in 0..2 {
        hear(&world, store.id, &asked).await.unwrap();
    }
    world.until_quiet().await;
    assert_eq!(world.told::<RefundFailed>(store.id).await.len(), 1);
    let raised = world.breaks().await;
    assert_eq!(raised[0]["subject"], asked.refund_id);
    world.end_with_breaks(&["late_payment_not_refunded"]).await;
}
