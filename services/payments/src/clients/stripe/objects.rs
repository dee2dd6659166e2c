//! Stripe's objects, only the fields we read. What may be absent is optional and what may grow
//! keeps its unknown values, so that no webhook is lost to a field we did not expect.

use std::collections::HashMap;

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

/// An id, or the object in its place when it was expanded.
fn id_of<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Option::<Value>::deserialize(deserializer)? {
        Some(Value::String(id)) => Some(id),
        Some(Value::Object(object)) => object.get("id").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    })
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum IntentStatus {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    RequiresCapture,
    Processing,
    Succeeded,
    Canceled,
    Unknown(String),
}

impl From<String> for IntentStatus {
    fn from(text: String) -> Self {
        match text.as_str() {
            "requires_payment_method" => Self::RequiresPaymentMethod,
            "requires_confirmation" => Self::RequiresConfirmation,
            "requires_action" => Self::RequiresAction,
            "requires_capture" => Self::RequiresCapture,
            "processing" => Self::Processing,
            "succeeded" => Self::Succeeded,
            "canceled" => Self::Canceled,
            _ => Self::Unknown(text),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct PaymentIntent {
    pub id: String,
    pub status: IntentStatus,
    pub amount: i64,
    #[serde(default)]
    pub amount_received: i64,
    pub currency: String,
    #[serde(default)]
    pub livemode: bool,
    #[serde(default)]
    pub client_secret: Option<SecretString>,
    #[serde(default)]
    pub application_fee_amount: Option<i64>,
    #[serde(default, deserialize_with = "id_of")]
    pub latest_charge: Option<String>,
    #[serde(default)]
    pub last_payment_error: Option<super::error::Body>,
    #[serde(default)]
    pub next_action: Option<NextAction>,
    #[serde(default)]
    pub payment_method_types: Vec<String>,
    #[serde(default)]
    pub metadata: HashMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct NextAction {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub multibanco_display_details: Option<Voucher>,
}

/// What a shopper needs to pay at an ATM or in home banking; Stripe may leave any of it out.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Voucher {
    #[serde(default)]
    pub entity: Option<String>,
    #[serde(default)]
    pub reference: Option<String>,
    /// Unix seconds.
    #[serde(default)]
    pub expires_at: Option<i64>,
    #[serde(default)]
    pub hosted_voucher_url: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Charge {
    pub id: String,
    #[serde(default, deserialize_with = "id_of")]
    pub payment_intent: Option<String>,
    pub amount: i64,
    #[serde(default)]
    pub amount_refunded: i64,
    pub currency: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum RefundStatus {
    Pending,
    RequiresAction,
    Succeeded,
    Failed,
    Canceled,
    Unknown(String),
}

impl From<String> for RefundStatus {
    fn from(text: String) -> Self {
        match text.as_str() {
            "pending" => Self::Pending,
            "requires_action" => Self::RequiresAction,
            "succeeded" => Self::Succeeded,
            "failed" => Self::Failed,
            "canceled" => Self::Canceled,
            _ => Self::Unknown(text),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct Refund {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    #[serde(default)]
    pub status: Option<RefundStatus>,
    #[serde(default, deserialize_with = "id_of")]
    pub payment_intent: Option<String>,
    #[serde(default)]
    pub failure_reason: Option<String>,
    #[serde(default)]
    pub metadata: Option<HashMap<String, String>>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Dispute {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    pub status: String,
    #[serde(default)]
    pub reason: String,
    #[serde(default, deserialize_with = "id_of")]
    pub payment_intent: Option<String>,
    #[serde(default)]
    pub evidence_details: Option<EvidenceDetails>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct EvidenceDetails {
    /// Unix seconds; 0 means that no answer is possible.
    #[serde(default)]
    pub due_by: Option<i64>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Account {
    pub id: String,
    #[serde(default)]
    pub charges_enabled: bool,
    #[serde(default)]
    pub payouts_enabled: bool,
    #[serde(default)]
    pub details_submitted: bool,
    /// `card_payments` → `active`, `inactive` or `pending`.
    #[serde(default)]
    pub capabilities: HashMap<String, String>,
    #[serde(default)]
    pub requirements: Option<Requirements>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
pub struct Requirements {
    #[serde(default)]
    pub currently_due: Option<Vec<String>>,
    #[serde(default)]
    pub past_due: Option<Vec<String>>,
    #[serde(default)]
    pub disabled_reason: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct AccountLink {
    pub url: SecretString,
    /// Unix seconds.
    pub expires_at: i64,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub account: Option<String>,
    #[serde(default)]
    pub livemode: bool,
    /// Unix seconds.
    #[serde(default)]
    pub created: i64,
    pub data: EventData,
}

#[derive(Clone, Debug, Deserialize)]
pub struct EventData {
    pub object: Value,
}

#[derive(Clone, Debug, Deserialize)]
pub struct List<T> {
    pub data: Vec<T>,
    #[serde(default)]
    pub has_more: bool,
}
