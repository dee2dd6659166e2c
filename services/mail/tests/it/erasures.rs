//! What was written to somebody who had everything erased.

use events::orders::v1::{
    AccountMailKind, AccountMailRequested, CustomerErased, Order, OrderForgotten, OrderRefunded,
};
use events::payments::v1::{Payment, PaymentFailed};
use kernel::{Currency, Money};
use mail::events::{customers, erasures, orders, payments};
use reqwest::Method;
use time::Duration;
use uuid::Uuid;

use crate::world::{Store, World};

const ANA: &str = "ana@example.pt";

impl World {
    async fn erased(&self, store: &Store, erased_at_us: i64) {
        for _ in 0..2 {
            let event = CustomerErased {
                tenant_id: store.id.to_string(),
                customer_id: Uuid::now_v7().to_string(),
                version: 1,
                email: ANA.into(),
                erased_at_us,
            };
            let heard = self.heard(store, event, erasures::customer_erased).await;
            heard.unwrap();
        }
    }

    async fn order_forgotten(&self, store: &Store, order: &Order, version: i64) {
        for _ in 0..2 {
            let event = OrderForgotten {
                tenant_id: store.id.to_string(),
                order_id: order.order_id.clone(),
                version,
                forgotten_at_us: events::to_us(self.place.clock.now()),
            };
            let heard = self.heard(store, event, erasures::order_forgotten).await;
            heard.unwrap();
        }
    }

    async fn forget(&self) {
        for _ in 0..2 {
            mail::jobs::forget::run(self.app.clone()).await.unwrap();
        }
    }

    /// Mails of a kind of which it is known to whom they went.
    async fn known(&self, kind: &str) -> i64 {
        let sql = format!(
            "SELECT count(*) FROM mail.message WHERE kind = '{kind}' AND address IS NOT NULL
               AND content IS NOT NULL"
        );
        self.number_of(&sql).await
    }

    /// Whether something of an order is kept to write about it.
    async fn recalls(&self, order: &Order) -> bool {
        let sql = format!(
            "SELECT count(*) FROM mail.order_seen WHERE order_id = '{}' AND content IS NOT NULL",
            order.order_id
        );
        self.number_of(&sql).await == 1
    }

    async fn welcomed(&self, store: &Store) {
        let letter = AccountMailRequested {
            tenant_id: store.id.to_string(),
            request_id: Uuid::now_v7().to_string(),
            version: 1,
            kind: AccountMailKind::Welcome.into(),
            email: ANA.into(),
            ..AccountMailRequested::default()
        };
        let heard = self.heard(store, letter, customers::account_mail).await;
        heard.unwrap();
        self.until_mail(store, "account_welcome", "delivered").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_erased_is_unknown_in_the_log_and_what_is_on_its_way_still_goes() {
    let world = World::start().await;
    let (store, elsewhere) = (world.store().await, world.store().await);
    world.welcomed(&store).await;
    world.welcomed(&elsewhere).await;
    let order = world.placed(&store, ANA).await;
    world.until_mail(&store, "order_placed", "delivered").await;
    world.placed(&store, "bruno@example.pt").await;
    world.until_mail(&store, "order_placed", "delivered").await;
    // It waits for its invoice.
    world.paid(&store, &order).await;

    let erased_at = events::to_us(world.place.clock.now());
    world.erased(&store, erased_at).await;
    let log = world.mails(&store, "order_placed").await;
    let people: Vec<_> = log.iter().map(|mail| mail["to"].as_str()).collect();
    assert_eq!(people.len(), 2, "that they were sent is known");
    assert!(people.contains(&None) && people.iter().flatten().count() == 1);
    assert_eq!(world.known("order_placed").await, 1, "another's mail stays");
    assert_eq!(
        world.known("account_welcome").await,
        1,
        "another store's, too"
    );
    assert_eq!(world.known("order_paid").await, 1, "it is on its way");
    world.advance(Duration::minutes(3));
    world.until_mail(&store, "order_paid", "delivered").await;
    world.forget().await;
    assert_eq!(world.known("order_paid").await, 0);

    // Whoever comes back is written to as anybody else, also when the old news is told again.
    world.welcomed(&store).await;
    world.erased(&store, erased_at).await;
    world.forget().await;
    assert_eq!(world.known("account_welcome").await, 2);
    assert!(world.recalls(&order).await, "it is not over yet");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_order_is_written_about_only_when_something_becomes_of_it() {
    let world = World::start().await;
    let store = world.store().await;
    let order = world.placed(&store, ANA).await;
    world.paid(&store, &order).await;
    world.until_mail(&store, "new_order", "delivered").await;
    world.until_mail(&store, "order_placed", "delivered").await;
    world.advance(Duration::minutes(3));
    world.until_mail(&store, "order_paid", "delivered").await;
    world.order_forgotten(&store, &order, 4).await;
    assert!(!world.recalls(&order).await);
    for kind in ["order_placed", "order_paid", "new_order"] {
        assert_eq!(world.known(kind).await, 0, "{kind}");
    }
    // The same news again are none.
    world.paid(&store, &order).await;
    assert!(!world.recalls(&order).await);
    assert_eq!(world.known("order_paid").await, 0);
    let failed = PaymentFailed {
        tenant_id: store.id.to_string(),
        payment: Some(Payment {
            payment_id: Uuid::now_v7().to_string(),
            order_id: order.order_id.clone(),
            ..Payment::default()
        }),
        ..PaymentFailed::default()
    };
    world.heard(&store, failed, payments::failed).await.unwrap();
    assert!(world.mails(&store, "payment_failed").await.is_empty());

    let refunded = OrderRefunded {
        tenant_id: store.id.to_string(),
        order: Some(Order {
            version: 5,
            ..order.clone()
        }),
        refund_id: Uuid::now_v7().to_string(),
        amount: Some(Money::new(4_990, Currency::EUR).into()),
        ..OrderRefunded::default()
    };
    world
        .heard(&store, refunded, orders::refunded)
        .await
        .unwrap();
    world
        .until_mail(&store, "order_refunded", "delivered")
        .await;
    world.forget().await;
    assert!(world.recalls(&order).await, "a credit note may follow");
    world.advance(Duration::days(8));
    world.forget().await;
    assert!(!world.recalls(&order).await);
    assert_eq!(world.known("order_refunded").await, 0);
    let path = "/api/mail/admin/messages?kind=order_refunded";
    let log = world.admin(&store, Method::GET, path).await.expect(200);
    assert_eq!(log.body["items"][0]["state"], "delivered");
    world.end().await;
}
