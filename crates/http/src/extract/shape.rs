//! What an input should look like, from the same schema that documents it, and what is wrong with one
//! that does not, in the words of whoever sends it.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::path::Parameter;
use utoipa::openapi::{RefOr, Required, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::error::FieldError;

/// References in a row that are followed; a schema that refers to itself ends here.
const REFERENCES_MAX: usize = 8;
/// Wrong fields that one answer names.
const FAULTS_MAX: usize = 50;

/// Made only for a request that is refused: it costs more than reading the request did.
pub(super) struct Shape {
    root: Value,
    named: HashMap<String, Value>,
}

impl Shape {
    pub(super) fn of<T: ToSchema>() -> Self {
        let mut found = Vec::new();
        T::schemas(&mut found);
        let plain = |schema: RefOr<Schema>| serde_json::to_value(schema).unwrap_or_default();
        let named = found.into_iter();
        Self {
            root: plain(<T as PartialSchema>::schema()),
            named: named.map(|(name, schema)| (name, plain(schema))).collect(),
        }
    }

    /// The parameters as the fields of one object.
    pub(super) fn of_parameters(parameters: Vec<Parameter>) -> Self {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for parameter in parameters {
            if parameter.required == Required::True {
                required.push(parameter.name.clone());
            }
            let schema = serde_json::to_value(parameter.schema).unwrap_or_default();
            properties.insert(parameter.name, schema);
        }
        Self {
            root: json!({"type": "object", "properties": properties, "required": required}),
            named: HashMap::new(),
        }
    }

    /// Everything that is wrong with a refused value: what the schema can tell, and what reading it
    /// ended at, which is told as `message` at `pointer`.
    pub(super) fn faults(&self, value: &Value, pointer: String, message: &str) -> Vec<FieldError> {
        let mut faults = Vec::new();
        self.walk(&self.root, value, "", &mut faults);
        let (pointer, code, reason) = read(pointer, message);
        let known = faults.iter().position(|fault| fault.pointer == pointer);
        match (known, reason) {
            (Some(_), Reason::Form(_)) => {}
            (Some(at), Reason::Own(message)) => {
                if let Some(fault) = faults.get_mut(at) {
                    fault.message = message;
                }
            }
            (None, Reason::Own(message)) => faults.insert(0, field(&pointer, code, message)),
            (None, Reason::Form(expected)) => {
                let words = self.words_at(&pointer).unwrap_or(expected);
                faults.insert(0, field(&pointer, code, told(code, &words)));
            }
        }
        faults.truncate(FAULTS_MAX);
        faults
    }

    /// The query's fields as values, each of the type that it should have where it can be read so.
    pub(super) fn values<'q>(&self, pairs: impl Iterator<Item = (&'q str, &'q str)>) -> Value {
        let read = pairs.map(|(name, text)| {
            let schema = self
                .root
                .pointer("/properties")
                .and_then(|all| all.get(name));
            let schema = schema.and_then(|schema| self.resolved(schema));
            let is_text = schema.is_none_or(|schema| has_type(schema, "string"));
            let value = (!is_text)
                .then(|| serde_json::from_str(text).ok())
                .flatten();
            (name.to_owned(), value.unwrap_or_else(|| text.into()))
        });
        Value::Object(read.collect())
    }

    fn walk(&self, schema: &Value, value: &Value, pointer: &str, faults: &mut Vec<FieldError>) {
        let Some(known) = self.resolved(schema) else {
            return;
        };
        if value.is_null() && allows_null(schema) {
            return;
        }
        for part in list(known, "allOf") {
            self.walk(part, value, pointer, faults);
        }
        if !type_fits(known, value) {
            return faults.push(field(pointer, "wrong-type", self.words(known)));
        }
        let choices: Vec<&Value> = list(known, "enum").collect();
        if !choices.is_empty() && !choices.contains(&value) {
            return faults.push(field(pointer, "invalid", self.words(known)));
        }
        for (at, entry) in value.as_array().into_iter().flatten().enumerate() {
            if let Some(items) = known.get("items") {
                self.walk(items, entry, &format!("{pointer}/{at}"), faults);
            }
        }
        if let Some(object) = value.as_object() {
            self.walk_object(known, object, pointer, faults);
        }
    }

    fn walk_object(
        &self,
        schema: &Value,
        object: &Map<String, Value>,
        pointer: &str,
        faults: &mut Vec<FieldError>,
    ) {
        let properties = schema.get("properties").and_then(Value::as_object);
        let required: Vec<&str> = list(schema, "required").filter_map(Value::as_str).collect();
        for (name, property) in properties.into_iter().flatten() {
            let at = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
            match object.get(name) {
                Some(value) => self.walk(property, value, &at, faults),
                None if required.contains(&name.as_str()) => {
                    let message = told("missing", &self.words(property));
                    faults.push(field(&at, "missing", message));
                }
                None => {}
            }
        }
    }

    fn words_at(&self, pointer: &str) -> Option<String> {
        let mut schema = &self.root;
        for part in pointer.split('/').skip(1) {
            let known = self.resolved(schema)?;
            let property = known.get("properties").and_then(|all| all.get(part));
            schema = property.or_else(|| known.get("items"))?;
        }
        Some(self.words(schema))
    }

    /// What is accepted, in plain words.
    fn words(&self, schema: &Value) -> String {
        let Some(schema) = self.resolved(schema) else {
            return "another kind of value".to_owned();
        };
        let choices: Vec<&str> = list(schema, "enum").filter_map(Value::as_str).collect();
        if !choices.is_empty() {
            return format!("one of {}", choices.join(", "));
        }
        let format = schema.get("format").and_then(Value::as_str).unwrap_or("");
        match type_of(schema) {
            "string" => words_of_text(format, schema),
            "integer" => words_of_integer(schema),
            "number" => "a number".to_owned(),
            "boolean" => "true or false".to_owned(),
            "array" => "a list".to_owned(),
            "object" => words_of_object(schema),
            _ => "another kind of value".to_owned(),
        }
    }

    /// The schema itself: behind references, and behind "it, or null".
    fn resolved<'a>(&'a self, mut schema: &'a Value) -> Option<&'a Value> {
        for _ in 0..REFERENCES_MAX {
            if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
                schema = self.named.get(reference.rsplit('/').next()?)?;
                continue;
            }
            let choices = list(schema, "oneOf").chain(list(schema, "anyOf"));
            let mut real = choices.filter(|one| !is_null(one));
            match (real.next(), real.next()) {
                (Some(only), None) => schema = only,
                _ => return Some(schema),
            }
        }
        None
    }
}

