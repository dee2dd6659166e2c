//! Images: an address to upload to, a check and the published sizes, and the files themselves.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
};
use garde::Validate;
use http_kit::permissions::CanEditCatalog;
use http_kit::{
    Answer, ApiError, Data, HttpResponse, IdempotencyKey, Json, Path, Shopper, Staff, once,
};
use kernel::{MediaId, TenantId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::document::Source;
use crate::domain::image::{self, Published, UPLOAD_BYTES_MAX};
use crate::store::media::{self, MediaRow};

#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateMedia {
    /// image/jpeg, image/png, image/webp or image/gif; the content decides in the end.
    #[garde(length(max = 50))]
    pub content_type: String,
    /// Bytes, at most 20 MiB.
    #[garde(range(min = 1, max = UPLOAD_BYTES_MAX))]
    pub size: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MediaView {
    pub id: MediaId,
    /// waiting until `complete` was called, then ready.
    pub state: String,
    /// Where to PUT the bytes, while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload: Option<Upload>,
    pub width: i32,
    pub height: i32,
    pub sources: Vec<Source>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Upload {
    pub method: String,
    /// Good for 15 minutes and this one object.
    pub url: String,
}

/// Begins the upload of an image.
#[utoipa::path(post, path = "/api/catalog/admin/media", responses((status = 201, body = MediaView)))]
pub async fn create_media(
    app: Data<App>,
    staff: Staff<CanEditCatalog>,
    key: IdempotencyKey,
    body: Json<CreateMedia>,
) -> Result<HttpResponse, ApiError> {
    let (tenant, id) = (staff.tenant.id, MediaId::new());
    let url = app.objects.upload_address(&upload_key(tenant, id)).await?;
    let row = MediaRow {
        tenant_id: tenant.uuid(),
        id: id.uuid(),
        state: "waiting".into(),
        content_type: body.content_type.clone(),
        bytes: body.size,
        content_hash: None,
        width: 0,
        height: 0,
        renditions: serde_json::Value::Array(Vec::new()),
        created_at: app.clock.now(),
    };
    once(&app.db, tenant, &key, body.hash(), async |tx| {
        media::create_media(tx, &row).await?;
        let upload = Some(Upload {
            method: "PUT".into(),
            url,
        });
        Ok::<_, ApiError>(Answer::created(MediaView {
            upload,
            ..view(&app, &row)
        }))
    })
    .await
}

/// Checks what was uploaded and makes its published sizes. The same content twice is one image.
#[utoipa::path(post, path = "/api/catalog/admin/media/{id}/complete", responses((status = 200, body = MediaView)))]
pub async fn complete_media(
    app: Data<App>,
    staff: Staff<CanEditCatalog>,
    id: Path<MediaId>,
) -> Result<Json<MediaView>, ApiError> {
    let (tenant, id) = (staff.tenant.id, *id);
    let found = app
        .db
        .read(tenant, async |tx| media::find_media(tx, id).await)
        .await?;
    let row = found.ok_or_else(|| ApiError::not_found("media-not-found"))?;
    if row.state == "ready" {
        return Ok(Json(view(&app, &row)));
    }
    let uploaded = app
        .objects
        .get(&upload_key(tenant, id), UPLOAD_BYTES_MAX)
        .await?;
    let hash = Sha256::digest(&uploaded).to_vec();
    let same = app
        .db
        .read(tenant, async |tx| media::find_by_content(tx, &hash).await)
        .await?;
    if let Some(same) = same {
        return Ok(Json(view(&app, &same)));
    }
    // The turn ends with the decoding, also when nobody waits for it any more.
    let turn = app.decoders.clone().acquire_owned().await;
    let decode = move || {
        let published = image::publish(&uploaded);
        drop(turn);
        published
    };
    let published = tokio::task::spawn_blocking(decode).await;
    let published = published.map_err(|error| ApiError::internal(&error))??;
    for (rendition, content) in &published.files {
        let key = file_key(tenant, id, &rendition.file);
        app.objects
            .put(&key, content, &rendition.content_type)
            .await?;
    }
    let row = ready(row, hash, &published);
    let saved = app
        .db
        .tenant(tenant, async |tx| media::save_media(tx, &row).await)
        .await;
    match saved {
        // The same content was completed at the same moment under another id: that one counts.
        Err(error) if error.is_unique_violation("media_content") => {
            let hash = row.content_hash.unwrap_or_default();
            let same = app
                .db
                .read(tenant, async |tx| media::find_by_content(tx, &hash).await)
                .await?;
            let same = same.ok_or_else(|| ApiError::not_found("media-not-found"))?;
            return Ok(Json(view(&app, &same)));
        }
        saved => saved?,
    }
    if let Err(error) = app.objects.delete(&upload_key(tenant, id)).await {
        tracing::warn!(cause = %error, "An upload was left behind");
    }
    Ok(Json(view(&app, &row)))
}

fn ready(row: MediaRow, hash: Vec<u8>, published: &Published) -> MediaRow {
    let renditions: Vec<_> = published
        .files
        .iter()
        .map(|(rendition, _)| rendition)
        .collect();
    MediaRow {
        state: "ready".into(),
        content_hash: Some(hash),
        width: i32::try_from(published.width).unwrap_or(i32::MAX),
        height: i32::try_from(published.height).unwrap_or(i32::MAX),
        renditions: serde_json::json!(renditions),
        ..row
    }
}

/// One published size. Its name never gets another content, so it may be kept for ever.
#[utoipa::path(get, path = "/api/catalog/store/media/{id}/{file}", responses((status = 200, body = Vec<u8>)))]
pub async fn get_media_file(
    app: Data<App>,
    shopper: Shopper,
    path: Path<(MediaId, String)>,
) -> Result<HttpResponse, ApiError> {
    let tenant = shopper.tenant.id;
    let (id, file) = (*path).clone();
    let found = app
        .db
        .read(tenant, async |tx| media::find_media(tx, id).await)
        .await?;
    let row = found.ok_or_else(|| ApiError::not_found("media-not-found"))?;
    let renditions = row.renditions();
    let rendition = renditions.iter().find(|rendition| rendition.file == file);
    let rendition = rendition.ok_or_else(|| ApiError::not_found("media-not-found"))?;
    let content = app
        .objects
        .get(&file_key(tenant, id, &file), UPLOAD_BYTES_MAX)
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, rendition.content_type.as_str()))
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((CONTENT_DISPOSITION, "inline"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .body(content))
}

fn view(app: &App, row: &MediaRow) -> MediaView {
    let base = app.media_base(TenantId::from_uuid(row.tenant_id));
    let source = |rendition: image::Rendition| Source {
        url: format!("{base}{}/{}", row.id, rendition.file),
        content_type: rendition.content_type,
        width: rendition.width,
        height: rendition.height,
    };
    MediaView {
        id: MediaId::from_uuid(row.id),
        state: row.state.clone(),
        upload: None,
        width: row.width,
        height: row.height,
        sources: row.renditions().into_iter().map(source).collect(),
    }
}

fn upload_key(tenant: TenantId, id: MediaId) -> String {
    format!("uploads/{tenant}/{id}")
}

fn file_key(tenant: TenantId, id: MediaId, file: &str) -> String {
    format!("media/{tenant}/{id}/{file}")
}
