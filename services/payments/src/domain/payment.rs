//! One attempt to pay, and what Stripe's word may change about it.

use kernel::Money;

/// Failed tries of one order within the window; more looks like testing of stolen cards.
pub const DECLINES_MAX: i32 = 5;

/// Where an attempt is. `Succeeded` is the end: no later word takes it back. `Canceled` ends it too,
/// unless the money came all the same.
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
    pub const ALL: [Self; 6] = [
        Self::Creating,
        Self::RequiresPaymentMethod,
        Self::RequiresAction,
        Self::Processing,
        Self::Succeeded,
        Self::Canceled,
    ];

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
        Self::ALL.into_iter().find(|status| status.as_str() == text)
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
    /// Whether the shopper is asked for something else than before.
    pub asks_anew: bool,
}

/// What follows from a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Nothing,
    Succeeded,
    Waiting,
    Processing,
    Canceled,
    /// The money is genuine but not what was asked for: a person must look.
    Mismatch,
}

/// Decides what a report changes. `due` is what the attempt was made for.
pub fn apply(current: PaymentStatus, due: Money, report: &Report) -> (PaymentStatus, Outcome) {
    use PaymentStatus as S;
    match (current, report.status) {
        (S::Succeeded, _) => (current, Outcome::Nothing),
        (_, S::Succeeded) if report.received != due => (current, Outcome::Mismatch),
        (_, S::Succeeded) => (S::Succeeded, Outcome::Succeeded),
        (S::Canceled, _) | (_, S::Creating) => (current, Outcome::Nothing),
        (_, S::Canceled) => (S::Canceled, Outcome::Canceled),
        (S::RequiresAction, S::RequiresAction) if report.asks_anew => (current, Outcome::Waiting),
        (_, S::RequiresAction) if current != S::RequiresAction => {
            (S::RequiresAction, Outcome::Waiting)
        }
        (_, S::Processing) if current != S::Processing => (S::Processing, Outcome::Processing),
        (_, S::RequiresPaymentMethod | S::RequiresAction | S::Processing) => {
            (report.status, Outcome::Nothing)
        }
    }
}

/// What a shopper's page shows while the money is not there, beyond the payment form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitsFor {
    /// The shopper pays a reference at a cash machine or his bank.
    Voucher,
    /// The shopper says yes in his telephone's app.
    App,
    /// The shopper proves himself to his bank.
    Authentication,
    /// Nobody but the banks has anything to do.
    Bank,
}

impl WaitsFor {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Voucher => "voucher",
            Self::App => "app",
            Self::Authentication => "authentication",
            Self::Bank => "bank",
        }
    }

    /// What an attempt waits for. Stripe's types leave open in which state MB WAY waits.
    pub fn of(status: PaymentStatus, method: &str, has_voucher: bool) -> Option<Self> {
        match status {
            PaymentStatus::RequiresAction if has_voucher => Some(Self::Voucher),
            PaymentStatus::RequiresAction | PaymentStatus::Processing if method == "mb_way" => {
                Some(Self::App)
            }
            PaymentStatus::RequiresAction => Some(Self::Authentication),
            PaymentStatus::Processing => Some(Self::Bank),
            PaymentStatus::Creating
            | PaymentStatus::RequiresPaymentMethod
            | PaymentStatus::Succeeded
            | PaymentStatus::Canceled => None,
        }
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
            asks_anew: false,
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
    fn money_that_comes_for_an_attempt_that_was_given_up_is_not_overlooked() {
        let came = apply(S::Canceled, DUE, &report(S::Succeeded, 4_990));
        assert_eq!(came, (S::Succeeded, Outcome::Succeeded));
        let other = apply(S::Canceled, DUE, &report(S::Processing, 0));
        assert_eq!(other, (S::Canceled, Outcome::Nothing));
    }

    #[test]
    fn another_amount_is_not_a_payment() {
        for wrong in [0, 1, 4_989, 4_991] {
            let (status, outcome) = apply(S::Processing, DUE, &report(S::Succeeded, wrong));
            assert_eq!((status, outcome), (S::Processing, Outcome::Mismatch));
        }
    }

    #[test]
    fn another_voucher_is_told_and_the_same_one_is_not() {
        let mut word = report(S::RequiresAction, 0);
        assert_eq!(apply(S::RequiresAction, DUE, &word).1, Outcome::Nothing);
        word.asks_anew = true;
        assert_eq!(apply(S::RequiresAction, DUE, &word).1, Outcome::Waiting);
    }

    #[test]
    fn a_page_knows_what_the_shopper_has_to_do() {
        let waits =
            |status, method, voucher| WaitsFor::of(status, method, voucher).map(WaitsFor::as_str);
        assert_eq!(
            waits(S::RequiresAction, "multibanco", true),
            Some("voucher")
        );
        assert_eq!(waits(S::Processing, "mb_way", false), Some("app"));
        assert_eq!(waits(S::RequiresAction, "mb_way", false), Some("app"));
        assert_eq!(
            waits(S::RequiresAction, "card", false),
            Some("authentication")
        );
        assert_eq!(waits(S::Processing, "sepa_debit", false), Some("bank"));
        assert_eq!(waits(S::Succeeded, "card", false), None);
    }

    proptest! {
        #[test]
        fn in_any_order_of_reports_success_is_told_at_most_once(
            reports in prop::collection::vec(prop::sample::select(S::ALL.to_vec()), 0..12)
        ) {
            let mut status = S::Creating;
            let mut told = 0;
            for said in &reports {
                let (next, outcome) = apply(status, DUE, &report(*said, DUE.minor));
                told += i32::from(outcome == Outcome::Succeeded);
                prop_assert!(status != S::Succeeded || next == status);
                status = next;
            }
            prop_assert_eq!(told, i32::from(reports.contains(&S::Succeeded)));
            prop_assert_eq!(told == 1, status == S::Succeeded);
        }
    }
}
