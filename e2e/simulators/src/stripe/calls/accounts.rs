//! Connected accounts: made by the platform, filled in by the store's owner.

use super::super::error::{Error, Result};
use super::super::json::Json as _;
use super::super::scene::{Scene, token};
use super::super::world::{Link, PLATFORM};
use super::{lay_metadata, list_of, platform_only};
use serde_json::{Map, Value, json};

/// An account link lives this long.
const LINK_SECONDS: i64 = 300;
const WANTED: [&str; 4] = [
    "business_profile.url",
    "external_account",
    "representative.dob.day",
    "tos_acceptance.date",
];

pub(super) fn own(scene: &mut Scene<'_>) -> Result<Value> {
    if scene.is_platform() {
        let mut account = scene.contract.schemas.blank("account");
        account.merge(&json!({"id": PLATFORM, "type": "standard", "charges_enabled": true,
            "payouts_enabled": true, "details_submitted": true, "country": "PT", "default_currency": "eur"}));
        return Ok(account);
    }
    let id = scene.account.clone();
    scene.get_of(PLATFORM, "account", &id)
}

pub(super) fn create(scene: &mut Scene<'_>, params: &Value) -> Result<Value> {
    platform_only(scene)?;
    check_controller(params)?;
    let country = if params.text("country").is_empty() {
        "US"
    } else {
        params.text("country")
    };
    if country.len() != 2 {
        return Err(Error::invalid(
            "country_unsupported",
            format!("Country '{country}' is unknown."),
        )
        .at("country"));
    }
    let mut account = scene.make(
        "account",
        "acct",
        json!({
            "country": country,
            "default_currency": if country == "US" { "usd" } else { "eur" },
            "controller": controller(params),
            "type": account_type(params),
            "metadata": {},
            "capabilities": {},
            "requirements": requirements(scene, &WANTED, Some("requirements.past_due")),
            "future_requirements": requirements(scene, &[], None),
        }),
    );
    lay_given(&mut account, params)?;
    request_capabilities(&mut account, params);
    scene.put(&account);
    Ok(account)
}

pub(super) fn get(scene: &mut Scene<'_>, id: &str) -> Result<Value> {
    if scene.is_platform() && scene.world.gone.contains(id) {
        return Err(gone(id));
    }
    if !scene.is_platform() && scene.account != id {
        return Err(Error::missing("account", id));
    }
    scene.get_of(PLATFORM, "account", id)
}

pub(super) fn update(scene: &mut Scene<'_>, id: &str, params: &Value) -> Result<Value> {
    platform_only(scene)?;
    let mut account = get(scene, id)?;
    lay_given(&mut account, params)?;
    request_capabilities(&mut account, params);
    save(scene, &account, Value::Null);
    Ok(account)
}

pub(super) fn delete(scene: &mut Scene<'_>, id: &str) -> Result<Value> {
    platform_only(scene)?;
    get(scene, id)?;
    scene.world.book(PLATFORM).remove(id);
    Ok(json!({"id": id, "object": "account", "deleted": true}))
}

pub(super) fn link(scene: &mut Scene<'_>, params: &Value) -> Result<Value> {
    platform_only(scene)?;
    let account = params.text("account");
    get(scene, account).map_err(|error| error.at("account"))?;
    for url in ["return_url", "refresh_url"] {
        if params.text(url).is_empty() {
            let message = format!("Missing required param: {url}.");
            return Err(Error::invalid("parameter_missing", message).at(url));
        }
    }
    let secret = token(32);
    let url = format!("{}/connect/onboarding/{account}/{secret}", scene.base);
    let expires_at = scene.now + LINK_SECONDS;
    scene.world.links.insert(
        secret,
        Link {
            account: account.to_owned(),
            return_url: params.text("return_url").to_owned(),
            refresh_url: params.text("refresh_url").to_owned(),
            expires_at,
            opened: false,
        },
    );
    Ok(
        json!({"object": "account_link", "created": scene.now, "expires_at": expires_at, "url": url}),
    )
}

