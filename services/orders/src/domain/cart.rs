//! Carts: lines of variants, and what a shopper must be told about them.

use kernel::charge::{NotChargeable, check_charge};
use kernel::{Money, Quantity, VariantId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::tax::{TaxClass, TaxRegion};

/// Lines a cart holds at most.
pub const LINES_MAX: usize = 100;

/// Below this a shopper is told how many are left.
const FEW: i64 = 5;

/// A line as it is kept: the price is the one that was shown when it was put in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLine {
    pub variant: VariantId,
    pub quantity: Quantity,
    pub price_shown: Money,
}

/// What is sold under a variant now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub variant: VariantId,
    pub product: kernel::ProductId,
    pub sku: String,
    pub barcode: String,
    pub title: String,
    pub variant_title: String,
    /// The address of the product's page; empty until catalog has told it.
    pub product_slug: String,
    pub image_url: String,
    pub price: Money,
    pub tax_class: TaxClass,
    pub exemption_code: String,
    pub weight_grams: u32,
    pub requires_shipping: bool,
    pub for_sale: bool,
    /// Nothing where the merchant does not count: then there is always enough.
    pub available: Option<i64>,
    pub quantities: Quantities,
}

/// How many of a variant may be bought at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Quantities {
    #[schema(example = 1)]
    pub min: i64,
    #[schema(example = 9999)]
    pub max: i64,
    /// Only multiples of it.
    #[schema(example = 1)]
    pub step: i64,
}

impl Quantities {
    pub const ANY: Self = Self {
        min: 1,
        max: Quantity::MAX,
        step: 1,
    };

    /// From a merchant's numbers, where 0 says nothing. What cannot be is brought to what can.
    pub fn of(min: u32, max: u32, step: u32) -> Self {
        let top = |number: u32| i64::from(number).min(Quantity::MAX);
        let max = if max == 0 { Quantity::MAX } else { top(max) };
        Self {
            min: top(min).max(1),
            max,
            step: top(step).max(1),
        }
    }

    pub fn allow(self, quantity: Quantity) -> bool {
        let wanted = quantity.get();
        (self.min..=self.max).contains(&wanted) && wanted.checked_rem(self.step) == Some(0)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CartError {
    #[error("this cart does not exist")]
    NotFound,
    #[error("this cart was ordered; begin a new one")]
    Closed,
    #[error("there is nothing in this cart")]
    Empty,
    #[error("a cart holds at most {LINES_MAX} lines")]
    TooManyLines,
    #[error("at most {} of one variant fit in a cart", Quantity::MAX)]
    TooMany,
    #[error("from {} to {} of it are sold at once, in multiples of {}", .0.min, .0.max, .0.step)]
    Quantity(Quantities),
    #[error("this product is not sold")]
    NotForSale(VariantId),
    #[error("only {available} left")]
    OutOfStock { variant: VariantId, available: i64 },
}

/// What a shopper should know about a line, as a code for programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Warning {
    /// The price is another than when the line was put in.
    PriceChanged { was: Money, now: Money },
    /// Fewer are left than the line wants, or few at all.
    OnlyNLeft { available: i64 },
    /// None is left.
    OutOfStock,
    /// So many are not sold at once; the line must be changed.
    QuantityNotSold(Quantities),
    /// The product is no longer sold; the line must go.
    NoLongerSold,
}

/// What a shopper should know about the cart as a whole; with any of these it cannot be ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Obstacle {
    /// The store takes no payments now.
    PaymentsNotReady,
    /// Nobody can pay so little, or so much, at once.
    AmountOutOfRange { least: Money, most: Money },
    /// The store does not send to the destination that was given.
    RegionNotServed { region: TaxRegion },
}

/// Why a total could not be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPayable {
    #[error("this store takes no payments at the moment; nothing was ordered")]
    NotReady,
    #[error(transparent)]
    Amount(#[from] NotChargeable),
}

