//! What must hold at every moment, whatever failed; `stores invariants` asks.

use db::{Db, Error};

/// Each statement counts the rows that break its rule.
const RULES: [(&str, &str); 9] = [
    (
        "I5 no mail is left in the middle of being sent",
        "SELECT count(*) FROM message WHERE state IN ('sending', 'ambiguous') AND due_at < now() - interval '1 hour'",
    ),
    (
        "I5 a mail that was sent once more says why",
        "SELECT count(*) FROM message WHERE resends > 0 AND NOT was_ambiguous",
    ),
    (
        "I5 what was sent says when",
        "SELECT count(*) FROM message WHERE state IN ('sent', 'delivered', 'bounced', 'complained') AND sent_at IS NULL",
    ),
    (
        "I5 nothing is sent to whom it bounced or who complained",
        "SELECT count(*) FROM message m JOIN suppression s
           ON s.tenant_id = m.tenant_id AND s.recipient = m.recipient AND s.scope = 'all'
         WHERE m.state = 'sending' AND m.updated_at > s.created_at + interval '5 minutes'",
    ),
    (
        "I7 no news of the provider's were given up",
        "SELECT count(*) FROM provider_event WHERE state = 'failed'",
    ),
    (
        "I7 no webhook waits for an endpoint that is switched off",
        "SELECT count(*) FROM delivery d JOIN endpoint e ON e.tenant_id = d.tenant_id AND e.id = d.endpoint_id
         WHERE d.state = 'pending' AND NOT e.enabled AND d.due_at < now() - interval '5 minutes'",
    ),
    (
        "I7 a webhook that was taken has an attempt that says so",
        "SELECT count(*) FROM delivery d WHERE d.state = 'delivered' AND NOT EXISTS (
           SELECT FROM delivery_attempt a WHERE a.tenant_id = d.tenant_id AND a.delivery_id = d.id
             AND a.status BETWEEN 200 AND 299)",
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
pub async fn check(db: &Db) -> Result<Vec<(&'static str, i64)>, Error> {
    db::count_broken(db, &RULES).await
}
