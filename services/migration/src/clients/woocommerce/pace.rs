//! How fast a shop is read: as fast as it bears.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Records asked for at once: what a host cannot bear is asked for in smaller pieces.
const SIZES: [usize; 4] = [100, 50, 20, 5];
/// Good answers in a row after which more is asked for.
const TRUST_AFTER: usize = 12;
/// An answer that takes longer is the host's limit.
const SWIFT: Duration = Duration::from_millis(1_500);

/// Adapts to one shop; begins with one request at a time.
#[derive(Debug)]
pub struct Pace {
    /// Index into `SIZES`.
    size: AtomicUsize,
    together: AtomicUsize,
    good: AtomicUsize,
}

impl Pace {
    pub const TOGETHER_MAX: usize = 4;

    /// As it was before: an index into the sizes.
    pub fn resumed(size: usize) -> Self {
        Self {
            size: AtomicUsize::new(size.min(SIZES.len() - 1)),
            together: AtomicUsize::new(1),
            good: AtomicUsize::new(0),
        }
    }

    pub fn size_index(&self) -> usize {
        self.size.load(Ordering::Relaxed)
    }

    pub fn page_size(&self) -> usize {
        SIZES.get(self.size_index()).copied().unwrap_or(5)
    }

    /// Requests that may be under way at once.
    pub fn together(&self) -> usize {
        self.together.load(Ordering::Relaxed)
    }

    pub(super) fn answered(&self, took: Duration) {
        if took > SWIFT {
            self.good.store(0, Ordering::Relaxed);
            self.together.store(1, Ordering::Relaxed);
            return;
        }
        if self.good.fetch_add(1, Ordering::Relaxed) + 1 >= TRUST_AFTER {
            self.good.store(0, Ordering::Relaxed);
            let together = self.together();
            self.together
                .store((together + 1).min(Self::TOGETHER_MAX), Ordering::Relaxed);
            let size = self.size_index();
            self.size.store(size.saturating_sub(1), Ordering::Relaxed);
        }
    }

    pub(super) fn suffered(&self) {
        self.good.store(0, Ordering::Relaxed);
        self.together.store(1, Ordering::Relaxed);
        let size = self.size_index();
        self.size
            .store((size + 1).min(SIZES.len() - 1), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_that_suffers_is_asked_for_less_and_one_that_is_swift_for_more() {
        let pace = Pace::resumed(0);
        assert_eq!((pace.page_size(), pace.together()), (100, 1));
        for _ in 0..TRUST_AFTER * 5 {
            pace.answered(Duration::from_millis(20));
        }
        assert_eq!(pace.together(), Pace::TOGETHER_MAX);
        for _ in 0..9 {
            pace.suffered();
        }
        assert_eq!((pace.page_size(), pace.together()), (5, 1));
        pace.answered(Duration::from_secs(9));
        assert_eq!(pace.together(), 1);
    }
}
