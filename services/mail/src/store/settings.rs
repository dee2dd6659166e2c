//! What merchants decided about their store's mails.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::TenantId;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::mail_setting;

#[derive(Clone, Debug, PartialEq, Queryable, Selectable)]
#[diesel(table_name = mail_setting)]
pub struct SettingRow {
    pub tenant_id: Uuid,
    /// `#rrggbb`.
    pub accent: String,
    pub reply_to: Option<String>,
    pub sender_email: Option<String>,
    pub sender_name: Option<String>,
    /// Since when the sender's domain is proven.
    pub sender_since: Option<OffsetDateTime>,
    pub sender_problem: Option<String>,
    pub new_order_roles: Vec<String>,
    pub low_stock_roles: Vec<String>,
    pub version: i64,
}

impl SettingRow {
    /// The store's own sender, when mails may be sent from it.
    pub fn sender(&self) -> Option<&str> {
        self.sender_email
            .as_deref()
            .filter(|_| self.sender_since.is_some())
    }
}

/// What a merchant changes; the sender is proven anew when it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    pub accent: String,
    pub reply_to: Option<String>,
    pub sender_email: Option<String>,
    pub sender_name: Option<String>,
    pub new_order_roles: Vec<String>,
    pub low_stock_roles: Vec<String>,
}

/// Makes sure that the store has a row; answers the sealed key in it.
pub async fn ensure(tx: &TenantTx, sealed_key: &[u8]) -> Result<Vec<u8>, Error> {
    diesel::insert_into(mail_setting::table)
        .values((
            mail_setting::tenant_id.eq(tx.tenant().uuid()),
            mail_setting::address_key.eq(sealed_key),
        ))
        .on_conflict_do_nothing()
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    let key = mail_setting::table
        .filter(mail_setting::tenant_id.eq(tx.tenant().uuid()))
        .select(mail_setting::address_key)
        .first(&mut tx.conn())
        .await?;
    Ok(key)
}

pub async fn find(tx: &TenantTx) -> Result<Option<SettingRow>, Error> {
    let row = mail_setting::table
        .filter(mail_setting::tenant_id.eq(tx.tenant().uuid()))
        .select(SettingRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(row)
}

/// Saves when the row is still of `version`; nothing when somebody else was first.
pub async fn save(
    tx: &TenantTx,
    version: i64,
    changed: &Changed,
    now: OffsetDateTime,
) -> Result<Option<SettingRow>, Error> {
    let row = diesel::update(mail_setting::table)
        .filter(mail_setting::tenant_id.eq(tx.tenant().uuid()))
        .filter(mail_setting::version.eq(version))
        .set((
            mail_setting::accent.eq(&changed.accent),
            mail_setting::reply_to.eq(&changed.reply_to),
            mail_setting::sender_email.eq(&changed.sender_email),
            mail_setting::sender_name.eq(&changed.sender_name),
            mail_setting::new_order_roles.eq(&changed.new_order_roles),
            mail_setting::low_stock_roles.eq(&changed.low_stock_roles),
            mail_setting::updated_at.eq(now),
            mail_setting::version.eq(mail_setting::version + 1),
        ))
        .returning(SettingRow::as_returning())
        .prepared()
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    Ok(row)
}

/// Whether the sender is proven from now on, or why it is not.
pub async fn save_sender(
    tx: &TenantTx,
    since: Option<OffsetDateTime>,
    problem: Option<&str>,
) -> Result<Option<SettingRow>, Error> {
    let row = diesel::update(mail_setting::table)
        .filter(mail_setting::tenant_id.eq(tx.tenant().uuid()))
        .filter(mail_setting::sender_email.is_not_null())
        .set((
            mail_setting::sender_since.eq(since),
            mail_setting::sender_problem.eq(problem),
            mail_setting::version.eq(mail_setting::version + 1),
        ))
        .returning(SettingRow::as_returning())
        .prepared()
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    Ok(row)
}

/// Senders that wait for their domain to be proven, the oldest first.
pub async fn list_unproven(
    tx: &SystemTx,
    limit: i64,
) -> Result<Vec<(TenantId, String, Option<String>)>, Error> {
    let rows: Vec<(Uuid, Option<String>, Option<String>)> = mail_setting::table
        .filter(mail_setting::sender_email.is_not_null())
        .filter(mail_setting::sender_since.is_null())
        .order(mail_setting::updated_at)
        .limit(limit)
        .select((
            mail_setting::tenant_id,
            mail_setting::sender_email,
            mail_setting::sender_problem,
        ))
        .load(&mut tx.conn())
        .await?;
    let waiting = rows.into_iter().map(|(tenant, email, problem)| {
        (
            TenantId::from_uuid(tenant),
            email.unwrap_or_default(),
            problem,
        )
    });
    Ok(waiting.collect())
}
