//! Payment methods, and what becomes of an attempt to pay with each.

use super::super::error::{Error, Result};
use super::super::json::Json as _;
use super::super::scene::Scene;
use serde_json::{Value, json};

/// The methods that a store in Portugal may be given, with the most that each takes (minor units).
pub(super) const METHODS: [(&str, i64); 4] = [
    ("card", 99_999_999),
    ("mb_way", 500_000),
    ("multibanco", 9_999_900),
    ("sepa_debit", 99_999_999),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Succeeds,
    /// Succeeds, and the customer disputes it at once.
    SucceedsDisputed,
    Declines(Decline),
    /// 3-D Secure first, then this or success.
    Authenticates(Option<Decline>),
    /// The customer's MB WAY app decides.
    AsksApp,
    /// A voucher to be paid at a cash machine.
    Voucher,
    /// The bank answers in days.
    Debit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Decline {
    pub(super) code: &'static str,
    pub(super) decline_code: &'static str,
    pub(super) message: &'static str,
}

const fn decline(code: &'static str, decline_code: &'static str, message: &'static str) -> Decline {
    Decline {
        code,
        decline_code,
        message,
    }
}

const GENERIC: Decline = decline(
    "card_declined",
    "generic_decline",
    "Your card was declined.",
);
const FUNDS: Decline = decline(
    "card_declined",
    "insufficient_funds",
    "Your card has insufficient funds.",
);

/// Stripe's test cards by their `pm_card_…` token, with brand, last digits and outcome.
fn card(token: &str) -> Option<(&'static str, &'static str, Outcome)> {
    use Outcome::{Authenticates, Declines, Succeeds, SucceedsDisputed};
    let coded = |decline_code| {
        Declines(decline(
            "card_declined",
            decline_code,
            "Your card was declined.",
        ))
    };
    Some(match token {
        "pm_card_visa" | "pm_card_pt" => ("visa", "4242", Succeeds),
        "pm_card_visa_debit" => ("visa", "5556", Succeeds),
        "pm_card_mastercard" => ("mastercard", "4444", Succeeds),
        "pm_card_amex" => ("amex", "8431", Succeeds),
        "pm_card_createDispute" => ("visa", "0259", SucceedsDisputed),
        "pm_card_chargeDeclined" | "pm_card_visa_chargeDeclined" => {
            ("visa", "0002", Declines(GENERIC))
        }
        "pm_card_chargeDeclinedInsufficientFunds"
        | "pm_card_visa_chargeDeclinedInsufficientFunds" => ("visa", "9995", Declines(FUNDS)),
        "pm_card_chargeDeclinedLostCard" | "pm_card_visa_chargeDeclinedLostCard" => {
            ("visa", "9987", coded("lost_card"))
        }
        "pm_card_chargeDeclinedStolenCard" | "pm_card_visa_chargeDeclinedStolenCard" => {
            ("visa", "9979", coded("stolen_card"))
        }
        "pm_card_chargeDeclinedFraudulent" | "pm_card_visa_chargeDeclinedFraudulent" => {
            ("visa", "0019", coded("fraudulent"))
        }
        "pm_card_chargeDeclinedVelocityLimitExceeded"
        | "pm_card_visa_chargeDeclinedVelocityLimitExceeded" => {
            ("visa", "6975", coded("card_velocity_exceeded"))
        }
        "pm_card_chargeDeclinedExpiredCard" | "pm_card_visa_chargeDeclinedExpiredCard" => (
            "visa",
            "0069",
            Declines(decline("expired_card", "", "Your card has expired.")),
        ),
        "pm_card_chargeDeclinedIncorrectCvc" | "pm_card_visa_chargeDeclinedIncorrectCvc" => (
            "visa",
            "0127",
            Declines(decline(
                "incorrect_cvc",
                "",
                "Your card's security code is incorrect.",
            )),
        ),
        "pm_card_chargeDeclinedProcessingError" | "pm_card_visa_chargeDeclinedProcessingError" => (
            "visa",
            "0119",
            Declines(decline(
                "processing_error",
                "",
                "An error occurred while processing your card.",
            )),
        ),
        "pm_card_authenticationRequired" | "pm_card_threeDSecure2Required" => {
            ("visa", "3155", Authenticates(None))
        }
        "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds" => {
            ("visa", "9995", Authenticates(Some(FUNDS)))
        }
        "pm_card_threeDSecureRequiredChargeDeclined" => {
            ("visa", "1629", Authenticates(Some(GENERIC)))
        }
        _ => return None,
    })
}

/// The method that a confirmation names, by token or by data, as a stored object.
pub(super) fn chosen(scene: &mut Scene<'_>, params: &Value, intent: &Value) -> Result<Value> {
    let token = match (params.text("payment_method"), intent.text("payment_method")) {
        ("", stored) => stored,
        (given, _) => given,
    };
    if let Some(data) = params.get("payment_method_data") {
        return from_data(scene, data);
    }
    if token.is_empty() {
        let message =
            "You cannot confirm this PaymentIntent because it's missing a payment method.";
        return Err(Error::invalid("payment_intent_unexpected_state", message)
            .with("payment_intent", intent.clone()));
    }
    if let Ok(stored) = scene.get("payment_method", token) {
        return Ok(stored);
    }
    let Some((brand, last4, _)) = card(token) else {
        return Err(Error::missing("PaymentMethod", token).at("payment_method"));
    };
    let mut details = scene.contract.schemas.blank("payment_method.card");
    details.merge(&json!({"brand": brand, "display_brand": brand, "last4": last4, "exp_month": 12, "exp_year": 2040,
        "country": "PT", "funding": "credit", "fingerprint": format!("fingerprint{last4}"),
        "checks": {"address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass"}}));
    let method = scene.make(
        "payment_method",
        "pm",
        json!({"type": "card", "card": details,
        "billing_details": billing(scene, &Value::Null), "metadata": {"token": token}}),
    );
    scene.put(&method);
    Ok(method)
}

fn from_data(scene: &mut Scene<'_>, data: &Value) -> Result<Value> {
    let kind = data.text("type").to_owned();
    let missing = |path: &str| {
        let param = format!("payment_method_data{path}");
        Err(Error::invalid(
            "parameter_missing",
            format!("Missing required param: {param}."),
        )
        .at(&param))
    };
    let person = |field: &str| {
        data.pointer(&format!("/billing_details/{field}"))
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let details = match kind.as_str() {
        "mb_way" if person("phone").is_empty() => return missing("[billing_details][phone]"),
        "multibanco" if person("email").is_empty() => return missing("[billing_details][email]"),
        "sepa_debit" if person("name").is_empty() => return missing("[billing_details][name]"),
        "sepa_debit" => {
            let iban = data
                .pointer("/sepa_debit/iban")
                .and_then(Value::as_str)
                .unwrap_or_default();
            if iban.len() < 15 {
                return missing("[sepa_debit][iban]");
            }
            let last4: String = iban
                .chars()
                .skip(iban.chars().count().saturating_sub(4))
                .collect();
            let mut details = scene.contract.schemas.blank("payment_method.sepa_debit");
            details.merge(&json!({"country": iban.get(..2), "last4": last4}));
            details
        }
        "mb_way" | "multibanco" => json!({}),
        _ => {
            let message = format!("The payment method type '{kind}' is not one of this double's.");
            return Err(Error::invalid("payment_method_unsupported_type", message)
                .at("payment_method_data[type]"));
        }
    };
    let billing = billing(scene, data.part("billing_details"));
    let mut method = scene.make(
        "payment_method",
        "pm",
        json!({"type": kind, "billing_details": billing, "metadata": {}}),
    );
    method.set(&kind, details);
    scene.put(&method);
    Ok(method)
}

fn billing(scene: &Scene<'_>, given: &Value) -> Value {
    let mut details = scene.contract.schemas.blank("charge.billing_details");
    for field in ["email", "name", "phone", "tax_id"] {
        if let Some(text) = given.get(field).filter(|value| *value != "") {
            details.set(field, text.clone());
        }
    }
    details
}

pub(super) fn outcome(method: &Value) -> Outcome {
    match method.text("type") {
        "mb_way" => Outcome::AsksApp,
        "multibanco" => Outcome::Voucher,
        "sepa_debit" => Outcome::Debit,
        _ => {
            let token = method
                .pointer("/metadata/token")
                .and_then(Value::as_str)
                .unwrap_or_default();
            card(token).map_or(Outcome::Succeeds, |(_, _, outcome)| outcome)
        }
    }
}

/// `payment_method_details` of a charge.
pub(super) fn details(scene: &Scene<'_>, method: &Value, intent: &Value) -> Value {
    let kind = method.text("type");
    let inner = match kind {
        "card" => {
            let mut card = scene
                .contract
                .schemas
                .blank("charge.payment_method_details.card");
            for field in [
                "brand",
                "last4",
                "exp_month",
                "exp_year",
                "country",
                "funding",
                "fingerprint",
                "checks",
            ] {
                card.set(field, method.part("card").part(field).clone());
            }
            card.merge(
                &json!({"network": method.part("card").part("brand"), "amount_authorized": intent.part("amount")}),
            );
            card
        }
        "multibanco" => {
            let voucher = intent
                .part("next_action")
                .part("multibanco_display_details");
            json!({"entity": voucher.part("entity"), "reference": voucher.part("reference")})
        }
        "sepa_debit" => {
            let mut debit = scene
                .contract
                .schemas
                .blank("charge.payment_method_details.sepa_debit");
            debit.merge(&json!({"country": method.part("sepa_debit").part("country"), "last4": method.part("sepa_debit").part("last4"),
                "mandate": "mandate_simulated"}));
            debit
        }
        _ => json!({}),
    };
    json!({"type": kind, kind: inner})
}
