//! Money that goes back.

use bus::HandleError;
use events::orders::v1::{OrderRefunded, RefundRequested};
use events::payments::v1::{Refund, RefundFailed, RefundSucceeded};
use futures_util::future::join_all;
use kernel::{Currency, EventId, Money, RefundId};
use orders::events as hear;
use serde_json::json;

use crate::cast::{Goods, Placed};
use crate::world::{World, euros};

/// A refund as payments tells of it.
fn refund(placed: &Placed, id: &str, minor: i64) -> Refund {
    Refund {
        refund_id: id.to_owned(),
        version: 2,
        order_id: placed.id.clone(),
        payment_id: placed.payment.to_string(),
        amount: Some(Money::new(minor, Currency::EUR).into()),
        reason: "requested_by_customer".into(),
        ..Refund::default()
    }
}

fn came_back(placed: &Placed, refund: Refund) -> RefundSucceeded {
    RefundSucceeded {
        tenant_id: placed.store.id.to_string(),
        refund: Some(refund),
        total_refunded: None,
    }
}

fn could_not(placed: &Placed, refund: Refund) -> RefundFailed {
    RefundFailed {
        tenant_id: placed.store.id.to_string(),
        refund: Some(refund),
        code: "expired_or_canceled_card".into(),
    }
}

impl World {
    async fn ask_back(&self, placed: &Placed, minor: i64) -> String {
        let reply = self
            .act(placed, "refund", json!({ "amount": euros(minor) }))
            .await;
        reply.expect(201).words("/id")
    }

    async fn hear_back(&self, placed: &Placed, refund: Refund) -> Result<(), HandleError> {
        self.hear(came_back(placed, refund), hear::refunds::succeeded)
            .await
    }

    async fn hear_failed(&self, placed: &Placed, refund: Refund) -> Result<(), HandleError> {
        self.hear(could_not(placed, refund), hear::refunds::failed)
            .await
    }

    /// (status, refunding, refunded) of an order.
    async fn money(&self, placed: &Placed) -> (String, i64, i64) {
        let seen = self.owner_sees(placed).await;
        let (under_way, back) = (
            seen.number("/refunding/amount"),
            seen.number("/refunded/amount"),
        );
        (seen.words("/status"), under_way, back)
    }
}

