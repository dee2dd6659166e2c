//! The store's account at Stripe.

use db::{Error, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::TenantId;
use serde_json::Value;
use uuid::Uuid;

use super::schema::account;
use crate::clients::stripe;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = account)]
pub struct AccountRow {
    pub stripe_account: Option<String>,
    pub country: String,
    pub charges_enabled: bool,
    pub payouts_enabled: bool,
    pub details_submitted: bool,
    pub deauthorized: bool,
    pub capabilities: Value,
    pub requirements: Value,
    pub version: i64,
}

pub async fn find_account(tx: &TenantTx) -> Result<Option<AccountRow>, Error> {
    let found = account::table
        .filter(account::tenant_id.eq(tx.tenant().uuid()))
        .select(AccountRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// The row, made when there is none, and locked: two admins who begin at once get one account.
pub async fn lock_account(tx: &TenantTx, country: &str) -> Result<AccountRow, Error> {
    diesel::insert_into(account::table)
        .values((
            account::tenant_id.eq(tx.tenant().uuid()),
            account::country.eq(country),
        ))
        .on_conflict_do_nothing()
        .execute(&mut tx.conn())
        .await?;
    let row = account::table
        .filter(account::tenant_id.eq(tx.tenant().uuid()))
        .select(AccountRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await?;
    Ok(row)
}

/// Stores what Stripe says now; answers the row's new version.
pub async fn save_account(tx: &TenantTx, said: &stripe::Account) -> Result<i64, Error> {
    let requirements = said.requirements.clone().unwrap_or_default();
    let version = diesel::update(account::table)
        .filter(account::tenant_id.eq(tx.tenant().uuid()))
        .set((
            account::stripe_account.eq(Some(&said.id)),
            account::charges_enabled.eq(said.charges_enabled),
            account::payouts_enabled.eq(said.payouts_enabled),
            account::details_submitted.eq(said.details_submitted),
            account::deauthorized.eq(false),
            account::capabilities.eq(serde_json::json!(said.capabilities)),
            account::requirements.eq(serde_json::json!(requirements)),
            account::updated_at.eq(diesel::dsl::now),
            account::version.eq(account::version + 1),
        ))
        .returning(account::version)
        .get_result(&mut tx.conn())
        .await?;
    Ok(version)
}

/// The store took its account away from the platform: nothing can be charged any more.
pub async fn save_deauthorized(tx: &TenantTx) -> Result<i64, Error> {
    let version = diesel::update(account::table)
        .filter(account::tenant_id.eq(tx.tenant().uuid()))
        .set((
            account::deauthorized.eq(true),
            account::charges_enabled.eq(false),
            account::payouts_enabled.eq(false),
            account::updated_at.eq(diesel::dsl::now),
            account::version.eq(account::version + 1),
        ))
        .returning(account::version)
        .get_result(&mut tx.conn())
        .await?;
    Ok(version)
}

/// Whose account it is. Nothing when it is nobody's, or claimed by more than one.
pub async fn find_tenant(tx: &SystemTx, stripe_account: &str) -> Result<Option<TenantId>, Error> {
    let tenants: Vec<Uuid> = account::table
        .filter(account::stripe_account.eq(stripe_account))
        .select(account::tenant_id)
        .limit(2)
        .load(&mut tx.conn())
        .await?;
    match tenants.as_slice() {
        [one] => Ok(Some(TenantId::from_uuid(*one))),
        _ => Ok(None),
    }
}

/// Every connected account, for reconciliation.
pub async fn list_connected(tx: &SystemTx) -> Result<Vec<(TenantId, String)>, Error> {
    let rows: Vec<(Uuid, Option<String>)> = account::table
        .filter(account::stripe_account.is_not_null())
        .filter(account::deauthorized.eq(false))
        .select((account::tenant_id, account::stripe_account))
        .load(&mut tx.conn())
        .await?;
    let connected = rows
        .into_iter()
        .filter_map(|(tenant, id)| Some((TenantId::from_uuid(tenant), id?)));
    Ok(connected.collect())
}