/// Why reading ended where it did.
enum Reason {
    /// The value has another form than this, in plain words.
    Form(String),
    /// The value's own check says it.
    Own(String),
}

/// Reads serde's message: the pointer of the field it is about, a code, and the reason.
fn read(pointer: String, message: &str) -> (String, &'static str, Reason) {
    let named = message.split('`').nth(1).unwrap_or_default();
    let inside = |pointer: &str| format!("{pointer}/{named}");
    let form = |words: &str| Reason::Form(words.to_owned());
    if message.starts_with("missing field `") {
        return (inside(&pointer), "missing", form("a value"));
    }
    if message.starts_with("duplicate field `") {
        let reason = Reason::Own("this field is here more than once".to_owned());
        return (inside(&pointer), "duplicate", reason);
    }
    if message.starts_with("unknown field `") {
        let own = pointer.ends_with(&format!("/{named}"));
        let place = if own { pointer } else { inside(&pointer) };
        let reason = Reason::Own("this field is not known here; leave it out".to_owned());
        return (place, "unknown-field", reason);
    }
    let expected = message.split_once(", expected ").map(|(_, after)| after);
    if message.starts_with("unknown variant `") {
        let choices = expected.unwrap_or_default().trim_start_matches("one of ");
        let choices = choices.replace('`', "").replace(" or ", ", ");
        return (
            pointer,
            "invalid",
            Reason::Form(format!("one of {choices}")),
        );
    }
    if message.starts_with("invalid type: ") {
        return (pointer, "wrong-type", form(plain(expected)));
    }
    if message.starts_with("invalid value: ") || message.starts_with("invalid length ") {
        return (pointer, "invalid", form(plain(expected)));
    }
    let of_a_form = [
        ("UUID parsing failed", "a UUID"),
        ("data did not match any variant", "another kind of value"),
        ("invalid digit found", "a whole number"),
        ("cannot parse integer", "a whole number"),
        ("number too ", "a smaller whole number"),
        ("invalid float", "a number"),
        ("provided string was not", "true or false"),
    ];
    let known = of_a_form
        .iter()
        .find(|(start, _)| message.starts_with(start));
    match known {
        Some((_, words)) => (pointer, "invalid", form(words)),
        None => (pointer, "invalid", Reason::Own(message.to_owned())),
    }
}

/// What serde expected, for those who know no Rust.
fn plain(expected: Option<&str>) -> &'static str {
    match expected.unwrap_or_default() {
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" | "isize" => {
            "a whole number"
        }
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a string" | "a borrowed string" | "string" => "a text",
        "a sequence" => "a list",
        "a map" => "an object",
        text if text.starts_with("struct ") => "an object",
        text if text.starts_with("a formatted UUID") => "a UUID",
        text if text.starts_with("an RFC3339") || text.starts_with("a valid `OffsetDateTime`") => {
            "a time such as 2026-11-29T10:00:00Z"
        }
        _ => "another kind of value",
    }
}

fn told(code: &str, words: &str) -> String {
    if code == "missing" {
        format!("this field is required: {words}")
    } else {
        words.to_owned()
    }
}

fn field(pointer: &str, code: &'static str, message: String) -> FieldError {
    FieldError {
        pointer: pointer.to_owned(),
        code: code.into(),
        message,
    }
}

