//! Goods are kept for an unpaid order for a while, and no longer.

use events::orders::v1::{OrderCancelled, OrderPaid, RefundRequested, StockChanged};
use events::payments::v1::{
    Payment, PaymentCanceled, PaymentFailed, PaymentProcessing, PaymentRequiresAction, Voucher,
};
use events::to_us;
use orders::events as hear;
use orders::jobs::expire_reservations;
use serde_json::json;
use time::Duration;

use crate::cast::{Goods, Placed};
use crate::world::{World, eventually};

impl World {
    async fn expire(&self) {
        expire_reservations::run(self.app.clone()).await.unwrap();
    }

    async fn status(&self, placed: &Placed) -> String {
        self.shopper_sees(placed).await.words("/status")
    }
}

/// The timer of the running service does it, when its clock says so.
#[tokio::test(flavor = "multi_thread")]
async fn the_service_ends_unpaid_orders_by_itself() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let placed = world.order(&store, &goods, 2).await;
    world.place.clock.advance(Duration::minutes(31));
    eventually("the order ends", async || {
        world.status(&placed).await == "cancelled"
    })
    .await;
    assert_eq!(world.stock(&store, &goods).await, (5, 0));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ran_out_is_given_back_once_and_told_once() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 9).await;
    let (ends, stays) = (
        world.order(&store, &goods, 2).await,
        world.paid_order(&store, &goods, 3).await,
    );
    world.place.clock.advance(Duration::minutes(29));
    world.expire().await;
    assert_eq!(
        world.status(&ends).await,
        "pending_payment",
        "not a minute too early"
    );
    world.place.clock.advance(Duration::minutes(2));
    let (app, again) = (world.app.clone(), world.app.clone());
    let both = futures_util::join!(
        expire_reservations::run(app),
        expire_reservations::run(again)
    );
    both.0.unwrap();
    both.1.unwrap();
    world.expire().await;
    assert_eq!(world.status(&ends).await, "cancelled");
    assert_eq!(world.status(&stays).await, "paid");
    assert_eq!(world.stock(&store, &goods).await, (9, 3));
    assert_eq!(world.timeline(&ends).await, ["placed", "cancelled"]);
    assert_eq!(
        world.owner_sees(&ends).await.words("/cancel_reason"),
        "expired"
    );
    let told: Vec<OrderCancelled> = world.told(store.id).await;
    assert_eq!(told.len(), 1);
    let told = told[0].order.clone().unwrap();
    assert_eq!(
        (told.cancel_reason.as_str(), told.amount_due.unwrap().minor),
        ("expired", 0)
    );
    let last: Vec<StockChanged> = world.told(store.id).await;
    assert_eq!(last.last().unwrap().available, 6);
    world
        .act(&ends, "cancel", json!({}))
        .await
        .problem(409, "order-cancelled");
    world
        .act(&ends, "fulfil", json!({}))
        .await
        .problem(409, "order-cancelled");
    world
        .act(&ends, "refund", json!({}))
        .await
        .problem(409, "order-not-paid");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_orders_than_fit_in_one_look_all_end() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 500).await;
    for _ in 0..26 {
        let many = (0..8).map(|_| world.order(&store, &goods, 1));
        futures_util::future::join_all(many).await;
    }
    assert_eq!(world.stock(&store, &goods).await, (500, 208));
    world.place.clock.advance(Duration::hours(1));
    world.expire().await;
    assert_eq!(world.stock(&store, &goods).await, (500, 0));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_comes_late_is_honoured_when_the_goods_are_still_there() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 2).await;
    let placed = world.order(&store, &goods, 2).await;
    world.place.clock.advance(Duration::hours(1));
    world.expire().await;
    world.pay(&placed).await;
    assert_eq!(world.status(&placed).await, "paid");
    assert_eq!(world.stock(&store, &goods).await, (2, 2));
    assert_eq!(
        world.timeline(&placed).await,
        ["placed", "cancelled", "paid"]
    );
    let paid: Vec<OrderPaid> = world.told(store.id).await;
    let told = paid[0].order.clone().unwrap();
    assert_eq!((told.cancelled_at_us, told.cancel_reason.as_str()), (0, ""));
    assert!(world.told::<RefundRequested>(store.id).await.is_empty());
    world.expire().await;
    world.act(&placed, "fulfil", json!({})).await.expect(200);
    assert_eq!(world.stock(&store, &goods).await, (0, 0));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_comes_late_goes_back_when_the_goods_are_gone() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 2).await;
    let placed = world.order(&store, &goods, 2).await;
    world.place.clock.advance(Duration::hours(1));
    world.expire().await;
    world.paid_order(&store, &goods, 1).await;
    world.pay(&placed).await;
    assert_eq!(world.status(&placed).await, "cancelled");
    assert_eq!(world.stock(&store, &goods).await, (2, 1));
    let asked: Vec<RefundRequested> = world.told(store.id).await;
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].amount.as_ref().unwrap().minor, 2_000);
    assert_eq!(asked[0].reason, "paid_too_late");
    assert_eq!(asked[0].payment_id, placed.payment.to_string());
    assert_eq!(
        world.timeline(&placed).await,
        ["placed", "cancelled", "paid_too_late", "refund_requested"]
    );
    world.pay(&placed).await;
    assert_eq!(
        world.told::<RefundRequested>(store.id).await.len(),
        1,
        "once, however often it is told"
    );
    world.end().await;
}

