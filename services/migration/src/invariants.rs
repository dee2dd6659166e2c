//! What must hold at every moment, whatever failed; `stores invariants` asks.

use db::{Db, Error};

/// Each statement counts the rows that break its rule.
const RULES: [(&str, &str); 5] = [
    (
        "I7 no job is parked",
        "SELECT count(*) FROM job WHERE state = 'parked'",
    ),
    (
        "I7 every event was published",
        "SELECT count(*) FROM outbox WHERE published_at IS NULL",
    ),
    ("I7 nothing is parked", "SELECT count(*) FROM parked"),
    (
        "an import that has ended keeps no keys",
        "SELECT count(*) FROM import WHERE state IN ('completed', 'failed') AND sealed_keys IS NOT NULL",
    ),
    (
        "a batch waits for as many answers as records wait for it",
        "SELECT count(*) FROM import_batch AS b WHERE b.open <> (SELECT count(*) FROM source_record AS r
           WHERE r.tenant_id = b.tenant_id AND r.batch_id = b.id)",
    ),
];

/// Each rule's name and how many rows break it.
pub async fn check(db: &Db) -> Result<Vec<(&'static str, i64)>, Error> {
    db::count_broken(db, &RULES).await
}
