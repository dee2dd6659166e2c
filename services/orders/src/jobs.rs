//! Work outside a request.

pub mod expire_reservations;
pub mod forget_carts;