/// What a person ended is not begun again by the shopper's bank.
#[tokio::test(flavor = "multi_thread")]
async fn money_for_an_order_that_the_merchant_cancelled_goes_back() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 2).await;
    let placed = world.order(&store, &goods, 2).await;
    world.act(&placed, "cancel", json!({})).await.expect(200);
    world.pay(&placed).await;
    assert_eq!(world.status(&placed).await, "cancelled");
    assert_eq!(world.stock(&store, &goods).await, (2, 0));
    let asked: Vec<RefundRequested> = world.told(store.id).await;
    assert_eq!(asked[0].reason, "order_cancelled");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_are_kept_as_long_as_a_voucher_can_be_paid() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let placed = world.order(&store, &goods, 1).await;
    let expires = world.place.clock.now() + Duration::days(3);
    let voucher = PaymentRequiresAction {
        tenant_id: store.id.to_string(),
        payment: Some(placed.payment()),
        action: "multibanco_display_details".into(),
        voucher: Some(Voucher {
            entity: "11854".into(),
            reference: "123 456 789".into(),
            expires_at_us: to_us(expires),
            hosted_url: String::new(),
        }),
    };
    let heard = world.hear(voucher, hear::payment_news::requires_action);
    heard.await.unwrap();
    world.place.clock.advance(Duration::days(6));
    world.expire().await;
    assert_eq!(
        world.status(&placed).await,
        "pending_payment",
        "banks take days to tell"
    );
    let entries = world.owner_sees(&placed).await.list("/timeline");
    assert_eq!(
        entries[1]["detail"],
        json!({ "entity": "11854", "reference": "123 456 789" })
    );
    world.place.clock.advance(Duration::days(2));
    world.expire().await;
    assert_eq!(world.status(&placed).await, "cancelled");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_on_its_way_keeps_the_goods_and_a_shorter_time_shortens_nothing() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let placed = world.order(&store, &goods, 1).await;
    let until = async || world.shopper_sees(&placed).await.words("/reserved_until");
    let processing = PaymentProcessing {
        tenant_id: store.id.to_string(),
        payment: Some(placed.payment()),
    };
    world
        .hear(processing, hear::payment_news::processing)
        .await
        .unwrap();
    let long = until().await;
    let early = PaymentRequiresAction {
        tenant_id: store.id.to_string(),
        payment: Some(placed.payment()),
        action: "multibanco_display_details".into(),
        voucher: Some(Voucher {
            expires_at_us: to_us(world.place.clock.now()),
            ..Voucher::default()
        }),
    };
    world
        .hear(early, hear::payment_news::requires_action)
        .await
        .unwrap();
    assert_eq!(until().await, long);
    world.place.clock.advance(Duration::days(13));
    world.expire().await;
    assert_eq!(world.status(&placed).await, "pending_payment");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_of_a_payment_that_came_to_nothing_are_soon_free_whatever_comes_late() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let payment = |placed: &Placed, version| {
        Some(Payment {
            version,
            ..placed.payment()
        })
    };
    let tenant_id = || store.id.to_string();
    let processing = async |placed: &Placed, version| {
        let (tenant_id, payment) = (tenant_id(), payment(placed, version));
        let event = PaymentProcessing { tenant_id, payment };
        let heard = world.hear(event, hear::payment_news::processing);
        heard.await.unwrap();
    };
    let failed = async |placed: &Placed, version| {
        let event = PaymentFailed {
            tenant_id: tenant_id(),
            payment: payment(placed, version),
            ..PaymentFailed::default()
        };
        world.hear(event, hear::payment_news::failed).await.unwrap();
    };
    let (in_order, late, again) = (
        world.order(&store, &goods, 1).await,
        world.order(&store, &goods, 1).await,
        world.order(&store, &goods, 1).await,
    );
    processing(&in_order, 2).await;
    failed(&in_order, 3).await;
    // The same two words, the other way round.
    failed(&late, 3).await;
    processing(&late, 2).await;
    // The failure is older than the try that is under way.
    processing(&again, 4).await;
    failed(&again, 3).await;
    world.place.clock.advance(Duration::minutes(29));
    world.expire().await;
    assert_eq!(world.status(&in_order).await, "pending_payment");
    world.place.clock.advance(Duration::minutes(2));
    world.expire().await;
    assert_eq!(world.status(&in_order).await, "cancelled");
    assert_eq!(world.status(&late).await, "cancelled");
    assert_eq!(world.status(&again).await, "pending_payment");

    let canceled = PaymentCanceled {
        tenant_id: tenant_id(),
        payment: payment(&again, 5),
        reason: "automatic".into(),
    };
    let heard = world.hear(canceled, hear::payment_news::canceled);
    heard.await.unwrap();
    world.place.clock.advance(Duration::minutes(31));
    world.expire().await;
    assert_eq!(world.status(&again).await, "cancelled");
    world.end().await;
}

