//! What must hold at every moment, whatever failed; `stores invariants` asks.

use db::{Db, Error};

/// Each statement counts the rows that break its rule.
const RULES: [(&str, &str); 8] = [
    (
        "every store has its host, its configuration and an owner",
        "SELECT count(*) FROM tenant t WHERE NOT EXISTS
           (SELECT 1 FROM host h WHERE h.owner = t.tenant_id AND h.name = t.slug)
         OR NOT EXISTS (SELECT 1 FROM store_config c WHERE c.tenant_id = t.tenant_id)
         OR NOT EXISTS (SELECT 1 FROM staff s WHERE s.tenant_id = t.tenant_id AND s.role = 'owner')",
    ),
    (
        "every host belongs to a store",
        "SELECT count(*) FROM host h WHERE NOT EXISTS (SELECT 1 FROM tenant t WHERE t.tenant_id = h.owner)",
    ),
    (
        "a host of a store's own is proven, and every proven one is the store's",
        "SELECT (SELECT count(*) FROM domain d WHERE d.state IN ('verified', 'failing') AND NOT EXISTS
           (SELECT 1 FROM host h WHERE h.name = d.host AND h.owner = d.tenant_id AND h.kind = 'custom'))
         + (SELECT count(*) FROM host h WHERE h.kind = 'custom' AND NOT EXISTS
           (SELECT 1 FROM domain d WHERE d.tenant_id = h.owner AND d.host = h.name
              AND d.state IN ('verified', 'failing')))",
    ),
    (
        "of the hosts at which a store answers one is the primary one",
        "SELECT count(*) FROM (SELECT 1 FROM domain WHERE certified_at IS NOT NULL
           GROUP BY tenant_id HAVING count(*) FILTER (WHERE is_primary) <> 1) broken",
    ),
    (
        "a store's own picture is the one that was told last",
        "SELECT count(*) FROM tenant t LEFT JOIN tenant_view v ON v.tenant_id = t.tenant_id
         WHERE v.version IS DISTINCT FROM t.version OR v.status IS DISTINCT FROM t.status",
    ),
    (
        "an ended session has no access token that is still believed",
        "SELECT count(*) FROM session s WHERE s.ended_at IS NOT NULL AND NOT EXISTS
           (SELECT 1 FROM revoked_session r WHERE r.tenant_id = s.tenant_id AND r.session_id = s.id)
         AND s.ended_at > now() - interval '1 hour'",
    ),
    (
        "the audit trail has no gap",
        "SELECT count(*) FROM (SELECT 1 FROM audit_entry GROUP BY tenant_id
           HAVING max(seq) <> count(*)) broken",
    ),
    (
        "every event was published",
        "SELECT count(*) FROM outbox WHERE published_at IS NULL AND occurred_at < now() - interval '10 seconds'",
    ),
];

/// Each rule's name and how many rows break it.
pub async fn check(db: &Db) -> Result<Vec<(&'static str, i64)>, Error> {
    db::count_broken(db, &RULES).await
}
