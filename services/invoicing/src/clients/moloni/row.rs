//! Fields of Moloni's rows: numbers that may be texts, and emptiness in three forms.

use serde_json::Value;

use crate::domain::fixed::Fixed;

const TEXT_CHARS_MAX: usize = 500;

/// A text, or a number as one; empty for anything else.
pub fn text(row: &Value, field: &str) -> String {
    let text = match row.get(field) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    text.chars().take(TEXT_CHARS_MAX).collect()
}

/// Sets a field of what is sent.
pub fn put(fields: &mut Value, field: &str, value: Value) {
    if let Value::Object(fields) = fields {
        fields.insert(field.to_owned(), value);
    }
}

/// A number; nothing when it is none.
pub fn number(row: &Value, field: &str) -> Option<Fixed> {
    Fixed::parse(text(row, field).trim())
}

/// A positive id; nothing for 0 and for what is none.
pub fn id(row: &Value, field: &str) -> Option<i64> {
    let id: i64 = text(row, field).trim().parse().ok()?;
    (id > 0).then_some(id)
}

/// Whether a field that is 0 or 1 is 1.
pub fn is_set(row: &Value, field: &str) -> bool {
    text(row, field) == "1" || row.get(field) == Some(&Value::Bool(true))
}

/// The rows of a list; none when it is no list.
pub fn list<'a>(row: &'a Value, field: &str) -> &'a [Value] {
    match row.get(field) {
        Some(Value::Array(rows)) => rows,
        _ => &[],
    }
}
