//! What is heard of other services.

pub mod customers;
pub mod documents;
pub mod domains;
pub mod erasures;
pub mod goods;
pub mod orders;
pub mod payments;
pub mod publish;
pub mod stores;
