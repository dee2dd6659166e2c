//! What must hold at every moment, whatever failed; `stores invariants` asks.

use db::{Db, Error};
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

/// Each statement counts the rows that break its rule.
const RULES: [(&str, &str); 2] = [
    (
        "I7 no job is parked",
        "SELECT count(*) FROM job WHERE state = 'parked'",
    ),
    (
        "I7 every event was published",
        "SELECT count(*) FROM outbox WHERE published_at IS NULL",
    ),
];

/// Each rule's name and how many rows break it.
pub async fn check(db: &Db) -> Result<Vec<(&'static str, i64)>, Error> {
    db.system("check invariants", async |tx| {
        let mut found = Vec::new();
        for (rule, count) in RULES {
            let broken: i64 = diesel::dsl::sql::<BigInt>(&format!("({count})"))
                .get_result(&mut tx.conn())
                .await?;
            found.push((rule, broken));
        }
        Ok::<_, Error>(found)
    })
    .await
}
