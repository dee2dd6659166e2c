//! Images that merchants uploaded.

use std::collections::BTreeMap;

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures_util::try_join;
use kernel::{MediaId, TenantId};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{media, product_media};
use crate::domain::document::Picture;
use crate::domain::image::Rendition;

pub const WAITING: &str = "waiting";
pub const READY: &str = "ready";
pub const DUPLICATE: &str = "duplicate";
const LEAVING: &str = "leaving";

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = media)]
pub struct MediaRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    /// waiting, ready, duplicate or leaving.
    pub state: String,
    pub content_type: String,
    pub bytes: i64,
    pub content_hash: Option<Vec<u8>>,
    pub width: i32,
    pub height: i32,
    pub renditions: Value,
    pub created_at: OffsetDateTime,
    /// The image that has the same content, of a duplicate.
    pub same_as: Option<Uuid>,
    /// Since when a ready image belongs to no product.
    pub unused_since: Option<OffsetDateTime>,
}

/// An image as it is published.
pub struct Ready {
    pub content_hash: Vec<u8>,
    pub width: i32,
    pub height: i32,
    pub renditions: Value,
}

/// Which images nobody needs: what was begun before the first instant and never became one, what
/// has belonged to no product since before the second.
#[derive(Clone, Copy, Debug)]
pub struct Unneeded {
    pub begun_before: OffsetDateTime,
    pub unused_before: OffsetDateTime,
}

impl MediaRow {
    pub fn renditions(&self) -> Vec<Rendition> {
        serde_json::from_value(self.renditions.clone()).unwrap_or_default()
    }
}

