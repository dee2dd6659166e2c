//! Another service's staff did something: it goes into the store's chain.

use bus::{Delivery, HandleError, first_delivery};
use db::TenantTx;
use events::common::v1::Action;
use events::{catalog, from_us, invoicing, mail, migration, orders, payments, tenants};
use kernel::EventId;
use serde_json::Value;

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
    let absent = |what: &str| HandleError::Park(format!("{what} is absent"));
    let action = action.ok_or_else(|| absent("action"))?;
    let at = from_us(action.at_us).ok_or_else(|| absent("action.at_us"))?;
    let entry = Entry {
        actor: action.actor,
        acting_as: present(action.acting_as),
        ip: present(action.ip),
        action: action.action.into(),
        target: action.target,
        before: json(&action.before_json, "action.before_json")?,
        after: json(&action.after_json, "action.after_json")?,
    };
    audit::append(tx, at, entry).await?;
    Ok(())
}

fn present(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn json(text: &str, field: &str) -> Result<Option<Value>, HandleError> {
    if text.is_empty() {
        return Ok(None);
    }
    let value = serde_json::from_str(text);
    value
        .map(Some)
        .map_err(|_| HandleError::Park(format!("{field} is no JSON")))
}
