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
        article(&mut html, path, method, operation);
    }
    html
}

fn article(html: &mut String, path: &str, method: &str, operation: &Value) {
    let (id, audience) = (
        text(operation, "/operationId"),
        text(operation, "/x-audience"),
    );
    let _ = write!(
        html,
        "<article id=\"{id}\"><p><b>{}</b><code>{}</code></p><p>{}</p><p><small>for {} {}</small></p><ul>",
        method.to_uppercase(),
        escape(path),
        escape(text(operation, "/summary")),
        escape(audience),
        escape(text(operation, "/x-permission")),
        id = escape(id),
    );
    for parameter in operation
        .get("parameters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let (name, place) = (text(parameter, "/name"), text(parameter, "/in"));
        let words = escape(text(parameter, "/description"));
        let _ = write!(
            html,
            "<li><code>{}</code> <small>{place}</small> {words}",
            escape(name)
        );
    }
    for (status, answer) in operation
        .get("responses")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let _ = write!(
            html,
            "<li>{status} <small>{}</small>",
            escape(text(answer, "/description"))
        );
    }
    html.push_str("</ul></article>");
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
