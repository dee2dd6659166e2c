//! Value-added tax: which region, which rate, how much of a price.
//!
//! Prices include tax. The tax of a line is what its gross amount contains at the line's rate, rounded once by
//! the platform's rule (`Money::scale`); a summary per rate adds lines up and never rounds again.
//! So the document's tax is exactly the sum of what each line shows. A gross amount that several rates
//! share, as shipping and refunds do, is first split to the cent, then each part is a line of its own.

use kernel::{Country, Money, MoneyError, Postcode};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;

/// Where tax is due, by ISO 3166-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum TaxRegion {
    #[serde(rename = "PT")]
    Mainland,
    #[serde(rename = "PT-20")]
    Azores,
    #[serde(rename = "PT-30")]
    Madeira,
}

impl TaxRegion {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mainland => "PT",
            Self::Azores => "PT-20",
            Self::Madeira => "PT-30",
        }
    }

    /// As people say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mainland => "mainland Portugal",
            Self::Azores => "the Azores",
            Self::Madeira => "Madeira",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Mainland, Self::Azores, Self::Madeira]
            .into_iter()
            .find(|r| r.as_str() == text)
    }

    /// The region of a Portuguese postcode: 9000 to 9499 Madeira, 9500 to 9999 Azores. Nothing for
    /// a postcode that Portugal does not write, and for other countries.
    pub fn of(country: &Country, postcode: &Postcode) -> Option<Self> {
        if country.as_str() != "PT" {
            return None;
        }
        let (area, rest) = postcode.as_str().split_once('-')?;
        let is_written = area.len() == 4
            && rest.len() == 3
            && area
                .bytes()
                .chain(rest.bytes())
                .all(|byte| byte.is_ascii_digit());
        match area.parse::<u16>() {
            Ok(9_500..) if is_written => Some(Self::Azores),
            Ok(9_000..) if is_written => Some(Self::Madeira),
            Ok(1_000..) if is_written => Some(Self::Mainland),
            _ => None,
        }
    }
}

/// The kind of goods, as the VAT code sorts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaxClass {
    Standard,
    Intermediate,
    Reduced,
    Zero,
    Exempt,
}

impl TaxClass {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Intermediate => "intermediate",
            Self::Reduced => "reduced",
            Self::Zero => "zero",
            Self::Exempt => "exempt",
        }
    }

    /// The class of a word; goods of an unknown class are taxed in full.
    pub fn of_name(text: &str) -> Self {
        [Self::Intermediate, Self::Reduced, Self::Zero, Self::Exempt]
            .into_iter()
            .find(|class| class.as_str() == text)
            .unwrap_or(Self::Standard)
    }
}

/// A rate and the day from which it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatedRate {
    pub region: TaxRegion,
    pub class: TaxClass,
    pub valid_from: Date,
    /// Basis points: 2300 is 23 %.
    pub rate_bps: u32,
}

/// All rates the platform knows.
#[derive(Clone, Debug, Default)]
pub struct Rates(pub Vec<DatedRate>);

impl Rates {
    /// The rate in force on `day`: the newest that had begun.
    pub fn on(&self, day: Date, region: TaxRegion, class: TaxClass) -> Option<u32> {
        self.0
            .iter()
            .filter(|rate| rate.region == region && rate.class == class && rate.valid_from <= day)
            .max_by_key(|rate| rate.valid_from)
            .map(|rate| rate.rate_bps)
    }
}

/// The tax that a gross amount contains.
pub fn contained(gross: Money, rate_bps: u32) -> Result<Money, MoneyError> {
    let rate = i64::from(rate_bps);
    gross.scale(rate, 10_000 + rate)
}

/// The tax of everything sold at one rate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxAmount {
    pub class: TaxClass,
    /// Basis points: 2300 is 23 %.
    #[schema(example = 2300)]
    pub rate_bps: u32,
    /// Without the tax.
    pub net: Money,
    pub tax: Money,
    pub region: TaxRegion,
    /// Why no tax is due, by the code of the law (M01 … M99).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub exemption_code: String,
}

impl TaxAmount {
    pub fn of(
        gross: Money,
        class: TaxClass,
        rate_bps: u32,
        region: TaxRegion,
    ) -> Result<Self, MoneyError> {
        let tax = contained(gross, rate_bps)?;
        Ok(Self {
            class,
            rate_bps,
            net: gross.sub(tax)?,
            tax,
            region,
            exemption_code: String::new(),
        })
    }
}

/// Splits a gross amount over the rates of `parts`, by what was sold at each: every part has its share,
/// to the cent, and the tax that its share contains.
pub fn share_out(gross: Money, parts: &[TaxAmount]) -> Result<Vec<TaxAmount>, MoneyError> {
    let weights: Vec<i64> = parts
        .iter()
        .map(|part| Ok(part.net.add(part.tax)?.minor))
        .collect::<Result<_, MoneyError>>()?;
    let shares = parts.iter().zip(gross.split_by(&weights));
    shares
        .filter(|(_, share)| !share.is_zero())
        .map(|(part, share)| {
            let taxed = TaxAmount::of(share, part.class, part.rate_bps, part.region)?;
            let exemption_code = part.exemption_code.clone();
            Ok(TaxAmount {
                exemption_code,
                ..taxed
            })
        })
        .collect()
}