impl From<NotPayable> for Obstacle {
    fn from(reason: NotPayable) -> Self {
        match reason {
            NotPayable::NotReady => Self::PaymentsNotReady,
            NotPayable::Amount(NotChargeable { least, most, .. }) => {
                Self::AmountOutOfRange { least, most }
            }
        }
    }
}

/// An order that nobody can pay would keep goods from others and end in nothing. What costs nothing is
/// paid by being ordered.
pub fn check_payable(total: Money, takes_payments: bool) -> Result<(), NotPayable> {
    if !total.is_zero() && !takes_payments {
        return Err(NotPayable::NotReady);
    }
    Ok(check_charge(total)?)
}

/// Puts `quantity` more of an offer into the cart. More than is left is refused with what is left.
pub fn add(lines: &mut Vec<CartLine>, offer: &Offer, quantity: Quantity) -> Result<(), CartError> {
    let already = lines.iter().find(|line| line.variant == offer.variant);
    let wanted = already.map_or(0, |line| line.quantity.get()) + quantity.get();
    let wanted = Quantity::try_from(wanted).map_err(|_| CartError::TooMany)?;
    set(lines, offer, wanted)
}

/// Sets a line's quantity, and makes the line when there is none.
pub fn set(lines: &mut Vec<CartLine>, offer: &Offer, quantity: Quantity) -> Result<(), CartError> {
    check(offer, quantity)?;
    let room = lines.len() < LINES_MAX;
    match lines.iter_mut().find(|line| line.variant == offer.variant) {
        Some(line) => {
            line.quantity = quantity;
            line.price_shown = offer.price;
        }
        None if room => lines.push(CartLine {
            variant: offer.variant,
            quantity,
            price_shown: offer.price,
        }),
        None => return Err(CartError::TooManyLines),
    }
    Ok(())
}

/// Whether so many can be bought now.
pub fn check(offer: &Offer, quantity: Quantity) -> Result<(), CartError> {
    if !offer.for_sale {
        return Err(CartError::NotForSale(offer.variant));
    }
    if !offer.quantities.allow(quantity) {
        return Err(CartError::Quantity(offer.quantities));
    }
    match offer.available {
        Some(available) if available < quantity.get() => Err(CartError::OutOfStock {
            variant: offer.variant,
            available: available.max(0),
        }),
        _ => Ok(()),
    }
}

