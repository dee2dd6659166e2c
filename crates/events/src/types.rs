//! The name, aggregate and version of every event.

use crate::{Event, catalog, invoicing, mail, migration, orders, payments, tenants};

/// `event!(Message, "type", aggregate.path, version.path)`; a step ending in `?` may be absent.
macro_rules! event {
    ($message:path, $type:literal, $id:ident, version) => {
        impl Event for $message {
            const TYPE: &'static str = $type;
            fn tenant_id(&self) -> &str {
                &self.tenant_id
            }
            fn aggregate_id(&self) -> &str {
                &self.$id
            }
            fn version(&self) -> i64 {
                self.version
            }
        }
    };
    ($message:path, $type:literal, $part:ident . $id:ident) => {
        impl Event for $message {
            const TYPE: &'static str = $type;
            fn tenant_id(&self) -> &str {
                &self.tenant_id
            }
            fn aggregate_id(&self) -> &str {
                self.$part.as_ref().map_or("", |part| &part.$id)
            }
            fn version(&self) -> i64 {
                self.$part.as_ref().map_or(0, |part| part.version)
            }
        }
    };
}

event!(
    tenants::v1::TenantChanged,
    "tenants.tenant_changed.v1",
    tenant_id,
    version
);
event!(
    tenants::v1::SessionRevoked,
    "tenants.session_revoked.v1",
    session_id,
    version
);
event!(
    tenants::v1::StaffChanged,
    "tenants.staff_changed.v1",
    staff_id,
    version
);
event!(
    tenants::v1::DomainChanged,
    "tenants.domain_changed.v1",
    domain_id,
    version
);

event!(
    tenants::v1::ActionRecorded,
    "tenants.action_recorded.v1",
    action.action_id
);

event!(
    catalog::v1::ProductChanged,
    "catalog.product_changed.v1",
    product_id,
    version
);
event!(
    catalog::v1::CategoryChanged,
    "catalog.category_changed.v1",
    category_id,
    version
);
event!(
    catalog::v1::AvailabilityChanged,
    "catalog.availability_changed.v1",
    variant_id,
    version
);

event!(
    catalog::v1::ActionRecorded,
    "catalog.action_recorded.v1",
    action.action_id
);

event!(
    orders::v1::StockChanged,
    "orders.stock_changed.v1",
    variant_id,
    version
);
event!(
    orders::v1::OrderPlaced,
    "orders.order_placed.v1",
    order.order_id
);
event!(
    orders::v1::OrderPaid,
    "orders.order_paid.v1",
    order.order_id
);
event!(
    orders::v1::OrderCancelled,
    "orders.order_cancelled.v1",
    order.order_id
);
event!(
    orders::v1::OrderClaimed,
    "orders.order_claimed.v1",
    order.order_id
);
event!(
    orders::v1::OrderFulfilled,
    "orders.order_fulfilled.v1",
    order.order_id
);
event!(
    orders::v1::OrderRefunded,
    "orders.order_refunded.v1",
    order.order_id
);
event!(
    orders::v1::RefundRequested,
    "orders.refund_requested.v1",
    refund_id,
    version
);

event!(
    orders::v1::CustomerSessionRevoked,
    "orders.customer_session_revoked.v1",
    session_id,
    version
);
event!(
    orders::v1::AccountMailRequested,
    "orders.account_mail_requested.v1",
    request_id,
    version
);
event!(
    orders::v1::CustomerErased,
    "orders.customer_erased.v1",
    customer_id,
    version
);
event!(
    orders::v1::OrderForgotten,
    "orders.order_forgotten.v1",
    order_id,
    version
);
event!(
    orders::v1::WithdrawalReceived,
    "orders.withdrawal_received.v1",
    withdrawal_id,
    version
);
event!(
    orders::v1::ActionRecorded,
    "orders.action_recorded.v1",
    action.action_id
);

event!(
    payments::v1::AccountChanged,
    "payments.account_changed.v1",
    tenant_id,
    version
);
event!(
    payments::v1::PaymentSucceeded,
    "payments.payment_succeeded.v1",
    payment.payment_id
);
event!(
    payments::v1::PaymentFailed,
    "payments.payment_failed.v1",
    payment.payment_id
);
event!(
    payments::v1::PaymentProcessing,
    "payments.payment_processing.v1",
    payment.payment_id
);
event!(
    payments::v1::PaymentRequiresAction,
    "payments.payment_requires_action.v1",
    payment.payment_id
);
event!(
    payments::v1::PaymentCanceled,
    "payments.payment_canceled.v1",
    payment.payment_id
);
event!(
    payments::v1::RefundSucceeded,
    "payments.refund_succeeded.v1",
    refund.refund_id
);
event!(
    payments::v1::RefundFailed,
    "payments.refund_failed.v1",
    refund.refund_id
);
event!(
    payments::v1::DisputeOpened,
    "payments.dispute_opened.v1",
    dispute.dispute_id
);
event!(
    payments::v1::DisputeClosed,
    "payments.dispute_closed.v1",
    dispute.dispute_id
);
event!(
    payments::v1::ActionRecorded,
    "payments.action_recorded.v1",
    action.action_id
);

event!(
    invoicing::v1::DocumentIssued,
    "invoicing.document_issued.v1",
    document.document_id
);
event!(
    invoicing::v1::DocumentFailed,
    "invoicing.document_failed.v1",
    document.document_id
);
event!(
    invoicing::v1::ActionRecorded,
    "invoicing.action_recorded.v1",
    action.action_id
);

event!(
    mail::v1::ActionRecorded,
    "mail.action_recorded.v1",
    action.action_id
);

event!(
    migration::v1::ActionRecorded,
    "migration.action_recorded.v1",
    action.action_id
);
event!(
    migration::v1::CatalogImportRequested,
    "migration.catalog_import_requested.v1",
    import_id,
    version
);
event!(
    migration::v1::OrdersImportRequested,
    "migration.orders_import_requested.v1",
    import_id,
    version
);
event!(
    catalog::v1::ImportApplied,
    "catalog.import_applied.v1",
    batch_id,
    version
);
event!(
    orders::v1::ImportApplied,
    "orders.import_applied.v1",
    batch_id,
    version
);
