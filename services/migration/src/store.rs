//! The migration schema: one function a query.

pub mod batches;
pub mod counts;
pub mod imports;
pub mod records;
pub mod report;
pub mod schema;
