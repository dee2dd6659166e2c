use std::time::{Duration, Instant};

use bus::{Delivery, HandleError, Relay, Selection};
use db::{Db, TenantTx};
use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use events::orders::v1::{OrderPlaced, StockChanged};
use events::payments::v1::AccountChanged;
use opentelemetry::trace::TracerProvider;
use tracing::Instrument;
use tracing_subscriber::layer::SubscriberExt;

use crate::world::{World, count, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_rolled_back_transaction_tells_nothing() {
    let world = World::new().await;
    let event = world.placed();
    let outcome = world.orders.tenant(world.tenant, async |tx| {
        bus::emit(tx, &event).await?;
        Err::<(), _>(db::Error::Unavailable("changed its mind".to_owned()))
    });
    assert!(outcome.await.is_err());
    assert_eq!(
        count(&world.orders, "SELECT count(*) AS n FROM outbox").await,
        0
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_takes_effect_soon() {
    let world = World::new().await;
    world.start(world.consumer());
    world.relay();
    world.place().await;
    until("all is connected", async || world.effects().await == 1).await;
    let began = Instant::now();
    world.place().await;
    until("the second arrives", async || world.effects().await == 2).await;
    assert!(
        began.elapsed() < Duration::from_millis(900),
        "{:?}: a poll, not a wake",
        began.elapsed()
    );
    until("all is marked", async || world.unpublished().await == 0).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_in_another_process_is_woken() {
    let world = World::new().await;
    world.start(world.consumer());
    // Another pool stands for another process: its commits do not wake the relay directly.
    let writer = world.another_orders();
    let relay = Relay::new(world.orders.clone(), world.rabbit.clone());
    tokio::spawn(
        relay
            .listening(world.orders_url())
            .run(world.shutdown.clone()),
    );
    let (url, shutdown) = (world.orders_url(), world.shutdown.clone());
    let announcer = writer.clone();
    tokio::spawn(async move { bus::announce(&announcer, url, shutdown).await });
    let event = world.placed();
    writer
        .tenant(world.tenant, async |tx| bus::emit(tx, &event).await)
        .await
        .unwrap();
    until("it takes effect", async || world.effects().await == 1).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_relays_publish_each_row_once() {
    let world = World::new().await;
    let events: Vec<OrderPlaced> = (0..1_500).map(|_| world.placed()).collect();
    world
        .orders
        .tenant(world.tenant, async |tx| bus::emit_all(tx, &events).await)
        .await
        .unwrap();
    for _ in 0..3 {
        world.relay();
    }
    world.start(world.consumer());
    until("all took effect", async || world.effects().await == 1_500).await;
    until("all is marked", async || world.unpublished().await == 0).await;
    assert_eq!(world.effects().await, 1_500);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_transaction_with_lower_ids_is_not_skipped() {
    let world = World::new().await;
    world.start(world.consumer());
    world.relay();
    let mut slow = world.orders.begin_tenant(world.tenant).await.unwrap();
    bus::emit(&mut slow, &world.placed()).await.unwrap();
    world.place().await;
    until("the later one arrives", async || world.effects().await == 1).await;
    slow.commit().await.unwrap();
    until("the slow one arrives too", async || {
        world.effects().await == 2
    })
    .await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heard_event_waits_for_its_queue_and_an_unheard_one_does_not() {
    let world = World::new().await;
    let consumer = world.consumer();
    let link = consumer.link();
    world.start(consumer);
    world.relay();
    world.place().await;
    until("all is connected", async || world.effects().await == 1).await;
    // Mail hears of orders too.
    for queue in ["payments.events", "mail.events"] {
        world.broker.delete_queue(queue).await;
    }
    until("the consumer has noticed", async || !link.is_up()).await;
    world.place().await;
    // Nobody hears this one, whatever is subscribed to in years to come.
    let unheard =
        "INSERT INTO outbox (tenant_id, id, type, aggregate_id, version, payload, occurred_at)
      VALUES ($1, gen_random_uuid(), 'orders.order_sung.v1', '1', 1, 'la', now())";
    world
        .orders
        .tenant(world.tenant, async |tx| {
            diesel::sql_query(unheard)
                .bind::<diesel::sql_types::Uuid, _>(world.tenant.uuid())
                .execute(&mut tx.conn())
                .await?;
            tx.mark_emitted();
            Ok::<_, db::Error>(())
        })
        .await
        .unwrap();
    until("the unheard one counts as published", async || {
        world.unpublished().await == 1
    })
    .await;
    world.make_broker().await;
    until("the heard one takes effect", async || {
        world.effects().await == 2
    })
    .await;
    until("all is marked", async || world.unpublished().await == 0).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_that_finds_no_queue_does_not_keep_the_others_from_leaving() {
    let world = World::new().await;
    // Nobody who hears of orders is there; catalog hears of stock.
    for queue in ["mail.events", "invoicing.events", "payments.events"] {
        world.broker.delete_queue(queue).await;
    }
    let stuck: Vec<OrderPlaced> = (0..250).map(|_| world.placed()).collect();
    let stock = StockChanged {
        tenant_id: world.tenant.to_string(),
        ..StockChanged::default()
    };
    world
        .orders
        .tenant(world.tenant, async |tx| {
            bus::emit_all(tx, &stuck).await?;
            bus::emit(tx, &stock).await
        })
        .await
        .unwrap();
    world.relay();
    until("what has a queue has left", async || {
        world.unpublished().await == 250
    })
    .await;
    world.make_broker().await;
    until("the others leave in their turn", async || {
        world.unpublished().await == 0
    })
    .await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_can_be_told_again() {
    let world = World::new().await;
    world.relay();
    for _ in 0..5 {
        world.place().await;
    }
    let stock = StockChanged {
        tenant_id: world.tenant.to_string(),
        ..StockChanged::default()
    };
    world
        .orders
        .tenant(world.tenant, async |tx| bus::emit(tx, &stock).await)
        .await
        .unwrap();
    until("all is published", async || world.unpublished().await == 0).await;
    let placed = Selection {
        types: vec!["orders.order_placed.v1".to_owned()],
        tenant: Some(world.tenant),
        to: Some("payments".to_owned()),
        ..Selection::default()
    };
    let told = bus::replay(&world.orders, &world.rabbit, &placed)
        .await
        .unwrap();
    assert_eq!(told, 5);
    world.start(world.consumer());
    until("all took effect", async || world.effects().await == 5).await;
    let again = bus::replay(&world.orders, &world.rabbit, &Selection::default())
        .await
        .unwrap();
    assert_eq!(again, 6);
    let handled = "SELECT count(*) AS n FROM inbox";
    assert_eq!(count(&world.payments, handled).await, 5);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_served_is_forgotten_and_what_waits_is_not() {
    let world = World::new().await;
    let events: Vec<OrderPlaced> = (0..1_203).map(|_| world.placed()).collect();
    world
        .orders
        .tenant(world.tenant, async |tx| bus::emit_all(tx, &events).await)
        .await
        .unwrap();
    let age = "UPDATE outbox SET published_at = now() - interval '8 days'
               WHERE id NOT IN (SELECT id FROM outbox ORDER BY id LIMIT 3)";
    let tx = world.orders.begin_system("age in a test").await.unwrap();
    diesel::sql_query(age)
        .execute(&mut tx.conn())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(bus::sweep(&world.orders).await.unwrap(), 1_200);
    assert_eq!(world.unpublished().await, 3);
    world.end().await;
}

/// A handler that tells something in its turn.
async fn answer(tx: &mut TenantTx, delivery: Delivery<OrderPlaced>) -> Result<(), HandleError> {
    let account = AccountChanged {
        tenant_id: delivery.tenant.to_string(),
        ..Default::default()
    };
    Ok(bus::emit(tx, &account).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_goes_through_the_row_and_the_message() {
    let provider = opentelemetry_sdk::trace::SdkTracerProvider::default();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer));
    let world = World::new().await;
    world.start(world.consumer().on::<OrderPlaced, _>(answer));
    world.relay();
    let span = tracing::info_span!("checkout");
    async { world.place().await }.instrument(span).await;
    let answered = "SELECT count(*) AS n FROM outbox";
    until("it is answered", async || {
        count(&world.payments, answered).await == 1
    })
    .await;
    let [asked, answered] = [&world.orders, &world.payments].map(traceparent);
    let (asked, answered) = (asked.await, answered.await);
    assert_eq!(asked[..35], answered[..35], "one trace");
    assert_ne!(asked[36..52], answered[36..52], "two spans");
    world.end().await;
}

async fn traceparent(db: &Db) -> String {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        traceparent: String,
    }
    let tx = db.begin_system("look in a test").await.unwrap();
    let query = diesel::sql_query("SELECT traceparent FROM outbox");
    let row: Row = query.get_result(&mut tx.conn()).await.unwrap();
    tx.rollback().await;
    row.traceparent
}
