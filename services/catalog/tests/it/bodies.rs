//! What merchants write, with only what matters to a test said by it.

use serde_json::{Value, json};
use uuid::Uuid;

/// A product on sale with one variant, but for the given fields.
pub fn product(fields: Value) -> Value {
    let mut body = json!({
        "title": "M4 carbine",
        "status": "active",
        "variants": [variant(&json!({}))],
    });
    merge(&mut body, fields);
    body
}

/// A variant without options for 49.90 EUR, but for the given fields.
pub fn variant(fields: &Value) -> Value {
    let mut body = json!({
        "sku": format!("SKU-{}", Uuid::now_v7().simple()),
        "price": eur(4_990),
    });
    merge(&mut body, fields.clone());
    body
}

pub fn eur(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

fn merge(body: &mut Value, fields: Value) {
    let Value::Object(fields) = fields else {
        panic!("fields are an object");
    };
    for (name, value) in fields {
        body[name] = value;
    }
}

/// What a product was answered with, as it is written again.
pub fn rewritten(view: &Value) -> Value {
    let mut body = view.clone();
    let fields = body.as_object_mut().unwrap();
    for ours in ["id", "version", "changed_at"] {
        fields.remove(ours);
    }
    body
}
