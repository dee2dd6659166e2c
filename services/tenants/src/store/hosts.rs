//! Whose a host name is. The table is the platform's: what writes runs in a system transaction.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Timestamptz};
use diesel_async::RunQueryDsl;
use kernel::TenantId;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{host, tenant};

/// States of a store whose hosts the door serves.
const OPEN: [&str; 2] = ["active", "suspended"];

/// Takes a store's own label; the constraint `host_pkey` says when it is another's.
pub async fn create_label(tx: &TenantTx, name: &str, now: OffsetDateTime) -> Result<(), Error> {
    insert(tx, name, "slug", (now, None)).await
}

/// Takes a whole host, whose certificate the door asks for from `listed_at` on.
pub async fn create_host(
    tx: &TenantTx,
    name: &str,
    now: OffsetDateTime,
    listed_at: OffsetDateTime,
) -> Result<(), Error> {
    insert(tx, name, "custom", (now, Some(listed_at))).await
}

async fn insert(
    tx: &TenantTx,
    name: &str,
    kind: &str,
    (now, listed_at): (OffsetDateTime, Option<OffsetDateTime>),
) -> Result<(), Error> {
    diesel::insert_into(host::table)
        .values((
            host::name.eq(name),
            host::owner.eq(tx.tenant().uuid()),
            host::kind.eq(kind),
            host::created_at.eq(now),
            host::listed_at.eq(listed_at),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn find_owner(tx: &TenantTx, name: &str) -> Result<Option<TenantId>, Error> {
    let owner: Option<Uuid> = host::table
        .find(name)
        .select(host::owner)
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(owner.map(TenantId::from_uuid))
}

/// Whoever decides whose this host is waits for who decides it now.
pub async fn lock_name(tx: &TenantTx, name: &str) -> Result<(), Error> {
    super::lock_word(tx, format!("host {name}")).await
}

/// The host is nobody's any more, if it was this store's.
pub async fn delete_host(tx: &TenantTx, name: &str) -> Result<(), Error> {
    diesel::delete(host::table)
        .filter(
            host::name
                .eq(name)
                .and(host::owner.eq(tx.tenant().uuid()))
                .and(host::kind.eq("custom")),
        )
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// When the host that stands `place` places before the newest was or will be listed.
pub async fn find_listed_before(
    tx: &TenantTx,
    place: i64,
) -> Result<Option<OffsetDateTime>, Error> {
    let found: Option<Option<OffsetDateTime>> = host::table
        .filter(host::listed_at.is_not_null())
        .order(host::listed_at.desc())
        .offset(place)
        .select(host::listed_at)
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found.flatten())
}

/// From when on the door asks for the certificates of these hosts.
pub async fn list_listed(
    tx: &TenantTx,
    names: &[String],
) -> Result<Vec<(String, Option<OffsetDateTime>)>, Error> {
    Ok(host::table
        .filter(host::owner.eq(tx.tenant().uuid()))
        .filter(host::name.eq_any(names))
        .select((host::name, host::listed_at))
        .load(&mut tx.conn())
        .await?)
}

/// What of the door's hosts tells whether any came or went: how many there are, and which is the newest.
pub async fn stamp(
    tx: &SystemTx,
    now: OffsetDateTime,
) -> Result<(i64, Option<OffsetDateTime>), Error> {
    Ok(host::table
        .inner_join(tenant::table.on(tenant::tenant_id.eq(host::owner)))
        .filter(host::listed_at.le(now))
        .filter(tenant::status.eq_any(OPEN))
        .select((
            sql::<BigInt>("count(*)"),
            sql::<Nullable<Timestamptz>>("max(host.listed_at)"),
        ))
        .first(&mut tx.conn())
        .await?)
}

/// All hosts of the door, in the order in which they came.
pub async fn list_at_the_door(tx: &SystemTx, now: OffsetDateTime) -> Result<Vec<String>, Error> {
    Ok(host::table
        .inner_join(tenant::table.on(tenant::tenant_id.eq(host::owner)))
        .filter(host::listed_at.le(now))
        .filter(tenant::status.eq_any(OPEN))
        .order((host::listed_at, host::name))
        .select(host::name)
        .load(&mut tx.conn())
        .await?)
}
