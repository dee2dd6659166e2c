//! The store's account at Stripe.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::TenantId;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{account, former_account};
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
    /// Since when Stripe is asked for an account whose id is not stored yet.
    pub asked_at: Option<OffsetDateTime>,
}

impl AccountRow {
    /// The account that payments are made on.
    pub fn connected(&self) -> Option<&str> {
        self.stripe_account
            .as_deref()
            .filter(|_| !self.deauthorized)
    }

    /// Whether Stripe's word says nothing that is not stored.
    pub fn says_the_same(&self, said: &stripe::Account) -> bool {
        !self.deauthorized
            && self.charges_enabled == said.charges_enabled
            && self.payouts_enabled == said.payouts_enabled
            && self.details_submitted == said.details_submitted
            && self.capabilities == json!(said.capabilities)
            && self.requirements == requirements_of(said)
    }
}

fn requirements_of(said: &stripe::Account) -> Value {
    json!(said.requirements.clone().unwrap_or_default())
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

pub async fn lock_account(tx: &TenantTx) -> Result<Option<AccountRow>, Error> {
    let found = account::table
        .filter(account::tenant_id.eq(tx.tenant().uuid()))
        .select(AccountRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// The row, made when there is none, and locked: two admins who begin at once get one account.
pub async fn lock_or_create_account(tx: &TenantTx, country: &str) -> Result<AccountRow, Error> {
    diesel::insert_into(account::table)
        .values((
            account::tenant_id.eq(tx.tenant().uuid()),
            account::country.eq(country),
        ))
        .on_conflict_do_nothing()
        .prepared()
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

/// Notes that Stripe is asked for an account from now on.
pub async fn save_asked(tx: &TenantTx, now: OffsetDateTime) -> Result<(), Error> {
    diesel::update(account::table)
        .filter(account::tenant_id.eq(tx.tenant().uuid()))
        .set(account::asked_at.eq(now))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Stripe will not make the account that was asked for under the key of `version`: there is none to be
/// looked for, and the next asking uses another key.
pub async fn save_refused(tx: &TenantTx, version: i64) -> Result<(), Error> {
    diesel::update(account::table)
        .filter(account::tenant_id.eq(tx.tenant().uuid()))
        .filter(account::version.eq(version))
        .set((
            account::asked_at.eq(None::<OffsetDateTime>),
            account::version.eq(account::version + 1),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The next asking uses another key, which is made of the version.
pub async fn save_new_key(tx: &TenantTx) -> Result<(), Error> {
    diesel::update(account::table)
        .filter(account::tenant_id.eq(tx.tenant().uuid()))
        .set(account::version.eq(account::version + 1))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Binds the store to an account that was just made for it. Its events are read from `now` on.
pub async fn save_new_account(
    tx: &TenantTx,
    former: Option<&str>,
    said: &stripe::Account,
    now: OffsetDateTime,
) -> Result<(), Error> {
    if let Some(former) = former {
        diesel::insert_into(former_account::table)
            .values((
                former_account::tenant_id.eq(tx.tenant().uuid()),
                former_account::stripe_account.eq(former),
                former_account::replaced_at.eq(now),
            ))
            .on_conflict_do_nothing()
            .prepared()
            .execute(&mut tx.conn())
            .await?;
    }
    diesel::update(account::table)
        .filter(account::tenant_id.eq(tx.tenant().uuid()))
        .set((
            account::stripe_account.eq(Some(&said.id)),
            account::asked_at.eq(None::<OffsetDateTime>),
            account::events_until.eq(now),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    save_account(tx, said, now).await
}

/// Stores what Stripe says now of the account that the store is bound to.
pub async fn save_account(
    tx: &TenantTx,
    said: &stripe::Account,
    now: OffsetDateTime,
) -> Result<(), Error> {
    diesel::update(account::table)
        .filter(account::tenant_id.eq(tx.tenant().uuid()))
        .set((
            account::charges_enabled.eq(said.charges_enabled),
            account::payouts_enabled.eq(said.payouts_enabled),
            account::details_submitted.eq(said.details_submitted),
            account::deauthorized.eq(false),
            account::capabilities.eq(json!(said.capabilities)),
            account::requirements.eq(requirements_of(said)),
            account::updated_at.eq(now),
            account::version.eq(account::version + 1),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The store took its account away from the platform: nothing can be charged any more.
pub async fn save_deauthorized(tx: &TenantTx, now: OffsetDateTime) -> Result<(), Error> {
    diesel::update(account::table)
        .filter(account::tenant_id.eq(tx.tenant().uuid()))
        .set((
            account::deauthorized.eq(true),
            account::charges_enabled.eq(false),
            account::payouts_enabled.eq(false),
            account::updated_at.eq(now),
            account::version.eq(account::version + 1),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Whose account it is or was. Nothing when it is nobody's, or claimed by more than one.
pub async fn find_tenant(tx: &SystemTx, stripe_account: &str) -> Result<Option<TenantId>, Error> {
    let mut tenants: Vec<Uuid> = account::table
        .filter(account::stripe_account.eq(stripe_account))
        .select(account::tenant_id)
        .limit(2)
        .load(&mut tx.conn())
        .await?;
    if tenants.is_empty() {
        tenants = former_account::table
            .filter(former_account::stripe_account.eq(stripe_account))
            .select(former_account::tenant_id)
            .limit(2)
            .load(&mut tx.conn())
            .await?;
    }
    match tenants.as_slice() {
        [one] => Ok(Some(TenantId::from_uuid(*one))),
        _ => Ok(None),
    }
}

/// A connected account and up to when its events were read.
#[derive(Clone, Debug)]
pub struct Reading {
    pub tenant: TenantId,
    pub account: String,
    pub until: OffsetDateTime,
}

/// Every connected account, the one that was read longest ago first.
pub async fn list_connected(tx: &SystemTx) -> Result<Vec<Reading>, Error> {
    type Row = (Uuid, Option<String>, Option<OffsetDateTime>, OffsetDateTime);
    let rows: Vec<Row> = account::table
        .filter(account::stripe_account.is_not_null())
        .filter(account::deauthorized.eq(false))
        .order(account::events_until.asc().nulls_first())
        .select((
            account::tenant_id,
            account::stripe_account,
            account::events_until,
            account::created_at,
        ))
        .load(&mut tx.conn())
        .await?;
    let readings = rows.into_iter().filter_map(|(tenant, id, until, made)| {
        Some(Reading {
            tenant: TenantId::from_uuid(tenant),
            account: id?,
            until: until.unwrap_or(made),
        })
    });
    Ok(readings.collect())
}

/// Notes that the account's events were read up to `until`.
pub async fn save_events_until(
    tx: &TenantTx,
    stripe_account: &str,
    until: OffsetDateTime,
) -> Result<(), Error> {
    diesel::update(account::table)
        .filter(account::tenant_id.eq(tx.tenant().uuid()))
        .filter(account::stripe_account.eq(stripe_account))
        .set(account::events_until.eq(until))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
