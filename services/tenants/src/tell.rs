//! What other services hear. Every event carries the whole state, read where it was just written,
//! and is taken into this service's own projection in the same transaction.

use std::collections::BTreeMap;

use bus::{Delivery, HandleError, projections};
use db::TenantTx;
use events::Named;
use events::tenants::v1::{
    DomainChanged, DomainState, SessionKind, SessionRevoked, StaffChanged, StaffStatus,
    TenantChanged, TenantStatus,
};
use http_kit::{ApiError, Role};
use kernel::{EventId, SessionId, TenantId};
use time::{Duration, OffsetDateTime};

use crate::domain::entitlements::Entitlement;
use crate::store::domains::DomainRow;
use crate::store::staff::StaffRow;
use crate::store::{catalogue, configs, domains, tenants};

/// Tells the store of this transaction as it is now.
pub async fn tenant_changed(tx: &mut TenantTx) -> Result<TenantChanged, ApiError> {
    let row = tenants::get_tenant(tx).await?;
    let plan = catalogue::get_plan(tx, &row.plan).await?;
    let holdings = catalogue::get_holdings(tx, &plan).await?;
    let config = configs::get_config(tx).await?;
    let status = TenantStatus::from_name(&row.status).unwrap_or_default();
    let hosts = domains::list_served(tx).await?;
    let event = TenantChanged {
        tenant_id: row.tenant_id.to_string(),
        version: row.version,
        hosts,
        locales: vec![row.locale.clone()],
        slug: row.slug,
        name: row.name,
        status: status.into(),
        country: row.country,
        locale: row.locale,
        currency: row.currency,
        plan: row.plan,
        entitlements: map(&holdings.resolve()),
        application_fee_bps: u32::try_from(plan.application_fee_bps).unwrap_or_default(),
        template_id: config.template_id,
        tax_id: row.tax_number.unwrap_or_default(),
        contact_email: row.contact_email,
        contact_phone: config.contact_phone.unwrap_or_default(),
        time_zone: row.time_zone,
        prices_include_tax: true,
        created_at_us: events::to_us(row.created_at),
        changed_at_us: events::to_us(row.changed_at),
        suspended_reason: row.suspended_reason.unwrap_or_default(),
        logo_url: String::new(),
    };
    bus::emit(tx, &event).await?;
    let delivery = delivery(tx.tenant(), row.changed_at, event.clone());
    projections::tenant_changed(tx, delivery)
        .await
        .map_err(refused)?;
    Ok(event)
}

/// Tells how far a domain of the store's own is.
pub async fn domain_changed(tx: &mut TenantTx, row: &DomainRow) -> Result<(), ApiError> {
    let event = DomainChanged {
        tenant_id: row.tenant_id.to_string(),
        domain_id: row.id.to_string(),
        version: row.version,
        host: row.host.clone(),
        state: DomainState::from_name(&row.state)
            .unwrap_or_default()
            .into(),
        changed_at_us: events::to_us(row.changed_at),
    };
    Ok(bus::emit(tx, &event).await?)
}

/// Tells a person's role and state.
pub async fn staff_changed(tx: &mut TenantTx, row: &StaffRow) -> Result<(), ApiError> {
    let status = if row.status == "active" {
        StaffStatus::Active
    } else {
        StaffStatus::Disabled
    };
    staff_is(tx, row, status).await
}

/// The same in a state that the row does not tell: invited, or about to be gone.
pub async fn staff_is(
    tx: &mut TenantTx,
    row: &StaffRow,
    status: StaffStatus,
) -> Result<(), ApiError> {
    let role: Result<Role, _> = row.role.parse();
    let permissions = role.map(Role::permissions).unwrap_or_default();
    let event = StaffChanged {
        tenant_id: row.tenant_id.to_string(),
        staff_id: row.id.to_string(),
        version: row.version,
        role: row.role.clone(),
        perms_version: row.perms_version,
        status: status.into(),
        name: row.name.clone(),
        email: row.email.clone(),
        locale: row.locale.clone(),
        permissions: permissions.into_iter().map(str::to_owned).collect(),
        changed_at_us: events::to_us(row.changed_at),
    };
    bus::emit(tx, &event).await?;
    let delivery = delivery(tx.tenant(), row.changed_at, event);
    projections::staff_changed(tx, delivery)
        .await
        .map_err(refused)
}

/// Tells that a session's access tokens are refused; `token_life` is how long they would still work.
pub async fn session_revoked(
    tx: &mut TenantTx,
    staff: uuid::Uuid,
    session: SessionId,
    now: OffsetDateTime,
    token_life: Duration,
) -> Result<(), ApiError> {
    let tenant = tx.tenant();
    let platform = tenant == TenantId::PLATFORM;
    let kind = if platform {
        SessionKind::Sysadmin
    } else {
        SessionKind::Staff
    };
    let event = SessionRevoked {
        tenant_id: tenant.to_string(),
        session_id: session.to_string(),
        expires_at_us: events::to_us(now + token_life),
        version: 1,
        kind: kind.into(),
        subject_id: staff.to_string(),
        revoked_at_us: events::to_us(now),
    };
    bus::emit(tx, &event).await?;
    projections::session_revoked(tx, delivery(tenant, now, event))
        .await
        .map_err(refused)
}

fn map(list: &[Entitlement]) -> BTreeMap<String, i64> {
    list.iter()
        .map(|entry| (entry.key.clone(), entry.value))
        .collect()
}

fn delivery<M>(tenant: TenantId, occurred_at: OffsetDateTime, message: M) -> Delivery<M> {
    Delivery {
        id: EventId::new(),
        tenant,
        occurred_at,
        message,
    }
}

/// Our own events can always be read, so what is left is the database.
fn refused(error: HandleError) -> ApiError {
    ApiError::internal(&format!("{error:?}"))
}
