//! Stripe's objects, only the fields we read. What may be absent is optional and what may grow
//! keeps its unknown values, so that no webhook is lost to a field we did not expect. Only what
//! money depends on is insisted on: ids, states, amounts and currencies.

use std::collections::HashMap;

use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Reads what can be read; anything unexpected is as good as absent.
fn lenient<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

/// An id, or the object in its place when it was expanded.
fn id_of<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Option::<Value>::deserialize(deserializer)? {
        Some(Value::String(id)) => Some(id),
        Some(Value::Object(object)) => object.get("id").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    })
}

/// An object, of which only the id is known when it was not expanded.
fn object_or_id<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let value = match Value::deserialize(deserializer)? {
        Value::String(id) => serde_json::json!({ "id": id }),
        other => other,
    };
    Ok(serde_json::from_value(value).ok())
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
    #[serde(default, deserialize_with = "lenient")]
    pub client_secret: Option<SecretString>,
    #[serde(default)]
    pub application_fee_amount: Option<i64>,
    #[serde(default, deserialize_with = "object_or_id")]
    pub latest_charge: Option<Charge>,
    #[serde(default, deserialize_with = "object_or_id")]
    pub payment_method: Option<PaymentMethod>,
    #[serde(default, deserialize_with = "lenient")]
    pub last_payment_error: Option<PaymentError>,
    #[serde(default, deserialize_with = "lenient")]
    pub next_action: Option<NextAction>,
    #[serde(default, deserialize_with = "lenient")]
    pub cancellation_reason: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub metadata: HashMap<String, String>,
}

/// Why the last try failed, and which try it was.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct PaymentError {
    #[serde(default, deserialize_with = "lenient")]
    pub code: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub decline_code: Option<String>,
    #[serde(default, deserialize_with = "id_of")]
    pub charge: Option<String>,
    #[serde(default, deserialize_with = "id_of")]
    pub payment_method: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct PaymentMethod {
    pub id: String,
    /// `card`, `mb_way`, …; empty when only the id is known.
    #[serde(default, rename = "type", deserialize_with = "lenient")]
    pub kind: String,
    #[serde(default, deserialize_with = "lenient")]
    pub card: Option<Card>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Card {
    #[serde(default, deserialize_with = "lenient")]
    pub brand: String,
    #[serde(default, deserialize_with = "lenient")]
    pub last4: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct NextAction {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default, deserialize_with = "lenient")]
    pub multibanco_display_details: Option<Voucher>,
}

/// What a shopper needs to pay at an ATM or in home banking; Stripe may leave any of it out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Voucher {
    #[serde(default, deserialize_with = "lenient")]
    pub entity: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub reference: Option<String>,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient")]
    pub expires_at: Option<i64>,
    #[serde(default, deserialize_with = "lenient")]
    pub hosted_voucher_url: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Charge {
    pub id: String,
    /// Only known when the charge was expanded.
    #[serde(default, deserialize_with = "id_of")]
    pub application_fee: Option<String>,
}

/// The platform's part of a charge, on the platform's own account.
#[derive(Clone, Debug, Deserialize)]
pub struct ApplicationFee {
    pub id: String,
    pub amount_refunded: i64,
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
    #[serde(default, deserialize_with = "lenient")]
    pub failure_reason: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub metadata: HashMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Dispute {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    pub status: String,
    #[serde(default)]
    pub livemode: bool,
    #[serde(default, deserialize_with = "lenient")]
    pub reason: String,
    #[serde(default, deserialize_with = "id_of")]
    pub payment_intent: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub evidence_details: Option<EvidenceDetails>,
    /// What it did to the store's balance so far.
    #[serde(default)]
    pub balance_transactions: Vec<BalanceTransaction>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct EvidenceDetails {
    /// Unix seconds; 0 means that no answer is possible.
    #[serde(default)]
    pub due_by: Option<i64>,
}

/// A movement of an account's balance: `amount` (negative when it is taken) less `fee`.
#[derive(Clone, Debug, Deserialize)]
pub struct BalanceTransaction {
    pub id: String,
    pub amount: i64,
    pub fee: i64,
    pub currency: String,
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
    #[serde(default, deserialize_with = "lenient")]
    pub capabilities: HashMap<String, String>,
    #[serde(default, deserialize_with = "lenient")]
    pub requirements: Option<Requirements>,
    #[serde(default, deserialize_with = "lenient")]
    pub metadata: HashMap<String, String>,
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

/// An event's envelope. What it is about is looked at when it is applied.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default, deserialize_with = "lenient")]
    pub account: Option<String>,
    #[serde(default)]
    pub livemode: bool,
    /// Unix seconds; absent from the events of Stripe's API v2.
    #[serde(default, deserialize_with = "lenient")]
    pub created: i64,
    #[serde(default, deserialize_with = "lenient")]
    pub data: EventData,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct EventData {
    #[serde(default)]
    pub object: Value,
}

#[derive(Clone, Debug, Deserialize)]
pub struct List<T> {
    pub data: Vec<T>,
    #[serde(default)]
    pub has_more: bool,
}
