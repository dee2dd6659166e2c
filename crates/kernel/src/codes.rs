//! Codes: currencies, countries, locales, slugs, SKUs, barcodes and quantities.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Invalid, text_type};

/// An ISO 4217 currency code, upper case.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "EUR")]
pub struct Currency([u8; 3]);

impl Currency {
    pub const EUR: Self = Self(*b"EUR");

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a currency is built from ASCII letters only")
    }

    /// How many decimal digits the minor unit has.
    /// Source: ISO 4217; Stripe's list of zero- and three-decimal currencies.
    pub const fn exponent(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"JPY" | b"KMF" | b"KRW" | b"MGA" | b"PYG"
            | b"RWF" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"JOD" | b"KWD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl FromStr for Currency {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Self(code)),
            _ => Err(Invalid::new(
                "a currency is three capital letters of ISO 4217, such as EUR",
            )),
        }
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.as_str().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How many of something: 1 to 9,999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "i64", into = "i64")]
#[schema(value_type = i32, minimum = 1, maximum = 9999, example = 1)]
pub struct Quantity(u16);

impl Quantity {
    pub const MAX: i64 = 9_999;

    pub fn get(self) -> i64 {
        i64::from(self.0)
    }
}

impl TryFrom<i64> for Quantity {
    type Error = Invalid;
    fn try_from(number: i64) -> Result<Self, Invalid> {
        match u16::try_from(number) {
            Ok(quantity) if (1..=Self::MAX).contains(&number) => Ok(Self(quantity)),
            _ => Err(Invalid::new("a quantity is a whole number from 1 to 9999")),
        }
    }
}

impl From<Quantity> for i64 {
    fn from(quantity: Quantity) -> i64 {
        quantity.get()
    }
}

text_type!(
    /// An ISO 3166-1 alpha-2 country code, upper case.
    Country, "PT", |text| {
        if text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase()) {
            Ok(text)
        } else {
            Err(Invalid::new("a country is two capital letters of ISO 3166, such as PT"))
        }
    }
);

text_type!(
    /// A BCP 47 language tag of the platform: a language and, where it matters, a region.
    Locale, "pt-PT", |text| {
        let (language, region) = text.split_once('-').unwrap_or((&text, "XX"));
        let fits = (2..=3).contains(&language.len())
            && language.bytes().all(|b| b.is_ascii_lowercase())
            && region.len() == 2
            && region.bytes().all(|b| b.is_ascii_uppercase());
        if fits { Ok(text) } else { Err(Invalid::new("a locale is a language with an optional region, such as pt-PT or en")) }
    }
);

text_type!(
    /// A name for addresses: a DNS label (RFC 1035) of 1 to 63 lower-case letters, digits and
    /// hyphens, with no hyphen at either end.
    Slug, "defenseopsairsoft", |text| {
        let fits = (1..=63).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if fits { Ok(text) } else { Err(Invalid::new("a slug is 1 to 63 lower-case letters, digits and hyphens, with no hyphen at either end")) }
    }
);

text_type!(
    /// A stock-keeping unit as the merchant writes it: 1 to 64 visible characters.
    Sku, "M4-BLK", |text| {
        let text = text.trim().to_owned();
        let fits = (1..=64).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if fits { Ok(text) } else { Err(Invalid::new("a SKU is 1 to 64 visible characters")) }
    }
);

text_type!(
    /// A barcode: GTIN-8, -12, -13 or -14 with its check digit (GS1 General Specifications §7.9).
    Gtin, "5601234567890", |text| {
        let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
        let whole = digits.len() == text.len() && matches!(digits.len(), 8 | 12 | 13 | 14);
        let sum: u32 = digits.iter().rev().enumerate().map(|(i, d)| if i % 2 == 1 { d * 3 } else { *d }).sum();
        if whole && sum.is_multiple_of(10) { Ok(text) } else { Err(Invalid::new("a barcode is a GTIN of 8, 12, 13 or 14 digits with a right check digit")) }
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_barcode_has_a_right_check_digit() {
        assert!("4006381333931".parse::<Gtin>().is_ok());
        assert!("4006381333932".parse::<Gtin>().is_err());
        assert!("96385074".parse::<Gtin>().is_ok());
    }

    #[test]
    fn a_slug_is_a_dns_label() {
        for good in ["a", "shop-1", "0"] {
            assert!(good.parse::<Slug>().is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "A", "a.b", "ç", "a`b", &"a".repeat(64)] {
            assert!(bad.parse::<Slug>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_quantity_is_never_zero_or_negative() {
        for bad in [-1, 0, 10_000, i64::MIN] {
            assert!(Quantity::try_from(bad).is_err());
        }
        assert_eq!(Quantity::try_from(9_999).unwrap().get(), 9_999);
    }

    #[test]
    fn locales_are_a_language_and_a_region() {
        assert!("pt-PT".parse::<Locale>().is_ok());
        assert!("en".parse::<Locale>().is_ok());
        assert!("pt_PT".parse::<Locale>().is_err());
        assert!("' OR 1=1".parse::<Locale>().is_err());
    }
}
