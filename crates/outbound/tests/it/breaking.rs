//! A system that does not answer is left alone for a while, and not for ever.

use std::time::{Duration, Instant};

use outbound::Breaker;

/// Longer than it is left alone.
const PATIENCE: Duration = Duration::from_secs(60);

fn fail(breaker: &Breaker, times: usize) {
    (0..times).for_each(|_| breaker.failed());
}

async fn until_allowed(breaker: &Breaker) {
    let began = Instant::now();
    while !breaker.allows() {
        assert!(began.elapsed() < PATIENCE, "it is left alone for ever");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn a_few_failures_in_a_row_are_borne_and_an_answer_forgets_them() {
    let breaker = Breaker::default();
    fail(&breaker, 7);
    assert!(breaker.allows());
    breaker.succeeded();
    fail(&breaker, 7);
    assert!(breaker.allows(), "they were not in a row");
    breaker.failed();
    assert!(!breaker.allows());
    assert!(Breaker::default().allows(), "each system has its own");
}

#[tokio::test]
async fn after_the_pause_it_is_asked_again_and_one_failure_is_enough_to_leave_it_alone() {
    let breaker = Breaker::default();
    fail(&breaker, 8);
    until_allowed(&breaker).await;
    breaker.failed();
    assert!(!breaker.allows());
    until_allowed(&breaker).await;
    breaker.succeeded();
    fail(&breaker, 7);
    assert!(breaker.allows(), "an answer begins a new row");
}
