//! What a cart costs: lines, shipping, tax, total. The same arithmetic shows a cart and makes an order.

use kernel::{Currency, Money, MoneyError, Quantity};

use super::cart::Offer;
use super::tax::{Rates, TaxAmount, TaxClass, TaxRegion, share_out, summary};

/// A flat rate for a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShippingRate {
    pub region: TaxRegion,
    pub price: Money,
    /// From this subtotal on shipping costs nothing.
    pub free_from: Option<Money>,
}

/// A line with its price and its tax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PricedLine {
    pub offer: Offer,
    pub quantity: Quantity,
    pub total: Money,
    pub tax: TaxAmount,
}

/// All totals of a cart or an order. Prices include tax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    pub lines: Vec<PricedLine>,
    pub subtotal: Money,
    pub shipping: Money,
    /// By rate; nothing where shipping is free.
    pub shipping_taxes: Vec<TaxAmount>,
    pub tax: Money,
    /// By rate; they add up to `tax`.
    pub taxes: Vec<TaxAmount>,
    pub total: Money,
    /// False when something has to be sent where the store does not send.
    pub is_served: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TotalsError {
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error("no VAT rate is known for {} in {}", .0.as_str(), .1.as_str())]
    NoRate(TaxClass, TaxRegion),
}

/// Under which rules a cart is priced.
#[derive(Clone, Debug)]
pub struct Pricing<'a> {
    pub currency: Currency,
    pub region: TaxRegion,
    pub day: time::Date,
    pub rates: &'a Rates,
    pub shipping: &'a [ShippingRate],
}

impl Pricing<'_> {
    pub fn price(&self, wanted: &[(Offer, Quantity)]) -> Result<Totals, TotalsError> {
        let lines: Vec<PricedLine> = wanted
            .iter()
            .map(|(offer, quantity)| self.line(offer, *quantity))
            .collect::<Result<_, _>>()?;
        let subtotal = Money::sum(self.currency, lines.iter().map(|line| line.total))?;
        let sends = lines.iter().any(|line| line.offer.requires_shipping);
        let nothing = Money::zero(self.currency);
        let rate = if sends {
            self.shipping(subtotal)
        } else {
            Some(nothing)
        };
        let (shipping, is_served) = (rate.unwrap_or(nothing), rate.is_some());
        let shipping_taxes = shipping_taxes(shipping, &lines)?;
        let taxed = lines.iter().map(|line| &line.tax).chain(&shipping_taxes);
        let parts: Vec<TaxAmount> = taxed.cloned().collect();
        let taxes = summary(&parts)?;
        let tax = Money::sum(self.currency, taxes.iter().map(|part| part.tax))?;
        let total = subtotal.add(shipping)?;
        Ok(Totals {
            lines,
            subtotal,
            shipping,
            shipping_taxes,
            tax,
            taxes,
            total,
            is_served,
        })
    }

    fn line(&self, offer: &Offer, quantity: Quantity) -> Result<PricedLine, TotalsError> {
        let total = offer.price.times(quantity.get())?;
        let mut tax = self.tax(total, offer.tax_class)?;
        tax.exemption_code.clone_from(&offer.exemption_code);
        Ok(PricedLine {
            offer: offer.clone(),
            quantity,
            total,
            tax,
        })
    }

    fn tax(&self, gross: Money, class: TaxClass) -> Result<TaxAmount, TotalsError> {
        let rate = self.rates.on(self.day, self.region, class);
        let rate = rate.ok_or(TotalsError::NoRate(class, self.region))?;
        Ok(TaxAmount::of(gross, class, rate, self.region)?)
    }

    /// The region's flat rate. A store that has set none at all sends everywhere free of charge; one that
    /// has does not send where it has none.
    fn shipping(&self, subtotal: Money) -> Option<Money> {
        let free = Money::zero(self.currency);
        if self.shipping.is_empty() {
            return Some(free);
        }
        let rate = self
            .shipping
            .iter()
            .find(|rate| rate.region == self.region)?;
        let is_free = rate
            .free_from
            .is_some_and(|from| subtotal.minor >= from.minor);
        Some(if is_free { free } else { rate.price })
    }
}

/// What the buyer pays for transport belongs to the price of the goods (CIVA art. 16.º, n.º 5, b) and
/// is taxed as they are: by the shares of what is sent.
fn shipping_taxes(shipping: Money, lines: &[PricedLine]) -> Result<Vec<TaxAmount>, TotalsError> {
    let sent = lines.iter().filter(|line| line.offer.requires_shipping);
    let parts: Vec<TaxAmount> = sent.map(|line| line.tax.clone()).collect();
    Ok(share_out(shipping, &summary(&parts)?)?)
}

#[cfg(test)]
mod tests {
    use super::super::cart::tests::offer;
    use super::super::tax::DatedRate;
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    const EUR: Currency = Currency::EUR;

    fn rates() -> Rates {
        let rate = |region, class, rate_bps| DatedRate {
            region,
            class,
            valid_from: date!(2020 - 01 - 01),
            rate_bps,
        };
        Rates(vec![
            rate(TaxRegion::Mainland, TaxClass::Standard, 2_300),
            rate(TaxRegion::Mainland, TaxClass::Reduced, 600),
            rate(TaxRegion::Azores, TaxClass::Standard, 1_600),
        ])
    }

    fn shipping() -> Vec<ShippingRate> {
        vec![ShippingRate {
            region: TaxRegion::Mainland,
            price: Money::new(490, EUR),
            free_from: Some(Money::new(5_000, EUR)),
        }]
    }

