//! The tables and their queries.

use db::{Error, TenantTx};
use diesel::dsl::sql;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;

pub mod audit;
pub mod catalogue;
pub mod configs;
pub mod domains;
pub mod hosts;
pub mod schema;
pub mod sessions;
pub mod staff;
pub mod tenants;
pub mod themes;

/// Whoever takes the same word waits for the end of this transaction.
pub async fn lock_word(tx: &TenantTx, word: String) -> Result<(), Error> {
    diesel::select(
        sql::<Text>("pg_advisory_xact_lock(hashtextextended(")
            .bind::<Text, _>(word)
            .sql(", 0))::text"),
    )
    .execute(&mut tx.conn())
    .await?;
    Ok(())
}
