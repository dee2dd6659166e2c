//! The platform's part of a payment.

use kernel::{Money, MoneyError};

/// The fee in basis points of the plan, rounded by the platform's one rule and always below the
/// amount itself, so that the store keeps something of every sale.
pub fn application_fee(amount: Money, bps: u32) -> Result<Money, MoneyError> {
    let fee = amount.basis_points(bps)?;
    Ok(Money {
        minor: fee.minor.clamp(0, (amount.minor - 1).max(0)),
        ..fee
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;

    #[test]
    fn a_fee_is_rounded_once_and_stays_below_the_amount() {
        let fee = |minor, bps| {
            application_fee(Money::new(minor, Currency::EUR), bps)
                .unwrap()
                .minor
        };
        assert_eq!(fee(4_990, 100), 50);
        assert_eq!(fee(50, 100), 1);
        assert_eq!(fee(49, 100), 0);
        assert_eq!(fee(1_000, 0), 0);
        assert_eq!(fee(50, 10_000), 49);
    }
}
