//! Where a request names things: in its path, its query and its body, as the documents tell.

use serde_json::Value;

use crate::platform::{Ground, Route};
use crate::shops::Shop;

/// A place in a body that names a thing.
#[derive(Clone, Debug)]
pub struct Reference {
    /// With 0 for every list.
    pub pointer: String,
    pub kind: &'static str,
}

/// Names of fields and parameters, and the kind of thing each names.
const KINDS: [(&str, &str); 53] = [
    ("product", "products"),
    ("products", "products"),
    ("variant", "variants"),
    ("variants", "variants"),
    ("category", "category"),
    ("categories", "categories"),
    ("parent", "categories"),
    ("media", "media"),
    ("image", "media"),
    ("file", "file"),
    ("slug", "slug"),
    ("tag", "tag"),
    ("q", "q"),
    ("cart", "carts"),
    ("carts", "carts"),
    ("order", "orders"),
    ("orders", "orders"),
    ("tenant", "tenants"),
    ("tenants", "tenants"),
    ("ticket", "tickets"),
    ("refresh_token", "refresh_tokens"),
    ("change_token", "change_tokens"),
    ("event", "webhook_events"),
    ("sku", "sku"),
    ("payment", "payments"),
    ("payments", "payments"),
    ("break", "breaks"),
    ("breaks", "breaks"),
    ("refund", "refunds"),
    ("after", "after"),
    ("documents", "documents"),
    ("troubles", "documents"),
    ("key", "document_keys"),
    ("company", "companies"),
    ("messages", "messages"),
    ("webhooks", "endpoints"),
    ("webhook-deliveries", "deliveries"),
    ("suppressions", "suppressions"),
    ("token", "unsubscribe_words"),
    ("imports", "imports"),
    ("past-orders", "past_orders"),
    ("email", "emails"),
    ("line", "lines"),
    ("addresses", "addresses"),
    ("withdrawals", "withdrawals"),
    ("dead-letters", "dead_letters"),
    ("jobs", "jobs"),
    ("staff", "staff"),
    ("domains", "domains"),
    ("preview", "previews"),
    // Nobody's: the same words in every store.
    ("kind", "kind"),
    ("locale", "locale"),
    ("transport", "transport"),
];

/// Fields of a body that name a thing without being a UUID: words that prove something.
const WORDS: [&str; 5] = [
    "ticket",
    "refresh_token",
    "change_token",
    "event_id",
    "tenant",
];

/// Query parameters that name nothing.
const PLAIN: [&str; 24] = [
    "action",
    "actor",
    "limit",
    "count",
    "sort",
    "status",
    "state",
    "fulfilment",
    "include",
    "placed_from",
    "placed_before",
    "price_min",
    "price_max",
    "in_stock",
    "after",
    "kind",
    "code",
    "error",
    "error_description",
    // Each store has its own old addresses, and those of an old shop of the same kind are the same.
    "path",
    // Filters of the sysadmins' webhook log, which shows every store's.
    "type",
    "account",
    "since",
    "until",
];

/// What stands in a path and names no store's thing.
const WORDS_OF_EVERYBODY: [&str; 5] = ["file", "kind", "locale", "transport", "companies"];

/// Whether a place of a path says nothing of whose the thing is: a file's name says its size, a
/// template's kind and locale are words that every store has, a company at Moloni is named by Moloni and
/// shown to whom Moloni shows it.
pub fn is_everybodys(kind: &str) -> bool {
    WORDS_OF_EVERYBODY.contains(&kind)
}

/// Kinds whose names prove by themselves: nobody guesses one, so a genuine one of another store may
/// be told from nonsense. It must be refused all the same.
pub fn is_proof(kind: &str) -> bool {
    [
        "tickets",
        "refresh_tokens",
        "change_tokens",
        "document_keys",
        "unsubscribe_words",
        "previews",
    ]
    .contains(&kind)
}

/// Proofs of who somebody is: whoever has one is that person, wherever that person may come in.
pub fn is_identity(kind: &str) -> bool {
    ["refresh_tokens", "change_tokens"].contains(&kind)
}