fn words_of_text(format: &str, schema: &Value) -> String {
    match (format, schema.get("example").and_then(Value::as_str)) {
        ("uuid", _) => "a UUID".to_owned(),
        ("date-time", _) => "a time such as 2026-11-29T10:00:00Z".to_owned(),
        ("date", _) => "a day such as 2026-11-29".to_owned(),
        (_, Some(example)) => format!("a text such as {example}"),
        _ => "a text".to_owned(),
    }
}

fn words_of_integer(schema: &Value) -> String {
    let whole = |name| schema.get(name).and_then(Value::as_f64);
    match (whole("minimum"), whole("maximum")) {
        (Some(least), Some(most)) => format!("a whole number from {least} to {most}"),
        (Some(least), None) => format!("a whole number from {least}"),
        (None, Some(most)) => format!("a whole number up to {most}"),
        (None, None) => "a whole number".to_owned(),
    }
}

fn words_of_object(schema: &Value) -> String {
    let properties = schema.get("properties").and_then(Value::as_object);
    let names: Vec<&str> = properties
        .into_iter()
        .flat_map(Map::keys)
        .map(String::as_str)
        .collect();
    if names == ["amount", "currency"] {
        return r#"an amount like {"amount": 1999, "currency": "EUR"}"#.to_owned();
    }
    let required: Vec<&str> = list(schema, "required").filter_map(Value::as_str).collect();
    if required.is_empty() {
        "an object".to_owned()
    } else {
        format!("an object with {}", required.join(", "))
    }
}

fn list<'a>(schema: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    schema
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "null")
}

fn allows_null(schema: &Value) -> bool {
    has_type(schema, "null") || list(schema, "oneOf").any(is_null)
}

fn has_type(schema: &Value, name: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(kind)) => kind == name,
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == name),
        _ => false,
    }
}

/// The type beside null; empty when any is accepted.
fn type_of(schema: &Value) -> &str {
    let named = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().find(|kind| *kind != "null"),
        other => other,
    };
    named.and_then(Value::as_str).unwrap_or("")
}

fn type_fits(schema: &Value, value: &Value) -> bool {
    if value.is_null() {
        return has_type(schema, "null") || type_of(schema).is_empty();
    }
    match type_of(schema) {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Money, ProductId};

    #[derive(ToSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Line {
        variant_id: ProductId,
        quantity: i64,
        price: Money,
        note: Option<String>,
        way: Option<Way>,
    }

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case")]
    #[expect(dead_code, reason = "only its schema is looked at")]
    enum Way {
        Card,
        MbWay,
    }

    fn told(value: &Value, pointer: &str, message: &str) -> Vec<(String, String, String)> {
        let faults = Shape::of::<Line>().faults(value, pointer.to_owned(), message);
        let faults = faults.into_iter();
        faults
            .map(|fault| (fault.pointer, fault.code.into_owned(), fault.message))
            .collect()
    }

    fn fault(pointer: &str, code: &str, message: &str) -> (String, String, String) {
        (pointer.to_owned(), code.to_owned(), message.to_owned())
    }

    #[test]
    fn every_missing_field_is_named_and_what_it_would_be() {
        let found = told(&json!({"price": 7}), "", "missing field `variant_id`");
        let expected = [
            fault(
                "/price",
                "wrong-type",
                r#"an amount like {"amount": 1999, "currency": "EUR"}"#,
            ),
            fault(
                "/quantity",
                "missing",
                "this field is required: a whole number",
            ),
            fault("/variant_id", "missing", "this field is required: a UUID"),
        ];
        assert_eq!(found.len(), 3, "{found:?}");
        for one in &expected {
            assert!(found.contains(one), "{one:?} in {found:?}");
        }
    }

    #[test]
    fn no_message_speaks_of_rust() {
        let whole = json!({
            "variant_id": "abc", "quantity": 1, "price": {"amount": 1, "currency": "EUR"},
            "note": null, "way": null,
        });
        let message = "UUID parsing failed: invalid length: found 3";
        let expected = [fault("/variant_id", "invalid", "a UUID")];
        assert_eq!(told(&whole, "/variant_id", message), expected);
        let mut other = whole.clone();
        other["way"] = json!("paypal");
        let message = "unknown variant `paypal`, expected `card` or `mb_way`";
        let expected = [fault("/way", "invalid", "one of card, mb_way")];
        assert_eq!(told(&other, "/way", message), expected);
        let own = "a price is at least 0.01";
        let expected = [fault("/price", "invalid", own)];
        assert_eq!(told(&whole, "/price", own), expected);
        assert_eq!(
            told(
                &json!([]),
                "",
                "invalid type: sequence, expected struct Line"
            )
            .len(),
            1
        );
        for rust in ["i64", "struct Money", "a borrowed string", "tuple struct X"] {
            assert!(!plain(Some(rust)).contains(rust));
        }
    }
}
