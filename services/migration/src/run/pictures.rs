//! Images are fetched, put where uploads lie, and catalog is asked to take them.

use std::time::Duration;

use events::migration::v1::Image;
use events::migration::v1::catalog_record::Body as Catalog;
use futures_util::future::join_all;
use kernel::MediaId;
use uuid::Uuid;

use super::send::hash_of;
use super::{Run, Trouble};
use crate::clients::images::{self, Fetched, ImageTrouble};
use crate::domain::map::{Body, Item, Name, Picture};
use crate::store::counts;
use crate::store::records::{self, Rows};

/// Images that are in memory and on their way at once.
const CHUNK: usize = 20;
const TRIES: u32 = 4;

impl Run {
    /// Brings the images that are not here yet; false when the turn was over before they were.
    pub(super) async fn bring(&self, pictures: &[Picture]) -> Result<bool, Trouble> {
        if self.dry_run || pictures.is_empty() {
            return Ok(true);
        }
        let names: Vec<Name> = pictures
            .iter()
            .map(|picture| ("image", picture.key.clone()))
            .collect();
        let tx = self.app.db.begin_tenant(self.tenant).await?;
        let rows = records::ensure(&tx, (&self.source, self.id), &names).await?;
        records::see(&tx, &self.source, &names, (self.id, 1)).await?;
        let given_up = counts::failed_of(&tx, self.id, &names).await?;
        tx.commit().await?;
        let mut left: Vec<(&Picture, Uuid)> = pictures
            .iter()
            .filter(|picture| !given_up.contains(&picture.key))
            .filter_map(|picture| Some((picture, wanted(picture, &rows)?)))
            .collect();
        // Some are brought or given up in every turn, however long it took to get here.
        while !left.is_empty() {
            let rest = left.split_off(CHUNK.min(left.len()));
            let brought = self.bring_some(&left).await?;
            if self.is_over() && (brought < left.len() || !rest.is_empty()) {
                return Ok(false);
            }
            left = rest;
        }
        self.wait_for(0, Some("image")).await
    }

    /// Brings as many as there is time for, and some in any case; answers how many are dealt with.
    async fn bring_some(&self, chunk: &[(&Picture, Uuid)]) -> Result<usize, Trouble> {
        let mut items = Vec::new();
        let mut left = chunk;
        while !left.is_empty() {
            let (some, rest) = left.split_at(self.shop.pace.together().min(left.len()));
            let mut asked = Vec::new();
            for (picture, id) in some {
                asked.push(self.bring_one(picture, *id));
            }
            let brought = join_all(asked).await;
            for ((picture, _), outcome) in some.iter().zip(brought) {
                match outcome? {
                    Ok(item) => items.push(item),
                    Err(why) => self.failed("image", &picture.key, &why).await?,
                }
            }
            left = rest;
            if self.is_over() {
                break;
            }
        }
        self.send(&items, 1, None).await?;
        Ok(chunk.len() - left.len())
    }

    /// The record of an image whose bytes lie ready; the inner error is for the merchant.
    async fn bring_one(
        &self,
        picture: &Picture,
        id: Uuid,
    ) -> Result<Result<Item, String>, Trouble> {
        let fetched = match self.fetch(picture).await {
            Ok(fetched) => fetched,
            Err(why) => return Ok(Err(why)),
        };
        let media = MediaId::from_uuid(id);
        self.app
            .uploads
            .put(self.tenant, media, &fetched.bytes, fetched.content_type)
            .await
            .map_err(|error| self.later(error.to_string()))?;
        let body = Image {
            content_type: fetched.content_type.to_owned(),
            bytes: i64::try_from(fetched.bytes.len()).unwrap_or(i64::MAX),
        };
        let mut item = Item::new("image", &picture.key, Body::Catalog(Catalog::Image(body)));
        item.mark = Some(picture.src.clone());
        Ok(Ok(item))
    }

    async fn fetch(&self, picture: &Picture) -> Result<Fetched, String> {
        let mut last = String::new();
        for attempt in 0..TRIES {
            if attempt > 0 {
                tokio::time::sleep(Duration::from_millis(250) * 2_u32.pow(attempt)).await;
            }
            match images::fetch(&self.app.files, &picture.src, &self.facts.api).await {
                Ok(fetched) => return Ok(fetched),
                Err(ImageTrouble::Never(why)) => return Err(why),
                Err(ImageTrouble::Later(why)) => last = why,
            }
        }
        Err(last)
    }
}

/// Its id here, where it has to be fetched: not what came from the same address, was refused for its
/// content, or is on its way.
fn wanted(picture: &Picture, rows: &Rows) -> Option<Uuid> {
    let row = rows.get(&("image".to_owned(), picture.key.clone()))?;
    let mark = Some(hash_of(picture.src.as_bytes()));
    let is_here = row.hash == mark;
    let was_refused = row.failed && row.sent_hash == mark;
    let is_coming = row.is_coming && row.sent_hash == mark;
    (!is_here && !was_refused && !is_coming).then_some(row.target_id)
}
