use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bus::Listener;
use events::orders::v1::OrderPlaced;

use crate::world::{World, until};

#[tokio::test(flavor = "multi_thread")]
async fn every_instance_hears_and_is_told_when_it_may_have_missed_something() {
    let world = World::new().await;
    let heard = [Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0))];
    let lost = Arc::new(AtomicU32::new(0));
    let mut links = Vec::new();
    for heard in &heard {
        let (heard, lost) = (heard.clone(), lost.clone());
        let listener = Listener::new("payments", world.rabbit.clone())
            .on::<OrderPlaced>(move |_| {
                heard.fetch_add(1, Ordering::SeqCst);
            })
            .lost(move || {
                lost.fetch_add(1, Ordering::SeqCst);
            });
        links.push(listener.link());
        tokio::spawn(listener.run(world.shutdown.clone()));
    }
    until("both hear", async || links.iter().all(bus::Link::is_up)).await;
    assert_eq!(
        lost.load(Ordering::SeqCst),
        2,
        "what was cached before is dropped"
    );
    world.relay();
    world.place().await;
    let both = async |n| heard.iter().all(|heard| heard.load(Ordering::SeqCst) == n);
    until("both heard it", async || both(1).await).await;

    world.broker.cut().await;
    // Once for the loss and once for the new connection, each.
    until("both are told", async || lost.load(Ordering::SeqCst) == 6).await;
    until("both hear again", async || {
        links.iter().all(bus::Link::is_up)
    })
    .await;
    world.place().await;
    until("both heard it", async || both(2).await).await;
    world.end().await;
}
