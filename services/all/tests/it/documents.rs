//! The OpenAPI documents of all services: valid for the programs that read them.

use serde_json::Value;

use crate::platform::{Everything, Route};

#[tokio::test(flavor = "multi_thread")]
async fn the_documents_are_whole() {
    let all = Everything::start().await;
    let mut wrong = Vec::new();
    for (service, document) in &all.documents {
        assert!(document["servers"].is_array(), "{service}");
        references(document, document, &mut |reference| {
            wrong.push(format!("{service}: {reference} leads nowhere"));
        });
    }
    for route in &all.routes {
        wrong.extend(faults(route));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    all.end().await;
}

/// Every reference that leads nowhere.
fn references(document: &Value, part: &Value, lost: &mut impl FnMut(&str)) {
    if let Some(reference) = part["$ref"].as_str() {
        let place = reference.strip_prefix('#');
        if place.and_then(|place| document.pointer(place)).is_none() {
            lost(reference);
        }
    }
    let parts = part
        .as_object()
        .into_iter()
        .flat_map(|object| object.values());
    let entries = part.as_array().into_iter().flatten();
    for part in parts.chain(entries) {
        references(document, part, lost);
    }
}

/// What one operation's part lacks.
fn faults(route: &Route) -> Vec<String> {
    let responses = route.told["responses"].as_object().unwrap();
    let silent = responses
        .iter()
        .filter(|(_, answer)| answer["description"].as_str().unwrap_or("").is_empty());
    let mut faults: Vec<String> = silent
        .map(|(status, _)| format!("{}: {status} has no description", route.name()))
        .collect();
    let headers = route.parameters_in("header");
    let sends = |name: &str| headers.iter().any(|header| header == name);
    let expected = [
        (route.has_json, "415"),
        (route.method != "GET", "409"),
        (sends("If-Match"), "412"),
    ];
    for (is_expected, status) in expected {
        if is_expected && !responses.contains_key(status) {
            faults.push(format!("{}: {status} is not told", route.name()));
        }
    }
    let acts = route.audience == "staff" && route.permission.is_some();
    if acts && !sends("X-Tenant") {
        faults.push(format!("{}: X-Tenant is not told", route.name()));
    }
    if route.audience == "shopper" && !sends("X-Cart-Token") {
        faults.push(format!("{}: X-Cart-Token is not told", route.name()));
    }
    faults
}
