//! Stripe's refusals, sorted by what we must do about them.

use serde::Deserialize;

/// What went wrong with a call. The text never holds a key, a secret or a shopper's data.
#[derive(Debug, thiserror::Error)]
pub enum StripeError {
    /// The payment was refused; the shopper may try another way.
    #[error("the payment was declined ({})", .0.code)]
    Declined(Decline),
    /// Stripe understood and says no; trying again changes nothing.
    #[error("Stripe refused the request: {status} {code}: {message}")]
    Refused {
        status: u16,
        code: String,
        message: String,
    },
    /// The key is wrong, or the account is no longer connected to the platform.
    #[error("Stripe does not let us act for this account: {status} {code}")]
    NotAllowed { status: u16, code: String },
    /// Nothing was done; later it may be.
    #[error("Stripe is not available: {0}")]
    Unavailable(String),
    /// It may have been done or not; ask again with the same key, or look.
    #[error("the outcome at Stripe is unknown: {0}")]
    Indeterminate(String),
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
pub struct Envelope {
    #[serde(default)]
    pub error: Body,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct Body {
    #[serde(default, rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub code: Option<String>,
    #[serde(default)]
    pub decline_code: Option<String>,
    #[serde(default)]
    pub message: Option<String>,
}

impl StripeError {
    /// Sorts an answer that is not a success.
    pub fn of(status: u16, body: &[u8]) -> Self {
        let envelope: Envelope = serde_json::from_slice(body).unwrap_or_default();
        let error = envelope.error;
        let code = error.code.unwrap_or_else(|| error.kind.clone());
        match (status, error.kind.as_str()) {
            (402, _) | (_, "card_error") => Self::Declined(Decline {
                code,
                decline_code: error.decline_code,
            }),
            (401 | 403, _) => Self::NotAllowed { status, code },
            (409, _) | (429, _) | (424, _) => Self::Unavailable(format!("{status} {code}")),
            (500.., _) => Self::Indeterminate(format!("status {status}")),
            _ => Self::Refused {
                status,
                code,
                message: error.message.unwrap_or_default(),
            },
        }
    }

    /// Whether the same request, with the same key, is worth sending again now.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Indeterminate(_))
    }

    pub fn has_code(&self, wanted: &str) -> bool {
        matches!(self, Self::Refused { code, .. } | Self::NotAllowed { code, .. } if code == wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_not_json_keeps_its_status() {
        let error = StripeError::of(502, b"<html>Bad gateway</html>");
        assert!(matches!(error, StripeError::Indeterminate(text) if text.contains("502")));
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
