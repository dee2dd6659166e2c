//! Property by property: what may be sent, what is never told, and what any text may hold.

use http_kit::{AudienceKind, Role};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bodies::body_of;
use crate::platform::{Ask, Everything, Ground, Route};
use crate::references::{objects_of_body, of_path, texts_of_body};
use crate::rows;
use crate::shops::{COST_CANARY, Shop};

/// Fields that only we decide.
const OURS: [&str; 7] = [
    "tenant_id",
    "total",
    "role",
    "paid_at",
    "version",
    "application_fee_bps",
    "created_at",
];

/// Objects whose fields a client names: ways to pay, whatever they are called, and what a theme calls
/// its settings and tokens.
const NAMES_FREELY: [&str; 3] = ["/payment_methods", "/sections/home/0/settings", "/tokens"];

/// What has broken others: quotes, comments, templates, ends of lines, and characters that text is
/// not made of.
const HOSTILE: [&str; 9] = [
    "'",
    "';DROP TABLE tenant;--",
    "1' OR '1'='1",
    "\\",
    "%' --",
    "{{7*7}}${7*7}",
    "a\r\nBcc: b@example.pt",
    "a\u{0}b",
    "\u{202e}\u{fdd0}\u{10ffff}",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_only_we_decide_is_refused_wherever_it_stands() {
    let all = Everything::start().await;
    let shop = Shop::open(&all.ground, &all.a).await;
    let before = rows::settled(&all.ground, shop.tenant()).await;
    let customer = all.token(all.a.id, Role::Customer);
    let mut wrong = Vec::new();
    for route in all.routes.iter().filter(|route| route.has_json) {
        let whole = body_of(route, &shop);
        let objects = objects_of_body(&whole).into_iter();
        for object in objects.filter(|object| !NAMES_FREELY.contains(&object.as_str())) {
            for field in OURS {
                let mut body = whole.clone();
                let place = body.pointer_mut(&object).unwrap();
                if place.get(field).is_some() {
                    continue;
                }
                place[field] = json!(1);
                let mut ask = own_ask(&all.ground, route, &shop).json(body);
                if route.is_for(AudienceKind::Customer) {
                    ask = ask.token(&customer);
                }
                let got = all.json(ask).await;
                if got.status != 422 || !got.text.contains(field) {
                    wrong.push(format!(
                        "{object}/{field} to {}: {} {}",
                        route.name(),
                        got.status,
                        got.text
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let after = rows::settled(&all.ground, shop.tenant()).await;
    assert_eq!(rows::differences(&before, &after), Vec::<String>::new());
    all.end().await;
}

/// No text anywhere reaches the database as anything but a value, and none makes us fail.
#[tokio::test(flavor = "multi_thread")]
async fn no_text_in_any_place_is_more_than_a_text() {
    let all = Everything::start().await;
    let shop = Shop::open(&all.ground, &all.a).await;
    let mut wrong = Vec::new();
    for route in &all.routes {
        for (place, ask) in hostile_asks(&all.ground, route, &shop) {
            let got = all.json(ask).await;
            if got.status >= 500 && got.code() != "try-again" {
                wrong.push(format!(
                    "{place} of {}: {} {}",
                    route.name(),
                    got.status,
                    got.text
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    all.end().await;
}

/// Every text of the request, one after the other, replaced by each of the hostile ones.
fn hostile_asks(ground: &Ground, route: &Route, shop: &Shop<'_>) -> Vec<(String, Ask)> {
    let mut asks = Vec::new();
    let plain = own_ask(ground, route, shop);
    for text in HOSTILE {
        let coded = percent_encoded(text);
        for (at, name) in route.path_parameters().iter().enumerate() {
            let mut values = own_values(route, shop);
            values[at].clone_from(&coded);
            let ask = Ask {
                path: route.path_of(&values),
                ..plain.clone()
            };
            asks.push((format!("{text:?} as {name}"), ask));
        }
        for name in route.parameters_in("query") {
            let path = format!("{}?{name}={coded}", plain.path);
            asks.push((
                format!("{text:?} as {name}"),
                Ask {
                    path,
                    ..plain.clone()
                },
            ));
        }
        let whole = plain.body.clone().unwrap_or_default();
        for pointer in texts_of_body(&whole) {
            let mut body = whole.clone();
            *body.pointer_mut(&pointer).unwrap() = json!(text);
            asks.push((format!("{text:?} at {pointer}"), plain.clone().json(body)));
        }
    }
    asks
}

fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Of what the shop has none, such as a finding of the platform's, nobody's is as good.
fn own_values(route: &Route, shop: &Shop<'_>) -> Vec<String> {
    let nobodys = || Uuid::now_v7().to_string();
    let own = |kind: &&'static str| shop.ids.contains_key(*kind).then(|| shop.id(kind));
    let kinds = of_path(route);
    kinds
        .iter()
        .map(|kind| own(kind).unwrap_or_else(nobodys))
        .collect()
}

/// The route's own request, of somebody it serves.
fn own_ask(ground: &Ground, route: &Route, shop: &Shop<'_>) -> Ask {
    let path = route.path_of(&own_values(route, shop));
    let ask = if route.is_for(AudienceKind::Sysadmin) {
        let ask = ground.request(route.method.clone(), &ground.platform_host(), &path);
        ask.token(&ground.sysadmin)
    } else if route.is_for(AudienceKind::Staff) {
        shop.owner(route.method.clone(), &path)
    } else {
        shop.guest(route.method.clone(), &path)
    };
    let ask = ask
        .keyed()
        .header("if-match", "\"1\"")
        .header("x-cart-token", &shop.cart_word)
        .header("x-order-token", &shop.order_word);
    if route.has_json {
        ask.json(body_of(route, shop))
    } else {
        ask
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shoppers_are_told_nothing_that_is_only_the_merchants() {
    let all = Everything::start().await;
    let shop = Shop::open(&all.ground, &all.a).await;
    let secret = [COST_CANARY.to_string(), "Not for sale yet".to_owned()];
    let mut told = 0;
    for route in all
        .routes
        .iter()
        .filter(|route| route.audience == "shopper")
    {
        if route.method != Method::GET {
            continue;
        }
        let mut ask = own_ask(&all.ground, route, &shop);
        if route.operation == "get_intent" {
            ask.path
                .push_str(&format!("?ticket={}", shop.id("tickets")));
        } else if route.operation == "search_shelf" {
            ask.path.push_str("?q=sale");
        } else if route.operation == "get_pdf" {
            ask.path
                .push_str(&format!("?key={}", shop.id("document_keys")));
        } else if ["find_redirect", "show_unsubscribe"].contains(&route.operation.as_str()) {
            // They need what only an old shop or a mail has.
            continue;
        }
        let got = all.json(ask).await.expect(200);
        told += 1;
        for word in &secret {
            assert!(!got.text.contains(word), "{}: {}", route.name(), got.text);
        }
    }
    assert!(told >= 7, "{told} public answers were read");
    let hidden = shop.guest(Method::GET, "/api/catalog/store/products/not-yet");
    assert_eq!(all.json(hidden).await.status, 404);
    all.end().await;
}

/// What each public answer may hold is written down: a field that comes along is looked at first.
#[tokio::test(flavor = "multi_thread")]
async fn public_answers_have_the_fields_that_are_written_down() {
    let all = Everything::start().await;
    let mut lines = Vec::new();
    for route in &all.routes {
        if !["shopper", "customer", "public", "webhook"].contains(&route.audience.as_str()) {
            continue;
        }
        let document = &all.documents[route.service];
        for (status, answer) in route.told["responses"].as_object().unwrap() {
            if !status.starts_with('2') {
                continue;
            }
            for content in answer["content"]
                .as_object()
                .into_iter()
                .flat_map(|c| c.values())
            {
                let mut fields = Vec::new();
                collect(document, &content["schema"], "", &mut fields);
                fields.sort();
                fields.dedup();
                lines.push(format!("{}\n", route.name()));
                lines.extend(fields.iter().map(|field| format!("  {field}\n")));
            }
        }
    }
    crate::permissions::assert_written("public-fields.txt", &lines.concat());
    all.end().await;
}

fn collect(document: &Value, schema: &Value, at: &str, fields: &mut Vec<String>) {
    if at.split('/').count() > 6 {
        return;
    }
    if let Some(name) = schema["$ref"].as_str() {
        let target = document.pointer(name.trim_start_matches('#')).unwrap();
        return collect(document, target, at, fields);
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        for one in schema[choice].as_array().into_iter().flatten() {
            collect(document, one, at, fields);
        }
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let at = format!("{at}/{name}");
        fields.push(at.clone());
        collect(document, property, &at, fields);
    }
    if schema["items"].is_object() {
        collect(document, &schema["items"], at, fields);
    }
}
