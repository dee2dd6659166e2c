//! What must hold at every moment, whatever failed; `stores invariants` asks.

use db::{Db, Error};

/// Each statement counts the rows that break its rule.
const RULES: [(&str, &str); 6] = [
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
    (
        "I3 every product on sale stands in the lists of its categories and of those above",
        "SELECT count(*) FROM (
           WITH RECURSIVE place (tenant_id, product_id, category_id) AS (
             SELECT p.tenant_id, p.product_id, p.category_id FROM product_category p JOIN product_card c
               ON c.tenant_id = p.tenant_id AND c.product_id = p.product_id
             UNION
             SELECT p.tenant_id, p.product_id, c.parent_id FROM place p JOIN category c
               ON c.tenant_id = p.tenant_id AND c.id = p.category_id WHERE c.parent_id IS NOT NULL
           ), kept AS (SELECT tenant_id, product_id, category_id FROM category_card)
           (SELECT * FROM place EXCEPT SELECT * FROM kept) UNION ALL (SELECT * FROM kept EXCEPT SELECT * FROM place)
         ) AS wrong",
    ),
    (
        "I3 every image of a product is there",
        "SELECT count(*) FROM product_media p JOIN media m ON m.tenant_id = p.tenant_id AND m.id = p.media_id
           WHERE m.state <> 'ready'",
    ),
    ("I7 every event was published", "SELECT count(*) FROM outbox WHERE published_at IS NULL"),
    ("I7 nothing is parked", "SELECT count(*) FROM parked"),
];

/// Each rule's name and how many rows break it.
pub async fn check(db: &Db) -> Result<Vec<(&'static str, i64)>, Error> {
    db::count_broken(db, &RULES).await
}
