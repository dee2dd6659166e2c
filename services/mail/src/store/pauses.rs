//! Why nothing leaves by a transport for a while.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use kernel::TenantId;
use time::OffsetDateTime;

use super::schema::transport_pause;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = transport_pause)]
pub struct PauseRow {
    pub transport: String,
    pub reason: String,
    pub since: OffsetDateTime,
    pub until: OffsetDateTime,
}

/// In the platform's scope. A pause that goes on keeps its beginning.
pub async fn save(
    tx: &TenantTx,
    transport: &str,
    reason: &str,
    now: OffsetDateTime,
    until: OffsetDateTime,
) -> Result<(), Error> {
    use transport_pause as p;
    diesel::insert_into(p::table)
        .values((
            p::tenant_id.eq(tx.tenant().uuid()),
            p::transport.eq(transport),
            p::reason.eq(reason),
            p::since.eq(now),
            p::until.eq(until),
        ))
        .on_conflict((p::tenant_id, p::transport))
        .do_update()
        .set((
            p::reason.eq(excluded(p::reason)),
            p::until.eq(excluded(p::until)),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Until when a transport rests; nothing when it does not.
pub async fn find(tx: &SystemTx, transport: &str) -> Result<Option<PauseRow>, Error> {
    let row = transport_pause::table
        .filter(transport_pause::tenant_id.eq(TenantId::PLATFORM.uuid()))
        .filter(transport_pause::transport.eq(transport))
        .select(PauseRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(row)
}

pub async fn list(tx: &SystemTx) -> Result<Vec<PauseRow>, Error> {
    let rows = transport_pause::table
        .filter(transport_pause::tenant_id.eq(TenantId::PLATFORM.uuid()))
        .select(PauseRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

pub async fn delete(tx: &TenantTx, transport: &str) -> Result<bool, Error> {
    let gone = diesel::delete(transport_pause::table)
        .filter(transport_pause::tenant_id.eq(tx.tenant().uuid()))
        .filter(transport_pause::transport.eq(transport))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(gone == 1)
}
