//! An order's life: what may follow what. Nothing else may.

use kernel::{Currency, Money};

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

/// How the order knew of a refund before its end was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundStood {
    /// It was asked for here, and counts as under way.
    UnderWay,
    /// It was given in the provider's own dashboard, or was thought to have failed.
    NotCounted,
}

/// Where the goods of an order that is sent come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoodsFrom {
    /// They were kept for it.
    Reserved,
    /// They were free again, after a refund that came to nothing.
    Shelf,
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
    #[error("a refund is an amount above 0 in {0}")]
    NoRefund(Currency),
    #[error("at most {left} can be refunded")]
    TooMuch { left: Money },
    #[error("all of this order's payment goes back; it is not sent")]
    Refunded,
    #[error("this order was sent")]
    Fulfilled,
    #[error("this order was not sent yet")]
    NotFulfilled,
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

    /// Ends an order for which nothing was paid. True when its stock has to be given back.
    pub fn cancel(&mut self) -> Result<bool, OrderError> {
        let is_free = self.total.is_zero() && self.fulfilment == Fulfilment::Unfulfilled;
        match self.status {
            OrderStatus::Paid if !is_free => Err(OrderError::Paid),
            OrderStatus::PendingPayment | OrderStatus::Paid => {
                self.status = OrderStatus::Cancelled;
                Ok(std::mem::take(&mut self.holds_stock))
            }
            OrderStatus::Cancelled => Err(OrderError::Cancelled),
            OrderStatus::PartiallyRefunded | OrderStatus::Refunded => Err(OrderError::Paid),
        }
    }

    /// What of the payment is neither back nor on its way back. Nothing where a refund in the
    /// provider's dashboard crossed one that was asked for here.
    pub fn refundable(&self) -> Money {
        let left = self.paid.minor - self.refunded.minor - self.refunding.minor;
        Money {
            minor: left.max(0),
            ..self.total
        }
    }

    /// Asks for money to go back; what is under way counts.
    pub fn request_refund(&mut self, amount: Money) -> Result<(), OrderError> {
        if self.paid.is_zero() {
            return Err(OrderError::NotPaid);
        }
        let left = self.refundable();
        if left.is_zero() {
            return Err(OrderError::TooMuch { left });
        }
        if amount.currency != left.currency || amount.minor < 1 {
            return Err(OrderError::NoRefund(left.currency));
        }
        if amount.minor > left.minor {
            return Err(OrderError::TooMuch { left });
        }
        self.refunding.minor += amount.minor;
        Ok(())
    }

    /// Money went back. True when nothing is left of the payment and the goods, not sent yet, are
    /// free again.
    pub fn receive_refund(
        &mut self,
        amount: Money,
        stood: RefundStood,
    ) -> Result<bool, OrderError> {
        if self.paid.is_zero() {
            return Err(OrderError::NotPaid);
        }
        let left = Money {
            minor: self.paid.minor - self.refunded.minor,
            ..self.total
        };
        if amount.currency != left.currency || !(1..=left.minor).contains(&amount.minor) {
            return Err(OrderError::TooMuch { left });
        }
        self.forget_asking(amount, stood);
        self.refunded.minor += amount.minor;
        if self.status == OrderStatus::Cancelled {
            return Ok(false);
        }
        if self.refunded != self.paid {
            self.status = OrderStatus::PartiallyRefunded;
            return Ok(false);
        }
        self.status = OrderStatus::Refunded;
        let goods_are_here = self.fulfilment == Fulfilment::Unfulfilled;
        Ok(goods_are_here && std::mem::take(&mut self.holds_stock))
    }

    /// A refund came to nothing before any money moved.
    pub fn drop_refund(&mut self, amount: Money, stood: RefundStood) {
        self.forget_asking(amount, stood);
    }

    /// A refund that had gone through came back: the money is the store's again. True when the goods
    /// had been free again and are owed once more.
    pub fn take_refund_back(&mut self, amount: Money) -> bool {
        self.refunded.minor = (self.refunded.minor - amount.minor).max(0);
        if self.status == OrderStatus::Cancelled {
            return false;
        }
        let was_whole = self.status == OrderStatus::Refunded;
        self.status = match self.refunded.minor {
            0 => OrderStatus::Paid,
            _ => OrderStatus::PartiallyRefunded,
        };
        was_whole && self.fulfilment == Fulfilment::Unfulfilled && !self.holds_stock
    }

    /// The goods left the house.
    pub fn fulfil(&mut self) -> Result<GoodsFrom, OrderError> {
        match (self.status, self.fulfilment) {
            (OrderStatus::PendingPayment, _) => Err(OrderError::NotPaid),
            (OrderStatus::Cancelled, _) => Err(OrderError::Cancelled),
            (_, Fulfilment::Fulfilled | Fulfilment::Delivered) => Err(OrderError::Fulfilled),
            (OrderStatus::Refunded, _) => Err(OrderError::Refunded),
            _ if !self.paid.is_zero() && self.refundable().is_zero() => Err(OrderError::Refunded),
            (_, Fulfilment::Unfulfilled | Fulfilment::Partial) => {
                self.fulfilment = Fulfilment::Fulfilled;
                if std::mem::take(&mut self.holds_stock) {
                    Ok(GoodsFrom::Reserved)
                } else {
                    Ok(GoodsFrom::Shelf)
                }
            }
        }
    }

    pub const fn was_sent(&self) -> bool {
        matches!(
            self.fulfilment,
            Fulfilment::Fulfilled | Fulfilment::Delivered
        )
    }

    fn forget_asking(&mut self, amount: Money, stood: RefundStood) {
        if stood == RefundStood::UnderWay {
            self.refunding.minor = (self.refunding.minor - amount.minor).max(0);
        }
    }
}

