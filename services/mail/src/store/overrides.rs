//! Merchants' own words.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;
use time::OffsetDateTime;

use super::schema::template_override;
use crate::domain::format::Lang;
use crate::domain::kinds::Kind;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = template_override)]
pub struct OverrideRow {
    pub kind: String,
    pub locale: String,
    pub texts: Value,
    pub version: i64,
}

pub async fn find(tx: &TenantTx, kind: Kind, lang: Lang) -> Result<Option<OverrideRow>, Error> {
    let row = template_override::table
        .filter(template_override::tenant_id.eq(tx.tenant().uuid()))
        .filter(template_override::kind.eq(kind.name()))
        .filter(template_override::locale.eq(lang.tag()))
        .select(OverrideRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(row)
}

pub async fn list(tx: &TenantTx) -> Result<Vec<OverrideRow>, Error> {
    let rows = template_override::table
        .filter(template_override::tenant_id.eq(tx.tenant().uuid()))
        .select(OverrideRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

/// Saves when the version is the one that was seen, 0 for none; answers the new one.
pub async fn save(
    tx: &TenantTx,
    (kind, lang): (Kind, Lang),
    seen: i64,
    texts: &Value,
    now: OffsetDateTime,
) -> Result<Option<i64>, Error> {
    if seen == 0 {
        let made = diesel::insert_into(template_override::table)
            .values((
                template_override::tenant_id.eq(tx.tenant().uuid()),
                template_override::kind.eq(kind.name()),
                template_override::locale.eq(lang.tag()),
                template_override::texts.eq(texts),
                template_override::updated_at.eq(now),
            ))
            .on_conflict_do_nothing()
            .prepared()
            .execute(&mut tx.conn())
            .await?;
        return Ok((made == 1).then_some(1));
    }
    let version = diesel::update(template_override::table)
        .filter(template_override::tenant_id.eq(tx.tenant().uuid()))
        .filter(template_override::kind.eq(kind.name()))
        .filter(template_override::locale.eq(lang.tag()))
        .filter(template_override::version.eq(seen))
        .set((
            template_override::texts.eq(texts),
            template_override::updated_at.eq(now),
            template_override::version.eq(template_override::version + 1),
        ))
        .returning(template_override::version)
        .prepared()
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    Ok(version)
}

pub async fn delete(tx: &TenantTx, kind: Kind, lang: Lang) -> Result<Option<OverrideRow>, Error> {
    let gone = diesel::delete(template_override::table)
        .filter(template_override::tenant_id.eq(tx.tenant().uuid()))
        .filter(template_override::kind.eq(kind.name()))
        .filter(template_override::locale.eq(lang.tag()))
        .returning(OverrideRow::as_returning())
        .prepared()
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    Ok(gone)
}