pub(super) fn capabilities(scene: &mut Scene<'_>, id: &str) -> Result<Value> {
    let account = get(scene, id)?;
    let names = account
        .get("capabilities")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let all = names
        .keys()
        .map(|name| capability(scene, id, name))
        .collect::<Result<Vec<_>>>()?;
    Ok(list_of(
        format!("/v1/accounts/{id}/capabilities"),
        all,
        false,
    ))
}

pub(super) fn capability(scene: &mut Scene<'_>, id: &str, name: &str) -> Result<Value> {
    let account = get(scene, id)?;
    let status = account
        .pointer(&format!("/capabilities/{name}"))
        .and_then(Value::as_str);
    let status = status.ok_or_else(|| Error::missing("capability", name))?;
    let mut capability = scene.contract.schemas.blank("capability");
    capability.merge(
        &json!({"id": name, "account": id, "status": status, "requested": true,
        "requested_at": account.part("created")}),
    );
    Ok(capability)
}

pub(super) fn request_capability(
    scene: &mut Scene<'_>,
    id: &str,
    name: &str,
    params: &Value,
) -> Result<Value> {
    let asked = json!({"capabilities": {name: {"requested": params.flag("requested")}}});
    update(scene, id, &asked)?;
    capability(scene, id, name)
}

/// The owner filled everything in: Stripe tells it in steps, as it does.
pub(in super::super) fn complete(scene: &mut Scene<'_>, id: &str) -> Result<Value> {
    let mut account = scene.get_of(PLATFORM, "account", id)?;
    account.set("details_submitted", true);
    let pending = json!({"pending_verification": ["representative.verification.document"],
        "currently_due": [], "past_due": [], "eventually_due": [], "disabled_reason": "requirements.pending_verification"});
    account.merge(&json!({"requirements": pending}));
    save(scene, &account, json!({"details_submitted": false}));
    account.merge(
        &json!({"charges_enabled": true, "payouts_enabled": true, "requirements":
        {"pending_verification": [], "disabled_reason": null, "current_deadline": null}}),
    );
    let names: Vec<String> = account
        .get("capabilities")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    for name in &names {
        account.merge(&json!({"capabilities": {name: "active"}}));
    }
    save(
        scene,
        &account,
        json!({"charges_enabled": false, "payouts_enabled": false}),
    );
    for name in &names {
        tell_capability(scene, id, name)?;
    }
    Ok(account)
}

/// The owner left before the end.
pub(in super::super) fn leave_incomplete(scene: &mut Scene<'_>, id: &str) -> Result<Value> {
    let mut account = scene.get_of(PLATFORM, "account", id)?;
    let wanted = requirements(
        scene,
        &["external_account", "tos_acceptance.date"],
        Some("requirements.past_due"),
    );
    account.set("requirements", wanted);
    save(scene, &account, Value::Null);
    Ok(account)
}

/// Stripe stops (a reason) or resumes (no reason) an account's sales and payouts.
pub(in super::super) fn set_disabled(
    scene: &mut Scene<'_>,
    id: &str,
    reason: Option<&str>,
) -> Result<Value> {
    let mut account = scene.get_of(PLATFORM, "account", id)?;
    let was = account.flag("charges_enabled");
    account.merge(
        &json!({"charges_enabled": reason.is_none(), "payouts_enabled": reason.is_none(),
        "requirements": {"disabled_reason": reason}}),
    );
    save(scene, &account, json!({"charges_enabled": was}));
    Ok(account)
}

pub(in super::super) fn set_capability(
    scene: &mut Scene<'_>,
    id: &str,
    name: &str,
    status: &str,
) -> Result<Value> {
    let mut account = scene.get_of(PLATFORM, "account", id)?;
    account.merge(&json!({"capabilities": {name: status}}));
    save(scene, &account, Value::Null);
    tell_capability(scene, id, name)?;
    Ok(account)
}

/// The owner disconnects the store from the platform.
pub(in super::super) fn deauthorise(scene: &mut Scene<'_>, id: &str) -> Result<Value> {
    scene.get_of(PLATFORM, "account", id)?;
    scene.world.gone.insert(id.to_owned());
    let application =
        json!({"id": "ca_simulated", "object": "application", "name": "Virtual Stores"});
    scene.emit_for(
        id,
        "account.application.deauthorized",
        &application,
        Value::Null,
    );
    Ok(application)
}

