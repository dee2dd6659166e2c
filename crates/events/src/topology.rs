//! Who hears what. `stores migrate` makes the broker's queues from this table, and the relay learns
//! from it whether an event that reached no queue was meant for somebody.

use crate::Event;
use crate::catalog::v1::ProductChanged;
use crate::invoicing::v1::DocumentIssued;
use crate::orders::v1::{
    AccountMailRequested, CustomerErased, CustomerSessionRevoked, OrderCancelled, OrderClaimed,
    OrderForgotten, OrderFulfilled, OrderPaid, OrderPlaced, OrderRefunded, RefundRequested,
    StockChanged, WithdrawalReceived,
};
use crate::payments::v1::{
    AccountChanged, DisputeClosed, DisputeOpened, PaymentCanceled, PaymentFailed,
    PaymentProcessing, PaymentRequiresAction, PaymentSucceeded, RefundFailed, RefundSucceeded,
};
use crate::tenants::v1::{DomainChanged, SessionRevoked, StaffChanged, TenantChanged};
use crate::{catalog, invoicing, mail, migration, orders, payments, tenants};

/// What one service hears; its consumer has a handler for each.
#[derive(Clone, Copy, Debug)]
pub struct Subscription {
    pub service: &'static str,
    pub types: &'static [&'static str],
}

pub const SUBSCRIPTIONS: &[Subscription] = &[
    Subscription {
        service: "tenants",
        types: &[
            TenantChanged::TYPE,
            SessionRevoked::TYPE,
            CustomerSessionRevoked::TYPE,
            StaffChanged::TYPE,
            tenants::v1::ActionRecorded::TYPE,
            catalog::v1::ActionRecorded::TYPE,
            orders::v1::ActionRecorded::TYPE,
            payments::v1::ActionRecorded::TYPE,
            invoicing::v1::ActionRecorded::TYPE,
            mail::v1::ActionRecorded::TYPE,
            migration::v1::ActionRecorded::TYPE,
        ],
    },
    Subscription {
        service: "catalog",
        types: &[
            TenantChanged::TYPE,
            SessionRevoked::TYPE,
            CustomerSessionRevoked::TYPE,
            StaffChanged::TYPE,
            StockChanged::TYPE,
            migration::v1::CatalogImportRequested::TYPE,
        ],
    },
    Subscription {
        service: "orders",
        types: &[
            TenantChanged::TYPE,
            SessionRevoked::TYPE,
            CustomerSessionRevoked::TYPE,
            StaffChanged::TYPE,
            ProductChanged::TYPE,
            AccountChanged::TYPE,
            PaymentSucceeded::TYPE,
            PaymentFailed::TYPE,
            PaymentProcessing::TYPE,
            PaymentRequiresAction::TYPE,
            PaymentCanceled::TYPE,
            RefundSucceeded::TYPE,
            RefundFailed::TYPE,
            DisputeOpened::TYPE,
            DisputeClosed::TYPE,
            migration::v1::OrdersImportRequested::TYPE,
        ],
    },
    Subscription {
        service: "payments",
        types: &[
            TenantChanged::TYPE,
            SessionRevoked::TYPE,
            CustomerSessionRevoked::TYPE,
            StaffChanged::TYPE,
            OrderPlaced::TYPE,
            OrderPaid::TYPE,
            OrderCancelled::TYPE,
            RefundRequested::TYPE,
        ],
    },
    Subscription {
        service: "invoicing",
        types: &[
            TenantChanged::TYPE,
            SessionRevoked::TYPE,
            CustomerSessionRevoked::TYPE,
            StaffChanged::TYPE,
            OrderPaid::TYPE,
            OrderCancelled::TYPE,
            OrderRefunded::TYPE,
            OrderClaimed::TYPE,
        ],
    },
    Subscription {
        service: "mail",
        types: &[
            TenantChanged::TYPE,
            SessionRevoked::TYPE,
            CustomerSessionRevoked::TYPE,
            StaffChanged::TYPE,
            DomainChanged::TYPE,
            OrderPlaced::TYPE,
            OrderPaid::TYPE,
            OrderCancelled::TYPE,
            OrderFulfilled::TYPE,
            OrderRefunded::TYPE,
            AccountMailRequested::TYPE,
            WithdrawalReceived::TYPE,
            CustomerErased::TYPE,
            OrderForgotten::TYPE,
            PaymentRequiresAction::TYPE,
            PaymentFailed::TYPE,
            DocumentIssued::TYPE,
            ProductChanged::TYPE,
            StockChanged::TYPE,
        ],
    },
    Subscription {
        service: "migration",
        types: &[
            TenantChanged::TYPE,
            SessionRevoked::TYPE,
            CustomerSessionRevoked::TYPE,
            StaffChanged::TYPE,
            catalog::v1::ImportApplied::TYPE,
            orders::v1::ImportApplied::TYPE,
        ],
    },
];

/// Who hears only through the queues of its instances: what it keeps is in memory, so nothing waits
/// for it while it is away, and it has nothing to tell.
pub const LISTENERS: &[Subscription] = &[Subscription {
    service: "storefront",
    types: &[
        TenantChanged::TYPE,
        ProductChanged::TYPE,
        catalog::v1::CategoryChanged::TYPE,
        catalog::v1::AvailabilityChanged::TYPE,
    ],
}];

/// What `service` hears; nothing when the table does not name it.
pub fn heard_by(service: &str) -> &'static [&'static str] {
    SUBSCRIPTIONS
        .iter()
        .find(|subscription| subscription.service == service)
        .map_or(&[], |subscription| subscription.types)
}

/// Whether any service hears `event_type`.
pub fn is_heard(event_type: &str) -> bool {
    SUBSCRIPTIONS
        .iter()
        .any(|subscription| subscription.types.contains(&event_type))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_knows_tenants_staff_and_revocations() {
        for subscription in SUBSCRIPTIONS {
            for always in [
                TenantChanged::TYPE,
                SessionRevoked::TYPE,
                CustomerSessionRevoked::TYPE,
                StaffChanged::TYPE,
            ] {
                assert!(
                    subscription.types.contains(&always),
                    "{}",
                    subscription.service
                );
            }
        }
    }

    #[test]
    fn types_are_named_service_event_version_and_told_once() {
        for Subscription { service, types } in SUBSCRIPTIONS {
            for (at, name) in types.iter().enumerate() {
                let parts: Vec<&str> = name.split('.').collect();
                assert!(matches!(parts.as_slice(), [_, _, "v1"]), "{name}");
                assert!(!types[..at].contains(name), "{service} hears {name} twice");
            }
        }
    }
}
