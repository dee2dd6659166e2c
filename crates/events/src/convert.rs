//! Between the contracts' plain fields and the kernel's types.

use kernel::{Invalid, Money};
use time::OffsetDateTime;

use crate::common::v1;

impl From<Money> for v1::Money {
    fn from(money: Money) -> Self {
        Self {
            minor: money.minor,
            currency: money.currency.to_string(),
        }
    }
}

impl TryFrom<v1::Money> for Money {
    type Error = Invalid;
    fn try_from(field: v1::Money) -> Result<Self, Invalid> {
        Ok(Self::new(field.minor, field.currency.parse()?))
    }
}

/// Reads an amount that may be absent.
pub trait MoneyField {
    /// The amount; an error that names `field` when it is absent or has no right currency.
    fn required(&self, field: &str) -> Result<Money, Invalid>;
    fn optional(&self) -> Result<Option<Money>, Invalid>;
}

impl MoneyField for Option<v1::Money> {
    fn required(&self, field: &str) -> Result<Money, Invalid> {
        self.optional()?
            .ok_or_else(|| Invalid::new(format!("{field} is absent")))
    }

    fn optional(&self) -> Result<Option<Money>, Invalid> {
        self.clone().map(Money::try_from).transpose()
    }
}

/// An instant as the contracts write it: microseconds since 1970, UTC.
pub fn to_us(at: OffsetDateTime) -> i64 {
    // The years 0000 to 9999 that `time` can express fit in 63 bits of microseconds.
    i64::try_from(at.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX)
}

/// The instant of a `…_at_us` field; nothing for 0 and for what no calendar holds.
pub fn from_us(us: i64) -> Option<OffsetDateTime> {
    if us == 0 {
        return None;
    }
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(us) * 1_000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;

    #[test]
    fn amounts_and_instants_survive_the_journey() {
        let price = Money::new(-1999, Currency::EUR);
        assert_eq!(Some(v1::Money::from(price)).required("price"), Ok(price));
        let at = OffsetDateTime::from_unix_timestamp_nanos(1_764_000_000_123_456_000).unwrap();
        assert_eq!(from_us(to_us(at)), Some(at));
        assert_eq!(from_us(0), None);
        assert_eq!(from_us(i64::MAX), None);
    }

    #[test]
    fn an_absent_amount_is_named() {
        assert_eq!(
            None.required("order.total"),
            Err(Invalid::new("order.total is absent"))
        );
        assert_eq!(None.optional(), Ok(None));
    }
}
