//! Refunds: asked for through the API or made in the store's dashboard.

use super::super::error::{Error, Result};
use super::super::json::Json as _;
use super::super::scene::Scene;
use super::super::world::PLATFORM;
use super::{lay_metadata, payments};
use serde_json::{Value, json};

pub(in super::super) fn create(scene: &mut Scene<'_>, params: &Value) -> Result<Value> {
    let mut charge = charge_to_refund(scene, params)?;
    if charge.flag("disputed") {
        let message = format!(
            "Charge {} has been charged back; cannot issue a refund.",
            charge.text("id")
        );
        return Err(Error::invalid("charge_disputed", message));
    }
    let rest = charge.int("amount_captured") - charge.int("amount_refunded");
    if charge.flag("refunded") || rest <= 0 {
        let message = format!("Charge {} has already been refunded.", charge.text("id"));
        return Err(Error::invalid("charge_already_refunded", message));
    }
    let amount = params.get("amount").and_then(Value::as_i64).unwrap_or(rest);
    if amount < 1 {
        return Err(
            Error::invalid("parameter_invalid_integer", "Invalid positive integer").at("amount"),
        );
    }
    if amount > rest {
        let message = format!(
            "Refund amount ({amount}) is greater than unrefunded amount on charge ({rest})"
        );
        return Err(Error::invalid("", message).at("amount"));
    }
    let (status, extra) = outcome(scene, &charge, amount);
    let mut refund = scene.make(
        "refund",
        "re",
        json!({"amount": amount, "charge": charge.part("id"), "status": status,
        "currency": charge.part("currency"), "payment_intent": charge.part("payment_intent"), "metadata": {},
        "reason": params.get("reason"), "destination_details": destination(&charge)}),
    );
    refund.merge(&extra);
    lay_metadata(&mut refund, params)?;
    if status != "failed" {
        let transaction = payments::transaction(scene, "refund", -amount, &[], &refund);
        refund.set("balance_transaction", transaction);
        let total = charge.int("amount_refunded") + amount;
        charge.merge(
            &json!({"amount_refunded": total, "refunded": total == charge.int("amount_captured")}),
        );
    }
    scene.put(&charge);
    if params.flag("refund_application_fee") && status != "failed" {
        give_back_fee(scene, &charge)?;
    }
    scene.put_and_emit("refund.created", &refund);
    match status {
        "failed" => scene.emit("refund.failed", &refund),
        _ => scene.emit("charge.refunded", &charge),
    }
    Ok(refund)
}

/// A refund that seemed done, or waited, comes back: the money is on the store's balance again.
pub(in super::super) fn fail(scene: &mut Scene<'_>, id: &str, reason: &str) -> Result<Value> {
    let mut refund = scene.get("refund", id)?;
    if !matches!(refund.text("status"), "succeeded" | "pending") {
        return Err(Error::invalid(
            "",
            format!("Refund {id} is {}.", refund.text("status")),
        ));
    }
    let charge_id = refund.text("charge").to_owned();
    let mut charge = scene.get("charge", &charge_id)?;
    let total = charge.int("amount_refunded") - refund.int("amount");
    charge.merge(&json!({"amount_refunded": total, "refunded": false}));
    scene.put(&charge);
    let back = payments::transaction(scene, "refund_failure", refund.int("amount"), &[], &refund);
    clear_pending(&mut refund);
    refund.merge(
        &json!({"status": "failed", "failure_reason": reason, "failure_balance_transaction": back}),
    );
    scene.put_and_emit("refund.updated", &refund);
    scene.emit("refund.failed", &refund);
    scene.emit("charge.updated", &charge);
    Ok(refund)
}

/// A pending refund reaches the customer.
pub(in super::super) fn settle(scene: &mut Scene<'_>, id: &str) -> Result<Value> {
    let mut refund = scene.get("refund", id)?;
    if refund.text("status") != "pending" {
        return Err(Error::invalid(
            "",
            format!("Refund {id} is {}.", refund.text("status")),
        ));
    }
    clear_pending(&mut refund);
    refund.set("status", "succeeded");
    scene.put_and_emit("refund.updated", &refund);
    Ok(refund)
}

