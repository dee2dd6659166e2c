//! The payments schema: one function a query.

pub mod accounts;
pub mod breaks;
pub mod disputes;
pub mod ledger;
pub mod orders;
pub mod payments;
pub mod refunds;
pub mod schema;
pub mod webhooks;