    fn price(region: TaxRegion, wanted: &[(Offer, Quantity)]) -> Result<Totals, TotalsError> {
        let (rates, shipping) = (rates(), shipping());
        let day = date!(2026 - 11 - 24);
        Pricing {
            currency: EUR,
            region,
            day,
            rates: &rates,
            shipping: &shipping,
        }
        .price(wanted)
    }

    fn one(price: i64) -> (Offer, Quantity) {
        (offer(price, 9), Quantity::try_from(1).unwrap())
    }

    #[test]
    fn shipping_is_taxed_and_free_from_an_amount() {
        let small = price(TaxRegion::Mainland, &[one(1_000)]).unwrap();
        assert_eq!(small.shipping.minor, 490);
        assert_eq!(small.total.minor, 1_490);
        assert_eq!(small.tax.minor, 187 + 92);
        let large = price(TaxRegion::Mainland, &[one(5_000)]).unwrap();
        assert_eq!(large.shipping.minor, 0);
        assert_eq!(large.taxes.len(), 1);
    }

    #[test]
    fn shipping_is_taxed_as_what_is_sent() {
        let mut bread = one(3_000);
        bread.0.tax_class = TaxClass::Reduced;
        let mut licence = one(900);
        licence.0.requires_shipping = false;
        let totals = price(TaxRegion::Mainland, &[bread.clone(), one(1_000), licence]).unwrap();
        let shares: Vec<_> = totals
            .shipping_taxes
            .iter()
            .map(|share| (share.rate_bps, share.net.minor + share.tax.minor))
            .collect();
        assert_eq!(shares, [(600, 368), (2_300, 122)], "490 by 3,000 to 1,000");
        let only_bread = price(TaxRegion::Mainland, &[bread]).unwrap();
        assert_eq!(only_bread.taxes.len(), 1);
    }

    #[test]
    fn what_is_not_sent_costs_no_shipping() {
        let mut licence = one(900);
        licence.0.requires_shipping = false;
        let totals = price(TaxRegion::Mainland, &[licence]).unwrap();
        assert_eq!((totals.shipping.minor, totals.total.minor), (0, 900));
    }

    #[test]
    fn a_region_without_a_rate_is_not_sent_to_while_others_have_one() {
        assert!(price(TaxRegion::Mainland, &[one(1_000)]).unwrap().is_served);
        let far = price(TaxRegion::Azores, &[one(1_000)]).unwrap();
        assert!(!far.is_served && far.shipping.is_zero());
        let mut licence = one(900);
        licence.0.requires_shipping = false;
        assert!(price(TaxRegion::Azores, &[licence]).unwrap().is_served);
        let rates = rates();
        let open = Pricing {
            currency: EUR,
            region: TaxRegion::Azores,
            day: date!(2026 - 11 - 24),
            rates: &rates,
            shipping: &[],
        };
        assert!(open.price(&[one(1_000)]).unwrap().is_served);
    }

    #[test]
    fn a_sum_that_no_number_holds_is_an_error() {
        let wanted = vec![one(i64::MAX), one(i64::MAX)];
        let refused = price(TaxRegion::Mainland, &wanted);
        assert_eq!(refused, Err(TotalsError::Money(MoneyError::Overflow)));
    }

    #[test]
    fn currencies_are_not_added_up() {
        let mut dollars = one(1_000);
        dollars.0.price.currency = "USD".parse().unwrap();
        assert!(price(TaxRegion::Mainland, &[one(1_000), dollars]).is_err());
    }

    #[test]
    fn the_islands_have_their_own_rate() {
        let there = price(TaxRegion::Azores, &[one(11_600)]).unwrap();
        assert_eq!(there.tax.minor, 1_600);
    }

    #[test]
    fn a_class_without_a_rate_is_an_error_not_a_gift() {
        let mut wanted = one(1_000);
        wanted.0.tax_class = TaxClass::Reduced;
        assert!(matches!(
            price(TaxRegion::Azores, &[wanted]),
            Err(TotalsError::NoRate(..))
        ));
    }

    proptest! {
        #[test]
        fn totals_add_up(prices in prop::collection::vec((0_i64..1_000_000, 1_i64..50, any::<bool>(), any::<bool>()), 0..20)) {
            let wanted: Vec<_> = prices.iter().map(|(price, n, is_reduced, is_sent)| {
                let mut offer = offer(*price, 99);
                offer.requires_shipping = *is_sent;
                if *is_reduced { offer.tax_class = TaxClass::Reduced; }
                (offer, Quantity::try_from(*n).unwrap())
            }).collect();
            let totals = price(TaxRegion::Mainland, &wanted).unwrap();
            let lines: i64 = totals.lines.iter().map(|line| line.total.minor).sum();
            prop_assert_eq!(totals.subtotal.minor, lines);
            prop_assert_eq!(totals.total.minor, lines + totals.shipping.minor);
            let gross = |parts: &[TaxAmount]| parts.iter().map(|t| t.tax.minor + t.net.minor).sum::<i64>();
            prop_assert_eq!(gross(&totals.taxes), totals.total.minor);
            prop_assert_eq!(gross(&totals.shipping_taxes), totals.shipping.minor);
            prop_assert_eq!(totals.taxes.iter().map(|t| t.tax.minor).sum::<i64>(), totals.tax.minor);
            let taxed = totals.lines.iter().map(|line| &line.tax).chain(&totals.shipping_taxes);
            prop_assert_eq!(taxed.map(|t| t.tax.minor).sum::<i64>(), totals.tax.minor);
            prop_assert!(!totals.total.is_negative() && totals.tax.minor <= totals.total.minor);
            let is_sent = prices.iter().any(|(.., is_sent)| *is_sent);
            prop_assert!(is_sent || totals.shipping.is_zero());
        }
    }
}
