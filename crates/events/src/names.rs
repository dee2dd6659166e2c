//! The contracts' enums as the words that tables and JSON use: `PENDING_PAYMENT` ↔ `pending_payment`.

use crate::{catalog, invoicing, orders, payments, tenants};

/// An enum of the contracts with a word for each value.
pub trait Named: Sized + Copy {
    /// Lower case, without the enum's own name; "unspecified" for what a newer writer may mean.
    fn name(self) -> String;

    /// The value of a word; nothing when there is none.
    fn from_name(name: &str) -> Option<Self>;
}

macro_rules! named {
    ($($type:path, $prefix:literal;)*) => {$(
        impl Named for $type {
            fn name(self) -> String {
                self.as_str_name().trim_start_matches($prefix).to_lowercase()
            }
            fn from_name(name: &str) -> Option<Self> {
                Self::from_str_name(&format!("{}{}", $prefix, name.to_uppercase()))
            }
        }
    )*};
}

named! {
    tenants::v1::TenantStatus, "TENANT_STATUS_";
    tenants::v1::SessionKind, "SESSION_KIND_";
    tenants::v1::StaffStatus, "STAFF_STATUS_";
    tenants::v1::DomainState, "DOMAIN_STATE_";
    catalog::v1::ProductStatus, "PRODUCT_STATUS_";
    catalog::v1::ProductKind, "PRODUCT_KIND_";
    orders::v1::OrderStatus, "ORDER_STATUS_";
    orders::v1::FulfilmentStatus, "FULFILMENT_STATUS_";
    orders::v1::AccountMailKind, "ACCOUNT_MAIL_KIND_";
    invoicing::v1::DocumentKind, "DOCUMENT_KIND_";
    invoicing::v1::DocumentStatus, "DOCUMENT_STATUS_";
    payments::v1::AccountStatus, "ACCOUNT_STATUS_";
    payments::v1::PaymentStatus, "PAYMENT_STATUS_";
    payments::v1::DisputeStatus, "DISPUTE_STATUS_";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::v1::OrderStatus;

    #[test]
    fn words_and_values_match() {
        assert_eq!(OrderStatus::PendingPayment.name(), "pending_payment");
        assert_eq!(OrderStatus::from_name("paid"), Some(OrderStatus::Paid));
        assert_eq!(OrderStatus::from_name("lost"), None);
    }
}