/// The job and the payment race for the same order; whoever comes first, nothing is lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_reservation_that_ends_while_its_payment_arrives_loses_neither() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 40).await;
    let mut all = Vec::new();
    for _ in 0..20 {
        all.push(world.order(&store, &goods, 2).await);
    }
    world.place.clock.advance(Duration::hours(1));
    let payments = async {
        for placed in &all {
            world.pay(placed).await;
        }
    };
    futures_util::join!(world.expire(), payments, world.expire());
    for placed in &all {
        assert_eq!(
            world.status(placed).await,
            "paid",
            "its goods were there before and after"
        );
    }
    assert_eq!(world.stock(&store, &goods).await, (40, 40));
    assert_eq!(world.told::<OrderPaid>(store.id).await.len(), 20);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_good_as_long_as_the_goods_are_kept() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let placed = world.order(&store, &goods, 1).await;
    let path = format!("/api/orders/store/orders/{}/ticket", placed.id);
    let ask = || {
        crate::world::Ask::new(reqwest::Method::POST, &store.slug, &path)
            .header("x-order-token", &placed.token)
    };
    let ticket = world.send(ask()).await.expect(200).words("/payment_ticket");
    let key = &world.app.ticket_key;
    let now = world.place.clock.unix();
    assert!(key.open(&ticket, now + 29 * 60).is_ok());
    assert!(key.open(&ticket, now + 31 * 60).is_err());
    world.pay(&placed).await;
    world.send(ask()).await.problem(409, "nothing-to-pay");
    world.end().await;
}