pub async fn create_media(tx: &TenantTx, row: &MediaRow) -> Result<(), Error> {
    diesel::insert_into(media::table)
        .values(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn find_media(tx: &TenantTx, id: MediaId) -> Result<Option<MediaRow>, Error> {
    let found = media::table
        .find((tx.tenant().uuid(), id.uuid()))
        .filter(media::state.ne(LEAVING))
        .select(MediaRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// Publishes an image that waits; false when it does not wait any more.
///
/// # Errors
/// `media_content` when the store has the same content as another image.
pub async fn save_ready(
    tx: &TenantTx,
    id: MediaId,
    ready: &Ready,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    let target = media::table
        .find((tx.tenant().uuid(), id.uuid()))
        .filter(media::state.eq(WAITING));
    let saved = diesel::update(target)
        .set((
            media::state.eq(READY),
            media::content_hash.eq(&ready.content_hash),
            media::width.eq(ready.width),
            media::height.eq(ready.height),
            media::renditions.eq(&ready.renditions),
            media::unused_since.eq(now),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(saved == 1)
}

/// The image that has this very content, if the store has one. It stays a while longer, also when
/// it was about to be forgotten: somebody wants it again.
pub async fn find_by_content(
    tx: &TenantTx,
    hash: &[u8],
    now: OffsetDateTime,
) -> Result<Option<MediaRow>, Error> {
    let same = media::table
        .filter(media::tenant_id.eq(tx.tenant().uuid()))
        .filter(media::content_hash.eq(hash));
    diesel::update(same)
        .filter(media::unused_since.is_not_null())
        .set(media::unused_since.eq(now))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    let found = same
        .select(MediaRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// Says of an upload that waits that its content is another image.
pub async fn save_duplicate(tx: &TenantTx, id: MediaId, same_as: Uuid) -> Result<(), Error> {
    let target = media::table
        .find((tx.tenant().uuid(), id.uuid()))
        .filter(media::state.eq(WAITING));
    diesel::update(target)
        .set((media::state.eq(DUPLICATE), media::same_as.eq(Some(same_as))))
        .prepared()
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
        .filter(media::state.eq(READY))
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

/// Which of `ids` are ready. They stay so until the transaction ends: what is about to be shown is
/// not collected meanwhile.
pub async fn lock_ready(tx: &TenantTx, ids: &[MediaId]) -> Result<Vec<MediaId>, Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let ready: Vec<Uuid> = media::table
        .filter(media::tenant_id.eq(tx.tenant().uuid()))
        .filter(media::id.eq_any(ids))
        .filter(media::state.eq(READY))
        .order(media::id)
        .select(media::id)
        .for_key_share()
        .load(&mut tx.conn())
        .await?;
    Ok(ready.into_iter().map(MediaId::from_uuid).collect())
}

/// Notes which of `ids` belong to a product now, and which to none any more.
pub async fn save_use(tx: &TenantTx, ids: &[MediaId], now: OffsetDateTime) -> Result<(), Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let named = media::table
        .filter(media::tenant_id.eq(tx.tenant().uuid()))
        .filter(media::id.eq_any(&ids));
    let shown = exists(
        product_media::table
            .filter(product_media::tenant_id.eq(media::tenant_id))
            .filter(product_media::media_id.eq(media::id)),
    );
    let (mut used, mut unused) = (tx.conn(), tx.conn());
    let used = diesel::update(named.clone())
        .filter(media::unused_since.is_not_null())
        .filter(shown)
        .set(media::unused_since.eq(None::<OffsetDateTime>))
        .prepared()
        .execute(&mut used);
    let unused = diesel::update(named)
        .filter(media::unused_since.is_null())
        .filter(not(shown))
        .set(media::unused_since.eq(now))
        .prepared()
        .execute(&mut unused);
    try_join!(used, unused)?;
    Ok(())
}

/// Images nobody needs, of all stores.
pub async fn list_unneeded(
    tx: &SystemTx,
    which: Unneeded,
    rows: i64,
) -> Result<Vec<(TenantId, MediaId)>, Error> {
    let begun = media::state
        .ne(READY)
        .and(media::created_at.lt(which.begun_before));
    let unused = media::unused_since.lt(which.unused_before);
    let found: Vec<(Uuid, Uuid)> = media::table
        .filter(begun.or(unused.assume_not_null()))
        .order((media::tenant_id, media::id))
        .select((media::tenant_id, media::id))
        .limit(rows)
        .load(&mut tx.conn())
        .await?;
    let ids = |(tenant, id)| (TenantId::from_uuid(tenant), MediaId::from_uuid(id));
    Ok(found.into_iter().map(ids).collect())
}

/// Takes an image out of use for good, if still nobody needs it; answers whether it is. A product
/// that is being saved with it comes first.
pub async fn retire(tx: &TenantTx, id: MediaId, which: Unneeded) -> Result<bool, Error> {
    let target = media::table.find((tx.tenant().uuid(), id.uuid()));
    let row: Option<MediaRow> = target
        .select(MediaRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?;
    let is_unneeded = |row: &MediaRow| match row.unused_since {
        Some(since) => since < which.unused_before,
        None => row.state != READY && row.created_at < which.begun_before,
    };
    if !row.as_ref().is_some_and(is_unneeded) {
        return Ok(false);
    }
    if is_shown(tx, id).await? {
        save_use(tx, &[id], which.unused_before).await?;
        return Ok(false);
    }
    diesel::update(target)
        .set((
            media::state.eq(LEAVING),
            media::same_as.eq(None::<Uuid>),
            // The same content may be uploaded anew at once.
            media::content_hash.eq(None::<Vec<u8>>),
            media::unused_since.eq(None::<OffsetDateTime>),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(true)
}

async fn is_shown(tx: &TenantTx, id: MediaId) -> Result<bool, Error> {
    let uses = product_media::table
        .filter(product_media::tenant_id.eq(tx.tenant().uuid()))
        .filter(product_media::media_id.eq(id.uuid()));
    Ok(diesel::select(exists(uses))
        .get_result(&mut tx.conn())
        .await?)
}

pub async fn delete_media(tx: &TenantTx, id: MediaId) -> Result<(), Error> {
    let target = media::table
        .find((tx.tenant().uuid(), id.uuid()))
        .filter(media::state.eq(LEAVING));
    diesel::delete(target)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