fn state(status: &str, refunding: i64, refunded: i64) -> (String, i64, i64) {
    (status.to_owned(), refunding, refunded)
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_go_back_until_nothing_is_left_and_the_goods_are_free_again() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let placed = world.paid_order(&store, &goods, 3).await;
    let body =
        json!({ "amount": euros(1_000), "reason": "out_of_stock", "note": "one was broken" });
    let asked = world.act(&placed, "refund", body).await.expect(201);
    assert_eq!(world.money(&placed).await, state("paid", 1_000, 0));
    let told: Vec<RefundRequested> = world.told(store.id).await;
    assert_eq!(told[0].refund_id, asked.words("/id"));
    assert_eq!(told[0].reason, "out_of_stock");
    assert_eq!(told[0].requested_by_staff_id, store.owner.to_string());
    assert_eq!(told[0].payment_id, placed.payment.to_string());

    let first = asked.words("/id");
    world
        .hear_back(&placed, refund(&placed, &first, 1_000))
        .await
        .unwrap();
    assert_eq!(
        world.money(&placed).await,
        state("partially_refunded", 0, 1_000)
    );
    assert_eq!(
        world.stock(&store, &goods).await,
        (5, 3),
        "still to be sent"
    );
    let rest = world.act(&placed, "refund", json!({})).await.expect(201);
    assert_eq!(rest.number("/amount/amount"), 2_000, "all that is left");
    let rest = rest.words("/id");
    world
        .hear_back(&placed, refund(&placed, &rest, 2_000))
        .await
        .unwrap();
    assert_eq!(world.money(&placed).await, state("refunded", 0, 3_000));
    assert_eq!(world.stock(&store, &goods).await, (5, 0));
    world
        .act(&placed, "fulfil", json!({}))
        .await
        .problem(409, "order-refunded");
    let refused = world.act(&placed, "refund", json!({})).await;
    let refused = refused.problem(422, "refund-too-large");
    assert_eq!(refused.body["left"], euros(0));

    let told: Vec<OrderRefunded> = world.told(store.id).await;
    let taxes: Vec<i64> = told
        .iter()
        .map(|event| {
            event
                .taxes
                .iter()
                .map(|tax| tax.tax.as_ref().unwrap().minor)
                .sum()
        })
        .collect();
    assert_eq!(taxes, [187, 374], "each refund's share of the tax");
    let seen = world.owner_sees(&placed).await;
    let refunds = seen.list("/refunds");
    assert_eq!(refunds.len(), 2);
    assert_eq!(refunds[0]["note"], "one was broken");
    assert_eq!(refunds[0]["status"], "succeeded");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn never_more_goes_back_than_was_paid() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let placed = world.order(&store, &goods, 1).await;
    let ask = |body| world.act(&placed, "refund", body);
    ask(json!({})).await.problem(409, "order-not-paid");
    world.pay(&placed).await;
    for (wrong, code) in [
        (1_001, "refund-too-large"),
        (i64::MAX, "refund-too-large"),
        (0, "refund-amount-invalid"),
        (-1, "refund-amount-invalid"),
        (i64::MIN, "refund-amount-invalid"),
    ] {
        let refused = ask(json!({ "amount": euros(wrong) })).await;
        let refused = refused.problem(422, code);
        assert_eq!(refused.wrong_fields(), ["/amount"]);
    }
    let dollars = json!({ "amount": { "amount": 100, "currency": "USD" } });
    let refused = ask(dollars).await.problem(422, "refund-amount-invalid");
    assert!(refused.words("/detail").contains("EUR"));
    ask(json!({ "reason": "because" })).await.expect(422);
    ask(json!({ "note": "x".repeat(201) })).await.expect(422);
    let many = join_all((0..8).map(|_| ask(json!({ "amount": euros(300) })))).await;
    let agreed = many.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(agreed, 3, "of a thousand cents three times three hundred");
    assert_eq!(world.money(&placed).await, state("paid", 900, 0));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_fails_can_be_asked_for_again() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let placed = world.paid_order(&store, &goods, 1).await;
    let first = world.ask_back(&placed, 1_000).await;
    world
        .act(&placed, "fulfil", json!({}))
        .await
        .problem(409, "order-refunded");
    let event = could_not(&placed, refund(&placed, &first, 1_000));
    let id = EventId::new();
    for _ in 0..2 {
        let heard = world.hear_as(id, event.clone(), hear::refunds::failed);
        heard.await.unwrap();
    }
    world
        .hear_failed(&placed, refund(&placed, &first, 1_000))
        .await
        .unwrap();
    assert_eq!(world.money(&placed).await, state("paid", 0, 0));
    world.ask_back(&placed, 1_000).await;
    assert_eq!(
        world.timeline(&placed).await,
        [
            "placed",
            "paid",
            "refund_requested",
            "refund_failed",
            "refund_requested"
        ]
    );
    world.end().await;
}

