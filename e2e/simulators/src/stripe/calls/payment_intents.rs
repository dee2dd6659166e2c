//! The life of a PaymentIntent.

use super::super::error::{Error, Result};
use super::super::json::Json as _;
use super::super::scene::{Scene, token};
use super::super::world::PLATFORM;
use super::methods::{self, Decline, METHODS, Outcome};
use super::{lay_metadata, payments};
use serde_json::{Value, json};

const AMOUNT_MAX: i64 = 99_999_999;
/// Currencies of this double with the least that each can be charged, in minor units.
const CURRENCIES: [(&str, i64); 8] = [
    ("eur", 50),
    ("usd", 50),
    ("gbp", 30),
    ("chf", 50),
    ("brl", 50),
    ("pln", 200),
    ("jpy", 50),
    ("sek", 300),
];
const TEXTS: [&str; 7] = [
    "description",
    "receipt_email",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
    "customer",
    "setup_future_usage",
];

pub(super) fn create(scene: &mut Scene<'_>, params: &Value) -> Result<Value> {
    let currency = params.text("currency").to_lowercase();
    check_amount(params.int("amount"), &currency)?;
    if params.text("capture_method") == "manual" || params.get("transfer_data").is_some() {
        return Err(Error::invalid(
            "",
            "This double has neither manual capture nor transfers.",
        ));
    }
    let mut intent = scene.make(
        "payment_intent",
        "pi",
        json!({
            "amount": params.part("amount"), "currency": currency, "capture_method": "automatic_async",
            "confirmation_method": "automatic", "status": "requires_payment_method",
            "automatic_payment_methods": {"enabled": true, "allow_redirects": "always"},
        }),
    );
    let secret = format!("{}_secret_{}", intent.text("id"), token(24));
    intent.set("client_secret", secret);
    if let Some(methods) = params.get("automatic_payment_methods") {
        intent.merge(&json!({"automatic_payment_methods": methods}));
    }
    lay(scene, &mut intent, params)?;
    check_fee(scene, &intent)?;
    if params.get("payment_method").is_some() || params.get("payment_method_data").is_some() {
        let method = methods::chosen(scene, params, &intent)?;
        intent.merge(
            &json!({"payment_method": method.part("id"), "status": "requires_confirmation"}),
        );
    }
    scene.put_and_emit("payment_intent.created", &intent);
    match params.flag("confirm") {
        true => {
            let id = intent.text("id").to_owned();
            confirm(scene, &id, &without_method(params))
        }
        false => Ok(intent),
    }
}

pub(super) fn update(scene: &mut Scene<'_>, id: &str, params: &Value) -> Result<Value> {
    let mut intent = scene.get("payment_intent", id)?;
    let status = intent.text("status");
    let changes_money = ["amount", "currency", "application_fee_amount"]
        .iter()
        .any(|field| params.get(*field).is_some());
    let open = matches!(status, "requires_payment_method" | "requires_confirmation");
    if !(open || status == "requires_action" && !changes_money) {
        return Err(unexpected(&intent, "updated"));
    }
    if let Some(amount) = params.get("amount") {
        intent.set("amount", amount.clone());
    }
    if let Some(currency) = params.get("currency") {
        intent.set("currency", currency.clone());
    }
    let currency = intent.text("currency").to_owned();
    check_amount(intent.int("amount"), &currency)?;
    lay(scene, &mut intent, params)?;
    check_fee(scene, &intent)?;
    if params.get("payment_method").is_some() || params.get("payment_method_data").is_some() {
        let method = methods::chosen(scene, params, &intent)?;
        intent.merge(
            &json!({"payment_method": method.part("id"), "status": "requires_confirmation"}),
        );
    }
    scene.put(&intent);
    Ok(intent)
}

pub(super) fn cancel(scene: &mut Scene<'_>, id: &str, params: &Value) -> Result<Value> {
    let mut intent = scene.get("payment_intent", id)?;
    if !intent.text("status").starts_with("requires_") {
        return Err(unexpected(&intent, "canceled"));
    }
    let reason = params.get("cancellation_reason").cloned();
    intent.merge(
        &json!({"status": "canceled", "canceled_at": scene.now, "next_action": null,
        "cancellation_reason": reason}),
    );
    scene.put_and_emit("payment_intent.canceled", &intent);
    Ok(intent)
}

