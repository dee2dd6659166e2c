//! Work outside a request.

pub mod expire_reservations;
pub mod forget_accounts;
pub mod forget_carts;
pub mod forget_orders;
pub mod write_to_customer;
