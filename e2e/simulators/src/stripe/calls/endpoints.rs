//! Webhook endpoints made through the API, beside the two of the command line.

use super::super::error::{Error, Result};
use super::super::json::Json as _;
use super::super::scene::{Scene, token};
use super::super::webhooks::Endpoint;
use super::{lay_metadata, platform_only};
use serde_json::{Value, json};

pub(super) fn create(scene: &mut Scene<'_>, params: &Value) -> Result<Value> {
    platform_only(scene)?;
    let version = params.text("api_version");
    if version != scene.contract.version {
        let message = format!(
            "This double speaks {} only; say so in api_version.",
            scene.contract.version
        );
        return Err(Error::invalid("", message).at("api_version"));
    }
    let url = params.text("url");
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(Error::invalid("url_invalid", format!("Invalid URL: {url}")).at("url"));
    }
    let secret = format!("whsec_{}", token(32));
    let mut object = scene.make(
        "webhook_endpoint",
        "we",
        json!({
            "url": url, "api_version": version, "status": "enabled",
            "enabled_events": params.part("enabled_events"),
        }),
    );
    if let Some(description) = params.get("description") {
        object.set("description", description.clone());
    }
    lay_metadata(&mut object, params)?;
    let endpoint = Endpoint::new(
        url,
        &secret,
        params.flag("connect"),
        params.part("enabled_events"),
    );
    scene
        .world
        .endpoints
        .insert(object.text("id").to_owned(), endpoint);
    scene.put(&object);
    // The secret is told once, in the answer to the making.
    object.set("secret", secret);
    Ok(object)
}

pub(super) fn update(scene: &mut Scene<'_>, id: &str, params: &Value) -> Result<Value> {
    let mut object = scene.get("webhook_endpoint", id)?;
    for field in ["url", "enabled_events", "description"] {
        if let Some(value) = params.get(field) {
            object.set(field, value.clone());
        }
    }
    if let Some(disabled) = params.get("disabled").and_then(Value::as_bool) {
        object.set("status", if disabled { "disabled" } else { "enabled" });
    }
    lay_metadata(&mut object, params)?;
    if let Some(endpoint) = scene.world.endpoints.get_mut(id) {
        let enabled = object.text("status") == "enabled";
        endpoint.change(object.text("url"), object.part("enabled_events"), enabled);
    }
    scene.put(&object);
    Ok(object)
}

pub(super) fn delete(scene: &mut Scene<'_>, id: &str) -> Result<Value> {
    scene.get("webhook_endpoint", id)?;
    scene.world.endpoints.remove(id);
    let account = scene.account.clone();
    scene.world.book(&account).remove(id);
    Ok(json!({"id": id, "object": "webhook_endpoint", "deleted": true}))
}
