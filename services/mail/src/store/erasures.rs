//! What goes with somebody who had everything erased.
//!
//! Rows of mails stay, as they do when they are old: that a mail was sent is known, to whom and what it said
//! is not, and nothing that is told again is sent again.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::schema::erased_order;

/// A refund or a credit note may follow an order that is over: what they need is kept for so long again.
const SETTLED: Duration = Duration::days(7);

/// What a provider said may have the address in it.
const FORGET: &str = "UPDATE message m SET address = NULL, content = NULL, rendered = NULL";
const WITH_WHAT_BECAME: &str = "UPDATE message_event e SET detail = ''
    FROM gone WHERE e.tenant_id = gone.tenant_id AND e.message_id = gone.id";
const IS_DECIDED: &str = "m.state NOT IN ('queued', 'sending', 'ambiguous')";

/// Which mails are forgotten: those of an address until a moment, or those about an order.
#[derive(Clone, Copy, Debug)]
pub enum Mails<'a> {
    To(&'a [u8], OffsetDateTime),
    About(Uuid),
}

/// Forgets mails; those on their way when that is decided.
pub async fn forget_mails(tx: &TenantTx, mails: Mails<'_>) -> Result<(), Error> {
    let narrow = match mails {
        Mails::To(..) => "m.recipient = $2 AND m.created_at <= $3",
        Mails::About(_) => "m.order_id = $2",
    };
    let these = format!("m.tenant_id = $1 AND m.address IS NOT NULL AND {narrow}");
    let note = format!(
        "INSERT INTO message_to_forget (tenant_id, message_id)
           SELECT m.tenant_id, m.id FROM message m WHERE {these} AND NOT {IS_DECIDED}
           ON CONFLICT DO NOTHING"
    );
    let forget = format!(
        "WITH gone AS ({FORGET} WHERE {these} AND {IS_DECIDED} RETURNING m.tenant_id, m.id) {WITH_WHAT_BECAME}"
    );
    for sql in [note, forget] {
        let query = diesel::sql_query(sql).bind::<sql_types::Uuid, _>(tx.tenant().uuid());
        match mails {
            Mails::To(recipient, until) => {
                let query = query.bind::<sql_types::Binary, _>(recipient);
                let query = query.bind::<sql_types::Timestamptz, _>(until);
                query.execute(&mut tx.conn()).await?;
            }
            Mails::About(order) => {
                let query = query.bind::<sql_types::Uuid, _>(order);
                query.execute(&mut tx.conn()).await?;
            }
        }
    }
    Ok(())
}

/// Forgets what is kept of an order to write about it, and remembers to. What was told of it later than
/// `version` stays for a while.
pub async fn forget_order(
    tx: &TenantTx,
    order: Uuid,
    version: i64,
    now: OffsetDateTime,
) -> Result<(), Error> {
    diesel::insert_into(erased_order::table)
        .values((
            erased_order::tenant_id.eq(tx.tenant().uuid()),
            erased_order::order_id.eq(order),
            erased_order::erased_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    // The version stays, and with it the knowledge that older news are none.
    let sql = "INSERT INTO order_seen AS s (tenant_id, order_id, version, updated_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant_id, order_id) DO UPDATE SET content = NULL, document = NULL,
          version = excluded.version, updated_at = excluded.updated_at
          WHERE s.version <= excluded.version";
    diesel::sql_query(sql)
        .bind::<sql_types::Uuid, _>(tx.tenant().uuid())
        .bind::<sql_types::Uuid, _>(order)
        .bind::<sql_types::BigInt, _>(version)
        .bind::<sql_types::Timestamptz, _>(now)
        .execute(&mut tx.conn())
        .await?;
    forget_mails(tx, Mails::About(order)).await
}

/// Forgets the mails that were on their way and are decided now, and what was told of erased orders since
/// and has served.
pub async fn forget_the_rest(tx: &SystemTx, now: OffsetDateTime) -> Result<(), Error> {
    let noted = format!(
        "WITH noted AS (
           DELETE FROM message_to_forget f USING message m
             WHERE m.tenant_id = f.tenant_id AND m.id = f.message_id AND {IS_DECIDED}
             RETURNING f.tenant_id, f.message_id),
         gone AS ({FORGET} FROM noted
           WHERE m.tenant_id = noted.tenant_id AND m.id = noted.message_id
           RETURNING m.tenant_id, m.id)
         {WITH_WHAT_BECAME}"
    );
    diesel::sql_query(noted).execute(&mut tx.conn()).await?;
    let since = format!(
        "WITH gone AS ({FORGET} FROM erased_order o
           WHERE m.tenant_id = o.tenant_id AND m.order_id = o.order_id AND m.address IS NOT NULL
             AND m.created_at < $1 AND {IS_DECIDED}
           RETURNING m.tenant_id, m.id)
         {WITH_WHAT_BECAME}"
    );
    let orders = "UPDATE order_seen s SET content = NULL, document = NULL FROM erased_order o
        WHERE s.tenant_id = o.tenant_id AND s.order_id = o.order_id
          AND (s.content IS NOT NULL OR s.document IS NOT NULL) AND s.updated_at < $1";
    for sql in [since.as_str(), orders] {
        diesel::sql_query(sql)
            .bind::<sql_types::Timestamptz, _>(now - SETTLED)
            .execute(&mut tx.conn())
            .await?;
    }
    Ok(())
}
