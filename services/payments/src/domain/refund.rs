//! Money on its way back, and what Stripe's word may change about it.

/// Where a refund is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundStatus {
    /// Stripe must be asked for it, or its answer was not seen.
    Requested,
    /// Stripe has it and the money is not there yet.
    Pending,
    Succeeded,
    Failed,
}

impl RefundStatus {
    pub const ALL: [Self; 4] = [
        Self::Requested,
        Self::Pending,
        Self::Succeeded,
        Self::Failed,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// What follows from Stripe's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Nothing,
    /// It is under way.
    Began,
    /// The money is the shopper's.
    GaveBack,
    /// The money never left the store.
    Failed,
    /// The money had left and is the store's again.
    CameBack,
}

/// Decides what Stripe's word on one refund changes. It is the same refund of Stripe's all along, so
/// an end is an end, but for a success that fails days later.
pub fn apply(current: RefundStatus, said: RefundStatus) -> (RefundStatus, Outcome) {
    use RefundStatus as S;
    match (current, said) {
        (S::Requested, S::Pending) => (said, Outcome::Began),
        (S::Requested | S::Pending, S::Succeeded) => (said, Outcome::GaveBack),
        (S::Requested | S::Pending, S::Failed) => (said, Outcome::Failed),
        (S::Succeeded, S::Failed) => (said, Outcome::CameBack),
        (S::Requested | S::Pending, S::Requested)
        | (S::Pending, S::Pending)
        | (S::Succeeded, S::Requested | S::Pending | S::Succeeded)
        | (S::Failed, _) => (current, Outcome::Nothing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn in_any_order_of_words_the_money_is_counted_right(
            said in prop::collection::vec(prop::sample::select(RefundStatus::ALL.to_vec()), 0..12)
        ) {
            let (mut status, mut given) = (RefundStatus::Requested, 0);
            for word in said {
                let (next, outcome) = apply(status, word);
                given += i32::from(outcome == Outcome::GaveBack);
                given -= i32::from(outcome == Outcome::CameBack);
                prop_assert!(!(status == RefundStatus::Failed && next != status));
                status = next;
            }
            prop_assert_eq!(given, i32::from(status == RefundStatus::Succeeded));
        }
    }

    #[test]
    fn a_late_pending_does_not_take_a_success_back() {
        let (status, outcome) = apply(RefundStatus::Succeeded, RefundStatus::Pending);
        assert_eq!(
            (status, outcome),
            (RefundStatus::Succeeded, Outcome::Nothing)
        );
    }
}
