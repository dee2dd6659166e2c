//! What tenants told of a store's look and reach.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::{
    endpoint, erased_order, mail_setting, mail_usage, mail_usage_slot, message, order_seen,
    staff_contact, store_profile, suppression, template_override, variant_seen,
};

#[derive(Clone, Debug, Default, Queryable, Selectable, Insertable)]
#[diesel(table_name = store_profile)]
pub struct ProfileRow {
    pub tenant_id: Uuid,
    pub contact_email: String,
    pub contact_phone: String,
    pub tax_id: String,
    pub logo_url: String,
    pub time_zone: String,
    pub version: i64,
}

/// The newer version wins.
pub async fn save(tx: &TenantTx, row: &ProfileRow) -> Result<(), Error> {
    use store_profile as p;
    let insert = diesel::insert_into(p::table)
        .values(row)
        .on_conflict(p::tenant_id)
        .do_update()
        .set((
            p::contact_email.eq(excluded(p::contact_email)),
            p::contact_phone.eq(excluded(p::contact_phone)),
            p::tax_id.eq(excluded(p::tax_id)),
            p::logo_url.eq(excluded(p::logo_url)),
            p::time_zone.eq(excluded(p::time_zone)),
            p::version.eq(excluded(p::version)),
        ));
    diesel::query_dsl::methods::FilterDsl::filter(insert, excluded(p::version).gt(p::version))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn find(tx: &TenantTx) -> Result<Option<ProfileRow>, Error> {
    let row = store_profile::table
        .filter(store_profile::tenant_id.eq(tx.tenant().uuid()))
        .select(ProfileRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(row)
}

/// Erases everything that is kept of a store that is gone.
pub async fn erase(tx: &TenantTx) -> Result<(), Error> {
    let tenant = tx.tenant().uuid();
    macro_rules! empty {
        ($($table:ident)+) => {$(
            diesel::delete($table::table.filter($table::tenant_id.eq(tenant)))
                .prepared()
                .execute(&mut tx.conn())
                .await?;
        )+};
    }
    empty!(endpoint erased_order message order_seen staff_contact suppression template_override variant_seen
        mail_usage mail_usage_slot mail_setting store_profile);
    Ok(())
}
