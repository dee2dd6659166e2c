//! What must hold at every moment, whatever failed; `stores invariants` asks.

use db::{Db, Error};

/// Each statement counts the rows that break its rule.
const RULES: [(&str, &str); 11] = [
    (
        "I2 the ledger's transactions add up to zero",
        "SELECT count(*) FROM (SELECT 1 FROM ledger_entry GROUP BY tenant_id, transaction_id, currency
           HAVING sum(amount_minor) <> 0) broken",
    ),
    (
        "I2 the ledger holds what was captured less what was refunded",
        "SELECT count(*) FROM payment p LEFT JOIN (SELECT tenant_id, payment_id, -sum(amount_minor) AS held
             FROM ledger_entry WHERE account = 'shopper' GROUP BY tenant_id, payment_id) l
             ON l.tenant_id = p.tenant_id AND l.payment_id = p.id
           WHERE p.status = 'succeeded' AND p.amount_minor - p.refunded_minor IS DISTINCT FROM l.held",
    ),
    (
        "I2 the ledger holds the platform's fee less what was returned of it",
        "SELECT count(*) FROM payment p LEFT JOIN (SELECT tenant_id, payment_id, sum(amount_minor) AS held
             FROM ledger_entry WHERE account = 'platform_fee' GROUP BY tenant_id, payment_id) l
             ON l.tenant_id = p.tenant_id AND l.payment_id = p.id
           WHERE p.status = 'succeeded' AND p.fee_minor - p.fee_returned_minor <> coalesce(l.held, 0)",
    ),
    (
        "I2 the ledger holds what disputes have taken and not given back",
        "SELECT count(*) FROM (SELECT d.tenant_id, d.payment_id, sum(d.withdrawn_minor) AS withdrawn
             FROM dispute d GROUP BY d.tenant_id, d.payment_id) d
           LEFT JOIN (SELECT tenant_id, payment_id, sum(amount_minor) AS held
             FROM ledger_entry WHERE account = 'dispute' GROUP BY tenant_id, payment_id) l
             ON l.tenant_id = d.tenant_id AND l.payment_id = d.payment_id
           WHERE d.withdrawn <> coalesce(l.held, 0)",
    ),
    (
        "I2 a payment's refunds add up to what it says was refunded",
        "SELECT count(*) FROM payment p WHERE p.refunded_minor <> (SELECT coalesce(sum(r.amount_minor), 0)
           FROM refund r WHERE r.tenant_id = p.tenant_id AND r.payment_id = p.id AND r.status = 'succeeded')",
    ),
    (
        "I3 no payment moved money without having succeeded",
        "SELECT count(*) FROM payment p WHERE p.status <> 'succeeded' AND (p.tenant_id, p.id) IN
           (SELECT l.tenant_id, l.payment_id FROM ledger_entry l)",
    ),
    (
        "I4 an order keeps the money of one payment at most",
        "SELECT count(*) FROM (SELECT 1 FROM payment p WHERE p.status = 'succeeded' AND NOT EXISTS
           (SELECT 1 FROM refund r WHERE r.tenant_id = p.tenant_id AND r.payment_id = p.id
              AND r.origin = 'second_payment') GROUP BY p.tenant_id, p.order_id HAVING count(*) > 1) broken",
    ),
    (
        "I7 every webhook event was dealt with",
        "SELECT count(*) FROM webhook_event WHERE state IN ('received', 'failed')",
    ),
    (
        "I7 no job is parked",
        "SELECT count(*) FROM job WHERE state = 'parked'",
    ),
    (
        "I7 every event was published",
        "SELECT count(*) FROM outbox WHERE published_at IS NULL",
    ),
    (
        "I7 no difference with Stripe is open",
        "SELECT count(*) FROM reconciliation_break WHERE closed_at IS NULL",
    ),
];

/// Each rule's name and how many rows break it.
pub async fn check(db: &Db) -> Result<Vec<(&'static str, i64)>, Error> {
    db::count_broken(db, &RULES).await
}
