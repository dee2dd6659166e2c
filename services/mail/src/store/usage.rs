//! How many mails left in a month.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::schema::{mail_usage, mail_usage_slot};

/// The first day of the month, which names it.
pub fn month_of(at: OffsetDateTime) -> Date {
    let day = at.date();
    day.replace_day(1).unwrap_or(day)
}

/// A month's mails are counted in as many rows, by the mail: mails of a store that leave at the same
/// moment wait for one another's commit only where they share one.
const SLOTS: u8 = 16;

/// Counts `mails` more, in the row that `one`, a mail among them, falls to.
pub async fn add(tx: &TenantTx, month: Date, mails: i64, one: Uuid) -> Result<(), Error> {
    let slot = one.as_bytes().last().map_or(0, |byte| byte % SLOTS);
    diesel::insert_into(mail_usage_slot::table)
        .values((
            mail_usage_slot::tenant_id.eq(tx.tenant().uuid()),
            mail_usage_slot::month.eq(month),
            mail_usage_slot::slot.eq(i16::from(slot)),
            mail_usage_slot::mails.eq(mails),
        ))
        .on_conflict((
            mail_usage_slot::tenant_id,
            mail_usage_slot::month,
            mail_usage_slot::slot,
        ))
        .do_update()
        .set(mail_usage_slot::mails.eq(mail_usage_slot::mails + excluded(mail_usage_slot::mails)))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Notes that the merchant is told of this share of the plan's mails; false when he was told of it, or
/// of a graver one, before.
pub async fn claim_warning(tx: &TenantTx, month: Date, percent: i16) -> Result<bool, Error> {
    diesel::insert_into(mail_usage::table)
        .values((
            mail_usage::tenant_id.eq(tx.tenant().uuid()),
            mail_usage::month.eq(month),
        ))
        .on_conflict_do_nothing()
        .execute(&mut tx.conn())
        .await?;
    let claimed = diesel::update(mail_usage::table)
        .filter(mail_usage::tenant_id.eq(tx.tenant().uuid()))
        .filter(mail_usage::month.eq(month))
        .filter(mail_usage::warned_percent.lt(percent))
        .set(mail_usage::warned_percent.eq(percent))
        .execute(&mut tx.conn())
        .await?;
    Ok(claimed == 1)
}

/// A month's mails, and the greatest share of the plan's that the merchant was told of, in per cent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    pub mails: i64,
    pub warned_percent: i16,
}

pub async fn used(tx: &TenantTx, month: Date) -> Result<Used, Error> {
    let (tenant, mut conn) = (tx.tenant().uuid(), tx.conn());
    let counts: Vec<i64> = mail_usage_slot::table
        .filter(mail_usage_slot::tenant_id.eq(tenant))
        .filter(mail_usage_slot::month.eq(month))
        .select(mail_usage_slot::mails)
        .load(&mut conn)
        .await?;
    let before: Option<(i64, i16)> = mail_usage::table
        .filter(mail_usage::tenant_id.eq(tenant))
        .filter(mail_usage::month.eq(month))
        .select((mail_usage::mails, mail_usage::warned_percent))
        .first(&mut conn)
        .await
        .optional()?;
    let (earlier, warned_percent) = before.unwrap_or_default();
    Ok(Used {
        mails: earlier + counts.iter().sum::<i64>(),
        warned_percent,
    })
}
