use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bus::{Delivery, HandleError};
use db::TenantTx;
use events::orders::v1::OrderPlaced;
use tokio::sync::Semaphore;

use crate::world::{World, note_once, until};

/// Counts who came in; lets them out only with a permit.
type Gate = Arc<(AtomicU32, Semaphore)>;

async fn gated(
    tx: &mut TenantTx,
    delivery: Delivery<OrderPlaced>,
    gate: Gate,
) -> Result<(), HandleError> {
    note_once(tx, delivery).await?;
    gate.0.fetch_add(1, Ordering::SeqCst);
    gate.1.acquire().await.unwrap().forget();
    Ok(())
}

fn gate() -> Gate {
    Arc::new((AtomicU32::new(0), Semaphore::new(0)))
}

/// As after a crash between the commit and the acknowledgement, or between publishing and the mark.
#[tokio::test(flavor = "multi_thread")]
async fn what_comes_again_after_it_took_effect_has_no_second_effect() {
    let world = World::new().await;
    let gate: Gate = Arc::new((AtomicU32::new(0), Semaphore::new(3)));
    let consumer = world
        .consumer()
        .lanes(1)
        .on_with::<OrderPlaced, _, _>(gate.clone(), gated);
    let consuming = world.start(consumer);
    world.relay();
    let came = async |times: u32| {
        until("it came", async || gate.0.load(Ordering::SeqCst) == times).await;
    };
    world.place().await;
    until("it took effect", async || world.effects().await == 1).await;
    until("it is marked", async || world.unpublished().await == 0).await;
    world.tell_again().await;
    came(2).await;
    world.place().await;
    came(3).await;
    // What is in hand is finished.
    world.shutdown.cancel();
    consuming.await.unwrap();
    assert_eq!(world.effects().await, 2);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_lost_again_and_again_loses_nothing() {
    let world = World::new().await;
    world.start(world.consumer().lanes(8));
    world.relay();
    let telling = async {
        for _ in 0..40 {
            let events: Vec<OrderPlaced> = (0..25).map(|_| world.placed()).collect();
            world
                .orders
                .tenant(world.tenant, async |tx| bus::emit_all(tx, &events).await)
                .await
                .unwrap();
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    };
    let cutting = async {
        for _ in 0..4 {
            world.broker.cut().await;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::join!(telling, cutting);
    until("all took effect", async || world.effects().await == 1_000).await;
    until("all is marked", async || world.unpublished().await == 0).await;
    assert_eq!(world.effects().await, 1_000);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_broker_has_lost_is_told_again_without_hands() {
    let world = World::new().await;
    world.relay();
    for _ in 0..3 {
        world.place().await;
    }
    until("all is published", async || world.unpublished().await == 0).await;
    for lost in ["payments.events", "orders.marker"] {
        world.broker.delete_queue(lost).await;
    }
    world.make_broker().await;
    world.broker.cut().await;
    world.start(world.consumer());
    until("what was lost takes effect", async || {
        world.effects().await == 3
    })
    .await;
    // Told once more and marked: a lost connection alone has nothing told again.
    world.broker.cut().await;
    world.place().await;
    until("the next one too", async || world.effects().await == 4).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_start_without_a_broker_and_find_it_later() {
    let world = World::without_broker().await;
    let consumer = world.consumer();
    let link = consumer.link();
    world.start(consumer);
    world.relay();
    world.place().await;
    assert!(!link.is_up());
    assert_eq!(world.unpublished().await, 1);
    world.make_broker().await;
    until("it takes effect", async || world.effects().await == 1).await;
    assert!(link.is_up());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_costs_no_attempt() {
    let world = World::new().await;
    let gate = gate();
    world.start(
        world
            .consumer()
            .on_with::<OrderPlaced, _, _>(gate.clone(), gated),
    );
    let relay = world.relay();
    world.place().await;
    until("the handler is at work", async || {
        gate.0.load(Ordering::SeqCst) == 1
    })
    .await;
    world
        .run_outside("ALTER DATABASE {database} ALLOW_CONNECTIONS false")
        .await;
    let kill =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'";
    world.run_outside(kill).await;
    gate.1.add_permits(100);
    // Longer than all pauses of five attempts together.
    tokio::time::sleep(Duration::from_millis(2_000)).await;
    world
        .run_outside("ALTER DATABASE {database} ALLOW_CONNECTIONS true")
        .await;
    until("it takes effect", async || world.effects().await == 1).await;
    assert!(
        bus::parked::list(&world.payments, 1, None)
            .await
            .unwrap()
            .is_empty()
    );
    world.place().await;
    until("the relay too is back", async || world.effects().await == 2).await;
    assert!(!relay.is_finished());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_end_what_is_in_hand_is_finished() {
    let world = World::new().await;
    let gate = gate();
    let consumer = world.start(
        world
            .consumer()
            .on_with::<OrderPlaced, _, _>(gate.clone(), gated),
    );
    world.relay();
    world.place().await;
    until("the handler is at work", async || {
        gate.0.load(Ordering::SeqCst) == 1
    })
    .await;
    world.shutdown.cancel();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!consumer.is_finished(), "it waits for the handler");
    gate.1.add_permits(1);
    consumer.await.unwrap();
    assert_eq!(world.effects().await, 1);
    world.end().await;
}
