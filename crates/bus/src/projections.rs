//! What every service keeps of the tenants service. Each handler is harmless in any order and
//! number: it writes only what is newer than what it finds.

use db::{Prepare, TenantTx};
use diesel::prelude::*;
use diesel::query_dsl::methods::FilterDsl;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use events::Named;
use events::orders::v1::CustomerSessionRevoked;
use events::tenants::v1::{SessionRevoked, StaffChanged, StaffStatus, TenantChanged};
use uuid::Uuid;

use crate::consumer::HandleError;
use crate::envelope::Delivery;
use crate::schema::{revoked_session, staff_view, tenant_view};

/// Keeps `tenant_view`.
pub async fn tenant_changed(
    tx: &mut TenantTx,
    delivery: Delivery<TenantChanged>,
) -> Result<(), HandleError> {
    use tenant_view as t;
    let tenant = delivery.message;
    let fee = i32::try_from(tenant.application_fee_bps).unwrap_or(i32::MAX);
    let entitlements = serde_json::json!(tenant.entitlements);
    let status = tenant.status().name();
    let insert = diesel::insert_into(t::table)
        .values((
            t::tenant_id.eq(tx.tenant().uuid()),
            t::slug.eq(tenant.slug),
            t::name.eq(tenant.name),
            t::status.eq(status),
            t::hosts.eq(tenant.hosts),
            t::country.eq(tenant.country),
            t::locale.eq(tenant.locale),
            t::currency.eq(tenant.currency),
            t::plan.eq(tenant.plan),
            t::template_id.eq(tenant.template_id),
            t::application_fee_bps.eq(fee),
            t::entitlements.eq(entitlements),
            t::version.eq(tenant.version),
        ))
        .on_conflict(t::tenant_id)
        .do_update()
        .set((
            t::slug.eq(excluded(t::slug)),
            t::name.eq(excluded(t::name)),
            t::status.eq(excluded(t::status)),
            t::hosts.eq(excluded(t::hosts)),
            t::country.eq(excluded(t::country)),
            t::locale.eq(excluded(t::locale)),
            t::currency.eq(excluded(t::currency)),
            t::plan.eq(excluded(t::plan)),
            t::template_id.eq(excluded(t::template_id)),
            t::application_fee_bps.eq(excluded(t::application_fee_bps)),
            t::entitlements.eq(excluded(t::entitlements)),
            t::version.eq(excluded(t::version)),
        ));
    FilterDsl::filter(insert, excluded(t::version).gt(t::version))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Keeps `revoked_session`. A revocation is never taken back.
pub async fn session_revoked(
    tx: &mut TenantTx,
    delivery: Delivery<SessionRevoked>,
) -> Result<(), HandleError> {
    let SessionRevoked {
        session_id,
        expires_at_us,
        ..
    } = delivery.message;
    revoked(tx, &session_id, expires_at_us).await
}

/// The same for a customer's session.
pub async fn customer_session_revoked(
    tx: &mut TenantTx,
    delivery: Delivery<CustomerSessionRevoked>,
) -> Result<(), HandleError> {
    let CustomerSessionRevoked {
        session_id,
        expires_at_us,
        ..
    } = delivery.message;
    revoked(tx, &session_id, expires_at_us).await
}

async fn revoked(
    tx: &mut TenantTx,
    session_id: &str,
    expires_at_us: i64,
) -> Result<(), HandleError> {
    let expires_at = events::from_us(expires_at_us)
        .ok_or_else(|| HandleError::Park("a revocation without an end".to_owned()))?;
    diesel::insert_into(revoked_session::table)
        .values((
            revoked_session::tenant_id.eq(tx.tenant().uuid()),
            revoked_session::session_id.eq(id(session_id)?),
            revoked_session::expires_at.eq(expires_at),
        ))
        .on_conflict_do_nothing()
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Keeps `staff_view`.
pub async fn staff_changed(
    tx: &mut TenantTx,
    delivery: Delivery<StaffChanged>,
) -> Result<(), HandleError> {
    use staff_view as s;
    let staff = delivery.message;
    let perms_version = i32::try_from(staff.perms_version)
        .map_err(|_| HandleError::Park("perms_version is out of range".to_owned()))?;
    let insert = diesel::insert_into(s::table)
        .values((
            s::tenant_id.eq(tx.tenant().uuid()),
            s::staff_id.eq(id(&staff.staff_id)?),
            s::active.eq(staff.status() == StaffStatus::Active),
            s::role.eq(staff.role),
            s::perms_version.eq(perms_version),
            s::version.eq(staff.version),
        ))
        .on_conflict((s::tenant_id, s::staff_id))
        .do_update()
        .set((
            s::role.eq(excluded(s::role)),
            s::perms_version.eq(excluded(s::perms_version)),
            s::active.eq(excluded(s::active)),
            s::version.eq(excluded(s::version)),
        ));
    FilterDsl::filter(insert, excluded(s::version).gt(s::version))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

fn id(text: &str) -> Result<Uuid, HandleError> {
    text.parse()
        .map_err(|_| HandleError::Park("an id of the event is no UUID".to_owned()))
}
