//! An image's way from its upload to the sizes it is published in.

use bytes::Bytes;
use kernel::{MediaId, TenantId};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use crate::app::App;
use crate::clients::s3::ObjectError;
use crate::domain::image::{self, ImageError, ImageType, Published, UPLOAD_BYTES_MAX};
use crate::store::media::{self, MediaRow, READY, Ready, WAITING};

/// Of the niceness of processes: a tenth of the processor where others want it too. On Linux each thread has
/// its own.
#[cfg(target_os = "linux")]
const STEPS_BACK: i32 = 10;

/// Why an upload did not become an image.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    #[error("there is no such image")]
    NotFound,
    #[error("nothing was uploaded yet")]
    NotUploaded,
    #[error(transparent)]
    Image(#[from] ImageError),
    #[error(transparent)]
    Object(#[from] ObjectError),
    #[error(transparent)]
    Database(#[from] db::Error),
    #[error("the decoder failed: {0}")]
    Decoder(#[from] oneshot::error::RecvError),
}

/// A new image that waits for its content.
pub fn begun(app: &App, tenant: TenantId, kind: ImageType, bytes: usize) -> MediaRow {
    MediaRow {
        tenant_id: tenant.uuid(),
        id: MediaId::new().uuid(),
        state: WAITING.into(),
        content_type: kind.as_str().into(),
        bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        content_hash: None,
        width: 0,
        height: 0,
        renditions: json!([]),
        created_at: app.clock.now(),
        same_as: None,
        unused_since: None,
    }
}

/// Checks what was uploaded and publishes its sizes. The same content twice is one image: the
/// answer is the one that was there first. May be repeated, and asked for several times at once.
pub async fn take_in(app: &App, tenant: TenantId, id: MediaId) -> Result<MediaRow, IntakeError> {
    if let Some(settled) = find_settled(app, tenant, id).await? {
        return Ok(settled);
    }
    // One at a time: an upload and its pixels are large. Who waited may find the work done.
    let turn = app.decoders.acquire().await;
    if let Some(settled) = find_settled(app, tenant, id).await? {
        return Ok(settled);
    }
    let uploaded = app
        .objects
        .get(&upload_key(tenant, id), UPLOAD_BYTES_MAX)
        .await;
    let uploaded = uploaded.map_err(|error| match error {
        ObjectError::Missing => IntakeError::NotUploaded,
        other => other.into(),
    })?;
    let hash = Sha256::digest(&uploaded).to_vec();
    if !settle_as_duplicate(app, tenant, id, &hash).await? {
        let published = decode(uploaded).await?;
        publish(app, tenant, id, (hash, published)).await?;
    }
    drop(turn);
    let settled = find_settled(app, tenant, id).await;
    if let Err(IntakeError::NotFound) = settled {
        // It took so long that the collector came first.
        clear_away(app, tenant, id).await;
    }
    settled?.ok_or(IntakeError::NotFound)
}

/// The image; of a duplicate the one that was there first.
pub async fn find(app: &App, tenant: TenantId, id: MediaId) -> Result<MediaRow, IntakeError> {
    let found = app.db.read(tenant, async |tx| {
        let row = media::find_media(tx, id).await?;
        match row.as_ref().and_then(|row| row.same_as) {
            Some(same) => media::find_media(tx, MediaId::from_uuid(same)).await,
            None => Ok::<_, db::Error>(row),
        }
    });
    found.await?.ok_or(IntakeError::NotFound)
}

/// What has become of an upload; nothing while it waits.
async fn find_settled(
    app: &App,
    tenant: TenantId,
    id: MediaId,
) -> Result<Option<MediaRow>, IntakeError> {
    let row = find(app, tenant, id).await?;
    Ok(Some(row).filter(|row| row.state == READY))
}

/// Whether the store has the content already; then the upload is not needed.
async fn settle_as_duplicate(
    app: &App,
    tenant: TenantId,
    id: MediaId,
    hash: &[u8],
) -> Result<bool, IntakeError> {
    let now = app.clock.now();
    let found = app.db.tenant(tenant, async |tx| {
        let same = media::find_by_content(tx, hash, now).await?;
        if let Some(same) = &same {
            media::save_duplicate(tx, id, same.id).await?;
        }
        Ok::<_, db::Error>(same.is_some())
    });
    let is_known = found.await?;
    if is_known {
        clear_away(app, tenant, id).await;
    }
    Ok(is_known)
}

/// On a thread of its own, which steps back for those that answer somebody: thousands of images may come at
/// once, and each takes a processor for up to some seconds.
async fn decode(uploaded: Bytes) -> Result<Published, IntakeError> {
    let (tell, told) = oneshot::channel();
    let decoder = move || {
        // Where the system does not allow it, it goes on as important as all others.
        #[cfg(target_os = "linux")]
        let _ = rustix::process::nice(STEPS_BACK);
        // Nobody may wait any more.
        let _ = tell.send(image::publish(&uploaded));
    };
    let thread = std::thread::Builder::new().name("decoder".to_owned());
    // Without a thread the sender is dropped, which is told as any other end.
    let _ = thread.spawn(decoder);
    Ok(told.await??)
}

/// Writes the sizes, then says that they are there.
async fn publish(
    app: &App,
    tenant: TenantId,
    id: MediaId,
    (hash, published): (Vec<u8>, Published),
) -> Result<(), IntakeError> {
    let renditions: Vec<_> = published.files.iter().map(|(size, _)| size).collect();
    let ready = Ready {
        content_hash: hash,
        width: i32::try_from(published.width).unwrap_or(i32::MAX),
        height: i32::try_from(published.height).unwrap_or(i32::MAX),
        renditions: json!(renditions),
    };
    for (size, content) in &published.files {
        let key = file_key(tenant, id, &size.file);
        app.objects.put(&key, content, &size.content_type).await?;
    }
    let now = app.clock.now();
    let saved = app.db.tenant(tenant, async |tx| {
        media::save_ready(tx, id, &ready, now).await
    });
    match saved.await {
        // The same content was completed elsewhere at the same moment: that one counts.
        Err(error) if error.is_unique_violation("media_content") => {
            settle_as_duplicate(app, tenant, id, &ready.content_hash).await?;
        }
        Err(error) => return Err(error.into()),
        Ok(true) => forget_upload(app, tenant, id).await,
        Ok(false) => {}
    }
    Ok(())
}

/// The collector tries again what fails here.
async fn forget_upload(app: &App, tenant: TenantId, id: MediaId) {
    if let Err(error) = app.objects.delete(&upload_key(tenant, id)).await {
        tracing::warn!(tenant.id = %tenant, media.id = %id, cause = %error, "An upload was left behind");
    }
}

/// As [`delete_files`], where a failure is no reason to fail.
async fn clear_away(app: &App, tenant: TenantId, id: MediaId) {
    if let Err(error) = delete_files(app, tenant, id).await {
        tracing::warn!(tenant.id = %tenant, media.id = %id, cause = %error, "An image's files were left behind");
    }
}

/// Removes an image's upload and its published sizes.
pub async fn delete_files(app: &App, tenant: TenantId, id: MediaId) -> Result<(), ObjectError> {
    app.objects.delete(&upload_key(tenant, id)).await?;
    app.objects.delete_all(&file_key(tenant, id, "")).await
}

pub fn upload_key(tenant: TenantId, id: MediaId) -> String {
    format!("uploads/{tenant}/{id}")
}

pub fn file_key(tenant: TenantId, id: MediaId, file: &str) -> String {
    format!("media/{tenant}/{id}/{file}")
}
