//! What orders tell, over a real broker, with the worker at work by itself.

use bus::{Relay, emit};
use events::orders::v1::{Order, OrderClaimed, OrderPaid, OrderRefunded};
use http_kit::Roles;
use kernel::CustomerId;
use reqwest::Method;
use tokio_util::sync::CancellationToken;

use crate::orders;
use crate::world::{Store, World};
use testkit::until;

/// The foundation's tables under the name of another service, of which only the outbox is used.
fn outbox_of(name: &'static str) -> db::Schema {
    db::Schema {
        name,
        migrations: invoicing::MIGRATIONS.migrations,
    }
}

async fn tell<E: events::Event>(db: &db::Db, store: &Store, event: &E) {
    let told = db.tenant(store.id, async |tx| emit(tx, event).await).await;
    told.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_payment_to_the_credit_note_nobody_has_to_ask() {
    let schemas = [invoicing::MIGRATIONS, outbox_of("orders")];
    let world = World::with(&schemas, Roles::ALL).await;
    world.place.broker.create().await;
    let store = world.open_store().await;
    let teller = world.place.database.db("orders");
    let stop = CancellationToken::new();
    let relay = Relay::new(teller.clone(), world.place.platform.rabbit.clone());
    tokio::spawn(relay.run(stop.clone()));
    let mut order = orders::paid(&[("M4-BLK", 2, 3_980)], 490);
    let paid = OrderPaid {
        tenant_id: store.id.to_string(),
        ..orders::was_paid(&order)
    };
    tell(&teller, &store, &paid).await;
    tell(&teller, &store, &paid).await;
    until("the invoice is issued", async || {
        let queue = world.queue(&store, "?status=issued").await;
        (!queue["items"].as_array().unwrap().is_empty()).then_some(())
    })
    .await;
    let refund = OrderRefunded {
        tenant_id: store.id.to_string(),
        ..orders::was_refunded(&mut order, 1_990, &[(0, 1, 1_990)])
    };
    tell(&teller, &store, &refund).await;
    until("the credit note is issued", async || {
        let queue = world.queue(&store, "?status=issued").await;
        (queue["items"].as_array().unwrap().len() == 2).then_some(())
    })
    .await;
    assert_eq!(world.moloni.documents(store.company).await.len(), 2);
    // The guest opens an account afterwards.
    let customer = CustomerId::new();
    let claimed = OrderClaimed {
        tenant_id: store.id.to_string(),
        ..orders::was_claimed(&Order {
            version: order.version + 1,
            customer_id: customer.to_string(),
            ..order.clone()
        })
    };
    tell(&teller, &store, &claimed).await;
    let path = format!("/api/invoicing/store/orders/{}/documents", order.order_id);
    until("the customer sees both", async || {
        let token = world.customer_token(store.id, customer);
        let request = world.ask(Method::GET, &store.slug, &path);
        let reply = world.send(request.bearer_auth(token)).await;
        let items = reply.body["items"].as_array()?;
        (items.len() == 2).then_some(())
    })
    .await;
    stop.cancel();
    world.end().await;
}
