//! The part of JSON Schema that Stripe's OpenAPI document uses: requests are read by it, answers
//! are checked against it, and an object starts as the blank that it describes.

use super::error::{Error, Result};
use serde_json::{Map, Value, json};

/// The schemas of the document by name.
#[derive(Debug)]
pub(super) struct Schemas(pub(super) Value);

impl Schemas {
    pub(super) fn get(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or(&Value::Null)
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|name| name.rsplit('/').next())
        {
            Some(name) => self.get(name),
            None => schema,
        }
    }

    /// Turns the texts of a form to what the schema says they are.
    pub(super) fn read(&self, schema: &Value, value: &Value, param: &str) -> Result<Value> {
        let schema = self.resolve(schema);
        if let Some(options) = schema.get("anyOf").and_then(Value::as_array) {
            return self.read_any(options, value, param);
        }
        match schema.get("type").and_then(Value::as_str) {
            Some("object") => self.read_object(schema, value, param),
            Some("array") => self.read_array(schema, value, param),
            Some(kind) => read_scalar(kind, schema, value, param),
            None => Ok(value.clone()),
        }
    }

    /// The first option that fits. Of several misfits the one of the same shape tells the most.
    fn read_any(&self, options: &[Value], value: &Value, param: &str) -> Result<Value> {
        let mut closest = None;
        for option in options {
            match self.read(option, value, param) {
                Ok(read) => return Ok(read),
                Err(error) => {
                    let is_object = self.resolve(option).get("type") == Some(&json!("object"));
                    if closest.is_none() || (is_object && value.is_object()) {
                        closest = Some(error);
                    }
                }
            }
        }
        Err(closest
            .unwrap_or_else(|| Error::invalid("parameter_unknown", "Nothing fits.").at(param)))
    }

    fn read_object(&self, schema: &Value, value: &Value, param: &str) -> Result<Value> {
        let Value::Object(given) = value else {
            return Err(Error::invalid("", format!("Invalid object: {param}")).at(param));
        };
        let name = |key: &str| {
            if param.is_empty() {
                key.to_owned()
            } else {
                format!("{param}[{key}]")
            }
        };
        let mut read = Map::new();
        for (key, value) in given {
            let known = schema.get("properties").and_then(|all| all.get(key));
            let value = match (known, schema.get("additionalProperties")) {
                (Some(schema), _) => self.read(schema, value, &name(key))?,
                // An empty value in a map takes the key out of it.
                (None, Some(Value::Object(_))) if value == "" => value.clone(),
                (None, Some(schema @ Value::Object(_))) => self.read(schema, value, &name(key))?,
                (None, _) => {
                    let message = format!("Received unknown parameter: {}", name(key));
                    return Err(Error::invalid("parameter_unknown", message).at(&name(key)));
                }
            };
            read.insert(key.clone(), value);
        }
        if let Some(key) = required(schema).find(|key| !read.contains_key(*key)) {
            let message = format!("Missing required param: {}.", name(key));
            return Err(Error::invalid("parameter_missing", message).at(&name(key)));
        }
        Ok(Value::Object(read))
    }

    fn read_array(&self, schema: &Value, value: &Value, param: &str) -> Result<Value> {
        let wrong = || Error::invalid("", format!("Invalid array: {param}")).at(param);
        let Value::Object(given) = value else {
            return Err(wrong());
        };
        let mut items = given
            .iter()
            .map(|(key, value)| {
                key.parse::<usize>()
                    .map(|index| (index, value))
                    .map_err(|_| wrong())
            })
            .collect::<Result<Vec<_>>>()?;
        items.sort_by_key(|(index, _)| *index);
        let schema = schema.get("items").unwrap_or(&Value::Null);
        items
            .iter()
            .map(|(index, item)| self.read(schema, item, &format!("{param}[{index}]")))
            .collect()
    }

    /// Everything in a value that the schema does not describe, with the place of each.
    pub(super) fn check(&self, schema: &Value, value: &Value, at: &str) -> Vec<String> {
        let nullable = schema.get("nullable") == Some(&Value::Bool(true));
        if nullable && value.is_null() {
            return Vec::new();
        }
        let schema = self.resolve(schema);
        if let Some(options) = schema.get("anyOf").and_then(Value::as_array) {
            let mut misfits = options
                .iter()
                .map(|option| self.check(option, value, at))
                .collect::<Vec<_>>();
            misfits.sort_by_key(Vec::len);
            return misfits.into_iter().next().unwrap_or_default();
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array)
            && !values.contains(value)
        {
            return vec![format!("{at}: {value} is not one of the values")];
        }
        let fits = match schema.get("type").and_then(Value::as_str) {
            Some("object") => return self.check_object(schema, value, at),
            Some("array") => return self.check_array(schema, value, at),
            Some("string") => value.is_string(),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some("number") => value.is_number(),
            Some("boolean") => value.is_boolean(),
            _ => true,
        };
        if fits {
            Vec::new()
        } else {
            vec![format!("{at}: {value} has the wrong type")]
        }
    }

    fn check_object(&self, schema: &Value, value: &Value, at: &str) -> Vec<String> {
        let Value::Object(fields) = value else {
            return vec![format!("{at}: not an object")];
        };
        let missing = required(schema).filter(|key| !fields.contains_key(*key));
        let mut found: Vec<_> = missing.map(|key| format!("{at}.{key}: missing")).collect();
        let properties = schema.get("properties").and_then(Value::as_object);
        for (key, field) in fields {
            let known = properties
                .and_then(|all| all.get(key))
                .or(schema.get("additionalProperties"));
            match known {
                Some(schema) => found.extend(self.check(schema, field, &format!("{at}.{key}"))),
                None if properties.is_none_or(Map::is_empty) => {}
                None => found.push(format!("{at}.{key}: not in the document")),
            }
        }
        found
    }

    fn check_array(&self, schema: &Value, value: &Value, at: &str) -> Vec<String> {
        let Value::Array(items) = value else {
            return vec![format!("{at}: not a list")];
        };
        let schema = schema.get("items").unwrap_or(&Value::Null);
        let places = items.iter().enumerate();
        places
            .flat_map(|(index, item)| self.check(schema, item, &format!("{at}[{index}]")))
            .collect()
    }

    /// The plainest object of this name that the document allows: null wherever it may be.
    pub(super) fn blank(&self, name: &str) -> Value {
        self.blank_of(self.get(name))
    }

    fn blank_of(&self, schema: &Value) -> Value {
        if schema.get("nullable") == Some(&Value::Bool(true)) {
            return Value::Null;
        }
        let schema = self.resolve(schema);
        if let Some(first) = schema.get("anyOf").and_then(|options| options.get(0)) {
            return self.blank_of(first);
        }
        if let Some(first) = schema.get("enum").and_then(|values| values.get(0)) {
            return first.clone();
        }
        match schema.get("type").and_then(Value::as_str) {
            Some("object") => {
                let field = |key: &str| {
                    self.blank_of(
                        schema
                            .pointer(&format!("/properties/{key}"))
                            .unwrap_or(&Value::Null),
                    )
                };
                required(schema)
                    .map(|key| (key.to_owned(), field(key)))
                    .collect::<Map<_, _>>()
                    .into()
            }
            Some("array") => json!([]),
            Some("string") => json!(""),
            Some("integer" | "number") => json!(0),
            Some("boolean") => json!(false),
            _ => Value::Null,
        }
    }
}

