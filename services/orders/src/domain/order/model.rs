//! An order against a simple model of the world around it: what the shopper paid, which refunds are
//! under way or through, and where the goods are. Whatever comes in whatever order, both agree.

use kernel::{Currency, Money};
use proptest::prelude::*;

use super::tests::new_order;
use super::*;

const EUR: Currency = Currency::EUR;

#[derive(Clone, Debug)]
enum Step {
    Pay(i64),
    Expire,
    /// A late payment is honoured when the goods are there again, else it goes back.
    PayLate {
        is_there: bool,
    },
    Ask(i64),
    AskForRest,
    /// The nth refund that was asked for ends.
    Through(usize),
    Fails(usize),
    /// The nth refund that went through comes back days later.
    ComesBack(usize),
    Dashboard(i64),
    Send,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goods {
    Kept,
    Free,
    Sent,
}

#[derive(Debug)]
struct World {
    order: OrderState,
    /// Money of the shopper's that we have ever taken.
    taken: i64,
    under_way: Vec<i64>,
    /// Those asked for here that went through, and those of the dashboard.
    through: Vec<i64>,
    has_dashboard: bool,
    goods: Goods,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => prop_oneof![Just(4_990), 1_i64..6_000].prop_map(Step::Pay),
        1 => Just(Step::Expire),
        2 => any::<bool>().prop_map(|is_there| Step::PayLate { is_there }),
        3 => (-10_i64..6_000).prop_map(Step::Ask),
        2 => Just(Step::AskForRest),
        3 => (0_usize..4).prop_map(Step::Through),
        2 => (0_usize..4).prop_map(Step::Fails),
        1 => (0_usize..4).prop_map(Step::ComesBack),
        1 => (1_i64..6_000).prop_map(Step::Dashboard),
        2 => Just(Step::Send),
    ]
}

impl World {
    fn new() -> Self {
        Self {
            order: new_order(),
            taken: 0,
            under_way: Vec::new(),
            through: Vec::new(),
            has_dashboard: false,
            goods: Goods::Kept,
        }
    }

    /// Answers whether the order agreed.
    fn take(&mut self, step: &Step) -> bool {
        match *step {
            Step::Pay(amount) => self.pay(amount),
            Step::Expire => self.expire(),
            Step::PayLate { is_there } => self.pay_late(is_there),
            Step::Ask(amount) => self.ask(amount),
            Step::AskForRest => self.ask(self.order.refundable().minor),
            Step::Through(at) => self.go_through(at),
            Step::Fails(at) => self.fail(at),
            Step::ComesBack(at) => self.come_back(at),
            Step::Dashboard(amount) => self.refund_in_dashboard(amount),
            Step::Send => self.send(),
        }
    }

    fn pay(&mut self, amount: i64) -> bool {
        if self.order.status == OrderStatus::Cancelled {
            return true;
        }
        let outcome = self.order.receive_payment(Money::new(amount, EUR));
        if outcome == Ok(PaymentOutcome::BecamePaid) {
            self.taken = amount;
        }
        outcome.is_ok()
    }

    fn expire(&mut self) -> bool {
        let Ok(gives_back) = self.order.cancel() else {
            return false;
        };
        assert!(gives_back && self.goods == Goods::Kept);
        self.goods = Goods::Free;
        true
    }

    fn pay_late(&mut self, is_there: bool) -> bool {
        if self.order.status != OrderStatus::Cancelled {
            return true;
        }
        let total = self.order.total;
        if self.order.receive_payment(total) != Ok(PaymentOutcome::CameTooLate) {
            return true;
        }
        self.taken = total.minor;
        if is_there {
            self.order.revive();
            self.goods = Goods::Kept;
        } else {
            self.order.return_late_payment();
            self.under_way.push(total.minor);
        }
        true
    }

    fn ask(&mut self, amount: i64) -> bool {
        let agreed = self.order.request_refund(Money::new(amount, EUR)).is_ok();
        if agreed {
            self.under_way.push(amount);
        }
        agreed
    }

    fn go_through(&mut self, at: usize) -> bool {
        let Some(amount) = self.under_way.get(at).copied() else {
            return true;
        };
        let back = Money::new(amount, EUR);
        match self.order.receive_refund(back, RefundStood::UnderWay) {
            Ok(freed) => {
                self.under_way.remove(at);
                self.through.push(amount);
                self.free(freed);
                true
            }
            Err(_) => {
                assert!(self.has_dashboard, "only the dashboard can be in the way");
                false
            }
        }
    }

    fn fail(&mut self, at: usize) -> bool {
        if at < self.under_way.len() {
            let amount = Money::new(self.under_way.remove(at), EUR);
            self.order.drop_refund(amount, RefundStood::UnderWay);
        }
        true
    }

    fn come_back(&mut self, at: usize) -> bool {
        if at < self.through.len() {
            let amount = Money::new(self.through.remove(at), EUR);
            if self.order.take_refund_back(amount) {
                assert_eq!(self.goods, Goods::Free);
            }
        }
        true
    }

    fn refund_in_dashboard(&mut self, amount: i64) -> bool {
        let back = Money::new(amount, EUR);
        let Ok(freed) = self.order.receive_refund(back, RefundStood::NotCounted) else {
            return false;
        };
        self.has_dashboard = true;
        self.through.push(amount);
        self.free(freed);
        true
    }

    fn free(&mut self, freed: bool) {
        if freed {
            assert_eq!(self.goods, Goods::Kept);
            self.goods = Goods::Free;
        }
    }

    fn send(&mut self) -> bool {
        let Ok(from) = self.order.fulfil() else {
            return false;
        };
        let expected = match from {
            GoodsFrom::Reserved => Goods::Kept,
            GoodsFrom::Shelf => Goods::Free,
        };
        assert_eq!(self.goods, expected);
        self.goods = Goods::Sent;
        true
    }

    fn agree(&self) {
        let order = &self.order;
        let sum = |parts: &[i64]| parts.iter().sum::<i64>();
        assert_eq!(order.paid.minor, self.taken);
        assert_eq!(order.refunding.minor, sum(&self.under_way));
        assert_eq!(order.refunded.minor, sum(&self.through));
        assert!(
            order.refunded.minor <= order.paid.minor,
            "never more than was paid"
        );
        if !self.has_dashboard {
            let leaving = order.refunded.minor + order.refunding.minor;
            assert!(leaving <= order.paid.minor, "nor is more asked for");
        }
        assert_eq!(order.holds_stock, self.goods == Goods::Kept);
        assert!(order.paid.is_zero() || order.paid == order.total);
        let is_sent = order.fulfilment == Fulfilment::Fulfilled;
        assert_eq!(is_sent, self.goods == Goods::Sent);
        assert!(!is_sent || self.taken > 0, "nothing unpaid is sent");
        let everything_back = order.refunded == order.paid && self.taken > 0;
        if order.status != OrderStatus::Cancelled {
            assert_eq!(order.status == OrderStatus::Refunded, everything_back);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_order_of_steps_loses_money_or_goods(steps in prop::collection::vec(step(), 0..30)) {
        let mut world = World::new();
        for step in steps {
            let before = world.order;
            let agreed = world.take(&step);
            prop_assert!(agreed || before == world.order, "a refusal changes nothing: {:?}", step);
            world.agree();
        }
    }
}