/// # Panics
/// When nobody said yet what such a name names.
fn kind_of(name: &str, told: &str) -> &'static str {
    let bare = name
        .strip_suffix("_ids")
        .or_else(|| name.strip_suffix("_id"));
    let bare = match bare {
        Some("category") => "categories",
        Some(bare) => bare,
        None => name,
    };
    let found = KINDS.iter().find(|(known, _)| *known == bare);
    found
        .unwrap_or_else(|| panic!("{told}: say in references.rs what {name} names"))
        .1
}

/// The kinds of what stands in the path.
pub fn of_path(route: &Route) -> Vec<&'static str> {
    let parts: Vec<&str> = route.path.split('/').collect();
    let named = parts.windows(2).filter_map(|pair| {
        let name = pair[1].strip_prefix('{')?.strip_suffix('}')?;
        Some(if name == "id" { pair[0] } else { name })
    });
    named.map(|name| kind_of(name, &route.name())).collect()
}

/// The parameters of the query that name something, with their kinds.
pub fn of_query(route: &Route) -> Vec<(String, &'static str)> {
    let names = route.parameters_in("query");
    let names = names
        .into_iter()
        .filter(|name| !PLAIN.contains(&name.as_str()));
    names
        .map(|name| {
            let kind = kind_of(&name, &route.name());
            (name, kind)
        })
        .collect()
}

/// Every place in the body that names something, however deep.
pub fn of_body(ground: &Ground, route: &Route) -> Vec<Reference> {
    let document = &ground.documents[route.service];
    let schema = &route.told["requestBody"]["content"]["application/json"]["schema"];
    let mut found = Vec::new();
    walk(document, schema, String::new(), &mut |pointer, schema| {
        let names = pointer
            .split('/')
            .filter(|part| *part != "0" && !part.is_empty());
        let names: Vec<&str> = names.collect();
        let Some(name) = names.last() else { return };
        if schema["format"] != "uuid" && !WORDS.contains(name) {
            return;
        }
        let name = match (*name, names.as_slice()) {
            ("id", [.., of, _]) => of,
            (name, _) => name,
        };
        let kind = kind_of(name, &format!("{} at {pointer}", route.name()));
        found.push(Reference {
            pointer: pointer.to_owned(),
            kind,
        });
    });
    found
}

/// Every object in the body, by its pointer: where a field too many could be.
pub fn objects_of_body(body: &Value) -> Vec<String> {
    let mut found = Vec::new();
    visit(body, String::new(), &mut |pointer, value| {
        if value.is_object() {
            found.push(pointer.to_owned());
        }
    });
    found
}

/// Every text in the body, by its pointer.
pub fn texts_of_body(body: &Value) -> Vec<String> {
    let mut found = Vec::new();
    visit(body, String::new(), &mut |pointer, value| {
        if value.is_string() {
            found.push(pointer.to_owned());
        }
    });
    found
}

fn visit(value: &Value, pointer: String, look: &mut impl FnMut(&str, &Value)) {
    look(&pointer, value);
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                visit(member, format!("{pointer}/{name}"), look);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                visit(item, format!("{pointer}/{at}"), look);
            }
        }
        _ => {}
    }
}

/// Walks a schema with everything that it refers to.
fn walk(document: &Value, schema: &Value, pointer: String, look: &mut impl FnMut(&str, &Value)) {
    if let Some(name) = schema["$ref"].as_str() {
        let target = document.pointer(name.trim_start_matches('#'));
        return walk(document, target.unwrap(), pointer, look);
    }
    look(&pointer, schema);
    for choice in ["oneOf", "anyOf", "allOf"] {
        for one in schema[choice].as_array().into_iter().flatten() {
            walk(document, one, pointer.clone(), look);
        }
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        walk(document, property, format!("{pointer}/{name}"), look);
    }
    if schema["items"].is_object() {
        walk(document, &schema["items"], format!("{pointer}/0"), look);
    }
}

/// What the shop has of a kind.
///
/// # Panics
/// When it has none: the seed must make one.
pub fn things<'s>(shop: &'s Shop<'_>, kind: &str, told: &str) -> &'s [String] {
    shop.ids
        .get(kind)
        .unwrap_or_else(|| panic!("{told}: the shops of shops.rs have no {kind}; make one there"))
}
