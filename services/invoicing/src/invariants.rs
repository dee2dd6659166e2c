//! What must hold at every moment, whatever failed; `stores invariants` asks.

use db::{Db, Error};

/// Each statement counts the rows that break its rule. That no two invoices are of one order, and no two
/// credit notes of one refund, is a constraint of the table besides.
const RULES: [(&str, &str); 10] = [
    (
        "I2 every paid order has one invoice, or one that waits in sight",
        "SELECT count(*) FROM paid_order o WHERE is_paid AND NOT is_cancelled AND total_minor > 0
           AND 1 <> (SELECT count(*) FROM document d WHERE d.tenant_id = o.tenant_id
             AND d.role = 'invoice' AND d.order_id = o.order_id)",
    ),
    (
        "I2 no order has two issued invoices",
        "SELECT count(*) FROM (SELECT FROM document WHERE role = 'invoice' AND state = 'issued'
           GROUP BY tenant_id, order_id HAVING count(*) > 1) twice",
    ),
    (
        "I2 no document of the provider is two of ours",
        "SELECT count(*) FROM (SELECT FROM document WHERE provider_id IS NOT NULL
           GROUP BY company_id, provider_id HAVING count(*) > 1) twice",
    ),
    (
        "I2 an issued document is over what was paid or went back",
        "SELECT count(*) FROM document WHERE state = 'issued' AND issued_minor <> total_minor",
    ),
    (
        "I2 an invoice is over its order's total",
        "SELECT count(*) FROM document d JOIN paid_order o USING (tenant_id, order_id)
           WHERE d.role = 'invoice' AND d.state = 'issued' AND d.total_minor <> o.total_minor",
    ),
    (
        "I2 credit notes are not over more than their invoice",
        "SELECT count(*) FROM document i WHERE i.role = 'invoice' AND i.issued_minor <
           (SELECT coalesce(sum(c.issued_minor), 0) FROM document c
             WHERE c.tenant_id = i.tenant_id AND c.corrects = i.id AND c.state = 'issued')",
    ),
    (
        "I2 a refund of an issued invoice has its credit note",
        "SELECT count(*) FROM refund r JOIN document i USING (tenant_id, order_id)
           WHERE i.role = 'invoice' AND i.state = 'issued' AND i.kind <> 'proforma'
           AND NOT EXISTS (SELECT FROM document c WHERE c.tenant_id = r.tenant_id
             AND c.role = 'credit_note' AND c.subject = r.refund_id)",
    ),
    (
        "I7 a document that is not done is worked on, or says who has to act",
        "SELECT count(*) FROM document d WHERE state IN ('pending', 'inserting', 'draft')
           AND next_at IS NULL AND coalesce(needs, 'retry') = 'retry'
           AND NOT EXISTS (SELECT FROM document i WHERE i.tenant_id = d.tenant_id
             AND i.id = d.corrects AND i.state NOT IN ('issued', 'withdrawn'))",
    ),
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
///
/// # Errors
/// When the database is away.
pub async fn check(db: &Db) -> Result<Vec<(&'static str, i64)>, Error> {
    db::count_broken(db, &RULES).await
}
