//! Numbers with eight decimals: unit prices without tax, and quantities. Never a float.

use std::fmt;

/// Units in one.
const SCALE: i128 = 100_000_000;
const DECIMALS: usize = 8;
/// Units in a cent.
const CENT: i128 = SCALE / 100;
/// Longer texts are no numbers that anybody meant.
const CHARS_MAX: usize = 40;
/// Larger numbers are refused, so that a product of two never overflows.
const WHOLE_MAX: i128 = 1_000_000_000_000;
const BPS: i128 = 10_000;

/// A decimal with eight places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fixed(i128);

impl Fixed {
    pub const HALF: Self = Self(SCALE / 2);
    /// What rounding may leave.
    pub const TINY: Self = Self(SCALE / 1_000_000);

    pub fn whole(number: i64) -> Self {
        Self(i128::from(number) * SCALE)
    }

    pub fn of_cents(cents: i64) -> Self {
        Self(i128::from(cents) * CENT)
    }

    /// Reads `12`, `-0.5` or `6.593e1`; decimals beyond the eighth are rounded. Nothing for what is no
    /// number or too large to be an amount.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > CHARS_MAX {
            return None;
        }
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, number) = match number.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, number),
        };
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let digits = format!("{whole}{part}");
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let places = i32::try_from(part.len()).ok()?.checked_sub(exponent)?;
        let value: i128 = digits.parse().ok()?;
        let units = shifted(value, i32::try_from(DECIMALS).ok()?.checked_sub(places)?)?;
        let within = units <= WHOLE_MAX * SCALE;
        within.then_some(Self(if negative { -units } else { units }))
    }

    /// Rounded half away from zero, as [`kernel::Money`] rounds.
    pub fn cents(self) -> i64 {
        i64::try_from(div(self.0, CENT)).unwrap_or(i64::MAX)
    }

    /// Hundredths of a per cent, of a number that says per cent: 23 is 2,300.
    pub fn percent_as_bps(self) -> Option<u32> {
        let bps = self.0 * 100;
        let whole = bps % SCALE == 0;
        whole.then(|| u32::try_from(bps / SCALE).ok())?
    }

    pub fn times(self, other: Self) -> Self {
        Self(div(self.0 * other.0, SCALE))
    }

    /// Nothing is divided by nothing.
    pub fn over(self, other: Self) -> Option<Self> {
        (other.0 != 0).then(|| Self(div(self.0 * SCALE, other.0)))
    }

    /// The share of a rate in basis points.
    pub fn share(self, bps: u32) -> Self {
        Self(div(self.0 * i128::from(bps), BPS))
    }

    /// What is left of an amount with tax when the tax is taken out of it.
    pub fn without_tax(self, bps: u32) -> Self {
        Self(div(self.0 * BPS, BPS + i128::from(bps)))
    }

    /// Whether two numbers are the same but for rounding.
    pub fn is_about(self, other: Self) -> bool {
        (self.0 - other.0).abs() <= Self::TINY.0
    }

    pub fn minus(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

/// `value × 10^by`, rounded half away from zero.
fn shifted(value: i128, by: i32) -> Option<i128> {
    let power = 10_i128.checked_pow(by.unsigned_abs().min(38))?;
    match by >= 0 {
        true => value.checked_mul(power),
        false => Some(div(value, power)),
    }
}

/// Half away from zero.
fn div(number: i128, by: i128) -> i128 {
    let half = by.abs() / 2;
    let away = if (number < 0) == (by < 0) {
        half
    } else {
        -half
    };
    (number + if by < 0 { -away } else { away }) / by
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.abs() / SCALE, self.0.abs() % SCALE);
        if part == 0 {
            return write!(f, "{sign}{whole}");
        }
        let part = format!("{part:0DECIMALS$}");
        write!(f, "{sign}{whole}.{}", part.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fixed(text: &str) -> Fixed {
        Fixed::parse(text).unwrap()
    }

    #[test]
    fn numbers_read_as_they_are_written() {
        for (text, shown) in [
            ("65.93", "65.93"),
            ("0", "0"),
            ("-0.5", "-0.5"),
            ("25.00", "25"),
            ("6.593e1", "65.93"),
            ("1e3", "1000"),
            ("8.123456785", "8.12345679"),
        ] {
            assert_eq!(fixed(text).to_string(), shown, "{text}");
        }
        for wrong in [
            "", "-", "1,5", "NaN", "1e", "10^308", "1e308", "0x1", "1.2.3",
        ] {
            assert_eq!(Fixed::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Fixed::parse(&"9".repeat(39)), None);
    }

    #[test]
    fn cents_round_half_away_from_zero() {
        for (text, cents) in [
            ("0.005", 1),
            ("0.0049", 0),
            ("-0.005", -1),
            ("65.93", 6_593),
        ] {
            assert_eq!(fixed(text).cents(), cents, "{text}");
        }
    }

    #[test]
    fn a_rate_is_whole_basis_points() {
        assert_eq!(fixed("23").percent_as_bps(), Some(2_300));
        assert_eq!(fixed("5.5").percent_as_bps(), Some(550));
        assert_eq!(fixed("5.555").percent_as_bps(), None);
        assert_eq!(fixed("-1").percent_as_bps(), None);
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_again(units in -WHOLE_MAX..WHOLE_MAX) {
            let number = Fixed(units);
            prop_assert_eq!(Fixed::parse(&number.to_string()), Some(number));
        }
    }
}
