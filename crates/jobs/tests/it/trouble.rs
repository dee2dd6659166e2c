//! Work that goes wrong in ways that it does not say itself.

use std::sync::Arc;
use std::time::Duration;

use jobs::{Job, JobError, Task};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use crate::world::{Work, World, until};

/// Queued by another release, which called its fields something else.
#[derive(Serialize, Deserialize)]
struct Foreign {
    amount: i32,
}

impl Job for Foreign {
    const KIND: &'static str = Work::KIND;
}

/// May take a moment only.
#[derive(Serialize, Deserialize)]
struct Hasty;

impl Job for Hasty {
    const KIND: &'static str = "hasty";
    const ATTEMPTS_MAX: u32 = 1;
    const TIMEOUT: Duration = Duration::from_millis(50);
}

/// Done when the gate is open.
#[derive(Serialize, Deserialize)]
struct Gated;

impl Job for Gated {
    const KIND: &'static str = "gated";
}

/// Another permit than it took: how often it ran can be seen.
async fn wait(gate: Arc<Semaphore>, _: Task<Gated>) -> Result<(), JobError> {
    drop(gate.acquire().await.map_err(anyhow::Error::from)?);
    gate.add_permits(1);
    Ok(())
}

async fn enqueue<J: Job>(world: &World, key: &str, work: &J) {
    let queued = world
        .db
        .tenant(world.tenant, async |tx| jobs::enqueue(tx, key, work).await);
    assert!(queued.await.unwrap());
}

/// The one that was parked: its attempts, and why the last of them failed.
async fn parked(world: &World) -> (i32, String) {
    until("it is parked", async || {
        world.clock.advance(time::Duration::minutes(1));
        jobs::list_parked(&world.db, 10).await.unwrap().len() == 1
    })
    .await;
    let job = jobs::list_parked(&world.db, 10).await.unwrap().remove(0);
    (job.attempts, job.last_error.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_panics_takes_no_other_with_it_and_is_parked_in_the_end() {
    let world = World::new().await;
    let runner = world.start(world.runner().concurrency(1));
    world.enqueue("bug", Work::Panicking).await;
    let (attempts, error) = parked(&world).await;
    assert_eq!((attempts, error.as_str()), (3, "the job panicked"));
    world.enqueue("next", Work::Well).await;
    until("the next one runs", async || world.ran.well() == 1).await;
    assert!(!runner.is_finished());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_takes_longer_than_it_may_is_ended_and_its_hand_is_free() {
    async fn dawdle((): (), _: Task<Hasty>) -> Result<(), JobError> {
        std::future::pending().await
    }
    let world = World::new().await;
    world.start(world.runner().concurrency(1).on((), dawdle));
    enqueue(&world, "slow", &Hasty).await;
    let (attempts, error) = parked(&world).await;
    assert_eq!((attempts, error.as_str()), (1, "the job took too long"));
    world.enqueue("next", Work::Well).await;
    until("the next one runs", async || world.ran.well() == 1).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_parked_at_once_with_its_reason() {
    let world = World::new().await;
    world.start(world.runner());
    enqueue(&world, "foreign", &Foreign { amount: 1 }).await;
    world.enqueue("next", Work::Well).await;
    until("the next one runs", async || world.ran.well() == 1).await;
    let (attempts, error) = parked(&world).await;
    assert_eq!(attempts, 1);
    assert!(error.starts_with("the payload is no work"), "{error}");
    assert_eq!(world.ran.begun(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_ends_while_the_database_is_away_does_not_run_a_second_time() {
    let world = World::new().await;
    let gate = Arc::new(Semaphore::new(0));
    let runner = world.start(world.runner().on(gate.clone(), wait));
    enqueue(&world, "gated", &Gated).await;
    until("it is in hand", async || world.held().await == 1).await;
    world
        .run_outside("ALTER DATABASE {database} ALLOW_CONNECTIONS false")
        .await;
    let kill =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'";
    world.run_outside(kill).await;
    gate.add_permits(1);
    until("it is done", async || gate.available_permits() == 2).await;
    world
        .run_outside("ALTER DATABASE {database} ALLOW_CONNECTIONS true")
        .await;
    until("its end is written", async || world.held().await == 0).await;
    world.clock.advance(time::Duration::minutes(5));
    world.enqueue("next", Work::Well).await;
    until("the next one runs", async || world.ran.well() == 1).await;
    assert_eq!(gate.available_permits(), 2, "it ran once");
    assert!(!runner.is_finished());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_end_the_jobs_in_hand_are_finished() {
    let world = World::new().await;
    let gate = Arc::new(Semaphore::new(0));
    let runner = world.start(world.runner().on(gate.clone(), wait));
    enqueue(&world, "gated", &Gated).await;
    until("it is in hand", async || world.held().await == 1).await;
    world.shutdown.cancel();
    gate.add_permits(1);
    runner.await.unwrap();
    assert_eq!(gate.available_permits(), 2, "it was done");
    assert_eq!(world.held().await, 0, "its end is written");
    world.end().await;
}
