//! Stock: what is there, what is promised, and deciding for many who want it at once.

use std::collections::BTreeMap;

use kernel::VariantId;

/// Units of one variant that a shelf can hold.
pub const ON_HAND_MAX: i64 = 10_000_000;

/// A variant's stock, summed over the store's locations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stock {
    pub on_hand: i64,
    pub reserved: i64,
}

impl Stock {
    /// What can be promised now.
    pub const fn available(self) -> i64 {
        self.on_hand - self.reserved
    }
}

/// Why a cart cannot be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("only {available} left")]
pub struct OutOfStock {
    pub variant: VariantId,
    pub available: i64,
}

/// The stock that a batch of checkouts decides over, locked by its transaction.
#[derive(Debug, Default)]
pub struct Desk(BTreeMap<VariantId, Stock>);

impl Desk {
    pub fn new(stock: impl IntoIterator<Item = (VariantId, Stock)>) -> Self {
        Self(stock.into_iter().collect())
    }

    /// Promises every line of a cart or none of it. Lines of one variant count together.
    pub fn reserve(&mut self, lines: &[(VariantId, i64)]) -> Result<(), OutOfStock> {
        let mut wanted: BTreeMap<VariantId, i64> = BTreeMap::new();
        for (variant, quantity) in lines {
            *wanted.entry(*variant).or_default() += quantity;
        }
        for (variant, quantity) in &wanted {
            let available = self.0.get(variant).map_or(0, |stock| stock.available());
            if available < *quantity {
                return Err(OutOfStock {
                    variant: *variant,
                    available,
                });
            }
        }
        for (variant, quantity) in wanted {
            if let Some(stock) = self.0.get_mut(&variant) {
                stock.reserved += quantity;
            }
        }
        Ok(())
    }

    pub fn get(&self, variant: VariantId) -> Option<Stock> {
        self.0.get(&variant).copied()
    }

    pub fn all(&self) -> impl Iterator<Item = (VariantId, Stock)> {
        self.0.iter().map(|(variant, stock)| (*variant, *stock))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ids() -> [VariantId; 3] {
        [VariantId::new(), VariantId::new(), VariantId::new()]
    }

    #[test]
    fn a_cart_is_served_whole_or_not_at_all() {
        let [a, b, _] = ids();
        let stock = |on_hand| Stock {
            on_hand,
            reserved: 0,
        };
        let mut desk = Desk::new([(a, stock(5)), (b, stock(1))]);
        let refused = desk.reserve(&[(a, 2), (b, 2)]);
        assert_eq!(
            refused,
            Err(OutOfStock {
                variant: b,
                available: 1
            })
        );
        assert_eq!(desk.get(a).unwrap().reserved, 0);
    }

    #[test]
    fn two_lines_of_one_variant_count_together() {
        let [a, ..] = ids();
        let mut desk = Desk::new([(
            a,
            Stock {
                on_hand: 3,
                reserved: 0,
            },
        )]);
        assert!(desk.reserve(&[(a, 2), (a, 2)]).is_err());
        assert!(desk.reserve(&[(a, 2), (a, 1)]).is_ok());
    }

    #[test]
    fn what_is_not_kept_in_stock_cannot_be_promised() {
        let [a, ..] = ids();
        assert_eq!(
            Desk::default().reserve(&[(a, 1)]),
            Err(OutOfStock {
                variant: a,
                available: 0
            })
        );
    }

    proptest! {
        #[test]
        fn nothing_is_promised_twice(
            on_hand in prop::array::uniform3(0_i64..50),
            carts in prop::collection::vec(prop::collection::vec((0_usize..3, 1_i64..9), 1..4), 0..60),
        ) {
            let ids = ids();
            let mut desk = Desk::new((0..3).map(|i| (ids[i], Stock { on_hand: on_hand[i], reserved: 0 })));
            let mut sold = [0_i64; 3];
            for cart in carts {
                let lines: Vec<_> = cart.iter().map(|(i, n)| (ids[*i], *n)).collect();
                if desk.reserve(&lines).is_ok() {
                    for (i, n) in cart { sold[i] += n; }
                }
            }
            for i in 0..3 {
                prop_assert_eq!(desk.get(ids[i]).unwrap().reserved, sold[i]);
                prop_assert!(sold[i] <= on_hand[i]);
            }
        }
    }
}
