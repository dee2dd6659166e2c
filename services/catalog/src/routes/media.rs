//! Images: an address to upload to, a check and the published sizes, and the files themselves.

use std::collections::BTreeMap;

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
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::document::Source;
use crate::domain::image::{self, ImageType, UPLOAD_BYTES_MAX};
use crate::intake::{self, file_key, upload_key};
use crate::store::media::{self, MediaRow, WAITING};

#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct CreateMedia {
    /// The content decides in the end.
    pub content_type: ImageType,
    /// Bytes, at most 20 MiB.
    #[garde(range(min = 1, max = UPLOAD_BYTES_MAX))]
    pub size: usize,
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
    /// The smallest first.
    pub sources: Vec<Source>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Upload {
    pub method: String,
    /// Good for 15 minutes, this one object, and the length and type that were announced.
    pub url: String,
    /// To be sent with it.
    pub headers: BTreeMap<String, String>,
}

/// Begins the upload of an image.
#[utoipa::path(post, path = "/api/catalog/admin/media", responses((status = 201, body = MediaView)))]
pub async fn create_media(
    app: Data<App>,
    staff: Staff<CanEditCatalog>,
    key: IdempotencyKey,
    body: Json<CreateMedia>,
) -> Result<HttpResponse, ApiError> {
    let tenant = staff.tenant.id;
    let row = intake::begun(&app, tenant, body.content_type, body.size);
    let upload = upload(&app, &row).await?;
    once(&app.db, tenant, &key, body.hash(), async |tx| {
        media::create_media(tx, &row).await?;
        Ok::<_, ApiError>(Answer::created(MediaView {
            upload,
            ..view(&app, &row)
        }))
    })
    .await
}

/// An image; while it waits, with a fresh address to upload to.
#[utoipa::path(get, path = "/api/catalog/admin/media/{id}", responses((status = 200, body = MediaView)))]
pub async fn get_media(
    app: Data<App>,
    staff: Staff<CanEditCatalog>,
    id: Path<MediaId>,
) -> Result<Json<MediaView>, ApiError> {
    let row = intake::find(&app, staff.tenant.id, *id).await?;
    Ok(Json(MediaView {
        upload: upload(&app, &row).await?,
        ..view(&app, &row)
    }))
}

async fn upload(app: &App, row: &MediaRow) -> Result<Option<Upload>, ApiError> {
    let kind = ImageType::from_word(&row.content_type);
    let Some(kind) = kind.filter(|_| row.state == WAITING) else {
        return Ok(None);
    };
    let (tenant, id) = (
        TenantId::from_uuid(row.tenant_id),
        MediaId::from_uuid(row.id),
    );
    let key = upload_key(tenant, id);
    let url = app
        .objects
        .upload_address(&key, kind.as_str(), row.bytes)
        .await?;
    Ok(Some(Upload {
        method: "PUT".into(),
        url,
        headers: BTreeMap::from([("content-type".into(), kind.as_str().into())]),
    }))
}

/// Checks what was uploaded and makes its published sizes. The same content twice is one image: the
/// `id` of the answer is the one to use, whichever was asked for.
#[utoipa::path(post, path = "/api/catalog/admin/media/{id}/complete", responses((status = 200, body = MediaView)))]
pub async fn complete_media(
    app: Data<App>,
    staff: Staff<CanEditCatalog>,
    id: Path<MediaId>,
) -> Result<Json<MediaView>, ApiError> {
    let (tenant, id) = (staff.tenant.id, *id);
    let state = app.clone();
    // It goes on when the client leaves: who asks again finds it done.
    let work = actix_web::rt::spawn(async move { intake::take_in(&state, tenant, id).await });
    let row = work.await.map_err(|error| ApiError::internal(&error))??;
    Ok(Json(view(&app, &row)))
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
