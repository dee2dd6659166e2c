//! Rules over all rows of a service.

use diesel::sql_types::BigInt;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use crate::{Db, Error};

/// Asks each statement how many rows break its rule. They read whole tables: they may take minutes
/// where a request's statement may take seconds.
///
/// # Errors
/// When the database is away.
pub async fn count_broken(
    db: &Db,
    rules: &[(&'static str, &'static str)],
) -> Result<Vec<(&'static str, i64)>, Error> {
    db.system("check invariants", async |tx| {
        tx.conn()
            .batch_execute("SET LOCAL statement_timeout = '10min'")
            .await?;
        let mut found = Vec::new();
        for (rule, count) in rules {
            let query = diesel::dsl::sql::<BigInt>(&format!("({count})"));
            let broken: i64 = diesel::select(query).get_result(&mut tx.conn()).await?;
            found.push((*rule, broken));
        }
        Ok::<_, Error>(found)
    })
    .await
}
