//! Images of another shop: their bytes lie where uploads lie, and go the way of uploads.

use db::TenantTx;
use events::migration::v1::Image;
use kernel::MediaId;
use uuid::Uuid;

use super::{Ended, Place, Refusal};
use crate::domain::image::ImageType;
use crate::intake;
use crate::jobs::take_in_import::TakeInImport;
use crate::store::media::{self, MediaRow};

pub(super) async fn take(
    tx: &mut TenantTx,
    place: &Place,
    (id, source_id): (Uuid, String),
    body: Image,
) -> Result<Ended, Refusal> {
    let kind = ImageType::from_word(&body.content_type)
        .ok_or_else(|| Refusal::said("JPEG, PNG, WebP and GIF are accepted"))?;
    let bytes = usize::try_from(body.bytes).unwrap_or(0);
    let id = MediaId::from_uuid(id);
    if media::find_media(tx, id).await?.is_none() {
        let row = MediaRow {
            id: id.uuid(),
            ..intake::begun(&place.app, tx.tenant(), kind, bytes)
        };
        media::create_media(tx, &row).await?;
    }
    let work = TakeInImport {
        import_id: place.import_id.clone(),
        batch_id: place.batch_id.clone(),
        source_id,
        media_id: id,
    };
    jobs::enqueue(tx, &format!("{}:{id}", place.batch_id), &work).await?;
    Ok(Ended::Later)
}