/// Stripe may tell days later that a refund did not arrive after all.
#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_comes_back_makes_the_order_owed_again() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 2).await;
    let (kept, lost) = (
        world.paid_order(&store, &goods, 1).await,
        world.paid_order(&store, &goods, 1).await,
    );
    for placed in [&kept, &lost] {
        let id = world.ask_back(placed, 1_000).await;
        world
            .hear_back(placed, refund(placed, &id, 1_000))
            .await
            .unwrap();
    }
    assert_eq!(world.stock(&store, &goods).await, (2, 0));
    let taken = world.paid_order(&store, &goods, 1).await;
    for placed in [&kept, &lost] {
        let id = world.owner_sees(placed).await.words("/refunds/0/id");
        let later = Refund {
            version: 3,
            ..refund(placed, &id, 1_000)
        };
        world.hear_failed(placed, later).await.unwrap();
        assert_eq!(world.money(placed).await, state("paid", 0, 0));
    }
    assert_eq!(
        world.stock(&store, &goods).await,
        (2, 2),
        "one is kept again, one was sold meanwhile"
    );
    world.act(&kept, "fulfil", json!({})).await.expect(200);
    let short = world.act(&lost, "fulfil", json!({})).await;
    short.problem(409, "out-of-stock");
    world.count_stock(&store, &goods, 2).await;
    world.act(&lost, "fulfil", json!({})).await.expect(200);
    assert_eq!(world.stock(&store, &goods).await, (1, 1));
    world.act(&taken, "fulfil", json!({})).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_word_on_a_refund_wins_whatever_comes_first() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let placed = world.paid_order(&store, &goods, 1).await;
    let id = world.ask_back(&placed, 400).await;
    let older = Refund {
        version: 2,
        ..refund(&placed, &id, 400)
    };
    let newer = Refund {
        version: 3,
        ..refund(&placed, &id, 400)
    };
    world.hear_failed(&placed, newer).await.unwrap();
    world.hear_back(&placed, older).await.unwrap();
    assert_eq!(world.money(&placed).await, state("paid", 0, 0));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_in_the_providers_dashboard_counts_too() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let placed = world.paid_order(&store, &goods, 2).await;
    let asked = world.ask_back(&placed, 1_500).await;
    let outside = RefundId::new().to_string();
    let by_hand = Refund {
        external: true,
        ..refund(&placed, &outside, 1_000)
    };
    world.hear_back(&placed, by_hand.clone()).await.unwrap();
    world.hear_back(&placed, by_hand).await.unwrap();
    assert_eq!(
        world.money(&placed).await,
        state("partially_refunded", 1_500, 1_000)
    );
    let refused = world
        .act(&placed, "refund", json!({ "amount": euros(1) }))
        .await;
    refused.problem(422, "refund-too-large");
    // Stripe refuses the one that was asked for: it is more than is left.
    world
        .hear_failed(&placed, refund(&placed, &asked, 1_500))
        .await
        .unwrap();
    assert_eq!(
        world.money(&placed).await,
        state("partially_refunded", 0, 1_000)
    );
    // One that failed in the dashboard takes nothing from those asked for here.
    world.ask_back(&placed, 500).await;
    let failed = Refund {
        external: true,
        ..refund(&placed, &RefundId::new().to_string(), 300)
    };
    world.hear_failed(&placed, failed).await.unwrap();
    assert_eq!(
        world.money(&placed).await,
        state("partially_refunded", 500, 1_000)
    );
    assert!(
        world.owner_sees(&placed).await.body["refunds"][1]["external"]
            .as_bool()
            .unwrap()
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refunds_that_do_not_fit_are_put_before_a_person() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let (placed, other) = (
        world.paid_order(&store, &goods, 1).await,
        world.paid_order(&store, &goods, 1).await,
    );
    let id = world.ask_back(&placed, 400).await;
    let parked = |outcome| matches!(outcome, Err(HandleError::Park(_)));
    let never_asked = refund(&placed, &RefundId::new().to_string(), 400);
    assert!(parked(world.hear_back(&placed, never_asked).await));
    assert!(parked(
        world.hear_back(&placed, refund(&placed, &id, 401)).await
    ));
    assert!(parked(
        world.hear_back(&other, refund(&other, &id, 400)).await
    ));
    let more = Refund {
        external: true,
        ..refund(&placed, &RefundId::new().to_string(), 1_001)
    };
    assert!(parked(world.hear_back(&placed, more).await));
    assert_eq!(world.money(&placed).await, state("paid", 400, 0));
    assert_eq!(world.money(&other).await, state("paid", 0, 0));

    // Of an order whose payment was not heard of yet, the news is only early.
    let unpaid = world.order(&store, &goods, 1).await;
    let early = Refund {
        external: true,
        ..refund(&unpaid, &RefundId::new().to_string(), 1_000)
    };
    let outcome = world.hear_back(&unpaid, early.clone()).await;
    assert!(matches!(outcome, Err(HandleError::Retry(_))));
    world.pay(&unpaid).await;
    world.hear_back(&unpaid, early).await.unwrap();
    assert_eq!(world.money(&unpaid).await, state("refunded", 0, 1_000));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_came_too_late_is_back_when_payments_says_so() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 1).await;
    let placed = world.order(&store, &goods, 1).await;
    world.act(&placed, "cancel", json!({})).await.expect(200);
    world.pay(&placed).await;
    assert_eq!(world.money(&placed).await, state("cancelled", 1_000, 0));
    let id = world.owner_sees(&placed).await.words("/refunds/0/id");
    world
        .hear_failed(&placed, refund(&placed, &id, 1_000))
        .await
        .unwrap();
    assert_eq!(world.money(&placed).await, state("cancelled", 0, 0));
    let again = world.ask_back(&placed, 1_000).await;
    world
        .hear_back(&placed, refund(&placed, &again, 1_000))
        .await
        .unwrap();
    assert_eq!(world.money(&placed).await, state("cancelled", 0, 1_000));
    world.end().await;
}
