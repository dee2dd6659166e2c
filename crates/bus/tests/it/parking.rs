use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use bus::{Delivery, HandleError, parked};
use db::TenantTx;
use events::orders::v1::OrderPlaced;

use crate::sending::Sender;
use crate::world::{World, count, note, until};

/// How often it was called, and whether it works by now.
type Mood = Arc<(AtomicU32, AtomicBool)>;

async fn moody(tx: &mut TenantTx, _: Delivery<OrderPlaced>, mood: Mood) -> Result<(), HandleError> {
    note(tx, "tried").await?;
    mood.0.fetch_add(1, Ordering::SeqCst);
    match mood.1.load(Ordering::SeqCst) {
        true => Ok(()),
        false => Err(HandleError::not_yet("not in the mood")),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_five_failures_a_delivery_is_parked_listed_replayed_and_discarded() {
    let world = World::new().await;
    let mood = Mood::default();
    world.start(
        world
            .consumer()
            .on_with::<OrderPlaced, _, _>(mood.clone(), moody),
    );
    world.relay();
    let began = Instant::now();
    world.place().await;
    until("it is parked", async || !listed(&world).await.is_empty()).await;
    assert!(
        began.elapsed() >= Duration::from_millis(700),
        "the four pauses were kept"
    );
    assert_eq!(mood.0.load(Ordering::SeqCst), 5);
    assert_eq!(
        world.effects().await,
        0,
        "what a failed attempt wrote is rolled back"
    );
    let page = listed(&world).await;
    let [entry] = page.as_slice() else {
        panic!("one is parked")
    };
    assert_eq!(
        (entry.attempts, entry.event_type.as_str()),
        (5, "orders.order_placed.v1")
    );
    assert!(entry.error.contains("not in the mood"));
    assert_eq!(
        parked::find(&world.payments, entry.id)
            .await
            .unwrap()
            .unwrap()
            .id,
        entry.id
    );

    mood.1.store(true, Ordering::SeqCst);
    assert!(
        parked::replay(&world.payments, &world.rabbit, entry.id)
            .await
            .unwrap()
    );
    until("the replay takes effect", async || {
        world.effects().await == 1
    })
    .await;
    assert!(listed(&world).await.is_empty());

    mood.1.store(false, Ordering::SeqCst);
    world.place().await;
    until("it is parked", async || !listed(&world).await.is_empty()).await;
    let entry = listed(&world).await.remove(0);
    assert!(parked::discard(&world.payments, entry.id).await.unwrap());
    assert!(!parked::discard(&world.payments, entry.id).await.unwrap());
    assert!(listed(&world).await.is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn poison_is_parked_at_once() {
    let world = World::new().await;
    world.start(world.consumer());
    let sender = Sender::connect(&world, "orders").await;
    let mut broken = sender.message(&world.placed());
    broken.payload = vec![0xff; 40];
    sender.send(&broken).await;
    let mut nameless = sender.message(&world.placed());
    nameless.id = String::new();
    sender.send(&nameless).await;
    let mut unknown = sender.message(&world.placed());
    unknown.event_type = "orders.order_eaten.v1".to_owned();
    sender.send(&unknown).await;
    until("all three are parked", async || {
        listed(&world).await.len() == 3
    })
    .await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_one_tenant_in_the_envelope_of_another_is_parked() {
    let world = World::new().await;
    world.start(world.consumer());
    let sender = Sender::connect(&world, "orders").await;
    let mut forged = sender.message(&world.placed());
    forged.tenant = kernel::TenantId::new().to_string();
    sender.send(&forged).await;
    until("it is parked", async || listed(&world).await.len() == 1).await;
    assert!(listed(&world).await[0].error.contains("another tenant"));
    assert_eq!(world.effects().await, 0);
    assert_eq!(
        count(&world.payments, "SELECT count(*) AS n FROM inbox").await,
        0
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_service_sent_in_an_events_name_is_parked_and_no_replay_makes_it_true() {
    let world = World::new().await;
    world.start(world.consumer());
    let forger = Sender::connect(&world, "tenants").await;
    forger.send(&forger.message(&world.placed())).await;
    until("it is parked", async || listed(&world).await.len() == 1).await;
    let forged = listed(&world).await.remove(0);
    assert!(
        forged.error.contains("sent by stores_tenants"),
        "{}",
        forged.error
    );
    assert!(
        parked::replay(&world.payments, &world.rabbit, forged.id)
            .await
            .unwrap()
    );
    let parked_again = async || {
        let page = listed(&world).await;
        page.iter().any(|entry| entry.parked_at > forged.parked_at)
    };
    until("it is parked again", parked_again).await;
    let genuine = Sender::connect(&world, "orders").await;
    genuine.send(&genuine.message(&world.placed())).await;
    until("the genuine one takes effect", async || {
        world.effects().await >= 1
    })
    .await;
    assert_eq!(world.effects().await, 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_panics_takes_nobody_with_it() {
    async fn panics(_: &mut TenantTx, _: Delivery<OrderPlaced>) -> Result<(), HandleError> {
        panic!("a bug")
    }
    let world = World::new().await;
    world.start(world.consumer().lanes(1).on::<OrderPlaced, _>(panics));
    world.relay();
    world.place().await;
    until("it is parked", async || listed(&world).await.len() == 1).await;
    assert!(listed(&world).await[0].error.contains("panicked"));
    world.end().await;
}

async fn listed(world: &World) -> Vec<parked::ParkedEvent> {
    parked::list(&world.payments, 50, None).await.unwrap()
}
