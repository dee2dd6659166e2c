//! Amounts of money: whole minor units and a currency, never a float.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Currency;

/// An amount in the currency's minor unit (cents for EUR). May be negative in a difference.
///
/// Arithmetic is checked: a sum that overflows or mixes currencies is an error, never a wrong amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units.
    #[serde(rename = "amount")]
    #[schema(example = 1999)]
    pub minor: i64,
    pub currency: Currency,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("an amount in {0} cannot be combined with one in {1}")]
    CurrencyMismatch(Currency, Currency),
    #[error("the amount is too large")]
    Overflow,
}

impl Money {
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    #[expect(
        clippy::should_implement_trait,
        reason = "it can fail, and an operator cannot say so"
    )]
    pub fn add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self
            .minor
            .checked_add(other.minor)
            .ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    #[expect(
        clippy::should_implement_trait,
        reason = "it can fail, and an operator cannot say so"
    )]
    pub fn sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self
            .minor
            .checked_sub(other.minor)
            .ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    pub fn times(self, factor: i64) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_mul(factor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The sum, in `currency` when there is nothing to add.
    pub fn sum(
        currency: Currency,
        parts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, MoneyError> {
        parts.into_iter().try_fold(Self::zero(currency), Self::add)
    }

    /// `self × numerator ÷ denominator`, rounded half away from zero: the platform's one rounding rule.
    pub fn scale(self, numerator: i64, denominator: i64) -> Result<Self, MoneyError> {
        assert!(denominator > 0, "a ratio has a positive denominator");
        let product = i128::from(self.minor) * i128::from(numerator);
        let denominator = i128::from(denominator);
        let half = denominator / 2;
        let shifted = if product >= 0 {
            product + half
        } else {
            product - half
        };
        let minor = i64::try_from(shifted / denominator).map_err(|_| MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// A share in basis points (1 bp = 0.01 %), rounded as [`Money::scale`] does.
    pub fn basis_points(self, bps: u32) -> Result<Self, MoneyError> {
        self.scale(i64::from(bps), 10_000)
    }

    /// Splits into `parts` that differ by at most one minor unit and add up to `self`.
    pub fn split(self, parts: u32) -> Vec<Self> {
        assert!(parts > 0, "a sum is split into at least one part");
        let parts = i64::from(parts);
        let (share, rest) = (self.minor.div_euclid(parts), self.minor.rem_euclid(parts));
        (0..parts)
            .map(|part| Self {
                minor: share + i64::from(part < rest),
                ..self
            })
            .collect()
    }

    /// Splits in proportion to `weights`; the minor units left by rounding down go to the largest
    /// remainders, the earlier part first. All weights zero: everything goes to the first part.
    pub fn split_by(self, weights: &[i64]) -> Vec<Self> {
        let total: i128 = weights.iter().map(|w| i128::from((*w).max(0))).sum();
        if total == 0 {
            let rest = weights.iter().skip(1).map(|_| Self::zero(self.currency));
            return weights
                .first()
                .map(|_| self)
                .into_iter()
                .chain(rest)
                .collect();
        }
        let amount = i128::from(self.minor);
        let shares: Vec<(i128, i128)> = weights
            .iter()
            .map(|w| {
                let product = amount * i128::from((*w).max(0));
                (product.div_euclid(total), product.rem_euclid(total))
            })
            .collect();
        let left = amount - shares.iter().map(|(share, _)| share).sum::<i128>();
        let mut order: Vec<usize> = (0..shares.len()).collect();
        order.sort_by_key(|i| std::cmp::Reverse(shares.get(*i).map(|(_, rest)| *rest)));
        let lucky: Vec<usize> = order
            .into_iter()
            .take(usize::try_from(left).unwrap_or(0))
            .collect();
        shares
            .iter()
            .enumerate()
            .map(|(i, (share, _))| {
                let minor = share + i128::from(lucky.contains(&i));
                Self {
                    minor: i64::try_from(minor).unwrap_or(i64::MAX),
                    ..self
                }
            })
            .collect()
    }

    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    pub const fn is_negative(self) -> bool {
        self.minor < 0
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch(self.currency, other.currency))
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = usize::try_from(self.currency.exponent()).unwrap_or(0);
        if digits == 0 {
            return write!(f, "{} {}", self.minor, self.currency);
        }
        let unit = 10_u64.pow(self.currency.exponent());
        let (whole, part) = (
            self.minor.unsigned_abs() / unit,
            self.minor.unsigned_abs() % unit,
        );
        let sign = if self.minor < 0 { "-" } else { "" };
        write!(f, "{sign}{whole}.{part:0digits$} {}", self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EUR: Currency = Currency::EUR;

    #[test]
    fn an_amount_is_json_with_minor_units_and_a_currency() {
        let price = Money::new(1999, EUR);
        assert_eq!(
            serde_json::to_string(&price).unwrap(),
            r#"{"amount":1999,"currency":"EUR"}"#
        );
        assert!(serde_json::from_str::<Money>(r#"{"amount":19.99,"currency":"EUR"}"#).is_err());
        assert!(serde_json::from_str::<Money>(r#"{"amount":1,"currency":"eur"}"#).is_err());
    }

    #[test]
    fn currencies_do_not_mix() {
        let usd: Currency = "USD".parse().unwrap();
        assert!(Money::new(1, EUR).add(Money::new(1, usd)).is_err());
    }

    #[test]
    fn amounts_read_with_the_digits_of_their_currency() {
        assert_eq!(Money::new(-5, EUR).to_string(), "-0.05 EUR");
        assert_eq!(
            Money::new(500, "JPY".parse().unwrap()).to_string(),
            "500 JPY"
        );
    }

    proptest! {
        #[test]
        fn a_split_loses_no_cent(minor in -1_000_000_i64..1_000_000, parts in 1_u32..50) {
            let sum = Money::sum(EUR, Money::new(minor, EUR).split(parts)).unwrap();
            prop_assert_eq!(sum.minor, minor);
        }

        #[test]
        fn a_weighted_split_loses_no_cent(minor in 0_i64..1_000_000, weights in prop::collection::vec(0_i64..10_000, 1..20)) {
            let parts = Money::new(minor, EUR).split_by(&weights);
            prop_assert_eq!(parts.len(), weights.len());
            prop_assert_eq!(Money::sum(EUR, parts).unwrap().minor, minor);
        }

        #[test]
        fn rounding_is_symmetric(minor in 0_i64..1_000_000, bps in 0_u32..10_000) {
            let up = Money::new(minor, EUR).basis_points(bps).unwrap().minor;
            let down = Money::new(-minor, EUR).basis_points(bps).unwrap().minor;
            prop_assert_eq!(up, -down);
        }
    }
}
