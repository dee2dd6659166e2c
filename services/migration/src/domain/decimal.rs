//! Amounts as shops write them: decimal texts of any length, never floats.

use std::cmp::Ordering;

/// Digits that are kept while reckoning: finer than any shop's.
const SCALE: u32 = 8;

/// A decimal number in units of 10⁻⁸.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal(pub i128);

impl Decimal {
    /// Reads "12.345", "-1", "12,50"; nothing for "" and for what is no number.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().replace(',', ".");
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text.as_str()),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !is_number(whole) || !is_number(fraction) {
            return None;
        }
        let kept: String = fraction
            .chars()
            .take(usize::try_from(SCALE).ok()?)
            .collect();
        let width = usize::try_from(SCALE).ok()?;
        let units: i128 = format!("0{whole}{kept:0<width$}").parse().ok()?;
        Some(Self(sign * units))
    }

    /// In minor units of a currency with `exponent` digits, rounded half away from zero.
    pub fn minor(self, exponent: u32) -> Option<i64> {
        let unit = 10_i128.checked_pow(SCALE.checked_sub(exponent)?)?;
        let half = unit / 2;
        let shifted = match self.0.cmp(&0) {
            Ordering::Less => self.0 - half,
            Ordering::Equal | Ordering::Greater => self.0 + half,
        };
        i64::try_from(shifted / unit).ok()
    }

    /// With a share in percent on top.
    pub fn plus_percent(self, percent: Self) -> Self {
        let scale = 10_i128.pow(SCALE);
        let share = self.0.saturating_mul(percent.0) / (scale * 100);
        Self(self.0.saturating_add(share))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_of_any_length_become_cents() {
        for (text, cents) in [
            ("12.345", 1_235),
            ("39.9", 3_990),
            ("12.3450", 1_235),
            ("0.0375", 4),
            ("250", 25_000),
            ("12,50", 1_250),
            ("-1.00", -100),
            ("-0.005", -1),
            (".5", 50),
            ("0", 0),
            ("1.234567891234", 123),
        ] {
            assert_eq!(
                Decimal::parse(text).unwrap().minor(2),
                Some(cents),
                "{text}"
            );
        }
        for none in ["", " ", "abc", "1.2.3", "1e5", "--1", "."] {
            assert_eq!(Decimal::parse(none), None, "{none:?}");
        }
        assert_eq!(Decimal::parse("1000").unwrap().minor(0), Some(1_000));
    }

    #[test]
    fn tax_comes_on_top() {
        let net = Decimal::parse("10").unwrap();
        let gross = net.plus_percent(Decimal::parse("23.0000").unwrap());
        assert_eq!(gross.minor(2), Some(1_230));
    }
}
