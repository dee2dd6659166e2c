//! Reading JSON of shops, whose fields are now one type and now another.

use serde_json::Value;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

use super::decimal::Decimal;

/// Dates before this are mistakes of a shop's clock: WooCommerce is of 2011.
const YEAR_FIRST: i32 = 2003;
const YEAR_LAST: i32 = 2100;

/// What is read of a value; nothing of it fails.
pub trait Fields {
    /// A text; a number as its digits, and nothing else.
    fn text(&self, name: &str) -> String;
    /// A whole number, also as a text; 0 for none.
    fn int(&self, name: &str) -> i64;
    /// A whole number where there is one.
    fn int_opt(&self, name: &str) -> Option<i64>;
    fn flag(&self, name: &str) -> bool;
    fn list(&self, name: &str) -> &[Value];
    fn part(&self, name: &str) -> &Value;
    fn decimal(&self, name: &str) -> Option<Decimal>;
    /// The instant of `name_gmt`, in microseconds since 1970; 0 for none and for what cannot be.
    fn instant(&self, name: &str) -> i64;
    /// The value of an entry of `meta_data`.
    fn meta(&self, key: &str) -> String;
}

static NULL: Value = Value::Null;

impl Fields for Value {
    fn text(&self, name: &str) -> String {
        match self.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    }

    fn int(&self, name: &str) -> i64 {
        self.int_opt(name).unwrap_or(0)
    }

    fn int_opt(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Value::Number(number) => number.as_i64().or_else(|| whole(&number.to_string())),
            Value::String(text) => whole(text),
            _ => None,
        }
    }

    fn flag(&self, name: &str) -> bool {
        match self.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => matches!(text.as_str(), "yes" | "true" | "1"),
            Some(Value::Number(number)) => number.as_i64() == Some(1),
            _ => false,
        }
    }

    fn list(&self, name: &str) -> &[Value] {
        self.get(name)
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }

    fn part(&self, name: &str) -> &Value {
        self.get(name).unwrap_or(&NULL)
    }

    fn decimal(&self, name: &str) -> Option<Decimal> {
        Decimal::parse(&self.text(name))
    }

    fn instant(&self, name: &str) -> i64 {
        instant(&self.text(&format!("{name}_gmt"))).map_or(0, events::to_us)
    }

    fn meta(&self, key: &str) -> String {
        let entry = self
            .list("meta_data")
            .iter()
            .find(|entry| entry.get("key").and_then(Value::as_str) == Some(key));
        entry.map(|entry| entry.text("value")).unwrap_or_default()
    }
}

fn whole(text: &str) -> Option<i64> {
    Decimal::parse(text).and_then(|number| i64::try_from(number.0 / 100_000_000).ok())
}

/// A moment that a shop writes in UTC without saying so.
pub fn instant(text: &str) -> Option<OffsetDateTime> {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
    let text = text.get(..19).unwrap_or(text);
    let at = PrimitiveDateTime::parse(text, &format).ok()?.assume_utc();
    (YEAR_FIRST..=YEAR_LAST).contains(&at.year()).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_read_whatever_their_type() {
        let value = json!({"a": 1, "b": "2", "c": "2.5", "d": null, "e": "parent", "f": 24.390244,
            "x_gmt": "2024-03-31T01:30:00", "y_gmt": "0000-00-00T00:00:00", "z_gmt": "1999-01-01T00:00:00"});
        assert_eq!((value.int("a"), value.int("b"), value.int("c")), (1, 2, 2));
        assert_eq!((value.int_opt("d"), value.int_opt("e")), (None, None));
        assert_eq!(value.decimal("f").unwrap().minor(2), Some(2_439));
        assert_eq!(value.instant("x"), 1_711_848_600_000_000);
        assert_eq!(
            (value.instant("y"), value.instant("z"), value.instant("w")),
            (0, 0, 0)
        );
    }
}
