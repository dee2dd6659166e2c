//! Charges and what they do to balances.

use super::super::error::Error;
use super::super::json::Json as _;
use super::super::scene::Scene;
use super::super::world::PLATFORM;
use super::methods::{self, Decline};
use super::{disputes, list_of};
use serde_json::{Value, json};

/// Stripe's own price in this double: 1.5 % and 25 cents.
const FEE_PER_MILLE: i64 = 15;
const FEE_FIXED: i64 = 25;

/// The attempt became money: a charge, its balance transaction, the platform's fee, the events.
pub(super) fn succeed(scene: &mut Scene<'_>, intent: &mut Value, method: &Value) {
    let mut charge = charge_of(scene, intent, method);
    let amount = intent.int("amount");
    charge.merge(
        &json!({"status": "succeeded", "paid": true, "captured": true, "amount_captured": amount,
        "outcome": outcome(scene, "approved_by_network", "authorized", None, "Payment complete.")}),
    );
    if intent.int("application_fee_amount") > 0 {
        let fee = application_fee(scene, intent, &charge);
        charge
            .merge(&json!({"application_fee": fee.part("id"), "application_fee_amount": fee.part("amount")}));
    }
    let fees = fee_details(intent);
    let transaction = transaction(scene, "charge", amount, &fees, &charge);
    charge.set("balance_transaction", transaction);
    intent.merge(
        &json!({"status": "succeeded", "amount_received": amount, "latest_charge": charge.part("id"),
        "next_action": null, "last_payment_error": null, "payment_method": method.part("id")}),
    );
    scene.put(intent);
    scene.put_and_emit("charge.succeeded", &charge);
    scene.emit("payment_intent.succeeded", intent);
    if methods::outcome(method) == methods::Outcome::SucceedsDisputed {
        disputes::open(scene, &charge, &json!({"reason": "fraudulent"}));
    }
}

/// The attempt failed; the intent waits for another. The error is what the caller of the API gets.
pub(super) fn fail(
    scene: &mut Scene<'_>,
    intent: &mut Value,
    method: &Value,
    decline: Decline,
) -> Error {
    let mut charge = charge_of(scene, intent, method);
    let reason = if decline.decline_code.is_empty() {
        decline.code
    } else {
        decline.decline_code
    };
    charge.merge(&json!({"status": "failed", "failure_code": decline.code, "failure_message": decline.message,
        "outcome": outcome(scene, "declined_by_network", "issuer_declined", Some(reason), decline.message)}));
    let error = Error::declined(decline.code, decline.decline_code, decline.message)
        .with("charge", charge.part("id").clone())
        .with("payment_method", method.clone());
    give_up(scene, intent, &error);
    intent.set("latest_charge", charge.part("id").clone());
    scene.put(intent);
    scene.put_and_emit("charge.failed", &charge);
    scene.emit("payment_intent.payment_failed", intent);
    error.with("payment_intent", intent.clone())
}

/// An attempt that ended before any charge: refused in the app, voucher expired, 3-D Secure failed.
pub(super) fn lapse(scene: &mut Scene<'_>, intent: &mut Value, code: &str, message: &str) {
    let pending = intent.text("latest_charge").to_owned();
    if let Ok(mut charge) = scene.get("charge", &pending)
        && charge.text("status") == "pending"
    {
        charge
            .merge(&json!({"status": "failed", "failure_code": code, "failure_message": message}));
        scene.put_and_emit("charge.failed", &charge);
    }
    let method = intent.text("payment_method").to_owned();
    let method = scene.get("payment_method", &method).unwrap_or_default();
    let error = Error::invalid(code, message).with("payment_method", method);
    give_up(scene, intent, &error);
    scene.put_and_emit("payment_intent.payment_failed", intent);
}

fn give_up(scene: &mut Scene<'_>, intent: &mut Value, error: &Error) {
    intent.merge(
        &json!({"status": "requires_payment_method", "next_action": null, "payment_method": null,
        "processing": null}),
    );
    intent.set("last_payment_error", error.detail().clone());
    scene.put(intent);
}

/// A charge that waits for the customer's bank.
pub(super) fn pend(scene: &mut Scene<'_>, intent: &mut Value, method: &Value) {
    let mut charge = charge_of(scene, intent, method);
    charge.merge(
        &json!({"status": "pending", "captured": true, "amount_captured": intent.part("amount")}),
    );
    intent.merge(&json!({"status": "processing", "latest_charge": charge.part("id"), "payment_method": method.part("id"),
        "next_action": null, "last_payment_error": null}));
    scene.put(intent);
    scene.put_and_emit("charge.pending", &charge);
    scene.emit("payment_intent.processing", intent);
}

