//! How many mails left in a month.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::{Date, OffsetDateTime};

use super::schema::mail_usage;

/// The first day of the month, which names it.
pub fn month_of(at: OffsetDateTime) -> Date {
    let day = at.date();
    day.replace_day(1).unwrap_or(day)
}

/// A month's mails, and of which share of the plan's the merchant was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = mail_usage)]
pub struct Used {
    pub mails: i64,
    pub warned_percent: i16,
}

/// Counts one more; answers how it stands then.
pub async fn add(tx: &TenantTx, month: Date) -> Result<Used, Error> {
    let used = diesel::insert_into(mail_usage::table)
        .values((
            mail_usage::tenant_id.eq(tx.tenant().uuid()),
            mail_usage::month.eq(month),
            mail_usage::mails.eq(1),
        ))
        .on_conflict((mail_usage::tenant_id, mail_usage::month))
        .do_update()
        .set(mail_usage::mails.eq(mail_usage::mails + 1))
        .returning(Used::as_returning())
        .prepared()
        .get_result(&mut tx.conn())
        .await?;
    Ok(used)
}

pub async fn save_warned(tx: &TenantTx, month: Date, percent: i16) -> Result<(), Error> {
    diesel::update(mail_usage::table)
        .filter(mail_usage::tenant_id.eq(tx.tenant().uuid()))
        .filter(mail_usage::month.eq(month))
        .set(mail_usage::warned_percent.eq(percent))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn count(tx: &TenantTx, month: Date) -> Result<i64, Error> {
    let mails = mail_usage::table
        .filter(mail_usage::tenant_id.eq(tx.tenant().uuid()))
        .filter(mail_usage::month.eq(month))
        .select(mail_usage::mails)
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(mails.unwrap_or(0))
}
