//! Goods, customers and orders that grow from a seed. The same seed and number give the same thing
//! each time, so nothing has to be kept.

mod buyers;
mod dice;
mod goods;
mod orders;
mod words;

use super::shop::{Id, Kind};
use rust_decimal::Decimal;
use serde_json::Value;

pub(super) use dice::Dice;
pub(super) use orders::{COUPON, order_status, refunds_of};

/// Numbers of what is grown begin here, far above those of what is loaded.
pub(super) const PRODUCTS: u64 = 1_000_000;
const VARIATIONS: u64 = 2_000_000;
pub(super) const ORDERS: u64 = 5_000_000;
const REFUNDS: u64 = 6_000_000;
/// Above everything grown.
pub(super) const POSTS_END: u64 = 9_000_000;
pub(super) const NOTES: u64 = 1_000_000;
pub(super) const REVIEWS: u64 = 5_000_000;
pub(super) const COMMENTS_END: u64 = 9_000_000;
/// The administrator is user 1.
pub(super) const CUSTOMERS: u64 = 2;
/// A product has at most so many variations, an order so many refunds and notes.
const BROOD: u64 = 10;
/// Products share so many images, as shops do that were imported once already.
const IMAGES: u64 = 300;
const ATTACHMENTS: u64 = 900_000;

/// 2024-01-08 09:00 UTC: the shop opened.
pub(super) const OPENED: i64 = 1_704_704_400;
/// What is sold is spread over this time.
const BUSINESS_SECONDS: i64 = 850 * 86_400;

#[derive(Debug, Default)]
pub(super) struct Garden {
    pub(super) seed: u64,
    pub(super) products: u64,
    pub(super) customers: u64,
    pub(super) orders: u64,
    pub(super) ground: Ground,
}

/// What was loaded, as far as things that grow refer to it.
#[derive(Debug, Default)]
pub(super) struct Ground {
    pub(super) colour: Attribute,
    pub(super) size: Attribute,
    pub(super) categories: Vec<Term>,
    pub(super) tags: Vec<Term>,
    /// What can be bought.
    pub(super) units: Vec<Unit>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Attribute {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) slug: String,
    pub(super) terms: Vec<Term>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Term {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) slug: String,
}

/// Something that an order's line can be about.
#[derive(Clone, Debug, Default)]
pub(super) struct Unit {
    pub(super) product: u64,
    pub(super) variation: u64,
    pub(super) name: String,
    pub(super) parent_name: Option<String>,
    pub(super) sku: String,
    pub(super) tax_class: String,
    pub(super) price: Decimal,
    /// Attribute, its shown name, the slug of the value, its shown value.
    pub(super) chosen: Vec<[String; 4]>,
    /// Its picture's number and address.
    pub(super) image: Option<(u64, String)>,
}

impl Garden {
    pub(super) fn grow(&self, kind: Kind, (parent, id): Id) -> Value {
        match kind {
            Kind::Products => self.product(id - PRODUCTS),
            Kind::Variations => self.variation(parent - PRODUCTS, (id - VARIATIONS) % BROOD),
            Kind::Customers => self.customer(id - CUSTOMERS),
            Kind::Orders => self.order(id - ORDERS),
            Kind::Refunds => self.refund(parent - ORDERS, (id - REFUNDS) % BROOD),
            Kind::Notes => self.note((id - NOTES) % BROOD),
            Kind::Reviews => self.review(id - REVIEWS),
            _ => Value::Null,
        }
    }

    fn dice(&self, kind: Kind, number: u64) -> Dice {
        Dice::new(self.seed, kind, number)
    }

    /// When the n-th of so many things happened.
    pub(super) fn moment(&self, number: u64, of: u64) -> i64 {
        let step = BUSINESS_SECONDS / i64::try_from(of.max(1)).unwrap_or(i64::MAX);
        OPENED + step.saturating_mul(i64::try_from(number).unwrap_or_default())
    }

    /// Any unit, of what was loaded or of what is grown.
    fn unit(&self, number: u64) -> Unit {
        let loaded = u64::try_from(self.ground.units.len()).unwrap_or_default();
        let number = number % (loaded + self.products).max(1);
        let kept = usize::try_from(number)
            .ok()
            .and_then(|at| self.ground.units.get(at));
        match kept {
            Some(unit) => unit.clone(),
            None => self.grown_unit(number.saturating_sub(loaded)),
        }
    }
}

/// Number of the k-th variation of a grown product.
pub(super) fn variation_id(product: u64, k: u64) -> u64 {
    VARIATIONS + product * BROOD + k
}

pub(super) fn refund_id(order: u64, k: u64) -> u64 {
    REFUNDS + order * BROOD + k
}

pub(super) fn note_id(order: u64, k: u64) -> u64 {
    NOTES + order * BROOD + k
}

#[cfg(test)]
mod tests {
    use super::Garden;
    use crate::woocommerce::shop::Kind;

    #[test]
    fn the_same_seed_grows_the_same_and_another_one_does_not() {
        let garden = |seed| Garden {
            seed,
            products: 40,
            customers: 5,
            orders: 5,
            ..Garden::default()
        };
        let id = (0, super::PRODUCTS + 17);
        assert_eq!(
            garden(1).grow(Kind::Products, id),
            garden(1).grow(Kind::Products, id)
        );
        assert_ne!(
            garden(1).grow(Kind::Products, id),
            garden(2).grow(Kind::Products, id)
        );
        let order = (0, super::ORDERS + 3);
        assert_eq!(
            garden(1).grow(Kind::Orders, order),
            garden(1).grow(Kind::Orders, order)
        );
    }
}
