//! An order's life: what may follow what. Nothing else may.

use kernel::Money;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderStatus {
    PendingPayment,
    Paid,
    PartiallyRefunded,
    Refunded,
    Cancelled,
}

impl OrderStatus {
    pub const ALL: [Self; 5] = [
        Self::PendingPayment,
        Self::Paid,
        Self::PartiallyRefunded,
        Self::Refunded,
        Self::Cancelled,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PendingPayment => "pending_payment",
            Self::Paid => "paid",
            Self::PartiallyRefunded => "partially_refunded",
            Self::Refunded => "refunded",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fulfilment {
    Unfulfilled,
    Partial,
    Fulfilled,
    Delivered,
}

impl Fulfilment {
    pub const ALL: [Self; 4] = [
        Self::Unfulfilled,
        Self::Partial,
        Self::Fulfilled,
        Self::Delivered,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unfulfilled => "unfulfilled",
            Self::Partial => "partial",
            Self::Fulfilled => "fulfilled",
            Self::Delivered => "delivered",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What decides about an order. All amounts are of one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderState {
    pub status: OrderStatus,
    pub fulfilment: Fulfilment,
    pub total: Money,
    pub paid: Money,
    /// Asked for at the provider, not yet back.
    pub refunding: Money,
    pub refunded: Money,
    /// Whether stock is reserved for it.
    pub holds_stock: bool,
}

/// What a payment means for the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentOutcome {
    BecamePaid,
    AlreadyPaid,
    /// The reservation had run out: sell it again if it is there, else give the money back.
    CameTooLate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    #[error("{received} was paid for an order of {expected}")]
    AmountMismatch { expected: Money, received: Money },
    #[error("an order that was paid cannot be cancelled; refund it")]
    Paid,
    #[error("this order was cancelled")]
    Cancelled,
    #[error("this order has not been paid")]
    NotPaid,
    #[error("at most {left} can be refunded")]
    TooMuch { left: Money },
    #[error("an order that was sent cannot change so")]
    Fulfilled,
}

impl OrderState {
    pub fn receive_payment(&mut self, received: Money) -> Result<PaymentOutcome, OrderError> {
        match self.status {
            OrderStatus::PendingPayment | OrderStatus::Cancelled if received != self.total => {
                Err(OrderError::AmountMismatch {
                    expected: self.total,
                    received,
                })
            }
            OrderStatus::PendingPayment => {
                self.status = OrderStatus::Paid;
                self.paid = received;
                Ok(PaymentOutcome::BecamePaid)
            }
            OrderStatus::Cancelled if self.paid.is_zero() => Ok(PaymentOutcome::CameTooLate),
            OrderStatus::Cancelled
            | OrderStatus::Paid
            | OrderStatus::PartiallyRefunded
            | OrderStatus::Refunded => Ok(PaymentOutcome::AlreadyPaid),
        }
    }

    /// A late payment found stock after all: the order lives again.
    pub fn revive(&mut self) {
        assert!(
            self.status == OrderStatus::Cancelled,
            "only a cancelled order is revived"
        );
        self.status = OrderStatus::Paid;
        self.paid = self.total;
        self.holds_stock = true;
    }

    /// A late payment that has to go back. The order stays cancelled.
    pub fn return_late_payment(&mut self) {
        assert!(
            self.status == OrderStatus::Cancelled,
            "only a cancelled order's payment is too late"
        );
        self.paid = self.total;
        self.refunding = self.total;
    }

    /// Ends an unpaid order. True when its stock has to be given back.
    pub fn cancel(&mut self) -> Result<bool, OrderError> {
        match self.status {
            OrderStatus::PendingPayment => {
                self.status = OrderStatus::Cancelled;
                Ok(std::mem::take(&mut self.holds_stock))
            }
            OrderStatus::Cancelled => Err(OrderError::Cancelled),
            _ => Err(OrderError::Paid),
        }
    }

    /// Asks for money to go back; what is under way counts.
    pub fn request_refund(&mut self, amount: Money) -> Result<(), OrderError> {
        if self.paid.is_zero() {
            return Err(OrderError::NotPaid);
        }
        let left = self.paid.minor - self.refunded.minor - self.refunding.minor;
        if amount.currency != self.total.currency || !(1..=left).contains(&amount.minor) {
            return Err(OrderError::TooMuch {
                left: Money {
                    minor: left,
                    ..self.total
                },
            });
        }
        self.refunding.minor += amount.minor;
        Ok(())
    }

    /// Money went back: asked for here, or given in the provider's own dashboard (`external`).
    pub fn receive_refund(&mut self, amount: Money, external: bool) -> Result<(), OrderError> {
        let left = Money {
            minor: self.paid.minor - self.refunded.minor,
            ..self.total
        };
        if amount.currency != left.currency || !(1..=left.minor).contains(&amount.minor) {
            return Err(OrderError::TooMuch { left });
        }
        if !external {
            self.refunding.minor = (self.refunding.minor - amount.minor).max(0);
        }
        self.refunded.minor += amount.minor;
        if self.status != OrderStatus::Cancelled {
            self.status = if self.refunded == self.paid {
                OrderStatus::Refunded
            } else {
                OrderStatus::PartiallyRefunded
            };
        }
        Ok(())
    }

    /// A refund did not go through; when it had (`succeeded`), the money is the store's again.
    pub fn lose_refund(&mut self, amount: Money, succeeded: bool) {
        if succeeded && self.refunded.minor >= amount.minor && amount.minor > 0 {
            self.refunded.minor -= amount.minor;
            if self.status != OrderStatus::Cancelled {
                self.status = match self.refunded.minor {
                    0 => OrderStatus::Paid,
                    _ => OrderStatus::PartiallyRefunded,
                };
            }
        } else if !succeeded {
            self.refunding.minor = (self.refunding.minor - amount.minor).max(0);
        }
    }

    /// The goods left the house. True when the reserved stock becomes sold with it.
    pub fn fulfil(&mut self) -> Result<bool, OrderError> {
        match (self.status, self.fulfilment) {
            (OrderStatus::PendingPayment, _) => Err(OrderError::NotPaid),
            (OrderStatus::Cancelled | OrderStatus::Refunded, _) => Err(OrderError::Cancelled),
            (_, Fulfilment::Unfulfilled | Fulfilment::Partial) => {
                self.fulfilment = Fulfilment::Fulfilled;
                Ok(std::mem::take(&mut self.holds_stock))
            }
            (_, Fulfilment::Fulfilled | Fulfilment::Delivered) => Err(OrderError::Fulfilled),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;
    use proptest::prelude::*;

    const EUR: Currency = Currency::EUR;

    fn new_order() -> OrderState {
        let zero = Money::zero(EUR);
        OrderState {
            status: OrderStatus::PendingPayment,
            fulfilment: Fulfilment::Unfulfilled,
            total: Money::new(4_990, EUR),
            paid: zero,
            refunding: zero,
            refunded: zero,
            holds_stock: true,
        }
    }

    #[test]
    fn an_order_is_paid_once_and_only_with_its_own_amount() {
        let mut order = new_order();
        let wrong = order.receive_payment(Money::new(100, EUR));
        assert!(matches!(wrong, Err(OrderError::AmountMismatch { .. })));
        assert_eq!(
            order.receive_payment(order.total),
            Ok(PaymentOutcome::BecamePaid)
        );
        assert_eq!(
            order.receive_payment(order.total),
            Ok(PaymentOutcome::AlreadyPaid)
        );
    }

    #[test]
    fn a_payment_after_the_end_is_too_late_and_is_said_so() {
        let mut order = new_order();
        assert_eq!(order.cancel(), Ok(true));
        assert_eq!(
            order.receive_payment(order.total),
            Ok(PaymentOutcome::CameTooLate)
        );
        order.return_late_payment();
        assert_eq!(
            order.receive_payment(order.total),
            Ok(PaymentOutcome::AlreadyPaid)
        );
        order.receive_refund(order.total, false).unwrap();
        assert_eq!(order.status, OrderStatus::Cancelled);
    }

    #[test]
    fn nothing_unpaid_is_sent() {
        let mut order = new_order();
        assert_eq!(order.fulfil(), Err(OrderError::NotPaid));
        order.receive_payment(order.total).unwrap();
        assert_eq!(order.fulfil(), Ok(true));
        assert_eq!(order.fulfil(), Err(OrderError::Fulfilled));
    }

    #[derive(Clone, Debug)]
    enum Step {
        Pay(i64),
        Cancel,
        Ask(i64),
        Refunded(i64, bool),
        Lost(i64, bool),
        Fulfil,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            prop_oneof![Just(4_990), 1_i64..6_000].prop_map(Step::Pay),
            Just(Step::Cancel),
            (1_i64..6_000).prop_map(Step::Ask),
            (1_i64..6_000, any::<bool>()).prop_map(|(n, b)| Step::Refunded(n, b)),
            (1_i64..6_000, any::<bool>()).prop_map(|(n, b)| Step::Lost(n, b)),
            Just(Step::Fulfil),
        ]
    }

    proptest! {
        #[test]
        fn no_order_of_steps_breaks_the_rules(steps in prop::collection::vec(step(), 0..25)) {
            let mut order = new_order();
            for step in steps {
                let before = order;
                let refused = match step {
                    Step::Pay(n) => order.receive_payment(Money::new(n, EUR)).is_err(),
                    Step::Cancel => order.cancel().is_err(),
                    Step::Ask(n) => order.request_refund(Money::new(n, EUR)).is_err(),
                    Step::Refunded(n, external) => order.receive_refund(Money::new(n, EUR), external).is_err(),
                    Step::Lost(n, succeeded) => { order.lose_refund(Money::new(n, EUR), succeeded); false }
                    Step::Fulfil => order.fulfil().is_err(),
                };
                prop_assert!(!refused || before == order, "a refusal changes nothing");
                prop_assert!(order.refunded.minor >= 0 && order.refunded.minor <= order.paid.minor);
                prop_assert!(order.refunding.minor >= 0);
                prop_assert!(order.paid.is_zero() || order.paid == order.total);
                prop_assert!(order.fulfilment == Fulfilment::Unfulfilled || !order.paid.is_zero());
            }
        }
    }
}