/// Adds up the taxes of lines by class and rate, in the order in which they first appear.
pub fn summary(parts: &[TaxAmount]) -> Result<Vec<TaxAmount>, MoneyError> {
    let mut sums: Vec<TaxAmount> = Vec::new();
    for part in parts {
        let same = |sum: &&mut TaxAmount| {
            sum.class == part.class
                && sum.rate_bps == part.rate_bps
                && sum.exemption_code == part.exemption_code
        };
        match sums.iter_mut().find(same) {
            Some(sum) => {
                sum.net = sum.net.add(part.net)?;
                sum.tax = sum.tax.add(part.tax)?;
            }
            None => sums.push(part.clone()),
        }
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;
    use proptest::prelude::*;
    use time::macros::date;

    const EUR: Currency = Currency::EUR;

    fn region(postcode: &str) -> Option<TaxRegion> {
        TaxRegion::of(&"PT".parse().unwrap(), &postcode.parse().unwrap())
    }

    #[test]
    fn a_postcode_tells_the_region() {
        assert_eq!(region("1100-148"), Some(TaxRegion::Mainland));
        assert_eq!(region("8999-999"), Some(TaxRegion::Mainland));
        assert_eq!(region("9000-001"), Some(TaxRegion::Madeira));
        assert_eq!(region("9499-999"), Some(TaxRegion::Madeira));
        assert_eq!(region("9500-001"), Some(TaxRegion::Azores));
        for bad in ["1100", "11001-48", "0999-001", "AB00-123", "1100-14"] {
            assert_eq!(region(bad), None, "{bad}");
        }
        let spain = "ES".parse().unwrap();
        assert_eq!(TaxRegion::of(&spain, &"28001".parse().unwrap()), None);
    }

    #[test]
    fn a_rate_holds_from_its_first_day() {
        let rate = |valid_from, rate_bps| DatedRate {
            region: TaxRegion::Madeira,
            class: TaxClass::Reduced,
            valid_from,
            rate_bps,
        };
        let rates = Rates(vec![
            rate(date!(2024 - 10 - 01), 400),
            rate(date!(2012 - 04 - 01), 500),
        ]);
        let on = |day| rates.on(day, TaxRegion::Madeira, TaxClass::Reduced);
        assert_eq!(on(date!(2012 - 03 - 31)), None);
        assert_eq!(on(date!(2024 - 09 - 30)), Some(500));
        assert_eq!(on(date!(2024 - 10 - 01)), Some(400));
    }

    #[test]
    fn the_tax_is_what_the_price_contains() {
        assert_eq!(
            contained(Money::new(12_300, EUR), 2_300),
            Ok(Money::new(2_300, EUR))
        );
        assert_eq!(
            contained(Money::new(999, EUR), 2_300),
            Ok(Money::new(187, EUR))
        );
        assert_eq!(contained(Money::new(999, EUR), 0), Ok(Money::zero(EUR)));
    }

    proptest! {
        #[test]
        fn net_and_tax_are_the_gross_and_neither_is_negative(gross in 0_i64..100_000_000, bps in 0_u32..5_000) {
            let gross = Money::new(gross, EUR);
            let part = TaxAmount::of(gross, TaxClass::Standard, bps, TaxRegion::Mainland).unwrap();
            prop_assert_eq!(part.net.add(part.tax).unwrap(), gross);
            prop_assert!(!part.net.is_negative() && !part.tax.is_negative());
        }

        #[test]
        fn a_shared_amount_loses_no_cent(
            gross in 0_i64..1_000_000,
            weights in prop::collection::vec(0_i64..1_000_000, 1..4),
        ) {
            let rates = [0, 600, 1_300, 2_300];
            let parts: Vec<_> = weights.iter().zip(rates).map(|(weight, bps)| {
                TaxAmount::of(Money::new(*weight, EUR), TaxClass::Standard, bps, TaxRegion::Mainland).unwrap()
            }).collect();
            let shares = share_out(Money::new(gross, EUR), &parts).unwrap();
            let all: i64 = shares.iter().map(|share| share.net.minor + share.tax.minor).sum();
            prop_assert_eq!(all, gross);
            for share in &shares {
                let whole = Money::new(share.net.minor + share.tax.minor, EUR);
                prop_assert_eq!(contained(whole, share.rate_bps).unwrap(), share.tax);
            }
        }

        #[test]
        fn a_summary_loses_no_cent(lines in prop::collection::vec((1_i64..1_000_000, 0_usize..3), 1..30)) {
            let rates = [600, 1_300, 2_300];
            let parts: Vec<_> = lines.iter().map(|(gross, at)| {
                TaxAmount::of(Money::new(*gross, EUR), TaxClass::Standard, rates[*at], TaxRegion::Mainland).unwrap()
            }).collect();
            let sums = summary(&parts).unwrap();
            let all = |list: &[TaxAmount]| list.iter().map(|p| p.net.minor + p.tax.minor).sum::<i64>();
            prop_assert_eq!(all(&parts), all(&sums));
            prop_assert_eq!(all(&parts), lines.iter().map(|(gross, _)| *gross).sum::<i64>());
        }
    }
}
