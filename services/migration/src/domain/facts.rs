//! What holds for a shop as a whole.

use kernel::Currency;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::decimal::Decimal;
use super::value::Fields;

/// A rate of tax as the shop keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    pub country: String,
    /// Holds in one part of the country only.
    pub is_local: bool,
    /// `standard`, `reduced-rate`, …
    pub class: String,
    /// Percent, as the shop writes it.
    pub percent: String,
}

/// What was learned at the beginning, kept with the import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The address under which the API answers, with a slash at the end.
    pub api: String,
    /// How keys are shown: basic, query or oauth.
    pub auth: String,
    pub currency: String,
    /// ISO 3166-1.
    pub country: String,
    pub prices_include_tax: bool,
    pub weight_unit: String,
    pub version: String,
    pub rates: Vec<Rate>,
}

impl Facts {
    pub fn currency(&self) -> Currency {
        self.currency.parse().unwrap_or(Currency::EUR)
    }

    /// The rate of a class at the shop's own place, in percent.
    pub fn rate(&self, class: &str) -> Option<Decimal> {
        let class = if class.is_empty() { "standard" } else { class };
        let of_class = || {
            self.rates
                .iter()
                .filter(|rate| rate.class == class && !rate.is_local)
        };
        let home = of_class().find(|rate| rate.country == self.country);
        let anywhere = || of_class().find(|rate| rate.country.is_empty());
        let rate = home.or_else(anywhere)?;
        Decimal::parse(&rate.percent)
    }

    /// Our class of a shop's class: by its rate where that is one of Portugal's, by its name otherwise.
    pub fn class(&self, class: &str) -> &'static str {
        let percent = self.rate(class).map(|rate| rate.0 / 1_000_000);
        match (percent, class) {
            (_, "" | "standard") => "standard",
            (Some(0), _) => "zero",
            (Some(400..=600), _) => "reduced",
            (Some(900..=1_300), _) => "intermediate",
            (Some(_), _) => "standard",
            (None, name) if name.contains("zero") => "zero",
            (None, name) if name.contains("interm") => "intermediate",
            (None, name) if name.contains("redu") => "reduced",
            (None, _) => "standard",
        }
    }

    /// Grams of a weight as the shop writes it.
    pub fn grams(&self, weight: &str) -> u32 {
        let Some(weight) = Decimal::parse(weight) else {
            return 0;
        };
        // 10⁻⁸ units of the shop's unit: how many hundredths of a gram one of it is.
        let hundredths = match self.weight_unit.as_str() {
            "g" => 100,
            "lbs" => 45_359,
            "oz" => 2_835,
            _ => 100_000,
        };
        let grams = weight.0.saturating_mul(hundredths) / 100 / 100_000_000;
        u32::try_from(grams).unwrap_or(0).min(10_000_000)
    }
}

/// Rates of a page of `taxes`.
pub fn rate_of(value: &Value) -> Rate {
    let has = |name: &str| !value.list(name).is_empty() || !value.text(name).is_empty();
    let is_local =
        has("state") || has("postcode") || has("postcodes") || has("city") || has("cities");
    let class = value.text("class");
    Rate {
        country: value.text("country"),
        is_local,
        class: if class.is_empty() {
            "standard".into()
        } else {
            class
        },
        percent: value.text("rate"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        let rate = |country: &str, class: &str, percent: &str, is_local| Rate {
            country: country.into(),
            is_local,
            class: class.into(),
            percent: percent.into(),
        };
        Facts {
            api: "https://loja.example/wp-json/".into(),
            auth: "basic".into(),
            currency: "EUR".into(),
            country: "PT".into(),
            prices_include_tax: true,
            weight_unit: "kg".into(),
            version: String::new(),
            rates: vec![
                rate("PT", "standard", "16.0000", true),
                rate("PT", "standard", "23.0000", false),
                rate("PT", "reduced-rate", "6.0000", false),
                rate("PT", "iva-13", "13.0000", false),
            ],
        }
    }

    #[test]
    fn classes_are_known_by_their_rate() {
        let facts = facts();
        for (class, ours) in [
            ("", "standard"),
            ("standard", "standard"),
            ("reduced-rate", "reduced"),
            ("iva-13", "intermediate"),
            ("zero-rate", "zero"),
            ("unknown", "standard"),
        ] {
            assert_eq!(facts.class(class), ours, "{class}");
        }
        assert_eq!(facts.rate("").unwrap().minor(2), Some(2_300));
    }

    #[test]
    fn weights_are_grams() {
        let facts = facts();
        assert_eq!(
            (facts.grams("1.2"), facts.grams("0.055"), facts.grams("")),
            (1_200, 55, 0)
        );
        let pounds = Facts {
            weight_unit: "lbs".into(),
            ..facts
        };
        assert_eq!(pounds.grams("2"), 907);
    }
}
