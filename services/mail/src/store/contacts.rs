//! Staff who can be written to.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::staff_contact;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = staff_contact)]
pub struct ContactRow {
    pub tenant_id: Uuid,
    pub staff_id: Uuid,
    pub role: String,
    pub active: bool,
    /// Name, address and language, sealed.
    pub contact: Vec<u8>,
    pub version: i64,
}

/// The newer version wins; false when this is none.
pub async fn save(tx: &TenantTx, row: &ContactRow) -> Result<bool, Error> {
    use staff_contact as c;
    let insert = diesel::insert_into(c::table)
        .values(row)
        .on_conflict((c::tenant_id, c::staff_id))
        .do_update()
        .set((
            c::role.eq(excluded(c::role)),
            c::active.eq(excluded(c::active)),
            c::contact.eq(excluded(c::contact)),
            c::version.eq(excluded(c::version)),
        ));
    let newer = excluded(c::version).gt(c::version);
    let saved = diesel::query_dsl::methods::FilterDsl::filter(insert, newer)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(saved == 1)
}

/// Everybody active who has one of `roles`.
pub async fn list(tx: &TenantTx, roles: &[String]) -> Result<Vec<ContactRow>, Error> {
    let rows = staff_contact::table
        .filter(staff_contact::tenant_id.eq(tx.tenant().uuid()))
        .filter(staff_contact::active)
        .filter(staff_contact::role.eq_any(roles))
        .select(ContactRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

pub async fn find(tx: &TenantTx, staff: Uuid) -> Result<Option<ContactRow>, Error> {
    let row = staff_contact::table
        .filter(staff_contact::tenant_id.eq(tx.tenant().uuid()))
        .filter(staff_contact::staff_id.eq(staff))
        .select(ContactRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(row)
}
