use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::world::{Work, World, until};

const MINUTE: time::Duration = time::Duration::minutes(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_job_runs_once_and_soon_after_its_commit() {
    let world = World::new().await;
    world.start(world.runner());
    assert!(world.enqueue("warm-up", Work::Well).await);
    until("it ran", async || world.ran.well() == 1).await;
    let began = Instant::now();
    assert!(world.enqueue("a", Work::Well).await);
    assert!(!world.enqueue("a", Work::Well).await, "the key is known");
    until("it ran", async || world.ran.well() == 2).await;
    assert!(
        began.elapsed() < Duration::from_millis(400),
        "{:?}: a poll, not a wake",
        began.elapsed()
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rolled_back_or_cancelled_does_not_run() {
    let world = World::new().await;
    let undone = world.db.tenant(world.tenant, async |tx| {
        jobs::enqueue(tx, "undone", &Work::Well).await?;
        Err::<(), _>(db::Error::Unavailable("changed its mind".to_owned()))
    });
    assert!(undone.await.is_err());
    world.enqueue("cancelled", Work::Well).await;
    let cancel = world.db.tenant(world.tenant, async |tx| {
        jobs::cancel::<Work>(tx, "cancelled").await
    });
    assert!(cancel.await.unwrap());
    world.enqueue("last", Work::Well).await;
    world.start(world.runner().concurrency(1));
    until("it ran", async || world.ran.well() == 1).await;
    assert_eq!(world.ran.begun(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_tried_again_after_growing_pauses() {
    let world = World::new().await;
    world.start(world.runner());
    world.enqueue("a", Work::Until(2)).await;
    until("the first attempt failed", async || world.ran.badly() == 1).await;
    world.clock.advance(MINUTE);
    until("the second attempt failed", async || world.ran.badly() == 2).await;
    world.clock.advance(MINUTE);
    until("the third works", async || world.ran.well() == 1).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_cannot_succeed_is_parked_and_can_be_queued_again() {
    let world = World::new().await;
    world.start(world.runner());
    world.enqueue("hopeless", Work::Hopeless).await;
    until("it is parked", async || parked(&world).await.len() == 1).await;
    world.enqueue("never", Work::Never).await;
    until("it is parked", async || {
        world.clock.advance(MINUTE);
        parked(&world).await.len() == 2
    })
    .await;
    assert_eq!(world.ran.badly(), 3, "as often as the kind allows");
    let never = parked(&world).await.remove(0);
    assert_eq!(never.last_error.as_deref(), Some("not this time"));
    assert!(jobs::retry(&world.db, never.id).await.unwrap());
    until("it runs again", async || world.ran.badly() == 4).await;
    let hopeless = parked(&world).await.pop().unwrap();
    assert!(jobs::discard(&world.db, hopeless.id).await.unwrap());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_runners_run_each_job_once() {
    let world = World::new().await;
    let queue = world.db.tenant(world.tenant, async |tx| {
        for number in 0..300 {
            jobs::enqueue(tx, &number.to_string(), &Work::Well).await?;
        }
        Ok::<_, db::Error>(())
    });
    queue.await.unwrap();
    for _ in 0..3 {
        world.start(world.runner());
    }
    until("all ran", async || world.ran.well() >= 300).await;
    world.enqueue("last", Work::Well).await;
    until("the last ran", async || world.ran.well() >= 301).await;
    assert_eq!(world.ran.begun(), 301);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_process_died_is_taken_over_when_its_lease_ends() {
    let world = World::new().await;
    let dying = world.start(world.runner());
    world.enqueue("a", Work::Forever).await;
    until("it began", async || world.ran.begun() == 1).await;
    dying.abort();
    let _ = dying.await;
    world.start(world.runner());
    world.enqueue("b", Work::Well).await;
    until("the other one works", async || world.ran.well() == 1).await;
    assert_eq!(world.ran.begun(), 2, "nobody takes what is leased");
    world.clock.advance(MINUTE * 5);
    until("it was taken over", async || world.ran.begun() == 3).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_job_is_held_while_its_process_lives_and_not_much_longer() {
    let world = World::new().await;
    let lease = Duration::from_secs(2);
    let dying = world.start(world.runner().lease(lease));
    world.enqueue("a", Work::Forever).await;
    until("it began", async || world.ran.begun() == 1).await;
    world.start(world.runner().lease(lease));
    let began = world.clock.now();
    until("it was held three times as long", async || {
        world.held_until().await > began + lease * 4
    })
    .await;
    assert_eq!(world.ran.begun(), 1, "nobody takes what is held");
    dying.abort();
    let _ = dying.await;
    until("it was taken over", async || world.ran.begun() == 2).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timer_goes_off_once_in_its_time_in_one_of_the_processes() {
    let world = World::new().await;
    let rounds = Arc::new(AtomicU32::new(0));
    for _ in 0..2 {
        let hour = Duration::from_secs(3_600);
        let runner = world.runner().every(
            "tick",
            hour,
            rounds.clone(),
            async |rounds: Arc<AtomicU32>| {
                rounds.fetch_add(1, Ordering::SeqCst);
                anyhow::bail!("a failed round does not stop the timer")
            },
        );
        world.start(runner);
    }
    for round in 1..=3 {
        until("it went off", async || {
            rounds.load(Ordering::SeqCst) == round
        })
        .await;
        world.enqueue(&round.to_string(), Work::Well).await;
        until("others run", async || world.ran.well() == round).await;
        assert_eq!(rounds.load(Ordering::SeqCst), round);
        // A clock that jumps over the lease of a job whose end is not written makes it run again.
        until("the ends are written", async || world.held().await == 0).await;
        world.clock.advance(MINUTE * 61);
    }
    world.end().await;
}

async fn parked(world: &World) -> Vec<jobs::ParkedJob> {
    jobs::list_parked(&world.db, 10).await.unwrap()
}
