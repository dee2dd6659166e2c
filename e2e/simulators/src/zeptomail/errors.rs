//! ZeptoMail's refusals: a code for the kind, one beneath it for the cause. Branch on these; the
//! status says little.

use crate::answer::Answer;
use actix_web::http::StatusCode;
use serde_json::{Value, json};

pub(super) type Result<T> = std::result::Result<T, Refusal>;

/// Cause, kind, HTTP status, words.
const TABLE: [(&str, &str, u16, &str); 18] = [
    (
        "GE_102",
        "TM_3201",
        400,
        "Mandatory field is empty or missing",
    ),
    ("SM_101", "TM_3301", 400, "Invalid JSON"),
    (
        "SM_120",
        "TM_3301",
        400,
        "The MIME type does not match the attachment, or is not allowed",
    ),
    ("UE_106", "TM_3501", 400, "Invalid file cache key"),
    ("MTR_101", "TM_3501", 400, "Invalid template key"),
    ("LE_101", "TM_3501", 403, "The credits have expired"),
    ("LE_102", "TM_5001", 403, "The credits are exhausted"),
    (
        "SERR_156",
        "TM_3601",
        403,
        "The sending IP address is not allowed",
    ),
    ("SM_133", "TM_3601", 403, "The trial limit is reached"),
    (
        "SMI_115",
        "TM_3601",
        403,
        "The daily sending limit is reached",
    ),
    ("AE_101", "TM_3601", 403, "The account is blocked"),
    ("SM_128", "TM_4001", 403, "The account is not reviewed yet"),
    (
        "SM_111",
        "TM_4001",
        400,
        "The sender's domain is not verified in this Agent",
    ),
    ("SM_113", "TM_4001", 400, "Invalid value"),
    ("SERR_157", "TM_4001", 401, "Invalid send mail token"),
    (
        "SM_127",
        "TM_8001",
        400,
        "Too many recipients or attachments",
    ),
    ("SM_129", "TM_8001", 400, "The field is too long"),
    (
        "TOO_LARGE",
        "TM_8001",
        413,
        "The message is larger than 15 MB",
    ),
];

#[derive(Debug)]
pub(super) struct Refusal {
    cause: String,
    target: String,
    value: String,
}

impl Refusal {
    pub(super) fn of(cause: &str, target: &str) -> Self {
        Self::with_value(cause, target, "")
    }

    pub(super) fn with_value(cause: &str, target: &str, value: &str) -> Self {
        Self {
            cause: cause.into(),
            target: target.into(),
            value: value.chars().take(100).collect(),
        }
    }

    pub(super) fn missing(target: &str) -> Self {
        Self::of("GE_102", target)
    }

    pub(super) fn is_known(cause: &str) -> bool {
        TABLE.iter().any(|(known, ..)| *known == cause)
    }

    /// The cause and its words, as SMTP says them.
    pub(super) fn words(&self) -> (&str, &'static str) {
        let known = TABLE.iter().find(|(cause, ..)| *cause == self.cause);
        (
            &self.cause,
            known.map_or("Internal error", |(.., words)| words),
        )
    }

    pub(super) fn answer(&self, request_id: &str, at_top: bool) -> Answer {
        let known = TABLE.iter().find(|(cause, ..)| *cause == self.cause);
        let (_, kind, status, words) =
            known
                .copied()
                .unwrap_or(("", "TM_5000", 500, "Internal error"));
        // The size has no cause of its own in the table that Zoho publishes.
        let cause = if self.cause == "TOO_LARGE" {
            "SM_129"
        } else {
            &self.cause
        };
        let mut detail = json!({"code": cause, "message": words, "target": self.target});
        if let (false, Value::Object(map)) = (self.value.is_empty(), &mut detail) {
            map.insert("target_value".into(), json!(self.value));
        }
        let error =
            json!({"code": kind, "message": words, "details": [detail], "request_id": request_id});
        let body = if at_top {
            error
        } else {
            json!({"error": error})
        };
        Answer::json(body).with_status(StatusCode::from_u16(status).unwrap_or_default())
    }
}