#[cfg(test)]
mod model;

#[cfg(test)]
mod tests {
    use super::*;

    const EUR: Currency = Currency::EUR;

    pub(super) fn new_order() -> OrderState {
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

    fn paid_order() -> OrderState {
        let mut order = new_order();
        order.receive_payment(order.total).unwrap();
        order
    }

    fn euros(minor: i64) -> Money {
        Money::new(minor, EUR)
    }

    #[test]
    fn an_order_is_paid_once_and_only_with_its_own_amount() {
        let mut order = new_order();
        let wrong = order.receive_payment(euros(100));
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
        let back = order.receive_refund(order.total, RefundStood::UnderWay);
        assert_eq!(back, Ok(false));
        assert_eq!(order.status, OrderStatus::Cancelled);
    }

    #[test]
    fn nothing_unpaid_is_sent_and_nothing_is_sent_twice() {
        let mut order = new_order();
        assert_eq!(order.fulfil(), Err(OrderError::NotPaid));
        order.receive_payment(order.total).unwrap();
        assert_eq!(order.fulfil(), Ok(GoodsFrom::Reserved));
        assert_eq!(order.fulfil(), Err(OrderError::Fulfilled));
    }

    #[test]
    fn what_is_under_way_back_cannot_be_asked_for_again() {
        let mut order = paid_order();
        order.request_refund(euros(3_000)).unwrap();
        let left = euros(1_990);
        assert_eq!(
            order.request_refund(euros(2_000)),
            Err(OrderError::TooMuch { left })
        );
        order.request_refund(left).unwrap();
        assert_eq!(order.fulfil(), Err(OrderError::Refunded));
        order.drop_refund(left, RefundStood::UnderWay);
        assert_eq!(order.fulfil(), Ok(GoodsFrom::Reserved));
    }

    #[test]
    fn a_refund_of_everything_frees_goods_that_are_still_here() {
        let mut order = paid_order();
        order.request_refund(order.total).unwrap();
        let freed = order.receive_refund(order.total, RefundStood::UnderWay);
        assert_eq!(freed, Ok(true));
        assert_eq!(order.status, OrderStatus::Refunded);
        assert!(order.take_refund_back(order.total), "owed once more");
        assert_eq!(order.status, OrderStatus::Paid);
        assert_eq!(order.fulfil(), Ok(GoodsFrom::Shelf));
    }

    #[test]
    fn a_refund_of_goods_that_were_sent_frees_nothing() {
        let mut order = paid_order();
        order.fulfil().unwrap();
        let freed = order.receive_refund(order.total, RefundStood::NotCounted);
        assert_eq!(freed, Ok(false));
    }

    #[test]
    fn a_refund_in_the_dashboard_leaves_what_was_asked_for_here_under_way() {
        let mut order = paid_order();
        order.request_refund(euros(3_000)).unwrap();
        order
            .receive_refund(euros(2_500), RefundStood::NotCounted)
            .unwrap();
        assert_eq!(
            (order.refunding, order.refunded),
            (euros(3_000), euros(2_500))
        );
        assert_eq!(order.refundable(), euros(0));
    }

    #[test]
    fn a_free_order_can_be_sent_or_ended() {
        let mut order = new_order();
        order.total = euros(0);
        order.status = OrderStatus::Paid;
        assert_eq!(order.request_refund(euros(1)), Err(OrderError::NotPaid));
        let mut ended = order;
        assert_eq!(ended.cancel(), Ok(true));
        assert_eq!(order.fulfil(), Ok(GoodsFrom::Reserved));
        assert_eq!(order.cancel(), Err(OrderError::Paid));
    }
}
