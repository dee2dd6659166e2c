//! Prices and sales.

use events::common::v1::Money;
use serde_json::Value;

use crate::domain::decimal::Decimal;
use crate::domain::facts::Facts;
use crate::domain::value::Fields;

/// A price as it is now.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Price {
    /// Nothing: the old shop has none, which is not 0.
    pub price: Option<Money>,
    pub compare_at: Option<Money>,
    pub note: Option<String>,
}

/// What the public pays now: the regular price or the sale's, with the tax of its class, where it is taxed.
/// What the shop says the price is now may be old; the regular one, the sale and its days are not.
pub(super) fn price(value: &Value, class: Option<&str>, facts: &Facts, now_us: i64) -> Price {
    let rate = class.and_then(|class| facts.rate(class));
    let rate = rate.filter(|_| !facts.prices_include_tax);
    let gross = |amount: Decimal| -> Option<Money> {
        let amount = rate.map_or(amount, |rate| amount.plus_percent(rate));
        let minor = amount.minor(facts.currency().exponent())?;
        (minor >= 0).then(|| Money {
            minor,
            currency: facts.currency().to_string(),
        })
    };
    let regular = value.decimal("regular_price").and_then(gross);
    let sale = value.decimal("sale_price").and_then(gross);
    let (from, to) = (
        value.instant("date_on_sale_from"),
        value.instant("date_on_sale_to"),
    );
    let is_on = (from == 0 || from <= now_us) && (to == 0 || now_us <= to);
    match (regular, sale) {
        (Some(regular), Some(sale)) if is_on && sale.minor < regular.minor => Price {
            price: Some(sale),
            compare_at: Some(regular),
            note: (to != 0).then(|| {
                let day = value.text("date_on_sale_to");
                format!(
                    "the sale ends on {}; end it here by hand or import again",
                    day.get(..10).unwrap_or(&day)
                )
            }),
        },
        (regular, Some(_)) if from > now_us => Price {
            price: regular,
            compare_at: None,
            note: {
                let day = value.text("date_on_sale_from");
                Some(format!(
                    "a sale begins on {}; begin it here by hand or import again",
                    day.get(..10).unwrap_or(&day)
                ))
            },
        },
        (None, sale) => Price {
            price: sale.filter(|_| is_on),
            ..Price::default()
        },
        (regular, _) => Price {
            price: regular,
            ..Price::default()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn facts(includes: bool) -> Facts {
        serde_json::from_value(
            json!({"api": "", "auth": "", "currency": "EUR", "country": "PT",
            "prices_include_tax": includes, "weight_unit": "kg", "version": "",
            "rates": [{"country": "PT", "is_local": false, "class": "standard", "percent": "23"}]}),
        )
        .unwrap()
    }

    fn minor(money: Option<Money>) -> Option<i64> {
        money.map(|money| money.minor)
    }

    #[test]
    fn the_regular_price_the_sale_and_its_days_decide() {
        let now = 1_700_000_000_000_000;
        let of = |value: Value| price(&value, Some(""), &facts(true), now);
        let plain = of(json!({"regular_price": "12.345", "sale_price": "", "price": ""}));
        assert_eq!(
            (minor(plain.price), minor(plain.compare_at)),
            (Some(1_235), None)
        );
        let none = of(json!({"regular_price": "", "sale_price": "", "price": "5"}));
        assert_eq!(none.price, None);
        let free = of(json!({"regular_price": "0"}));
        assert_eq!(minor(free.price), Some(0));
        let sale = of(json!({"regular_price": "10", "sale_price": "8"}));
        assert_eq!(
            (minor(sale.price), minor(sale.compare_at)),
            (Some(800), Some(1_000))
        );
        let over = of(
            json!({"regular_price": "10", "sale_price": "8", "date_on_sale_to_gmt": "2020-01-01T00:00:00"}),
        );
        assert_eq!(
            (minor(over.price), minor(over.compare_at)),
            (Some(1_000), None)
        );
        let later = of(
            json!({"regular_price": "10", "sale_price": "8", "date_on_sale_from_gmt": "2060-01-01T00:00:00", "date_on_sale_from": "2060-01-01T00:00:00"}),
        );
        assert_eq!(minor(later.price), Some(1_000));
        assert!(later.note.unwrap().contains("2060-01-01"));
        let wrong = of(json!({"regular_price": "10", "sale_price": "12"}));
        assert_eq!(
            (minor(wrong.price), minor(wrong.compare_at)),
            (Some(1_000), None)
        );
    }

    #[test]
    fn tax_comes_on_top_where_the_shop_leaves_it_out() {
        let of = |class| {
            let value = json!({"regular_price": "10", "tax_class": "parent"});
            minor(price(&value, class, &facts(false), 0).price)
        };
        assert_eq!(of(Some("standard")), Some(1_230));
        assert_eq!(of(Some("unknown")), Some(1_000));
        assert_eq!(of(None), Some(1_000));
    }
}
