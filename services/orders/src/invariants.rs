//! What must hold at every moment, whatever failed; `stores invariants` asks.

use db::{Db, Error};

/// Each statement counts the rows that break its rule.
const RULES: [(&str, &str); 12] = [
    (
        "I1 the ledger of each variant adds up to its stock",
        "SELECT count(*) FROM stock s LEFT JOIN (SELECT tenant_id, variant_id, sum(on_hand) AS on_hand,
           sum(reserved) AS reserved FROM stock_movement GROUP BY tenant_id, variant_id) m
           USING (tenant_id, variant_id)
           WHERE s.on_hand <> coalesce(m.on_hand, 0) OR s.reserved <> coalesce(m.reserved, 0)",
    ),
    (
        "I1 what is promised is what open orders hold",
        "SELECT count(*) FROM stock s LEFT JOIN (SELECT l.tenant_id, l.variant_id, sum(l.quantity) AS held
           FROM order_line l JOIN \"order\" o ON o.tenant_id = l.tenant_id AND o.id = l.order_id
           WHERE o.holds_stock AND l.takes_stock GROUP BY l.tenant_id, l.variant_id) h
           USING (tenant_id, variant_id) WHERE s.reserved <> coalesce(h.held, 0)",
    ),
    (
        "I1 nothing is sold that is not there",
        "SELECT count(*) FROM stock WHERE on_hand < 0 OR reserved < 0 OR reserved > on_hand",
    ),
    (
        "I1 nothing is kept for an order that ended or left",
        "SELECT count(*) FROM \"order\" WHERE holds_stock
           AND (status IN ('cancelled', 'refunded') OR fulfilment <> 'unfulfilled')",
    ),
    (
        "I2 no order gave back more than it was paid",
        "SELECT count(*) FROM \"order\" WHERE refunded_minor > paid_minor",
    ),
    (
        "I2 an order's refunds are its refunds' sum",
        "SELECT count(*) FROM \"order\" o LEFT JOIN (SELECT tenant_id, order_id,
           sum(amount_minor) FILTER (WHERE status = 'succeeded') AS back,
           sum(amount_minor) FILTER (WHERE status = 'requested' AND NOT external) AS under_way
           FROM refund GROUP BY tenant_id, order_id) r ON r.tenant_id = o.tenant_id AND r.order_id = o.id
           WHERE o.refunded_minor <> coalesce(r.back, 0) OR o.refunding_minor <> coalesce(r.under_way, 0)",
    ),
    (
        "I2 an order's parts add up to its total, and its taxes to its tax",
        "SELECT count(*) FROM (SELECT total_minor AS total,
           (details #>> '{subtotal,amount}')::bigint AS subtotal,
           (details #>> '{shipping,amount}')::bigint AS shipping,
           (details #>> '{tax,amount}')::bigint AS tax,
           (SELECT coalesce(sum((line #>> '{total,amount}')::bigint), 0)
             FROM jsonb_array_elements(details -> 'lines') line) AS lines,
           (SELECT coalesce(sum((part #>> '{tax,amount}')::bigint), 0)
             FROM jsonb_array_elements(details -> 'taxes') part) AS taxes,
           (SELECT coalesce(sum((part #>> '{net,amount}')::bigint), 0)
             FROM jsonb_array_elements(details -> 'taxes') part) AS net FROM \"order\") o
           WHERE total <> subtotal + shipping OR subtotal <> lines OR tax <> taxes OR total <> taxes + net",
    ),
    (
        "I3 an order that is paid has its whole total",
        "SELECT count(*) FROM \"order\" WHERE status IN ('paid', 'partially_refunded', 'refunded')
           AND paid_minor <> total_minor",
    ),
    (
        "I4 a cart is one order at most, and closed by it",
        "SELECT count(*) FROM \"order\" o JOIN cart c ON c.tenant_id = o.tenant_id AND c.id = o.cart_id
           WHERE NOT c.ordered",
    ),
    (
        "I4 a store's order numbers have no gaps",
        "SELECT count(*) FROM order_counter c WHERE c.next - c.first <>
           (SELECT count(*) FROM \"order\" o WHERE o.tenant_id = c.tenant_id)",
    ),
    (
        "I7 every event was published",
        "SELECT count(*) FROM outbox WHERE published_at IS NULL",
    ),
    ("I7 nothing is parked", "SELECT count(*) FROM parked"),
];

/// Each rule's name and how many rows break it.
pub async fn check(db: &Db) -> Result<Vec<(&'static str, i64)>, Error> {
    db::count_broken(db, &RULES).await
}
