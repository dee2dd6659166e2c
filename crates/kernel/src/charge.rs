//! What can be charged at once: the bounds of the payment provider, which are known before it is asked.

use std::ops::RangeInclusive;

use crate::{Currency, Money};

/// At most eight digits, in every currency.
const MINOR_MAX: i64 = 99_999_999;

/// What Stripe charges at once in a currency, in its minor units.
/// Source: Stripe, "Minimum and maximum charge amounts".
pub fn chargeable(currency: Currency) -> RangeInclusive<i64> {
    let least = match currency.as_str() {
        "GBP" => 30,
        "BGN" => 100,
        "AED" | "MYR" | "PLN" | "RON" => 200,
        "DKK" => 250,
        "NOK" | "SEK" => 300,
        "HKD" => 400,
        "MXN" | "THB" => 1_000,
        "CZK" => 1_500,
        "HUF" => 17_500,
        _ => 50,
    };
    least..=MINOR_MAX
}

/// A total that cannot be charged at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an order of {total} cannot be paid; from {least} to {most} can")]
pub struct NotChargeable {
    pub total: Money,
    pub least: Money,
    pub most: Money,
}

/// Refuses what nobody could pay. Nothing to pay is nothing to charge, and right.
pub fn check_charge(total: Money) -> Result<(), NotChargeable> {
    let range = chargeable(total.currency);
    if total.is_zero() || range.contains(&total.minor) {
        return Ok(());
    }
    Err(NotChargeable {
        total,
        least: Money::new(*range.start(), total.currency),
        most: Money::new(*range.end(), total.currency),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_provider_would_refuse_is_refused_before() {
        let check = |minor, currency: &str| {
            check_charge(Money::new(minor, currency.parse().unwrap())).is_ok()
        };
        for good in [0, 50, 99_999_999] {
            assert!(check(good, "EUR"), "{good}");
        }
        for bad in [-1, 1, 49, 100_000_000, i64::MAX] {
            assert!(!check(bad, "EUR"), "{bad}");
        }
        assert!(check(30, "GBP") && !check(29, "GBP"));
        assert!(!check(50, "SEK") && check(300, "SEK"));
    }

    #[test]
    fn the_bounds_are_told() {
        let refused = check_charge(Money::new(49, Currency::EUR)).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "an order of 0.49 EUR cannot be paid; from 0.50 EUR to 999999.99 EUR can"
        );
    }
}