/// What to tell of a line, given what is sold now (nothing when catalog withdrew it).
pub fn warnings(line: &CartLine, offer: Option<&Offer>) -> Vec<Warning> {
    let Some(offer) = offer.filter(|offer| offer.for_sale) else {
        return vec![Warning::NoLongerSold];
    };
    let mut found = Vec::new();
    if offer.price != line.price_shown {
        found.push(Warning::PriceChanged {
            was: line.price_shown,
            now: offer.price,
        });
    }
    if !offer.quantities.allow(line.quantity) {
        found.push(Warning::QuantityNotSold(offer.quantities));
    }
    match offer.available {
        Some(..=0) => found.push(Warning::OutOfStock),
        Some(few) if few < line.quantity.get() || few <= FEW => {
            found.push(Warning::OnlyNLeft { available: few });
        }
        _ => {}
    }
    found
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use kernel::{Currency, ProductId};

    pub(crate) fn offer(price: i64, available: i64) -> Offer {
        Offer {
            variant: VariantId::new(),
            product: ProductId::new(),
            sku: "SKU".into(),
            barcode: String::new(),
            title: "Title".into(),
            variant_title: String::new(),
            product_slug: String::new(),
            image_url: String::new(),
            price: Money::new(price, Currency::EUR),
            tax_class: TaxClass::Standard,
            exemption_code: String::new(),
            weight_grams: 0,
            requires_shipping: true,
            for_sale: true,
            available: Some(available),
            quantities: Quantities::ANY,
        }
    }

    fn quantity(n: i64) -> Quantity {
        Quantity::try_from(n).unwrap()
    }

    #[test]
    fn adding_twice_makes_one_line() {
        let (mut lines, offer) = (Vec::new(), offer(1_000, 10));
        add(&mut lines, &offer, quantity(2)).unwrap();
        add(&mut lines, &offer, quantity(3)).unwrap();
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].quantity.get(), 5);
    }

    #[test]
    fn a_cart_cannot_hold_more_than_is_in_stock() {
        let (mut lines, offer) = (Vec::new(), offer(1_000, 3));
        add(&mut lines, &offer, quantity(2)).unwrap();
        let refused = add(&mut lines, &offer, quantity(2));
        let variant = offer.variant;
        assert_eq!(
            refused,
            Err(CartError::OutOfStock {
                variant,
                available: 3
            })
        );
        assert_eq!(lines[0].quantity.get(), 2);
    }

    #[test]
    fn what_is_not_counted_never_runs_out() {
        let (mut lines, mut offer) = (Vec::new(), offer(1_000, 0));
        offer.available = None;
        add(&mut lines, &offer, quantity(9_999)).unwrap();
        assert!(warnings(&lines[0], Some(&offer)).is_empty());
    }

    #[test]
    fn so_many_are_sold_at_once_as_the_merchant_says() {
        let (mut lines, mut offer) = (Vec::new(), offer(1_000, 100));
        offer.quantities = Quantities::of(4, 12, 2);
        let refused = Err(CartError::Quantity(offer.quantities));
        for wrong in [1, 2, 5, 14] {
            assert_eq!(set(&mut lines, &offer, quantity(wrong)), refused);
        }
        set(&mut lines, &offer, quantity(4)).unwrap();
        assert_eq!(add(&mut lines, &offer, quantity(1)), refused);
        add(&mut lines, &offer, quantity(8)).unwrap();
        offer.quantities = Quantities::of(0, 10, 0);
        let told = warnings(&lines[0], Some(&offer));
        assert_eq!(told, [Warning::QuantityNotSold(offer.quantities)]);
    }

    #[test]
    fn numbers_that_say_nothing_allow_everything() {
        assert_eq!(Quantities::of(0, 0, 0), Quantities::ANY);
        assert_eq!(Quantities::of(u32::MAX, u32::MAX, u32::MAX).max, 9_999);
    }

    #[test]
    fn what_nobody_can_pay_is_not_ordered() {
        let euros = |minor| Money::new(minor, Currency::EUR);
        assert_eq!(
            check_payable(euros(0), false),
            Ok(()),
            "a gift needs no account"
        );
        assert_eq!(check_payable(euros(1_000), true), Ok(()));
        assert_eq!(
            check_payable(euros(1_000), false),
            Err(NotPayable::NotReady)
        );
        let small = check_payable(euros(49), true).unwrap_err();
        let (least, most) = (euros(50), euros(99_999_999));
        assert_eq!(
            Obstacle::from(small),
            Obstacle::AmountOutOfRange { least, most }
        );
    }

    #[test]
    fn a_cart_has_an_end() {
        let mut lines = Vec::new();
        for _ in 0..LINES_MAX {
            add(&mut lines, &offer(1, 1), quantity(1)).unwrap();
        }
        assert_eq!(
            add(&mut lines, &offer(1, 1), quantity(1)),
            Err(CartError::TooManyLines)
        );
    }

    #[test]
    fn a_shopper_is_told_what_changed() {
        let mut lines = Vec::new();
        let mut sold = offer(1_000, 10);
        add(&mut lines, &sold, quantity(7)).unwrap();
        assert!(warnings(&lines[0], Some(&sold)).is_empty());
        sold.price.minor = 900;
        sold.available = Some(6);
        let told = warnings(&lines[0], Some(&sold));
        assert!(matches!(told[0], Warning::PriceChanged { .. }));
        assert_eq!(told[1], Warning::OnlyNLeft { available: 6 });
        sold.available = Some(0);
        assert!(warnings(&lines[0], Some(&sold)).contains(&Warning::OutOfStock));
        sold.for_sale = false;
        assert_eq!(warnings(&lines[0], Some(&sold)), [Warning::NoLongerSold]);
        assert_eq!(warnings(&lines[0], None), [Warning::NoLongerSold]);
    }
}
