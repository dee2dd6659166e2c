//! The API calls, by operation.

pub(super) mod accounts;
pub(super) mod disputes;
pub(super) mod endpoints;
mod expand;
mod lists;
pub(super) mod methods;
pub(super) mod payment_intents;
pub(super) mod payments;
pub(super) mod refunds;

pub(super) use expand::expand;

use super::error::{Error, Result};
use super::json::Json as _;
use super::scene::Scene;
use super::world::PLATFORM;
use serde_json::{Value, json};

/// Does what an operation says. `ids` are the placeholders of its path, in order.
pub(super) fn answer(
    scene: &mut Scene<'_>,
    operation: &str,
    ids: &[String],
    params: &Value,
) -> Result<Value> {
    let first = ids.first().map(String::as_str).unwrap_or_default();
    let second = ids.get(1).map(String::as_str).unwrap_or_default();
    match operation {
        "get /v1/account" => accounts::own(scene),
        "post /v1/accounts" => accounts::create(scene, params),
        "get /v1/accounts/{id}" => accounts::get(scene, first),
        "post /v1/accounts/{id}" => accounts::update(scene, first, params),
        "delete /v1/accounts/{id}" => accounts::delete(scene, first),
        "post /v1/account_links" => accounts::link(scene, params),
        "get /v1/accounts/{id}/capabilities" => accounts::capabilities(scene, first),
        "get /v1/accounts/{account_id}/capabilities/{id}" => {
            accounts::capability(scene, first, second)
        }
        "post /v1/accounts/{account_id}/capabilities/{id}" => {
            accounts::request_capability(scene, first, second, params)
        }
        "post /v1/payment_intents" => payment_intents::create(scene, params),
        "post /v1/payment_intents/{id}" => payment_intents::update(scene, first, params),
        "post /v1/payment_intents/{id}/confirm" => payment_intents::confirm(scene, first, params),
        "post /v1/payment_intents/{id}/cancel" => payment_intents::cancel(scene, first, params),
        "post /v1/refunds" => refunds::create(scene, params),
        "post /v1/refunds/{id}" => update_metadata(scene, "refund", first, params),
        "post /v1/disputes/{id}" => disputes::update(scene, first, params),
        "post /v1/disputes/{id}/close" => disputes::accept(scene, first),
        "post /v1/webhook_endpoints" => endpoints::create(scene, params),
        "post /v1/webhook_endpoints/{id}" => endpoints::update(scene, first, params),
        "delete /v1/webhook_endpoints/{id}" => endpoints::delete(scene, first),
        "get /v1/balance" => Ok(payments::balance(scene)),
        "get /v1/application_fees/{id}/refunds" => lists::fee_refunds(scene, first, params),
        _ => match operation
            .strip_prefix("get /v1/")
            .and_then(|path| kind_of(path.split('/').next()?))
        {
            Some(kind) if first.is_empty() => lists::list(scene, kind, params),
            Some(kind) => scene.get(kind, first),
            None => Err(Error::unknown_url("operation", operation)),
        },
    }
}

/// The kind of object that a list of the API holds.
fn kind_of(list: &str) -> Option<&'static str> {
    Some(match list {
        "accounts" => "account",
        "application_fees" => "application_fee",
        "balance_transactions" => "balance_transaction",
        "charges" => "charge",
        "disputes" => "dispute",
        "events" => "event",
        "payment_intents" => "payment_intent",
        "payment_methods" => "payment_method",
        "refunds" => "refund",
        "webhook_endpoints" => "webhook_endpoint",
        _ => return None,
    })
}

fn update_metadata(scene: &mut Scene<'_>, kind: &str, id: &str, params: &Value) -> Result<Value> {
    let mut object = scene.get(kind, id)?;
    lay_metadata(&mut object, params)?;
    scene.put_and_emit(&format!("{kind}.updated"), &object);
    Ok(object)
}

/// Lays `metadata` over an object's: an empty value removes its key, an empty text all keys.
fn lay_metadata(object: &mut Value, params: &Value) -> Result<()> {
    let mut metadata = object
        .get("metadata")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    match params.get("metadata") {
        Some(Value::Object(given)) => {
            for (key, value) in given {
                let text = value.as_str().unwrap_or_default();
                if key.chars().count() > 40 || text.chars().count() > 500 {
                    let message = "Metadata keys have at most 40 characters, values 500.";
                    return Err(Error::invalid("", message).at(&format!("metadata[{key}]")));
                }
                match text {
                    "" => metadata.remove(key),
                    _ => metadata.insert(key.clone(), value.clone()),
                };
            }
        }
        Some(_) => metadata.clear(),
        None => {}
    }
    if metadata.len() > 50 {
        return Err(Error::invalid("", "Metadata has at most 50 keys.").at("metadata"));
    }
    object.set("metadata", metadata);
    Ok(())
}

/// Calls that only the platform may make for itself.
fn platform_only(scene: &Scene<'_>) -> Result<()> {
    match scene.is_platform() {
        true => Ok(()),
        false => Err(Error::forbidden(
            "platform_account_required",
            format!("Only {PLATFORM} may do this."),
        )),
    }
}

fn list_of(url: String, data: Vec<Value>, has_more: bool) -> Value {
    json!({"object": "list", "data": data, "has_more": has_more, "url": url})
}
