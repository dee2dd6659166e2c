use bus::{Delivery, HandleError};
use db::TenantTx;
use events::Event;
use events::orders::v1::OrderPlaced;

use crate::world::{World, count, note_once, until};

async fn tell(world: &World, events: &[OrderPlaced]) {
    world
        .orders
        .tenant(world.tenant, async |tx| bus::emit_all(tx, events).await)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_together_takes_effect_together_and_once() {
    let world = World::new().await;
    let events: Vec<_> = (0..12).map(|_| world.placed()).collect();
    tell(&world, &events).await;
    world.relay();
    until("all are published", async || world.unpublished().await == 0).await;
    world.start(world.consumer());
    until("all took effect", async || world.effects().await == 12).await;
    let transactions = count(
        &world.payments,
        "SELECT count(DISTINCT xmin::text) AS n FROM effect",
    );
    assert!(transactions.await < 12);
    // Told again, all of it is known.
    let again = bus::Selection::default();
    bus::replay(&world.orders, &world.rabbit, &again)
        .await
        .unwrap();
    let late = [world.placed()];
    tell(&world, &late).await;
    until("what came later took effect", async || {
        world.effects().await == 13
    })
    .await;
    assert_eq!(world.effects().await, 13);
    world.end().await;
}

/// Cannot bear one of the orders, and panics at another.
async fn picky(
    tx: &mut TenantTx,
    delivery: Delivery<OrderPlaced>,
    (hated, feared): (String, String),
) -> Result<(), HandleError> {
    let order = delivery.message.aggregate_id().to_owned();
    note_once(tx, delivery).await?;
    assert_ne!(order, feared, "a panic of the test's");
    if order == hated {
        return Err(HandleError::Park("not this one".to_owned()));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_fails_does_not_keep_the_others_from_their_effect() {
    let world = World::new().await;
    let events: Vec<_> = (0..12).map(|_| world.placed()).collect();
    tell(&world, &events).await;
    world.relay();
    until("all are published", async || world.unpublished().await == 0).await;
    let name = |nth: usize| events[nth].aggregate_id().to_owned();
    let moods = (name(3), name(7));
    world.start(world.consumer().on_with::<OrderPlaced, _, _>(moods, picky));
    until("the others took effect", async || {
        world.effects().await == 10
    })
    .await;
    until("two are parked", async || {
        let parked = bus::parked::list(&world.payments, 10, None).await.unwrap();
        parked.len() == 2
    })
    .await;
    assert_eq!(world.effects().await, 10);
    world.end().await;
}
