//! Images that merchants uploaded.

use std::collections::BTreeMap;

use db::{Error, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::MediaId;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::media;
use crate::domain::document::Picture;
use crate::domain::image::Rendition;

#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = media)]
pub struct MediaRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    /// waiting or ready.
    pub state: String,
    pub content_type: String,
    pub bytes: i64,
    pub content_hash: Option<Vec<u8>>,
    pub width: i32,
    pub height: i32,
    pub renditions: Value,
    pub created_at: OffsetDateTime,
}

impl MediaRow {
    pub fn renditions(&self) -> Vec<Rendition> {
        serde_json::from_value(self.renditions.clone()).unwrap_or_default()
    }
}

pub async fn create_media(tx: &TenantTx, row: &MediaRow) -> Result<(), Error> {
    diesel::insert_into(media::table)
        .values(row)
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn find_media(tx: &TenantTx, id: MediaId) -> Result<Option<MediaRow>, Error> {
    let found = media::table
        .find((tx.tenant().uuid(), id.uuid()))
        .select(MediaRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// The image that has this very content, if the store has one.
pub async fn find_by_content(tx: &TenantTx, hash: &[u8]) -> Result<Option<MediaRow>, Error> {
    let found = media::table
        .filter(media::tenant_id.eq(tx.tenant().uuid()))
        .filter(media::content_hash.eq(hash))
        .select(MediaRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

pub async fn save_media(tx: &TenantTx, row: &MediaRow) -> Result<(), Error> {
    diesel::update(media::table.find((tx.tenant().uuid(), row.id)))
        .set(row)
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The pictures among `ids` that are ready to be shown.
pub async fn list_pictures(
    tx: &TenantTx,
    ids: &[MediaId],
) -> Result<BTreeMap<MediaId, Picture>, Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows: Vec<MediaRow> = media::table
        .filter(media::tenant_id.eq(tx.tenant().uuid()))
        .filter(media::id.eq_any(ids))
        .filter(media::state.eq("ready"))
        .select(MediaRow::as_select())
        .load(&mut tx.conn())
        .await?;
    let picture = |row: MediaRow| {
        let id = MediaId::from_uuid(row.id);
        let picture = Picture {
            id,
            width: u32::try_from(row.width).unwrap_or(0),
            height: u32::try_from(row.height).unwrap_or(0),
            renditions: row.renditions(),
        };
        (id, picture)
    };
    Ok(rows.into_iter().map(picture).collect())
}
