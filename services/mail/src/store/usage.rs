//! How many mails left in a month.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::schema::mail_usage;

/// The first day of the month, which names it.
pub fn month_of(at: OffsetDateTime) -> Date {
    let day = at.date();
    day.replace_day(1).unwrap_or(day)
}

/// A month's mails are counted in as many rows, one after the other of which a mail falls to: mails of
/// a store that leave at the same moment wait for one another's commit only where they share a row.
const SLOTS: u8 = 16;
/// The row that says what the merchant was told. Nothing is counted in it, so that nobody who holds a
/// row of the others waits for it while its holder waits for him.
const WARNED: i16 = 0;

/// Counts `mails` more, in the row that `one`, a mail among them, falls to.
pub async fn add(tx: &TenantTx, month: Date, mails: i64, one: Uuid) -> Result<(), Error> {
    let slot = i16::from(one.as_bytes().last().map_or(0, |byte| byte % SLOTS)) + 1;
    diesel::insert_into(mail_usage::table)
        .values((
            mail_usage::tenant_id.eq(tx.tenant().uuid()),
            mail_usage::month.eq(month),
            mail_usage::slot.eq(slot),
            mail_usage::mails.eq(mails),
        ))
        .on_conflict((mail_usage::tenant_id, mail_usage::month, mail_usage::slot))
        .do_update()
        .set(mail_usage::mails.eq(mail_usage::mails + excluded(mail_usage::mails)))
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
            mail_usage::slot.eq(WARNED),
        ))
        .on_conflict_do_nothing()
        .execute(&mut tx.conn())
        .await?;
    let claimed = diesel::update(mail_usage::table)
        .filter(mail_usage::tenant_id.eq(tx.tenant().uuid()))
        .filter(mail_usage::month.eq(month))
        .filter(mail_usage::slot.eq(WARNED))
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
    let rows: Vec<(i64, i16)> = mail_usage::table
        .filter(mail_usage::tenant_id.eq(tx.tenant().uuid()))
        .filter(mail_usage::month.eq(month))
        .select((mail_usage::mails, mail_usage::warned_percent))
        .load(&mut tx.conn())
        .await?;
    Ok(Used {
        mails: rows.iter().map(|(mails, _)| mails).sum(),
        warned_percent: rows.iter().map(|(_, told)| *told).max().unwrap_or(0),
    })
}