fn clear_pending(refund: &mut Value) {
    if let Value::Object(fields) = refund {
        fields.remove("pending_reason");
    }
}

fn charge_to_refund(scene: &mut Scene<'_>, params: &Value) -> Result<Value> {
    match (params.text("charge"), params.text("payment_intent")) {
        ("", "") => {
            let message = "One of the following params should be provided for this request: payment_intent or charge.";
            Err(Error::invalid("parameter_missing", message).at("payment_intent"))
        }
        ("", intent) => {
            let intent = scene
                .get("payment_intent", intent)
                .map_err(|error| error.at("payment_intent"))?;
            if intent.text("status") != "succeeded" {
                let message = format!(
                    "This PaymentIntent ({}) does not have a successful charge to refund.",
                    intent.text("id")
                );
                return Err(Error::invalid("payment_intent_unexpected_state", message));
            }
            scene.get("charge", intent.text("latest_charge"))
        }
        (charge, "") => {
            let charge = scene
                .get("charge", charge)
                .map_err(|error| error.at("charge"))?;
            match charge.text("status") {
                "succeeded" => Ok(charge),
                _ => Err(Error::invalid(
                    "charge_not_refundable",
                    "Only a successful charge can be refunded.",
                )),
            }
        }
        _ => Err(Error::invalid(
            "parameters_exclusive",
            "Give charge or payment_intent, not both.",
        )
        .at("charge")),
    }
}

/// Without the money on the balance, a card's refund waits and any other fails.
fn outcome(scene: &mut Scene<'_>, charge: &Value, amount: i64) -> (&'static str, Value) {
    let account = scene.account.clone();
    let is_card = charge.part("payment_method_details").text("type") == "card";
    match (scene.world.book(&account).balance >= amount, is_card) {
        (true, _) => ("succeeded", json!({})),
        (false, true) => ("pending", json!({"pending_reason": "insufficient_funds"})),
        (false, false) => ("failed", json!({"failure_reason": "insufficient_funds"})),
    }
}

fn destination(charge: &Value) -> Value {
    match charge.part("payment_method_details").text("type") {
        "card" => json!({"type": "card", "card": {"type": "refund"}}),
        kind @ ("mb_way" | "multibanco") => {
            json!({"type": kind, kind: {"reference": null, "reference_status": null}})
        }
        kind => json!({"type": kind}),
    }
}

/// Gives the platform's fee back in proportion to all that is refunded, so that a full refund in
/// parts gives back all of it, to the cent.
fn give_back_fee(scene: &mut Scene<'_>, charge: &Value) -> Result<()> {
    let Some(id) = charge.get("application_fee").and_then(Value::as_str) else {
        return Ok(());
    };
    let mut fee = scene.get_of(PLATFORM, "application_fee", id)?;
    let due =
        fee.int("amount") * charge.int("amount_refunded") / charge.int("amount_captured").max(1);
    let amount = due - fee.int("amount_refunded");
    if amount <= 0 {
        return Ok(());
    }
    let store = std::mem::replace(&mut scene.account, PLATFORM.to_owned());
    let mut back = scene.make(
        "fee_refund",
        "fr",
        json!({"amount": amount, "currency": fee.part("currency"),
        "fee": fee.part("id"), "metadata": {}}),
    );
    let transaction = payments::transaction(scene, "application_fee_refund", -amount, &[], &back);
    back.set("balance_transaction", transaction);
    if let Some(refunds) = fee
        .pointer_mut("/refunds/data")
        .and_then(Value::as_array_mut)
    {
        refunds.insert(0, back);
    }
    fee.merge(&json!({"amount_refunded": due, "refunded": due == fee.int("amount")}));
    scene.put_and_emit("application_fee.refunded", &fee);
    scene.account = store;
    scene.world.book(&scene.account).balance += amount;
    Ok(())
}
