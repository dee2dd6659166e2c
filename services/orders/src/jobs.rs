//! Work outside a request.

pub mod expire_reservations;
