//! Which of Stripe's events are about something of ours.

/// Every type that may have an effect; the others are kept and change nothing. At most twenty, as
/// many as Stripe lists by type at once.
pub const HEARD: &[&str] = &[
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "payment_intent.canceled",
    "charge.refunded",
    "charge.refund.updated",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "account.updated",
    "account.application.deauthorized",
    "capability.updated",
];

const _: () = assert!(HEARD.len() <= 20);

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    Intent,
    /// A refund, or a charge that was refunded.
    Refund,
    Dispute,
    Account,
    Nothing,
}

impl Topic {
    pub fn of(kind: &str) -> Self {
        if !HEARD.contains(&kind) {
            return Self::Nothing;
        }
        match kind.split('.').next().unwrap_or_default() {
            "payment_intent" => Self::Intent,
            "charge" if kind.starts_with("charge.dispute.") => Self::Dispute,
            "charge" | "refund" => Self::Refund,
            "account" | "capability" => Self::Account,
            _ => Self::Nothing,
        }
    }
}

/// Whether an id looks like one of Stripe's, which may be stored and asked for.
pub fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (1..=255).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_that_is_heard_is_about_something() {
        for kind in HEARD {
            assert_ne!(Topic::of(kind), Topic::Nothing, "{kind}");
        }
        // The guide's six.
        assert_eq!(Topic::of("payment_intent.succeeded"), Topic::Intent);
        assert_eq!(Topic::of("payment_intent.payment_failed"), Topic::Intent);
        assert_eq!(Topic::of("charge.refunded"), Topic::Refund);
        assert_eq!(Topic::of("charge.dispute.created"), Topic::Dispute);
        assert_eq!(Topic::of("charge.dispute.closed"), Topic::Dispute);
        assert_eq!(Topic::of("account.updated"), Topic::Account);
    }

    #[test]
    fn what_is_not_heard_is_about_nothing() {
        for kind in [
            "charge.succeeded",
            "payment_intent.created",
            "payout.paid",
            "",
            "v2.x",
        ] {
            assert_eq!(Topic::of(kind), Topic::Nothing, "{kind}");
        }
    }

    #[test]
    fn an_id_is_letters_digits_and_underscores() {
        assert!(is_id("evt_1Abc"));
        for text in ["", "evt 1", "evt\0", "evt/1", "évt"] {
            assert!(!is_id(text), "{text:?}");
        }
        assert!(!is_id(&"e".repeat(256)));
    }
}
