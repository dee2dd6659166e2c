//! Which mails there are.

use time::Duration;

/// Who is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Shopper,
    Staff,
}

/// What is said to whom, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Somebody waits for it in front of a screen; one too many is better than none.
    Urgent,
    /// Belongs to a purchase or an account.
    Transactional,
    /// Needs consent, and can be unsubscribed from.
    Marketing,
}

/// How it is laid out: the template that its blocks stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// With an order's lines, totals and addresses.
    Order,
    /// With products.
    Products,
    /// Words, a table of facts and a button.
    Notice,
}

macro_rules! kinds {
    ($($kind:ident $name:literal $audience:ident $class:ident $layout:ident;)+) => {
        /// A kind of mail; its name is the one in tables and addresses.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind {
            $(#[doc = concat!("`", $name, "`")] $kind,)+
        }

        impl Kind {
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)+ }
            }

            pub const fn audience(self) -> Audience {
                match self { $(Self::$kind => Audience::$audience,)+ }
            }

            pub const fn class(self) -> Class {
                match self { $(Self::$kind => Class::$class,)+ }
            }

            pub const fn layout(self) -> Layout {
                match self { $(Self::$kind => Layout::$layout,)+ }
            }
        }
    };
}

kinds! {
    OrderPlaced       "order_placed"       Shopper Transactional Order;
    OrderPaid         "order_paid"         Shopper Transactional Order;
    InvoiceIssued     "invoice_issued"     Shopper Transactional Notice;
    MultibancoVoucher "multibanco_voucher" Shopper Transactional Order;
    PaymentFailed     "payment_failed"     Shopper Transactional Order;
    OrderShipped      "order_shipped"      Shopper Transactional Order;
    OrderDelivered    "order_delivered"    Shopper Transactional Order;
    OrderCancelled    "order_cancelled"    Shopper Transactional Order;
    OrderRefunded     "order_refunded"     Shopper Transactional Order;
    ReturnRequested   "return_requested"   Shopper Transactional Notice;
    ReturnApproved    "return_approved"    Shopper Transactional Notice;
    ReturnReceived    "return_received"    Shopper Transactional Notice;
    AccountVerify     "account_verify"     Shopper Urgent        Notice;
    AccountExists     "account_exists"     Shopper Urgent        Notice;
    AccountReset      "account_reset"      Shopper Urgent        Notice;
    AccountWelcome    "account_welcome"    Shopper Transactional Notice;
    WithdrawalReceived "withdrawal_received" Shopper Transactional Notice;
    AbandonedCart     "abandoned_cart"     Shopper Marketing     Products;
    BackInStock       "back_in_stock"      Shopper Marketing     Products;
    ReviewRequest     "review_request"     Shopper Marketing     Products;
    ExportReady       "export_ready"       Shopper Transactional Notice;
    NewOrder          "new_order"          Staff   Transactional Order;
    NewWithdrawal     "new_withdrawal"     Staff   Transactional Notice;
    LowStock          "low_stock"          Staff   Transactional Products;
    StaffInvitation   "staff_invitation"   Staff   Urgent        Notice;
    Dunning           "dunning"            Staff   Transactional Notice;
    WebhookDisabled   "webhook_disabled"   Staff   Transactional Notice;
    DomainFailing     "domain_failing"     Staff   Transactional Notice;
    DomainLost        "domain_lost"        Staff   Transactional Notice;
    MailLimitNear     "mail_limit_near"    Staff   Transactional Notice;
    MailLimitReached  "mail_limit_reached" Staff   Transactional Notice;
}

impl Kind {
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    pub fn is_marketing(self) -> bool {
        self.class() == Class::Marketing
    }

    /// Lower goes first.
    pub const fn priority(self) -> i16 {
        match self.class() {
            Class::Urgent => 0,
            Class::Transactional => 1,
            Class::Marketing => 2,
        }
    }

    /// How long a mail of which nobody knows whether it was sent waits for news before it is sent
    /// once more.
    pub const fn waits_for_news(self) -> Duration {
        match self.class() {
            Class::Urgent => Duration::minutes(1),
            Class::Transactional | Class::Marketing => Duration::minutes(15),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_by_its_name() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(*kind));
        }
        assert_eq!(Kind::from_name("newsletter"), None);
    }
}