pub(in super::super) fn confirm(scene: &mut Scene<'_>, id: &str, params: &Value) -> Result<Value> {
    let mut intent = scene.get("payment_intent", id)?;
    if !intent.text("status").starts_with("requires_") {
        return Err(unexpected(&intent, "confirmed"));
    }
    lay(scene, &mut intent, params)?;
    let method = methods::chosen(scene, params, &intent)?;
    check_method(scene, &intent, method.text("type"))?;
    intent.set("payment_method", method.part("id").clone());
    match methods::outcome(&method) {
        Outcome::Succeeds | Outcome::SucceedsDisputed => {
            payments::succeed(scene, &mut intent, &method)
        }
        Outcome::Declines(decline) => {
            return Err(payments::fail(scene, &mut intent, &method, decline));
        }
        Outcome::Debit => payments::pend(scene, &mut intent, &method),
        Outcome::Authenticates(_) if params.flag("error_on_requires_action") => {
            let decline = Decline {
                code: "authentication_required",
                decline_code: "authentication_required",
                message: "Your card was declined. This transaction requires authentication.",
            };
            return Err(payments::fail(scene, &mut intent, &method, decline));
        }
        Outcome::Authenticates(_) => {
            let action = authentication(scene, &intent, params);
            wait(scene, &mut intent, "requires_action", action);
        }
        Outcome::Voucher => {
            let action = voucher(scene, &intent);
            wait(scene, &mut intent, "requires_action", action);
        }
        Outcome::AsksApp => {
            let status = scene.world.settings.mb_way_waits_in.clone();
            wait(scene, &mut intent, &status, Value::Null);
        }
    }
    Ok(intent)
}

/// What a customer, a bank or the clock does to an intent that waits: `approve` (3-D Secure, MB
/// WAY, a debit), `pay` (the voucher), `refuse`, `timeout`, `fail`, `expire`.
pub(in super::super) fn resolve(scene: &mut Scene<'_>, id: &str, what: &str) -> Result<Value> {
    let mut intent = scene.get("payment_intent", id)?;
    if !matches!(intent.text("status"), "requires_action" | "processing") {
        return Err(unexpected(&intent, what));
    }
    let method = intent.text("payment_method").to_owned();
    let method = scene.get("payment_method", &method)?;
    let outcome = methods::outcome(&method);
    match (what, outcome) {
        ("approve", Outcome::Authenticates(Some(decline))) => {
            payments::fail(scene, &mut intent, &method, decline);
        }
        ("approve", Outcome::Authenticates(None) | Outcome::AsksApp | Outcome::Debit)
        | ("pay", Outcome::Voucher) => {
            payments::succeed(scene, &mut intent, &method);
        }
        ("refuse", Outcome::AsksApp) => payments::lapse(
            scene,
            &mut intent,
            "payment_method_customer_decline",
            "The customer declined the payment in the app.",
        ),
        ("timeout", Outcome::AsksApp) => payments::lapse(
            scene,
            &mut intent,
            "payment_method_provider_timeout",
            "The customer did not answer in time.",
        ),
        ("fail", Outcome::Authenticates(_)) => payments::lapse(
            scene,
            &mut intent,
            "payment_intent_authentication_failure",
            "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
        ),
        ("fail", Outcome::Debit) => payments::lapse(
            scene,
            &mut intent,
            "payment_intent_payment_attempt_failed",
            "The customer's bank refused the debit.",
        ),
        ("expire", Outcome::Voucher | Outcome::AsksApp | Outcome::Authenticates(_)) => {
            payments::lapse(
                scene,
                &mut intent,
                "payment_intent_payment_attempt_expired",
                "The payment was not made in time.",
            )
        }
        _ => {
            return Err(Error::invalid(
                "",
                format!("'{what}' does not happen to {}.", method.text("type")),
            ));
        }
    }
    Ok(intent)
}

/// Stripe itself gives an intent up: `automatic` or `expired`.
pub(in super::super) fn cancel_by_stripe(
    scene: &mut Scene<'_>,
    id: &str,
    reason: &str,
) -> Result<Value> {
    cancel(scene, id, &json!({"cancellation_reason": reason}))
}

fn lay(scene: &mut Scene<'_>, intent: &mut Value, params: &Value) -> Result<()> {
    for field in TEXTS {
        if let Some(value) = params.get(field) {
            intent.set(
                field,
                if value == "" {
                    Value::Null
                } else {
                    value.clone()
                },
            );
        }
    }
    for field in [
        "application_fee_amount",
        "allowed_payment_method_types",
        "excluded_payment_method_types",
    ] {
        if let Some(value) = params.get(field) {
            intent.set(
                field,
                if value == "" {
                    Value::Null
                } else {
                    value.clone()
                },
            );
        }
    }
    if let Some(Value::Object(_)) = params.get("shipping") {
        let mut shipping = scene.contract.schemas.blank("payment_intent.shipping");
        shipping.merge(params.part("shipping"));
        intent.set("shipping", shipping);
    }
    lay_metadata(intent, params)?;
    let offered = offered(scene, intent);
    if offered.is_empty() {
        let message = "No payment method is active on this account for this amount and currency.";
        return Err(Error::invalid("capability_not_active", message));
    }
    intent.set("payment_method_types", offered);
    Ok(())
}

