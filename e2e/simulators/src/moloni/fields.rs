//! What a caller sent, read as loosely as PHP reads it: `"5"`, `5` and `5.0` are one number.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::Date;
use time::macros::format_description;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Nothing at all when the tree is no object.
    pub(super) fn of(tree: Value) -> Self {
        match tree {
            Value::Object(map) => Self(map),
            _ => Self::default(),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn text(&self, name: &str) -> String {
        self.0.get(name).map(text).unwrap_or_default()
    }

    pub(super) fn is_blank(&self, name: &str) -> bool {
        self.0.get(name).is_none_or(|value| match value {
            Value::Array(list) => list.is_empty(),
            Value::Object(map) => map.is_empty(),
            other => text(other).is_empty(),
        })
    }

    pub(super) fn decimal(&self, name: &str) -> Option<Decimal> {
        decimal(self.0.get(name)?)
    }

    /// A number, 0 when it is absent or none.
    pub(super) fn amount(&self, name: &str) -> Decimal {
        self.decimal(name).unwrap_or_default()
    }

    pub(super) fn int(&self, name: &str) -> Option<i64> {
        let number = self.decimal(name)?;
        number.is_integer().then(|| i64::try_from(number).ok())?
    }

    /// An id, 0 when it is absent or none.
    pub(super) fn id(&self, name: &str) -> i64 {
        self.int(name).unwrap_or_default()
    }

    pub(super) fn date(&self, name: &str) -> Option<Date> {
        let day = format_description!("[year]-[month]-[day]");
        Date::parse(&self.text(name), day).ok()
    }

    /// The objects of a list: a JSON array, or `name[0][…]`, `name[1][…]` of a form.
    pub(super) fn list(&self, name: &str) -> Vec<Self> {
        match self.0.get(name) {
            Some(Value::Array(list)) => list.iter().cloned().map(Self::of).collect(),
            Some(Value::Object(map)) => {
                let mut rows: Vec<_> = map.iter().collect();
                rows.sort_by_key(|(key, _)| key.parse::<u64>().unwrap_or(u64::MAX));
                rows.into_iter()
                    .map(|(_, row)| Self::of(row.clone()))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// These fields with newer ones laid over them, each as a whole.
    pub(super) fn overlaid(&self, newer: &Self) -> Self {
        let mut fields = self.0.clone();
        fields.extend(newer.0.clone());
        Self(fields)
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Bool(true) => "1".into(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

fn decimal(value: &Value) -> Option<Decimal> {
    let text = text(value);
    let exact = text.parse().ok();
    exact.or_else(|| Decimal::from_scientific(&text).ok())
}

#[cfg(test)]
mod tests {
    use super::Fields;
    use crate::form;
    use serde_json::json;

    #[test]
    fn a_form_and_json_read_alike() {
        let form = form::decode("qty=2&price=8.1220&products[10][name]=b&products[9][name]=a");
        let json = json!({"qty": 2.0, "price": 8.122, "products": [{"name": "a"}, {"name": "b"}]});
        for fields in [Fields::of(form.unwrap()), Fields::of(json)] {
            assert_eq!(fields.int("qty"), Some(2));
            assert_eq!(fields.amount("price"), "8.122".parse().unwrap());
            let names: Vec<_> = fields
                .list("products")
                .iter()
                .map(|row| row.text("name"))
                .collect();
            assert_eq!(names, ["a", "b"]);
        }
    }

    #[test]
    fn what_is_no_number_or_day_is_none() {
        let fields = Fields::of(json!({"qty": "two", "half": 1.5, "date": "01-02-2026"}));
        assert_eq!(fields.decimal("qty"), None);
        assert_eq!(fields.int("half"), None);
        assert_eq!(fields.date("date"), None);
        assert!(fields.is_blank("absent"));
    }
}
