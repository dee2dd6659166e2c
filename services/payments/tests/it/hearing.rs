//! What other services tell, over a real broker, once and again.

use bus::{Relay, emit};
use events::orders::v1::{Order as OrderMessage, OrderCancelled, OrderPaid, OrderPlaced};
use events::tenants::v1::TenantChanged;
use kernel::{Currency, Money};
use payments::jobs::look_up_payments;
use time::Duration;
use tokio_util::sync::CancellationToken;

use crate::refunds;
use crate::world::{Order, Store, World};
use testkit::until;

/// Another service's outbox and relay, beside the payments service.
struct Teller {
    db: db::Db,
    stop: CancellationToken,
}

impl Teller {
    async fn start(world: &World, service: &'static str) -> Self {
        let db = world.place.database.db(service);
        let stop = CancellationToken::new();
        let relay = Relay::new(db.clone(), world.place.platform.rabbit.clone());
        tokio::spawn(relay.run(stop.clone()));
        Self { db, stop }
    }

    async fn tell<E: events::Event>(&self, store: &Store, event: &E) {
        let told = self
            .db
            .tenant(store.id, async |tx| emit(tx, event).await)
            .await;
        told.unwrap();
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn world() -> World {
    let schemas = [
        payments::MIGRATIONS,
        outbox_of("orders"),
        outbox_of("tenants"),
    ];
    let world = World::with(&schemas, &[]).await;
    world.place.broker.create().await;
    world
}

/// The foundation's tables under the name of another service, of which only the outbox is used.
fn outbox_of(name: &'static str) -> db::Schema {
    db::Schema {
        name,
        migrations: payments::MIGRATIONS.migrations,
    }
}

/// What orders told of an order has arrived.
async fn until_heard(world: &World, order: &Order, state: &str) {
    let sql = format!(
        "SELECT FROM payments.order_due
         WHERE order_id = '{}' AND state = '{state}' AND version > 0",
        order.id
    );
    until(&format!("the order is {state}"), async || {
        let owner = world.place.database.all_stores("payments").await;
        owner.query_opt(&sql, &[]).await.unwrap().map(|_| ())
    })
    .await;
}

fn message(order: &Order, version: i64) -> OrderMessage {
    OrderMessage {
        order_id: order.id.to_string(),
        version,
        total: Some(order.total.into()),
        ..OrderMessage::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_known_by_its_events_in_any_order() {
    let world = world().await;
    let orders = Teller::start(&world, "orders").await;
    let store = world.open_store().await;
    let tenant_id = store.id.to_string();
    let order = world.order(&store, 4_990);
    let placed = OrderPlaced {
        tenant_id: tenant_id.clone(),
        order: Some(message(&order, 1)),
    };
    orders.tell(&store, &placed).await;
    until_heard(&world, &order, "open").await;
    // Orders' word counts more than an old ticket.
    let cheap = Money::new(100, Currency::EUR);
    let cheap = world.ticket(store.id, order.id, cheap, Duration::hours(1));
    assert_eq!(world.begin(&store, &cheap).await.code(), "amount-changed");
    let paying = world.form(&store, &order).await;

    let cancelled = OrderCancelled {
        tenant_id: tenant_id.clone(),
        order: Some(OrderMessage {
            cancel_reason: "merchant".into(),
            ..message(&order, 3)
        }),
    };
    orders.tell(&store, &cancelled).await;
    world.until_status(&store, &paying, "canceled").await;
    assert_eq!(world.stripe.intent(&paying).await["status"], "canceled");
    // Older news that come late change nothing.
    orders.tell(&store, &placed).await;
    orders.tell(&store, &cancelled).await;
    let second = world.order(&store, 4_990);
    let marker = OrderPlaced {
        tenant_id,
        order: Some(message(&second, 1)),
    };
    orders.tell(&store, &marker).await;
    until_heard(&world, &second, "open").await;
    assert_eq!(
        world.begin(&store, &order.ticket).await.code(),
        "order-cancelled"
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_ran_out_stays_payable_for_a_day_and_no_longer() {
    let world = world().await;
    let orders = Teller::start(&world, "orders").await;
    let store = world.open_store().await;
    let order = world.order(&store, 4_990);
    let paying = world.form(&store, &order).await;
    let expired = OrderCancelled {
        tenant_id: store.id.to_string(),
        order: Some(OrderMessage {
            cancel_reason: "expired".into(),
            ..message(&order, 2)
        }),
    };
    orders.tell(&store, &expired).await;
    until_heard(&world, &order, "cancelled").await;
    assert_eq!(
        world.begin(&store, &order.ticket).await.code(),
        "order-cancelled"
    );
    // A page that is still open may pay: orders honours it, or sends it back.
    world.advance(Duration::hours(2));
    let id = paying.payment.parse().unwrap();
    for _ in 0..2 {
        look_up_payments::look_up(&world.app, store.id, id)
            .await
            .unwrap();
    }
    world.until_quiet().await;
    assert_eq!(
        world.stripe.intent(&paying).await["status"],
        "requires_payment_method"
    );
    world.advance(Duration::hours(23));
    for _ in 0..2 {
        look_up_payments::look_up(&world.app, store.id, id)
            .await
            .unwrap();
    }
    world.until_status(&store, &paying, "canceled").await;
    assert_eq!(world.stripe.intent(&paying).await["status"], "canceled");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_was_paid_without_us_cannot_be_paid_here() {
    let world = world().await;
    let orders = Teller::start(&world, "orders").await;
    let store = world.open_store().await;
    let order = world.order(&store, 4_990);
    let paying = world.form(&store, &order).await;
    let paid = OrderPaid {
        tenant_id: store.id.to_string(),
        order: Some(message(&order, 2)),
    };
    orders.tell(&store, &paid).await;
    world.until_status(&store, &paying, "canceled").await;
    assert_eq!(
        world.begin(&store, &order.ticket).await.code(),
        "order-paid"
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_orders_asks_for_goes_back() {
    let world = world().await;
    let orders = Teller::start(&world, "orders").await;
    let store = world.open_store().await;
    let (order, paying) = world.paid(&store, 4_990).await;
    let asked = refunds::request(store.id, &order, 4_990);
    orders.tell(&store, &asked).await;
    orders.tell(&store, &asked).await;
    world
        .until_payment(&store, &paying, "it went back", |p| {
            p["refunded"]["amount"] == 4_990
        })
        .await;
    world.until_quiet().await;
    assert_eq!(world.stripe.effects(&store.account).await.refunds.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_fee_of_the_plan_holds_for_the_next_payment() {
    let world = world().await;
    let tenants = Teller::start(&world, "tenants").await;
    let store = world.open_store().await;
    let changed = TenantChanged {
        tenant_id: store.id.to_string(),
        version: 2,
        slug: store.slug.clone(),
        name: "Shop".into(),
        status: events::tenants::v1::TenantStatus::Active.into(),
        country: "PT".into(),
        locale: "pt-PT".into(),
        currency: "EUR".into(),
        application_fee_bps: 0,
        ..TenantChanged::default()
    };
    tenants.tell(&store, &changed).await;
    until("the fee is gone", async || {
        let order = world.order(&store, 4_990);
        let paying = world.form(&store, &order).await;
        let fee = world.stripe.intent(&paying).await["application_fee_amount"].clone();
        fee.is_null().then_some(())
    })
    .await;
    let (_, paying) = world.paid(&store, 4_990).await;
    assert_eq!(
        world.payment(&store, &paying).await["application_fee"]["amount"],
        0
    );
    world.end().await;
}
