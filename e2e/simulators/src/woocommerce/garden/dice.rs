//! Chance that can be repeated.

use crate::woocommerce::shop::Kind;
use std::hash::{Hash as _, Hasher};

/// SplitMix64: small, quick, and good enough for prices.
#[derive(Debug)]
pub(in crate::woocommerce) struct Dice(u64);

impl Dice {
    pub(in crate::woocommerce) fn new(seed: u64, kind: Kind, number: u64) -> Self {
        let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
        (seed, kind, number).hash(&mut hasher);
        Self(hasher.finish())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(in crate::woocommerce) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// True so many times in a hundred.
    pub(in crate::woocommerce) fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    pub(in crate::woocommerce) fn one_of<T: Copy + Default>(&mut self, list: &[T]) -> T {
        let count = u64::try_from(list.len()).unwrap_or_default();
        let at = usize::try_from(self.below(count)).unwrap_or_default();
        list.get(at).copied().unwrap_or_default()
    }
}

/// FNV-1a: unlike the standard library's hasher it stays the same over versions.
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