fn required(schema: &Value) -> impl Iterator<Item = &str> {
    schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

fn read_scalar(kind: &str, schema: &Value, value: &Value, param: &str) -> Result<Value> {
    let Value::String(text) = value else {
        return Err(Error::invalid("", format!("Invalid {kind}: {param}")).at(param));
    };
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return match values.contains(value) {
            true => Ok(value.clone()),
            false => Err(Error::invalid(
                "",
                format!("Invalid {param}: '{text}' is not one of the values."),
            )
            .at(param)),
        };
    }
    match (kind, text.as_str()) {
        ("string", "") => {
            let message =
                format!("You passed an empty string for '{param}', which cannot be unset.");
            Err(Error::invalid("parameter_invalid_empty", message).at(param))
        }
        ("string", _) => Ok(value.clone()),
        ("boolean", "true") => Ok(json!(true)),
        ("boolean", "false") => Ok(json!(false)),
        ("boolean", _) => Err(Error::invalid("", format!("Invalid boolean: {text}")).at(param)),
        ("integer", _) => text.parse::<i64>().map(Value::from).map_err(|_| {
            Error::invalid(
                "parameter_invalid_integer",
                format!("Invalid integer: {text}"),
            )
            .at(param)
        }),
        _ => text
            .parse::<f64>()
            .map(Value::from)
            .map_err(|_| Error::invalid("", format!("Invalid number: {text}")).at(param)),
    }
}

#[cfg(test)]
mod tests {
    use super::Schemas;
    use serde_json::json;

    #[test]
    fn a_form_is_read_by_its_schema() {
        let schemas = Schemas(
            json!({"child": {"type": "object", "additionalProperties": false,
            "properties": {"enabled": {"type": "boolean"}}}}),
        );
        let schema = json!({"type": "object", "additionalProperties": false, "required": ["amount"],
            "properties": {"amount": {"type": "integer"}, "list": {"type": "array", "items": {"type": "string"}},
                "child": {"anyOf": [{"$ref": "#/components/schemas/child"}, {"type": "string", "enum": [""]}]}}});
        let form =
            json!({"amount": "50", "list": {"1": "b", "0": "a"}, "child": {"enabled": "true"}});
        let read = schemas.read(&schema, &form, "").unwrap();
        assert_eq!(
            read,
            json!({"amount": 50, "list": ["a", "b"], "child": {"enabled": true}})
        );

        for (form, param, code) in [
            (
                json!({"amount": "5.0"}),
                "amount",
                "parameter_invalid_integer",
            ),
            (
                json!({"amount": "5", "amuont": "5"}),
                "amuont",
                "parameter_unknown",
            ),
            (
                json!({"amount": "5", "child": {"x": "1"}}),
                "child[x]",
                "parameter_unknown",
            ),
            (json!({}), "amount", "parameter_missing"),
        ] {
            let error = schemas.read(&schema, &form, "").unwrap_err();
            assert_eq!(error.detail()["param"], param);
            assert_eq!(error.detail()["code"], code);
        }
    }

    #[test]
    fn a_blank_is_a_valid_object_and_an_invention_is_found() {
        let schema = json!({"type": "object", "required": ["id", "n", "maybe"], "properties": {
            "id": {"type": "string"}, "n": {"type": "integer"}, "maybe": {"type": "string", "nullable": true}}});
        let schemas = Schemas(json!({"thing": schema}));
        let mut blank = schemas.blank("thing");
        assert!(
            schemas
                .check(schemas.get("thing"), &blank, "thing")
                .is_empty()
        );
        blank["invented"] = json!(1);
        blank["n"] = json!("1");
        assert_eq!(
            schemas.check(schemas.get("thing"), &blank, "thing").len(),
            2
        );
    }
}
