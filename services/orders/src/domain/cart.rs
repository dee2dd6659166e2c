//! Carts: lines of variants, and what a shopper must be told about them.

use kernel::{Money, Quantity, VariantId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::tax::TaxClass;

/// Lines a cart holds at most.
pub const LINES_MAX: usize = 100;

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
    pub image_url: String,
    pub price: Money,
    pub tax_class: TaxClass,
    pub exemption_code: String,
    pub weight_grams: u32,
    pub requires_shipping: bool,
    pub for_sale: bool,
    pub available: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CartError {
    #[error("this cart does not exist")]
    NotFound,
    #[error("this cart was ordered; begin a new one")]
    Closed,
    #[error("a cart holds at most {LINES_MAX} lines")]
    TooManyLines,
    #[error("at most {} of one variant fit in a cart", Quantity::MAX)]
    TooMany,
    #[error("this product is not sold")]
    NotForSale,
    #[error("only {available} left")]
    OutOfStock { available: i64 },
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
    /// The product is no longer sold; the line must go.
    NoLongerSold,
}

/// Below this a shopper is told how many are left.
const FEW: i64 = 5;

/// Puts `quantity` more of an offer into the cart. More than is left is refused with what is left.
pub fn add(lines: &mut Vec<CartLine>, offer: &Offer, quantity: Quantity) -> Result<(), CartError> {
    let already = lines.iter().find(|line| line.variant == offer.variant);
    let wanted = already.map_or(0, |line| line.quantity.get()) + quantity.get();
    let wanted = Quantity::try_from(wanted).map_err(|_| CartError::TooMany)?;
    if already.is_none() && lines.len() >= LINES_MAX {
        return Err(CartError::TooManyLines);
    }
    set(lines, offer, wanted)
}

/// Sets a line's quantity, and makes the line when there is none.
pub fn set(lines: &mut Vec<CartLine>, offer: &Offer, quantity: Quantity) -> Result<(), CartError> {
    if !offer.for_sale {
        return Err(CartError::NotForSale);
    }
    if offer.available < quantity.get() {
        return Err(CartError::OutOfStock {
            available: offer.available.max(0),
        });
    }
    match lines.iter_mut().find(|line| line.variant == offer.variant) {
        Some(line) => {
            line.quantity = quantity;
            line.price_shown = offer.price;
        }
        None => lines.push(CartLine {
            variant: offer.variant,
            quantity,
            price_shown: offer.price,
        }),
    }
    Ok(())
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
    match offer.available {
        ..=0 => found.push(Warning::OutOfStock),
        few if few < line.quantity.get() || few <= FEW => {
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
            image_url: String::new(),
            price: Money::new(price, Currency::EUR),
            tax_class: TaxClass::Standard,
            exemption_code: String::new(),
            weight_grams: 0,
            requires_shipping: true,
            for_sale: true,
            available,
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
        assert_eq!(refused, Err(CartError::OutOfStock { available: 3 }));
        assert_eq!(lines[0].quantity.get(), 2);
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
        sold.available = 6;
        let told = warnings(&lines[0], Some(&sold));
        assert!(matches!(told[0], Warning::PriceChanged { .. }));
        assert_eq!(told[1], Warning::OnlyNLeft { available: 6 });
        sold.available = 0;
        assert!(warnings(&lines[0], Some(&sold)).contains(&Warning::OutOfStock));
        sold.for_sale = false;
        assert_eq!(warnings(&lines[0], Some(&sold)), [Warning::NoLongerSold]);
        assert_eq!(warnings(&lines[0], None), [Warning::NoLongerSold]);
    }
}
