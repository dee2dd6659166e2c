//! Which deliveries the broker still waits to hear of.

use std::collections::BTreeSet;

/// Tags of one channel, which grow by one for each delivery.
#[derive(Debug, Default)]
pub(super) struct Open(BTreeSet<u64>);

/// How to acknowledge in the fewest words: each costs the broker a write to its log.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Acks {
    /// It and all that are still open below it.
    pub(super) up_to: Option<u64>,
    pub(super) single: Vec<u64>,
}

impl Open {
    pub(super) fn add(&mut self, tag: u64) {
        self.0.insert(tag);
    }

    /// The broker was told of it by somebody else.
    pub(super) fn settled(&mut self, tag: u64) {
        self.0.remove(&tag);
    }

    /// Closes `done` and answers what the broker is to be told.
    pub(super) fn acknowledge(&mut self, done: &[u64]) -> Acks {
        let done: BTreeSet<u64> = done.iter().copied().collect();
        self.0.retain(|tag| !done.contains(tag));
        let first_open = self.0.first().copied().unwrap_or(u64::MAX);
        let (below, above): (Vec<u64>, Vec<u64>) =
            done.into_iter().partition(|tag| *tag < first_open);
        Acks {
            up_to: below.last().copied(),
            single: above,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_in_between_is_not_acknowledged() {
        let mut open = Open::default();
        (1..=6).for_each(|tag| open.add(tag));
        let acks = open.acknowledge(&[1, 2, 5]);
        assert_eq!((acks.up_to, acks.single), (Some(2), vec![5]));
        open.settled(3);
        let acks = open.acknowledge(&[4]);
        assert_eq!((acks.up_to, acks.single), (Some(4), vec![]));
        let acks = open.acknowledge(&[6]);
        assert_eq!((acks.up_to, acks.single), (Some(6), vec![]));
    }

    #[test]
    fn a_tag_that_is_settled_is_never_named_again() {
        let mut open = Open::default();
        (1..=3).for_each(|tag| open.add(tag));
        assert_eq!(
            open.acknowledge(&[2]),
            Acks {
                up_to: None,
                single: vec![2]
            }
        );
        let acks = open.acknowledge(&[1]);
        assert_eq!(acks.up_to, Some(1));
        assert_eq!(open.acknowledge(&[]), Acks::default());
    }
}
