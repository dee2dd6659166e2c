//! Another service's staff did something: it goes into the store's chain.

use bus::{Delivery, HandleError, first_delivery};
use db::TenantTx;
use events::common::v1::Action;
use events::{catalog, invoicing, mail, migration, orders, payments, tenants};
use kernel::EventId;

use crate::store::audit::{self, Entry};

pub async fn of_tenants(
    tx: &mut TenantTx,
    delivery: Delivery<tenants::v1::ActionRecorded>,
) -> Result<(), HandleError> {
    record(tx, delivery.id, delivery.message.action).await
}

pub async fn of_catalog(
    tx: &mut TenantTx,
    delivery: Delivery<catalog::v1::ActionRecorded>,
) -> Result<(), HandleError> {
    record(tx, delivery.id, delivery.message.action).await
}

pub async fn of_orders(
    tx: &mut TenantTx,
    delivery: Delivery<orders::v1::ActionRecorded>,
) -> Result<(), HandleError> {
    record(tx, delivery.id, delivery.message.action).await
}

pub async fn of_payments(
    tx: &mut TenantTx,
    delivery: Delivery<payments::v1::ActionRecorded>,
) -> Result<(), HandleError> {
    record(tx, delivery.id, delivery.message.action).await
}

pub async fn of_invoicing(
    tx: &mut TenantTx,
    delivery: Delivery<invoicing::v1::ActionRecorded>,
) -> Result<(), HandleError> {
    record(tx, delivery.id, delivery.message.action).await
}

pub async fn of_mail(
    tx: &mut TenantTx,
    delivery: Delivery<mail::v1::ActionRecorded>,
) -> Result<(), HandleError> {
    record(tx, delivery.id, delivery.message.action).await
}

pub async fn of_migration(
    tx: &mut TenantTx,
    delivery: Delivery<migration::v1::ActionRecorded>,
) -> Result<(), HandleError> {
    record(tx, delivery.id, delivery.message.action).await
}

/// Deeds of several services arrive in any order: the chain has the order of arrival, each entry the
/// time of the deed.
async fn record(tx: &mut TenantTx, id: EventId, action: Option<Action>) -> Result<(), HandleError> {
    if !first_delivery(tx, "tenants.action_recorded", id).await? {
        return Ok(());
    }
    let action = action.ok_or_else(|| HandleError::Park("action is absent".to_owned()))?;
    let (at, entry) = Entry::told(action).map_err(HandleError::Park)?;
    audit::append(tx, at, entry).await?;
    Ok(())
}
