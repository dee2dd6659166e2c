//! What payments tells of an order's money.

use bus::HandleError;
use events::orders::v1::{OrderPaid, OrderStatus};
use events::payments::v1::{
    Dispute, DisputeClosed, DisputeOpened, DisputeStatus, PaymentCanceled, PaymentFailed,
    PaymentSucceeded,
};
use kernel::{EventId, Money, OrderId, PaymentId};
use orders::events as hear;
use serde_json::json;

use crate::cast::Goods;
use crate::world::World;

impl World {
    async fn hear_paid(&self, event: PaymentSucceeded) -> Result<(), HandleError> {
        self.hear(event, hear::payment_succeeded::handle).await
    }
}

fn reason(outcome: Result<(), HandleError>) -> String {
    match outcome {
        Err(HandleError::Park(reason)) => reason,
        other => panic!("a person has to look at it: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_becomes_paid_once_however_often_it_is_told() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let placed = world.order(&store, &goods, 2).await;
    let mut event = placed.succeeded();
    event.payment.as_mut().unwrap().method = "mb_way".into();
    let id = EventId::new();
    for _ in 0..2 {
        let heard = world.hear_as(id, event.clone(), hear::payment_succeeded::handle);
        heard.await.unwrap();
    }
    // Told again as another event, as a replay from an emptied outbox would.
    world.hear_paid(event).await.unwrap();
    let seen = world.owner_sees(&placed).await;
    assert_eq!(seen.words("/status"), "paid");
    assert_eq!(seen.number("/paid/amount"), 2_000);
    assert_eq!(
        seen.words("/payment_method"),
        "mb_way",
        "how it was really paid"
    );
    assert_eq!(world.timeline(&placed).await, ["placed", "paid"]);
    let told: Vec<OrderPaid> = world.told(store.id).await;
    assert_eq!(told.len(), 1);
    let order = told[0].order.clone().unwrap();
    assert_eq!(order.status(), OrderStatus::Paid);
    assert_eq!(order.payment_id, placed.payment.to_string());
    assert_eq!(order.access_token, placed.token);
    world
        .act(&placed, "cancel", json!({}))
        .await
        .problem(409, "order-paid");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_does_not_fit_is_put_before_a_person() {
    let world = World::start().await;
    let (store, other) = (world.store().await, world.store().await);
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let placed = world.order(&store, &goods, 2).await;
    let with = |change: &dyn Fn(&mut PaymentSucceeded)| {
        let mut event = placed.succeeded();
        change(&mut event);
        world.hear_paid(event)
    };
    let amount = |minor, currency: &str| Some(Money::new(minor, currency.parse().unwrap()).into());
    let less = with(&|event| event.payment.as_mut().unwrap().amount = amount(1_999, "EUR")).await;
    assert!(reason(less).contains("19.99 EUR was paid for an order of 20.00 EUR"));
    let dollars =
        with(&|event| event.payment.as_mut().unwrap().amount = amount(2_000, "USD")).await;
    assert!(reason(dollars).contains("20.00 USD"));
    let none = with(&|event| event.payment.as_mut().unwrap().amount = None).await;
    assert!(reason(none).contains("absent"));
    let unknown =
        with(&|event| event.payment.as_mut().unwrap().order_id = OrderId::new().to_string()).await;
    assert!(reason(unknown).contains("not known"));
    // Another store's payment names this store's order.
    let foreign = with(&|event| event.tenant_id = other.id.to_string()).await;
    assert!(reason(foreign).contains("not known"));
    let empty = with(&|event| event.payment = None).await;
    assert!(reason(empty).contains("absent"));
    assert_eq!(
        world.owner_sees(&placed).await.words("/status"),
        "pending_payment"
    );

    world.pay(&placed).await;
    let second =
        with(&|event| event.payment.as_mut().unwrap().payment_id = PaymentId::new().to_string())
            .await;
    assert!(
        reason(second).contains("another payment"),
        "money taken twice is never silent"
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_on_the_way_is_on_the_timeline_and_changes_nothing_else() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let placed = world.order(&store, &goods, 1).await;
    let failed = PaymentFailed {
        tenant_id: store.id.to_string(),
        payment: Some(placed.payment()),
        code: "card_declined".into(),
        decline_code: "insufficient_funds".into(),
    };
    let id = EventId::new();
    for _ in 0..2 {
        let heard = world.hear_as(id, failed.clone(), hear::payment_news::failed);
        heard.await.unwrap();
    }
    world.pay(&placed).await;
    // Late news of an earlier attempt.
    let canceled = PaymentCanceled {
        tenant_id: store.id.to_string(),
        payment: Some(placed.payment()),
        reason: "abandoned".into(),
    };
    world
        .hear(canceled, hear::payment_news::canceled)
        .await
        .unwrap();
    let seen = world.owner_sees(&placed).await;
    assert_eq!(seen.words("/status"), "paid");
    assert_eq!(
        world.timeline(&placed).await,
        ["placed", "payment_failed", "paid", "payment_canceled"]
    );
    assert_eq!(
        seen.body["timeline"][1]["detail"],
        json!({ "code": "card_declined" })
    );
    assert_eq!(seen.body["timeline"][1]["actor"], "stripe");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_is_on_the_orders_timeline() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let placed = world.paid_order(&store, &goods, 1).await;
    let dispute = |status: DisputeStatus| Dispute {
        dispute_id: "dp_1".into(),
        version: 1,
        order_id: placed.id.clone(),
        status: status.into(),
        reason: "fraudulent".into(),
        ..Dispute::default()
    };
    let opened = DisputeOpened {
        tenant_id: store.id.to_string(),
        dispute: Some(dispute(DisputeStatus::NeedsResponse)),
    };
    let id = EventId::new();
    for _ in 0..2 {
        let heard = world.hear_as(id, opened.clone(), hear::disputes::opened);
        heard.await.unwrap();
    }
    let closed = DisputeClosed {
        tenant_id: store.id.to_string(),
        dispute: Some(dispute(DisputeStatus::Lost)),
    };
    world.hear(closed, hear::disputes::closed).await.unwrap();
    let kinds = world.timeline(&placed).await;
    assert_eq!(
        kinds,
        ["placed", "paid", "dispute_opened", "dispute_closed"]
    );
    let seen = world.owner_sees(&placed).await;
    assert_eq!(
        seen.body["timeline"][3]["detail"],
        json!({ "status": "lost", "reason": "fraudulent" })
    );
    assert_eq!(
        seen.words("/status"),
        "paid",
        "the ledger of payments follows the money"
    );
    world.end().await;
}