/// The methods that fit an intent: active on the account, allowed, and made for the amount.
fn offered(scene: &mut Scene<'_>, intent: &Value) -> Vec<&'static str> {
    let account = scene.account.clone();
    let account = scene.get_of(PLATFORM, "account", &account).ok();
    let named = |list: &str, kind: &str| {
        intent
            .get(list)
            .and_then(Value::as_array)
            .map(|all| all.contains(&json!(kind)))
    };
    let active = |kind: &str| match &account {
        None => kind == "card",
        Some(account) => {
            account.flag("charges_enabled")
                && account
                    .part("capabilities")
                    .text(&format!("{kind}_payments"))
                    == "active"
        }
    };
    METHODS
        .into_iter()
        .filter(|(kind, most)| active(kind) && intent.int("amount") <= *most)
        .filter(|(kind, _)| *kind == "card" || intent.text("currency") == "eur")
        .filter(|(kind, _)| named("allowed_payment_method_types", kind) != Some(false))
        .filter(|(kind, _)| named("excluded_payment_method_types", kind) != Some(true))
        .map(|(kind, _)| kind)
        .collect()
}

fn check_method(scene: &mut Scene<'_>, intent: &Value, kind: &str) -> Result<()> {
    if offered(scene, intent).contains(&kind) {
        return Ok(());
    }
    let message =
        format!("The payment method type '{kind}' is not available for this PaymentIntent.");
    Err(Error::invalid("payment_intent_incompatible_payment_method", message).at("payment_method"))
}

fn check_amount(amount: i64, currency: &str) -> Result<()> {
    let Some((_, least)) = CURRENCIES.iter().find(|(known, _)| *known == currency) else {
        return Err(Error::invalid("", format!("Invalid currency: {currency}.")).at("currency"));
    };
    if amount < 1 {
        return Err(Error::invalid(
            "parameter_invalid_integer",
            "This value must be greater than or equal to 1.",
        )
        .at("amount"));
    }
    if amount < *least {
        let message =
            format!("Amount must be at least {least} in the smallest unit of {currency}.");
        return Err(Error::invalid("amount_too_small", message).at("amount"));
    }
    if amount > AMOUNT_MAX {
        let message = format!("Amount must be no more than {AMOUNT_MAX}.");
        return Err(Error::invalid("amount_too_large", message).at("amount"));
    }
    Ok(())
}

fn check_fee(scene: &Scene<'_>, intent: &Value) -> Result<()> {
    let param = "application_fee_amount";
    let Some(fee) = intent.get(param).and_then(Value::as_i64) else {
        return Ok(());
    };
    if scene.is_platform() {
        let message = "An application fee needs a connected account.";
        return Err(Error::invalid("application_fees_not_allowed", message).at(param));
    }
    if fee < 1 {
        return Err(Error::invalid(
            "parameter_invalid_integer",
            "This value must be greater than or equal to 1.",
        )
        .at(param));
    }
    if fee > intent.int("amount") {
        return Err(Error::invalid(
            "",
            "The application fee must not be greater than the amount.",
        )
        .at(param));
    }
    Ok(())
}

fn wait(scene: &mut Scene<'_>, intent: &mut Value, status: &str, action: Value) {
    intent.merge(&json!({"status": status, "last_payment_error": null}));
    intent.set("next_action", action);
    scene.put(intent);
    let kind = if status == "processing" {
        "payment_intent.processing"
    } else {
        "payment_intent.requires_action"
    };
    scene.emit(kind, intent);
}

fn authentication(scene: &Scene<'_>, intent: &Value, params: &Value) -> Value {
    let page = format!(
        "{}/pay?client_secret={}&account={}",
        scene.base,
        intent.text("client_secret"),
        scene.account
    );
    if params.get("return_url").is_some() && !params.flag("use_stripe_sdk") {
        return json!({"type": "redirect_to_url",
            "redirect_to_url": {"url": page, "return_url": params.part("return_url")}});
    }
    json!({"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": page}})
}

fn voucher(scene: &Scene<'_>, intent: &Value) -> Value {
    let digits: u64 = intent
        .text("id")
        .bytes()
        .fold(7, |sum, byte| (sum * 31 + u64::from(byte)) % 1_000_000_000);
    let page = format!(
        "{}/pay?client_secret={}&account={}",
        scene.base,
        intent.text("client_secret"),
        scene.account
    );
    json!({"type": "multibanco_display_details", "multibanco_display_details": {
        "entity": "12345", "reference": format!("{digits:09}"),
        "expires_at": scene.now + scene.world.settings.voucher_seconds, "hosted_voucher_url": page}})
}

fn without_method(params: &Value) -> Value {
    let mut params = params.clone();
    if let Value::Object(fields) = &mut params {
        fields.retain(|name, _| !matches!(name.as_str(), "payment_method" | "payment_method_data"));
    }
    params
}

fn unexpected(intent: &Value, deed: &str) -> Error {
    let message = format!(
        "This PaymentIntent could not be {deed} because its status is {}.",
        intent.text("status")
    );
    Error::invalid("payment_intent_unexpected_state", message)
        .with("payment_intent", intent.clone())
}
