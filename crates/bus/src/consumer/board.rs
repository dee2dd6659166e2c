//! Who works on what: deliveries that wait, and the aggregates at work.

use std::collections::{HashSet, VecDeque};
use std::time::{Duration, Instant};

/// Deliveries that one transaction takes effect of at most.
pub(super) const TOGETHER_MAX: usize = 16;
/// What was told together arrives together, or nearly: so long the first waits for the others.
const GATHER: Duration = Duration::from_millis(2);
/// So long a delivery waits for those at work before it is worked on beside them.
const PATIENCE: Duration = Duration::from_millis(10);

/// A delivery that arrived.
#[derive(Debug)]
pub(super) struct Arrived<T> {
    pub(super) at: Instant,
    /// Nothing in a message that is broken.
    pub(super) tenant: Option<String>,
    /// Those of one aggregate come one after another.
    pub(super) aggregate: Option<String>,
    pub(super) what: T,
}

/// What waits and what is being worked on.
#[derive(Debug)]
pub(super) struct Board<T> {
    waiting: VecDeque<Arrived<T>>,
    at_work: HashSet<Option<String>>,
}

/// What is worked on next, and the aggregates it is about.
#[derive(Debug)]
pub(super) struct Taken<T> {
    pub(super) what: Vec<T>,
    pub(super) aggregates: Vec<Option<String>>,
}

impl<T> Board<T> {
    pub(super) fn new() -> Self {
        Self {
            waiting: VecDeque::new(),
            at_work: HashSet::new(),
        }
    }

    pub(super) fn put(&mut self, arrived: Arrived<T>) {
        self.waiting.push_back(arrived);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn forget_waiting(&mut self) {
        self.waiting.clear();
    }

    /// What may be begun at `now`: when nobody works, all of one tenant that waits; otherwise one that
    /// has waited long. So two transactions of many aggregates never wait for each other.
    pub(super) fn take(&mut self, now: Instant, somebody_works: bool) -> Option<Taken<T>> {
        if self.ready_at(somebody_works)? > now {
            return None;
        }
        let first = self.waiting.iter().position(|one| self.is_free(one))?;
        let tenant = self.waiting.get(first)?.tenant.clone();
        let most = if somebody_works || tenant.is_none() {
            1
        } else {
            TOGETHER_MAX
        };
        let mut taken = Taken {
            what: Vec::new(),
            aggregates: Vec::new(),
        };
        let mut left = VecDeque::with_capacity(self.waiting.len());
        for one in self.waiting.drain(..) {
            let goes = taken.what.len() < most
                && one.tenant == tenant
                && !self.at_work.contains(&one.aggregate);
            if goes {
                taken.what.push(one.what);
                taken.aggregates.push(one.aggregate);
            } else {
                left.push_back(one);
            }
        }
        self.waiting = left;
        self.at_work.extend(taken.aggregates.iter().cloned());
        Some(taken)
    }

    /// When [`take`](Self::take) has something to give; nothing when no delivery waits that could be
    /// begun.
    pub(super) fn ready_at(&self, somebody_works: bool) -> Option<Instant> {
        let oldest = self.waiting.iter().find(|one| self.is_free(one))?;
        Some(match somebody_works {
            true => oldest.at + PATIENCE,
            false if self.waiting.len() >= TOGETHER_MAX => oldest.at,
            false => oldest.at + GATHER,
        })
    }

    pub(super) fn release(&mut self, aggregates: &[Option<String>]) {
        for aggregate in aggregates {
            self.at_work.remove(aggregate);
        }
    }

    fn is_free(&self, one: &Arrived<T>) -> bool {
        !self.at_work.contains(&one.aggregate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board(arrived: &[(&str, &str)]) -> (Board<usize>, Instant) {
        let now = Instant::now();
        let mut board = Board::new();
        for (what, (tenant, aggregate)) in arrived.iter().enumerate() {
            board.put(Arrived {
                at: now,
                tenant: Some((*tenant).to_owned()),
                aggregate: Some((*aggregate).to_owned()),
                what,
            });
        }
        (board, now + PATIENCE)
    }

    fn take(board: &mut Board<usize>, now: Instant, somebody_works: bool) -> Vec<usize> {
        let taken = board.take(now, somebody_works);
        taken.map(|taken| taken.what).unwrap_or_default()
    }

    #[test]
    fn one_tenants_deliveries_are_taken_together_and_in_their_order() {
        let (mut board, now) = board(&[("a", "1"), ("b", "2"), ("a", "3"), ("a", "1")]);
        assert_eq!(take(&mut board, now, false), [0, 2, 3]);
        assert_eq!(take(&mut board, now, false), [1]);
        assert!(board.is_empty());
    }

    #[test]
    fn an_aggregate_at_work_is_waited_for() {
        let (mut board, now) = board(&[("a", "1"), ("b", "2"), ("b", "3")]);
        assert_eq!(take(&mut board, now, false), [0]);
        board.put(Arrived {
            at: now - PATIENCE,
            tenant: Some("a".into()),
            aggregate: Some("1".into()),
            what: 3,
        });
        assert_eq!(take(&mut board, now, true), [1]);
        assert_eq!(take(&mut board, now, true), [2]);
        assert_eq!(take(&mut board, now, true), Vec::<usize>::new());
        board.release(&[Some("1".into())]);
        assert_eq!(take(&mut board, now, true), [3]);
    }

    #[test]
    fn the_first_waits_a_moment_for_others_and_a_full_batch_does_not() {
        let (mut board, now) = board(&[("a", "1")]);
        assert_eq!(take(&mut board, now - PATIENCE, false), Vec::<usize>::new());
        assert_eq!(board.ready_at(false), Some(now - PATIENCE + GATHER));
        let many: Vec<_> = (0..TOGETHER_MAX).map(|_| ("a", "1")).collect();
        let (mut board, now) = self::board(&many);
        assert_eq!(take(&mut board, now - PATIENCE, false).len(), TOGETHER_MAX);
    }

    #[test]
    fn a_broken_message_is_alone() {
        let (mut board, now) = board(&[("a", "1")]);
        for what in [1, 2] {
            board.put(Arrived {
                at: now,
                tenant: None,
                aggregate: None,
                what,
            });
        }
        assert_eq!(take(&mut board, now, false), [0]);
        assert_eq!(take(&mut board, now + GATHER, false), [1]);
    }
}
