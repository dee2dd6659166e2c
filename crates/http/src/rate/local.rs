//! Buckets in this process.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use dashmap::DashMap;
use kernel::Clock;

use super::{Key, Quota, RateClass, Verdict};

/// More buckets than this are swept; a flood of addresses cannot fill the memory.
const BUCKETS_MAX: usize = 100_000;

/// The generic cell rate algorithm over hashed keys: one number a bucket, the instant (in
/// microseconds) when it is empty. A collision of two keys is as rare as 64 bits make it.
#[derive(Clone)]
pub struct Local {
    buckets: Arc<DashMap<u64, i64>>,
    hasher: Arc<RandomState>,
    clock: Clock,
}

impl Local {
    pub fn new(clock: Clock) -> Self {
        Self {
            buckets: Arc::new(DashMap::with_shard_amount(16)),
            hasher: Arc::new(RandomState::new()),
            clock,
        }
    }

    pub fn count(&self, class: RateClass, quota: &Quota, key: &Key<'_>) -> Verdict {
        let now_us = micros(self.clock.now().unix_timestamp_nanos() / 1_000);
        if self.buckets.len() > BUCKETS_MAX {
            self.buckets.retain(|_, empty_at| *empty_at > now_us);
        }
        let hash = self.hasher.hash_one((class, key));
        let mut empty_at = self.buckets.entry(hash).or_insert(now_us);
        let (next, verdict) = decide(quota, *empty_at, now_us);
        *empty_at = next;
        verdict
    }
}

/// One request at `now_us` for a bucket that would be empty at `empty_at`.
fn decide(quota: &Quota, empty_at: i64, now_us: i64) -> (i64, Verdict) {
    let period = micros(i128::try_from(quota.period.as_micros()).unwrap_or(i128::MAX));
    let step = (period / i64::from(quota.count)).max(1);
    let filled = empty_at.max(now_us) + step;
    let over = filled - now_us - period;
    let allowed = over <= 0;
    let next = if allowed { filled } else { empty_at };
    let room = (period - (next - now_us)).max(0) / step;
    let verdict = Verdict {
        allowed,
        limit: quota.count,
        remaining: u32::try_from(room).unwrap_or(u32::MAX),
        reset: Duration::from_micros(u64::try_from(next - now_us).unwrap_or(0)),
        retry_after: Duration::from_micros(u64::try_from(over).unwrap_or(0)),
    };
    (next, verdict)
}

fn micros(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTA: Quota = Quota {
        count: 3,
        period: Duration::from_secs(60),
    };

    #[test]
    fn a_burst_is_allowed_and_then_one_each_step() {
        let clock = Clock::system();
        let local = Local::new(clock.clone());
        let key = Key::Ip([10, 0, 0, 1].into());
        let ask = || local.count(RateClass::Login, &QUOTA, &key);
        let remaining: Vec<u32> = (0..3).map(|_| ask().remaining).collect();
        assert_eq!(remaining, [2, 1, 0]);
        let refused = ask();
        assert!(!refused.allowed && refused.retry_after <= Duration::from_secs(20));
        clock.advance(time::Duration::seconds(20));
        assert!(ask().allowed);
        assert!(!ask().allowed);
        assert!(
            local
                .count(RateClass::Login, &QUOTA, &Key::Ip([10, 0, 0, 2].into()))
                .allowed
        );
    }
}
