//! One attempt to pay, and what Stripe's word may change about it.

use kernel::Money;

/// Where an attempt is. `Succeeded` and `Canceled` are ends: no later word takes them back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentStatus {
    /// Asked for at Stripe, not yet known there for sure.
    Creating,
    RequiresPaymentMethod,
    RequiresAction,
    Processing,
    Succeeded,
    Canceled,
}

impl PaymentStatus {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Creating => "creating",
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresAction => "requires_action",
            Self::Processing => "processing",
            Self::Succeeded => "succeeded",
            Self::Canceled => "canceled",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::Creating,
            Self::RequiresPaymentMethod,
            Self::RequiresAction,
            Self::Processing,
            Self::Succeeded,
            Self::Canceled,
        ]
        .into_iter()
        .find(|status| status.as_str() == text)
    }

    pub const fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Canceled)
    }
}

/// What Stripe says of the intent: read from Stripe itself, so it is newer than any event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub status: PaymentStatus,
    pub received: Money,
    pub declined: bool,
}

/// What follows from a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Nothing,
    Succeeded,
    Declined,
    Waiting,
    Processing,
    Canceled,
    /// The money is genuine but not what was asked for: a person must look.
    Mismatch,
}

/// Decides what a report changes. `due` is what the attempt was made for.
pub fn apply(current: PaymentStatus, due: Money, report: &Report) -> (PaymentStatus, Outcome) {
    if current.is_final() {
        return (current, Outcome::Nothing);
    }
    match report.status {
        PaymentStatus::Succeeded if report.received != due => (current, Outcome::Mismatch),
        PaymentStatus::Succeeded => (PaymentStatus::Succeeded, Outcome::Succeeded),
        PaymentStatus::Canceled => (PaymentStatus::Canceled, Outcome::Canceled),
        PaymentStatus::RequiresPaymentMethod if report.declined => {
            (PaymentStatus::RequiresPaymentMethod, Outcome::Declined)
        }
        PaymentStatus::RequiresAction if current != PaymentStatus::RequiresAction => {
            (PaymentStatus::RequiresAction, Outcome::Waiting)
        }
        PaymentStatus::Processing if current != PaymentStatus::Processing => {
            (PaymentStatus::Processing, Outcome::Processing)
        }
        PaymentStatus::Creating => (current, Outcome::Nothing),
        status => (status, Outcome::Nothing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PaymentStatus as S;
    use kernel::Currency;
    use proptest::prelude::*;

    const DUE: Money = Money::new(4_990, Currency::EUR);

    fn report(status: S, received: i64) -> Report {
        Report {
            status,
            received: Money::new(received, Currency::EUR),
            declined: false,
        }
    }

    #[test]
    fn a_payment_that_came_is_never_taken_back() {
        for later in [S::RequiresPaymentMethod, S::Canceled, S::Processing] {
            assert_eq!(
                apply(S::Succeeded, DUE, &report(later, 0)),
                (S::Succeeded, Outcome::Nothing)
            );
        }
    }

    #[test]
    fn another_amount_is_not_a_payment() {
        for wrong in [0, 1, 4_989, 4_991] {
            let (status, outcome) = apply(S::Processing, DUE, &report(S::Succeeded, wrong));
            assert_eq!((status, outcome), (S::Processing, Outcome::Mismatch));
        }
    }

    fn any_status() -> impl Strategy<Value = S> {
        prop::sample::select(vec![
            S::RequiresPaymentMethod,
            S::RequiresAction,
            S::Processing,
            S::Succeeded,
            S::Canceled,
        ])
    }

    proptest! {
        #[test]
        fn in_any_order_of_reports_success_is_told_at_most_once(reports in prop::collection::vec(any_status(), 0..12)) {
            let mut status = S::Creating;
            let mut told = 0;
            for said in reports {
                let (next, outcome) = apply(status, DUE, &report(said, DUE.minor));
                told += i32::from(outcome == Outcome::Succeeded);
                prop_assert!(!status.is_final() || next == status);
                status = next;
            }
            prop_assert!(told <= 1);
            prop_assert_eq!(told == 1, status == S::Succeeded);
        }
    }
}