pub(in super::super) fn gone(id: &str) -> Error {
    let message = format!(
        "The provided key does not have access to account '{id}' (or that account does not exist). Application access may have been revoked."
    );
    Error::forbidden("account_invalid", message)
}

fn tell_capability(scene: &mut Scene<'_>, id: &str, name: &str) -> Result<()> {
    let capability = capability(scene, id, name)?;
    scene.emit_for(id, "capability.updated", &capability, Value::Null);
    Ok(())
}

fn save(scene: &mut Scene<'_>, account: &Value, previous: Value) {
    scene.world.book(PLATFORM).put(account.clone());
    scene.emit_for(account.text("id"), "account.updated", account, previous);
}

fn requirements(scene: &Scene<'_>, due: &[&str], reason: Option<&str>) -> Value {
    let mut requirements = scene.contract.schemas.blank("account.requirements");
    requirements.merge(
        &json!({"alternatives": [], "currently_due": due, "eventually_due": due,
        "past_due": due, "pending_verification": [], "errors": [], "disabled_reason": reason}),
    );
    requirements
}

fn lay_given(account: &mut Value, params: &Value) -> Result<()> {
    for field in ["email", "business_type", "default_currency"] {
        if let Some(value) = params.get(field) {
            account.set(field, value.clone());
        }
    }
    if let Some(Value::Object(profile)) = params.get("business_profile") {
        let keep = [
            "name",
            "url",
            "mcc",
            "product_description",
            "support_email",
            "support_url",
            "support_phone",
        ];
        let mut given: Map<_, _> = keep
            .iter()
            .map(|key| ((*key).to_owned(), Value::Null))
            .collect();
        given.extend(
            profile
                .clone()
                .into_iter()
                .filter(|(key, _)| keep.contains(&key.as_str())),
        );
        given.extend(
            [
                ("annual_revenue", Value::Null),
                ("estimated_worker_count", Value::Null),
                ("support_address", Value::Null),
            ]
            .map(|(key, value)| (key.to_owned(), value)),
        );
        account.set("business_profile", given);
    }
    lay_metadata(account, params)
}

fn request_capabilities(account: &mut Value, params: &Value) {
    let asked = params
        .get("capabilities")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    let enabled = account.flag("charges_enabled");
    for (name, wish) in asked {
        let status = match (wish.flag("requested"), enabled) {
            (true, true) => "active",
            (true, false) | (false, _) => "inactive",
        };
        account.merge(&json!({"capabilities": {name: status}}));
    }
}

fn check_controller(params: &Value) -> Result<()> {
    let given = |path: &str| params.pointer(path).and_then(Value::as_str);
    if params.get("type").is_some() && params.get("controller").is_some() {
        return Err(
            Error::invalid("parameters_exclusive", "Give type or controller, not both.").at("type"),
        );
    }
    let losses = given("/controller/losses/payments");
    if losses == Some("application") && given("/controller/fees/payer") != Some("application") {
        let message = "When the application covers losses it must pay the fees.";
        return Err(Error::invalid("", message).at("controller[fees][payer]"));
    }
    Ok(())
}

fn controller(params: &Value) -> Value {
    let given = |path: &str, default: &str| {
        params
            .pointer(path)
            .and_then(Value::as_str)
            .unwrap_or(default)
            .to_owned()
    };
    json!({"type": "application", "is_controller": true,
        "fees": {"payer": given("/controller/fees/payer", "account")},
        "losses": {"payments": given("/controller/losses/payments", "stripe")},
        "requirement_collection": given("/controller/requirement_collection", "stripe"),
        "stripe_dashboard": {"type": given("/controller/stripe_dashboard/type", "full")}})
}

fn account_type(params: &Value) -> &str {
    match (
        params.text("type"),
        params
            .pointer("/controller/stripe_dashboard/type")
            .and_then(Value::as_str),
    ) {
        ("", Some("none")) => "none",
        ("", Some("express")) => "express",
        ("", _) => "standard",
        (given, _) => given,
    }
}