fn charge_of(scene: &mut Scene<'_>, intent: &Value, method: &Value) -> Value {
    let pending = intent.text("latest_charge").to_owned();
    if let Ok(charge) = scene.get("charge", &pending)
        && charge.text("status") == "pending"
    {
        return charge;
    }
    let prefix = if method.text("type") == "card" {
        "ch"
    } else {
        "py"
    };
    let details = methods::details(scene, method, intent);
    let mut charge = scene.make("charge", prefix, json!({
        "payment_method_details": details, "payment_method": method.part("id"), "payment_intent": intent.part("id"),
        "billing_details": method.part("billing_details"),
    }));
    for field in [
        "amount",
        "currency",
        "customer",
        "description",
        "metadata",
        "receipt_email",
        "shipping",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_group",
    ] {
        charge.set(field, intent.part(field).clone());
    }
    charge
}

fn outcome(
    scene: &Scene<'_>,
    network: &str,
    kind: &str,
    reason: Option<&str>,
    message: &str,
) -> Value {
    let mut outcome = scene.contract.schemas.blank("charge.outcome");
    outcome.merge(&json!({"network_status": network, "type": kind, "reason": reason, "seller_message": message,
        "risk_level": "normal", "risk_score": 20}));
    outcome
}

fn application_fee(scene: &mut Scene<'_>, intent: &Value, charge: &Value) -> Value {
    let mut fee = scene.make("application_fee", "fee", json!({
        "account": scene.account, "amount": intent.part("application_fee_amount"), "application": "ca_simulated",
        "charge": charge.part("id"), "currency": intent.part("currency"),
        "originating_transaction": null, "fee_source": {"type": "charge", "charge": charge.part("id")},
    }));
    let url = format!("/v1/application_fees/{}/refunds", fee.text("id"));
    fee.set("refunds", list_of(url, Vec::new(), false));
    let store = std::mem::replace(&mut scene.account, PLATFORM.to_owned());
    let amount = fee.int("amount");
    let transaction = transaction(scene, "application_fee", amount, &[], &fee);
    fee.set("balance_transaction", transaction);
    scene.put_and_emit("application_fee.created", &fee);
    scene.account = store;
    fee
}

fn fee_details(intent: &Value) -> Vec<Value> {
    let amount = intent.int("amount");
    let stripe = (amount * FEE_PER_MILLE + 999) / 1_000 + FEE_FIXED;
    let platform = intent.int("application_fee_amount");
    [("stripe_fee", stripe.min(amount)), ("application_fee", platform)]
        .into_iter()
        .filter(|(_, amount)| *amount > 0)
        .map(|(kind, amount)| json!({"type": kind, "amount": amount, "currency": intent.part("currency"),
            "application": if kind == "application_fee" { json!("ca_simulated") } else { Value::Null },
            "description": kind}))
        .collect()
}

/// Moves an account's balance and answers with the id of the transaction. `amount` is what came
/// in (negative: went out), `fees` go off it.
pub(super) fn transaction(
    scene: &mut Scene<'_>,
    kind: &str,
    amount: i64,
    fees: &[Value],
    source: &Value,
) -> Value {
    let fee: i64 = fees.iter().map(|fee| fee.int("amount")).sum();
    let category = match kind {
        "adjustment" => "dispute",
        other => other,
    };
    let transaction = scene.make("balance_transaction", "txn", json!({
        "type": kind, "reporting_category": category, "amount": amount, "fee": fee, "fee_details": fees,
        "net": amount - fee, "currency": source.part("currency"), "source": source.part("id"), "status": "available",
        "available_on": scene.now, "balance_type": "payments",
    }));
    scene.put(&transaction);
    let account = scene.account.clone();
    scene.world.book(&account).balance += amount - fee;
    transaction.part("id").clone()
}

pub(super) fn balance(scene: &mut Scene<'_>) -> Value {
    let account = scene.account.clone();
    let amount = scene.world.book(&account).balance;
    json!({"object": "balance", "livemode": false, "pending": [{"amount": 0, "currency": "eur"}],
        "available": [{"amount": amount, "currency": "eur"}]})
}
