//! Short ways to read and change JSON objects.

use serde_json::Value;

pub(crate) trait Json {
    /// The text of a field, empty when it is absent or null.
    fn text(&self, field: &str) -> &str;
    /// The number of a field, 0 when it is absent or null.
    fn int(&self, field: &str) -> i64;
    /// A field, null when it is absent.
    fn part(&self, field: &str) -> &Value;
    fn flag(&self, field: &str) -> bool;
    /// Sets a field of an object; does nothing to what is no object.
    fn set(&mut self, field: &str, value: impl Into<Value>);
    /// Lays an object over this one, field by field; deep for objects, whole for everything else.
    fn merge(&mut self, over: &Value);
}

impl Json for Value {
    fn text(&self, field: &str) -> &str {
        self.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    fn int(&self, field: &str) -> i64 {
        self.get(field).and_then(Value::as_i64).unwrap_or_default()
    }

    fn part(&self, field: &str) -> &Value {
        self.get(field).unwrap_or(&Value::Null)
    }

    fn flag(&self, field: &str) -> bool {
        self.get(field).and_then(Value::as_bool).unwrap_or_default()
    }

    fn set(&mut self, field: &str, value: impl Into<Value>) {
        if let Value::Object(map) = self {
            map.insert(field.to_owned(), value.into());
        }
    }

    fn merge(&mut self, over: &Value) {
        match (self, over) {
            (Value::Object(map), Value::Object(over)) => {
                for (key, value) in over {
                    map.entry(key.clone()).or_insert(Value::Null).merge(value);
                }
            }
            (this, over) => *this = over.clone(),
        }
    }
}
