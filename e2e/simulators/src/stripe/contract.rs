//! Stripe's own description of its API, as far as this double answers it.

use super::schema::Schemas;
use anyhow::Context;
use serde_json::{Map, Value, json};

const DOCUMENT: &str = include_str!("../../contract/stripe/openapi.json");

#[derive(Debug)]
pub(super) struct Contract {
    pub(super) schemas: Schemas,
    /// The API version that the document describes, for example `2026-10-28.endive`.
    pub(super) version: String,
    operations: Vec<Operation>,
    events: Value,
}

#[derive(Debug)]
pub(super) struct Operation {
    /// `post /v1/refunds/{id}`.
    pub(super) name: String,
    segments: Vec<String>,
    pub(super) request: Value,
    pub(super) response: Value,
}

impl Contract {
    pub(super) fn load() -> anyhow::Result<Self> {
        let mut document: Value = serde_json::from_str(DOCUMENT)?;
        let version = document
            .pointer("/info/version")
            .and_then(Value::as_str)
            .context("no version")?;
        let version = version.to_owned();
        let paths = document
            .get("paths")
            .and_then(Value::as_object)
            .context("no paths")?;
        let mut operations: Vec<_> = paths
            .iter()
            .flat_map(|(path, methods)| {
                methods
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(method, operation)| Operation::new(method, path, operation))
            })
            .collect();
        // A literal path comes before one with a placeholder in the same place.
        operations.sort_by_key(|operation| {
            operation
                .segments
                .iter()
                .filter(|part| part.starts_with('{'))
                .count()
        });
        let events = document.get("x-stripe-events").cloned().unwrap_or_default();
        let schemas = document
            .pointer_mut("/components/schemas")
            .context("no schemas")?
            .take();
        Ok(Self {
            schemas: Schemas(schemas),
            version,
            operations,
            events,
        })
    }

    /// The operation of a request, and what stands at the placeholders of its path.
    pub(super) fn find(&self, method: &str, path: &str) -> Option<(&Operation, Vec<String>)> {
        let method = method.to_lowercase();
        let mut all = self
            .operations
            .iter()
            .filter(|operation| operation.name.starts_with(&format!("{method} ")));
        all.find_map(|operation| operation.matches(path).map(|ids| (operation, ids)))
    }

    /// What is wrong with an event, by the document.
    pub(super) fn check_event(&self, event: &Value) -> Vec<String> {
        let kind = event
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let mut found = self
            .schemas
            .check(self.schemas.get("event"), event, "event");
        match self.events.pointer(&format!("/{kind}/object")) {
            Some(schema) => {
                let object = event.pointer("/data/object").unwrap_or(&Value::Null);
                found.extend(self.schemas.check(schema, object, kind));
            }
            None => found.push(format!("{kind}: no such event in the document")),
        }
        found
    }
}

impl Operation {
    fn new(method: &str, path: &str, operation: &Value) -> Self {
        let body = "/requestBody/content/application~1x-www-form-urlencoded/schema";
        let request = match operation.pointer(body) {
            Some(schema) => schema.clone(),
            None => query_schema(operation),
        };
        let response = operation
            .pointer("/responses/200/content/application~1json/schema")
            .cloned();
        Self {
            name: format!("{method} {path}"),
            segments: path.split('/').map(str::to_owned).collect(),
            request,
            response: response.unwrap_or_default(),
        }
    }

    fn matches(&self, path: &str) -> Option<Vec<String>> {
        let parts: Vec<_> = path.split('/').collect();
        if parts.len() != self.segments.len() {
            return None;
        }
        let mut ids = Vec::new();
        for (segment, part) in self.segments.iter().zip(parts) {
            match segment.starts_with('{') {
                true if !part.is_empty() => ids.push(part.to_owned()),
                false if segment == part => {}
                _ => return None,
            }
        }
        Some(ids)
    }
}

/// The query parameters of an operation as one object.
fn query_schema(operation: &Value) -> Value {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let properties: Map<_, _> = parameters
        .into_iter()
        .flatten()
        .filter(|parameter| parameter.get("in") == Some(&json!("query")))
        .filter_map(|parameter| {
            let name = parameter.get("name")?.as_str()?;
            Some((name.to_owned(), parameter.get("schema")?.clone()))
        })
        .collect();
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}
