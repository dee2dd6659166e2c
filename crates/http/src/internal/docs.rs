//! The interface as a page without a script: it loads nothing and works under a strict policy.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}\
h1{font-size:1.6rem}h2{margin-top:2.5rem;border-bottom:1px solid #d0d7de;text-transform:capitalize}\
article{margin:1.2rem 0;padding:.8rem 1rem;border:1px solid #d0d7de;border-radius:8px}\
code{font:.95rem ui-monospace,monospace;overflow-wrap:anywhere}b{display:inline-block;min-width:4.2rem}\
p{margin:.4rem 0}small{color:#57606a}ul{margin:.4rem 0;padding-left:1.2rem}\
@media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}h2,article{border-color:#30363d}small{color:#8b949e}a{color:#58a6ff}}";

/// How deep fields are shown; a schema that refers to itself ends here.
const DEPTH_MAX: usize = 6;

/// Only the page's own style, known by its hash.
pub(crate) fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; frame-ancestors 'none'; base-uri 'none'"
    )
}

/// The page of an OpenAPI document.
pub(crate) fn page(service: &str, openapi: &Value) -> String {
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>Virtual Stores: {service}</title><style>{STYLE}</style>\
         <h1>Virtual Stores: {service}</h1>\
         <p>For programs: <a href=\"openapi.json\">openapi.json</a> (OpenAPI 3.1).</p>"
    );
    let mut operations: Vec<(&str, &str, &str, &Value)> = Vec::new();
    for (path, item) in openapi
        .get("paths")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if operation.get("operationId").is_some() {
                operations.push((text(operation, "/tags/0"), path, method, operation));
            }
        }
    }
    operations.sort_by_key(|(tag, path, method, _)| (*tag, *path, *method));
    let mut last = "";
    for (tag, path, method, operation) in operations {
        if tag != last {
            let _ = write!(html, "<h2>{}</h2>", escape(tag));
            last = tag;
        }
        article(&mut html, openapi, (path, method, operation));
    }
    html
}

fn article(html: &mut String, openapi: &Value, (path, method, operation): (&str, &str, &Value)) {
    let (id, audience) = (
        text(operation, "/operationId"),
        text(operation, "/x-audience"),
    );
    let _ = write!(
        html,
        "<article id=\"{id}\"><p><b>{}</b><code>{}</code></p><p>{}</p><p><small>for {} {}</small></p>",
        method.to_uppercase(),
        escape(path),
        escape(text(operation, "/summary")),
        escape(audience),
        escape(text(operation, "/x-permission")),
        id = escape(id),
    );
    if let Some(words) = operation.get("description").and_then(Value::as_str) {
        let _ = write!(html, "<p>{}</p>", escape(words));
    }
    html.push_str("<ul>");
    let parameters = operation.get("parameters").and_then(Value::as_array);
    for parameter in parameters.into_iter().flatten() {
        let needed = parameter.get("required") == Some(&Value::Bool(true));
        let _ = write!(
            html,
            "<li><code>{}</code> <small>{}, {}{}</small> {}",
            escape(text(parameter, "/name")),
            text(parameter, "/in"),
            escape(&words_of(openapi, &parameter["schema"])),
            if needed { ", required" } else { "" },
            escape(text(parameter, "/description")),
        );
    }
    let body = operation.pointer("/requestBody/content/application~1json/schema");
    if let Some(schema) = body {
        html.push_str("<li>body, application/json<ul>");
        fields(html, openapi, schema, 0);
        html.push_str("</ul>");
    }
    let responses = operation.get("responses").and_then(Value::as_object);
    for (status, answer) in responses.into_iter().flatten() {
        let _ = write!(
            html,
            "<li>{status} <small>{}</small>",
            escape(text(answer, "/description"))
        );
    }
    html.push_str("</ul></article>");
}

/// The fields of an object, and those of the objects in it.
fn fields(html: &mut String, openapi: &Value, schema: &Value, depth: usize) {
    let schema = resolved(openapi, schema);
    if depth == DEPTH_MAX {
        return;
    }
    for choice in ["allOf", "oneOf", "anyOf"] {
        for part in schema[choice].as_array().into_iter().flatten() {
            fields(html, openapi, part, depth + 1);
        }
    }
    if schema["items"].is_object() {
        fields(html, openapi, &schema["items"], depth + 1);
    }
    let required = schema["required"].as_array();
    let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        // What stands at the field is about the field; what stands at its type is about any such.
        let own = text(property, "/description");
        let target = resolved(openapi, property);
        let words = if own.is_empty() {
            text(target, "/description")
        } else {
            own
        };
        let _ = write!(
            html,
            "<li><code>{}</code> <small>{}{}</small> {}",
            escape(name),
            escape(&words_of(openapi, property)),
            if is_required(name) { ", required" } else { "" },
            escape(words),
        );
        let mut inner = String::new();
        fields(&mut inner, openapi, property, depth + 1);
        if !inner.is_empty() {
            let _ = write!(html, "<ul>{inner}</ul>");
        }
    }
}

/// The type in a few words, such as `list of object` or `card, mb_way`.
fn words_of(openapi: &Value, schema: &Value) -> String {
    let schema = resolved(openapi, schema);
    let named: Vec<&str> = match &schema["enum"] {
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !named.is_empty() {
        return named.join(", ");
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null"),
        kind => Some(kind),
    };
    let kind = kind.and_then(Value::as_str).unwrap_or("any");
    match (kind, text(schema, "/format")) {
        ("array", _) => format!("list of {}", words_of(openapi, &schema["items"])),
        ("string", "") => "text".to_owned(),
        ("string", format) => format.to_owned(),
        (kind, _) => kind.to_owned(),
    }
}

/// Behind references, and behind "it, or null".
fn resolved<'a>(openapi: &'a Value, mut schema: &'a Value) -> &'a Value {
    for _ in 0..DEPTH_MAX {
        let reference = schema.get("$ref").and_then(Value::as_str);
        if let Some(reference) = reference {
            schema = openapi
                .pointer(reference.trim_start_matches('#'))
                .unwrap_or(&Value::Null);
            continue;
        }
        let choices = schema["oneOf"].as_array().into_iter().flatten();
        let mut real = choices.filter(|one| text(one, "/type") != "null");
        match (real.next(), real.next()) {
            (Some(only), None) => schema = only,
            _ => break,
        }
    }
    schema
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
