//! Differences that a person or a repair must close.

use db::{Error, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use super::schema::reconciliation_break;

/// Opens a break, once for a subject.
pub async fn create_break(
    tx: &TenantTx,
    kind: &str,
    subject: &str,
    detail: &Value,
) -> Result<(), Error> {
    tracing::error!(tenant.id = %tx.tenant(), kind, subject, "Payments disagree with Stripe: {kind}");
    metrics::counter!("reconciliation_breaks_total", "kind" => kind.to_owned()).increment(1);
    diesel::insert_into(reconciliation_break::table)
        .values((
            reconciliation_break::tenant_id.eq(tx.tenant().uuid()),
            reconciliation_break::id.eq(Uuid::now_v7()),
            reconciliation_break::kind.eq(kind),
            reconciliation_break::subject.eq(subject),
            reconciliation_break::detail.eq(detail),
        ))
        .on_conflict_do_nothing()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
