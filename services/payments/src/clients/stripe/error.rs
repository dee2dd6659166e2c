//! Stripe's refusals, sorted by what we must do about them.

use serde::Deserialize;

/// What went wrong with a call. The text never holds a key, a secret or a shopper's data.
#[derive(Debug, thiserror::Error)]
pub enum StripeError {
    /// The payment was refused; the shopper may try another way.
    #[error("the payment was declined ({})", .0.code)]
    Declined(Decline),
    /// Stripe understood and says no; trying again changes nothing.
    #[error("Stripe refused the request: {status} {code} {param}")]
    Refused {
        status: u16,
        code: String,
        /// What of the request it is about; empty for none. Stripe's words may repeat what was sent.
        param: String,
    },
    /// The store took its account away from the platform.
    #[error("the account is no longer connected to the platform")]
    AccountGone,
    /// Our own key is wrong or was revoked: no statement on any store or payment.
    #[error("Stripe does not accept the platform's key")]
    KeyRefused,
    /// The same thing is being asked at this moment, or we ask too often.
    #[error("Stripe asks us to wait: {0}")]
    Busy(String),
    /// Nothing was done; later it may be.
    #[error("Stripe is not available: {0}")]
    Unavailable(String),
    /// It may have been done or not; ask again with the same key, or look.
    #[error("the outcome at Stripe is unknown: {0}")]
    Indeterminate(String),
    /// It may have been done or not, and the same key will give the same answer for a day: look,
    /// and ask with another key only when it is not there.
    #[error("Stripe failed, and remembers that for the key: {0}")]
    KeySpent(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decline {
    pub code: String,
    pub decline_code: Option<String>,
}

impl Decline {
    /// What a shopper may be told: never that a card is reported lost, stolen or fraudulent.
    pub fn shopper_code(&self) -> &'static str {
        match self.decline_code.as_deref().unwrap_or(&self.code) {
            "insufficient_funds" => "insufficient-funds",
            "expired_card" => "expired-card",
            "incorrect_cvc" | "invalid_cvc" => "incorrect-cvc",
            "authentication_required" | "payment_intent_authentication_failure" => {
                "authentication-failed"
            }
            "payment_method_customer_decline" => "declined-by-customer",
            "payment_method_provider_timeout" | "payment_intent_payment_attempt_expired" => {
                "timed-out"
            }
            _ => "declined",
        }
    }
}

/// Stripe's error envelope; anything may be absent.
#[derive(Debug, Default, Deserialize)]
struct Envelope {
    #[serde(default)]
    error: Body,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Body {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    decline_code: Option<String>,
    #[serde(default)]
    param: Option<String>,
}

impl StripeError {
    /// Sorts an answer that is not a success.
    pub fn of(status: u16, body: &[u8]) -> Self {
        let envelope: Envelope = serde_json::from_slice(body).unwrap_or_default();
        let error = envelope.error;
        let code = error.code.unwrap_or_else(|| error.kind.clone());
        match (status, error.kind.as_str(), code.as_str()) {
            (409 | 429 | 424, ..) => Self::Busy(format!("{status} {code}")),
            (_, "idempotency_error", _) => Self::KeySpent("it was used for something else".into()),
            (402, ..) | (_, "card_error", _) => Self::Declined(Decline {
                code,
                decline_code: error.decline_code,
            }),
            (401, ..) => Self::KeyRefused,
            (403, _, "account_invalid") => Self::AccountGone,
            // With a body of Stripe's own the work has ended there; a gateway knows nothing of it.
            (500, "api_error", _) => Self::KeySpent("status 500".into()),
            (500.., ..) => Self::Indeterminate(format!("status {status}")),
            _ => Self::Refused {
                status,
                code,
                param: error.param.unwrap_or_default(),
            },
        }
    }

    /// Whether the same thing is worth asking again later.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Busy(_)
                | Self::Unavailable(_)
                | Self::Indeterminate(_)
                | Self::KeySpent(_)
                | Self::KeyRefused
        )
    }

    pub fn has_code(&self, wanted: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_not_json_keeps_its_status() {
        for status in [500, 502, 503, 504] {
            let error = StripeError::of(status, b"<html>Bad gateway</html>");
            let told = status.to_string();
            assert!(matches!(error, StripeError::Indeterminate(text) if text.contains(&told)));
        }
    }

    #[test]
    fn what_is_remembered_for_a_key_is_not_asked_for_with_it_again() {
        let failed = StripeError::of(500, br#"{"error": {"type": "api_error"}}"#);
        assert!(matches!(failed, StripeError::KeySpent(_)));
        let reused = StripeError::of(400, br#"{"error": {"type": "idempotency_error"}}"#);
        assert!(matches!(reused, StripeError::KeySpent(_)));
        let in_use =
            br#"{"error": {"type": "idempotency_error", "code": "idempotency_key_in_use"}}"#;
        assert!(matches!(StripeError::of(409, in_use), StripeError::Busy(_)));
    }

    #[test]
    fn a_wrong_key_of_ours_says_nothing_of_a_stores_account() {
        let key = StripeError::of(401, br#"{"error": {"type": "invalid_request_error"}}"#);
        assert!(matches!(key, StripeError::KeyRefused) && key.is_transient());
        let gone = br#"{"error": {"type": "invalid_request_error", "code": "account_invalid"}}"#;
        assert!(matches!(
            StripeError::of(403, gone),
            StripeError::AccountGone
        ));
        let other =
            br#"{"error": {"type": "invalid_request_error", "code": "secret_key_required"}}"#;
        assert!(matches!(
            StripeError::of(403, other),
            StripeError::Refused { .. }
        ));
    }

    #[test]
    fn a_shopper_is_not_told_that_a_card_is_stolen() {
        for code in [
            "stolen_card",
            "lost_card",
            "fraudulent",
            "pickup_card",
            "merchant_blacklist",
        ] {
            let decline = Decline {
                code: "card_declined".into(),
                decline_code: Some(code.to_owned()),
            };
            assert_eq!(decline.shopper_code(), "declined");
        }
    }
}
