//! Who does a thing that many want at once: one does it, the others wait a little for him.

use std::hash::{BuildHasher, Hash, RandomState};
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};

/// How long one waits for another before he does it himself.
const TURN_WAIT: Duration = Duration::from_millis(500);
const TURNS: usize = 256;

/// A few locks for all things of a kind, so that nothing has to be tidied up. Things of different
/// kinds have turns of their own: who holds one may wait for one of the other.
pub struct Turns {
    locks: Vec<Mutex<()>>,
    hasher: RandomState,
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            locks: (0..TURNS).map(|_| Mutex::new(())).collect(),
            hasher: RandomState::new(),
        }
    }
}

impl Turns {
    /// Nothing when it took too long to wait.
    pub async fn take(&self, thing: impl Hash) -> Option<MutexGuard<'_, ()>> {
        let count = u64::try_from(TURNS).unwrap_or(1);
        let at = usize::try_from(self.hasher.hash_one(thing) % count).unwrap_or(0);
        let lock = self.locks.get(at)?;
        tokio::time::timeout(TURN_WAIT, lock.lock()).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_do_not_do_one_thing_at_once() {
        let turns = Turns::default();
        let first = turns.take("a").await;
        assert!(first.is_some());
        assert!(turns.take("a").await.is_none(), "waited in vain");
        drop(first);
        assert!(turns.take("a").await.is_some());
    }
}
