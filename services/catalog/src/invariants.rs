//! What must hold at every moment, whatever failed; `stores invariants` asks.

use db::{Db, Error};
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

/// Each statement counts the rows that break its rule.
const RULES: [(&str, &str); 4] = [
    (
        "I3 what stands on the shelf is a product that is sold",
        "SELECT count(*) FROM product_card c LEFT JOIN product p ON p.tenant_id = c.tenant_id AND p.id = c.product_id
           WHERE p.status IS DISTINCT FROM 'active'",
    ),
    (
        "I3 the count of products is right",
        "SELECT count(*) FROM store_usage u WHERE u.products <>
           (SELECT count(*) FROM product p WHERE p.tenant_id = u.tenant_id)",
    ),
    ("I7 every event was published", "SELECT count(*) FROM outbox WHERE published_at IS NULL"),
    ("I7 nothing is parked", "SELECT count(*) FROM parked"),
];

/// Each rule's name and how many rows break it.
pub async fn check(db: &Db) -> Result<Vec<(&'static str, i64)>, Error> {
    db.system("check invariants", async |tx| {
        let mut found = Vec::new();
        for (rule, count) in RULES {
            let query = diesel::dsl::sql::<BigInt>(&format!("({count})"));
            let broken: i64 = diesel::select(query).get_result(&mut tx.conn()).await?;
            found.push((rule, broken));
        }
        Ok::<_, Error>(found)
    })
    .await
}
