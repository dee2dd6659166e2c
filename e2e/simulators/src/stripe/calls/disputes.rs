//! Disputes: opened and decided from outside, answered through the API.

use super::super::error::{Error, Result};
use super::super::json::Json as _;
use super::super::scene::Scene;
use super::payments;
use serde_json::{Value, json};

/// Price of a dispute, in minor units.
const DISPUTE_FEE: i64 = 2_000;
const ANSWER_SECONDS: i64 = 7 * 86_400;

/// Opens a dispute of a charge. `wish`: `reason`, `amount`, `inquiry` (no money moves), `due_by`.
pub(in super::super) fn open(scene: &mut Scene<'_>, charge: &Value, wish: &Value) -> Value {
    let inquiry = wish.flag("inquiry");
    let amount = wish
        .get("amount")
        .and_then(Value::as_i64)
        .unwrap_or(charge.int("amount"));
    let reason = if wish.text("reason").is_empty() {
        "fraudulent"
    } else {
        wish.text("reason")
    };
    let due_by = wish
        .get("due_by")
        .and_then(Value::as_i64)
        .unwrap_or(scene.now + ANSWER_SECONDS);
    let status = if inquiry {
        "warning_needs_response"
    } else {
        "needs_response"
    };
    let mut dispute = scene.make("dispute", "du", json!({"amount": amount, "charge": charge.part("id"),
        "currency": charge.part("currency"), "payment_intent": charge.part("payment_intent"), "reason": reason,
        "status": status, "is_charge_refundable": inquiry, "metadata": {},
        "evidence_details": {"due_by": due_by, "submission_method": "not_submitted"}}));
    scene.put_and_emit("charge.dispute.created", &dispute);
    if !inquiry {
        let mut charge = charge.clone();
        charge.set("disputed", true);
        scene.put_and_emit("charge.updated", &charge);
        move_money(scene, &mut dispute, -amount, DISPUTE_FEE);
        scene.put_and_emit("charge.dispute.funds_withdrawn", &dispute);
    }
    dispute
}

/// The bank decides: `won`, `lost`, or `warning_closed` for an inquiry.
pub(in super::super) fn close(scene: &mut Scene<'_>, id: &str, status: &str) -> Result<Value> {
    let mut dispute = scene.get("dispute", id)?;
    let inquiry = dispute.text("status").starts_with("warning_");
    let open = !matches!(dispute.text("status"), "won" | "lost" | "warning_closed");
    if !open
        || !matches!(
            (status, inquiry),
            ("won" | "lost", false) | ("warning_closed", true)
        )
    {
        return Err(Error::invalid(
            "status_transition_invalid",
            format!(
                "A dispute that is {} cannot become {status}.",
                dispute.text("status")
            ),
        ));
    }
    dispute.set("status", status);
    if status == "won" {
        let amount = dispute.int("amount");
        move_money(scene, &mut dispute, amount, -DISPUTE_FEE);
        scene.put_and_emit("charge.dispute.funds_reinstated", &dispute);
        let charge = dispute.text("charge").to_owned();
        if let Ok(mut charge) = scene.get("charge", &charge) {
            charge.set("disputed", false);
            scene.put(&charge);
        }
    }
    scene.put_and_emit("charge.dispute.closed", &dispute);
    Ok(dispute)
}

/// The store accepts the dispute.
pub(super) fn accept(scene: &mut Scene<'_>, id: &str) -> Result<Value> {
    close(scene, id, "lost")
}

pub(super) fn update(scene: &mut Scene<'_>, id: &str, params: &Value) -> Result<Value> {
    let mut dispute = scene.get("dispute", id)?;
    let details = dispute.part("evidence_details");
    let waits = matches!(
        dispute.text("status"),
        "needs_response" | "warning_needs_response"
    );
    if params.get("evidence").is_some() && (!waits || details.int("due_by") < scene.now) {
        return Err(Error::invalid(
            "status_transition_invalid",
            "This dispute takes no evidence any more.",
        ));
    }
    if let Some(evidence) = params.get("evidence") {
        dispute.merge(&json!({"evidence": evidence, "evidence_details": {"has_evidence": true}}));
    }
    if params.flag("submit") {
        let inquiry = dispute.text("status").starts_with("warning_");
        let status = if inquiry {
            "warning_under_review"
        } else {
            "under_review"
        };
        dispute.merge(&json!({"status": status, "evidence_details": {"submission_count": 1, "submission_method": "manual"}}));
    }
    super::lay_metadata(&mut dispute, params)?;
    scene.put_and_emit("charge.dispute.updated", &dispute);
    Ok(dispute)
}

fn move_money(scene: &mut Scene<'_>, dispute: &mut Value, amount: i64, fee: i64) {
    let fees = [
        json!({"type": "stripe_fee", "amount": fee, "currency": dispute.part("currency"),
        "application": null, "description": "Dispute fee"}),
    ];
    let id = payments::transaction(scene, "adjustment", amount, &fees, dispute);
    let transaction = scene
        .get("balance_transaction", id.as_str().unwrap_or_default())
        .unwrap_or_default();
    if let Some(all) = dispute
        .get_mut("balance_transactions")
        .and_then(Value::as_array_mut)
    {
        all.push(transaction);
    }
}
