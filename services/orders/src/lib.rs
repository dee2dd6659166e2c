//! Orders: stock, carts, checkout, tax, shipping and the life of an order.

pub mod domain;
