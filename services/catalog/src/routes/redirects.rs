//! Old addresses and where they lead.

use http_kit::permissions::CanReadCatalog;
use http_kit::{ApiError, Data, Json, List, Page, Query, Shopper, Staff};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::app::App;
use crate::domain::redirect;
use crate::store::redirects::{self, RedirectRow};

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OldAddress {
    /// A path that no page has, such as /produto/galo/ or /?p=12; percent codes, capitals and slashes at
    /// the end do not matter.
    pub path: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RedirectView {
    /// product or category.
    pub kind: String,
    pub target_id: Uuid,
    /// Its present address.
    pub slug: String,
}

/// Where an old address leads now; 404 when nobody knows it.
#[utoipa::path(get, path = "/api/catalog/store/redirects", responses((status = 200, body = RedirectView)))]
pub async fn find_redirect(
    app: Data<App>,
    shopper: Shopper,
    query: Query<OldAddress>,
) -> Result<Json<RedirectView>, ApiError> {
    let unknown = || ApiError::not_found("redirect-not-found");
    let path = redirect::normal(&query.path).ok_or_else(unknown)?;
    let found = app
        .db
        .read(shopper.tenant.id, async |tx| {
            let Some(row) = redirects::find_redirect(tx, &path).await? else {
                return Ok(None);
            };
            let slug = redirects::find_slug(tx, &row).await?;
            Ok::<_, db::Error>(slug.map(|slug| (row, slug)))
        })
        .await?;
    let (row, slug) = found.ok_or_else(unknown)?;
    Ok(Json(RedirectView {
        kind: row.kind,
        target_id: row.target_id,
        slug,
    }))
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RedirectRowView {
    pub path: String,
    /// product or category.
    pub kind: String,
    pub target_id: Uuid,
}

impl From<RedirectRow> for RedirectRowView {
    fn from(row: RedirectRow) -> Self {
        Self {
            path: row.path,
            kind: row.kind,
            target_id: row.target_id,
        }
    }
}

/// The store's old addresses.
#[utoipa::path(get, path = "/api/catalog/admin/redirects", responses((status = 200, body = List<RedirectRowView>)))]
pub async fn list_redirects(
    app: Data<App>,
    staff: Staff<CanReadCatalog>,
    page: Page,
) -> Result<Json<List<RedirectRowView>>, ApiError> {
    let after: Option<String> = page.after()?;
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            redirects::list_redirects(tx, after, page.fetch()).await
        })
        .await?;
    Ok(Json(page.list(
        rows,
        |row| row.path.clone(),
        RedirectRowView::from,
    )))
}
