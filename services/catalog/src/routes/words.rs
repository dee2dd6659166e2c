//! Tags, attributes and what is told of a product.

use db::TenantTx;
use http_kit::permissions::CanReadCatalog;
use http_kit::{ApiError, Data, HotRequest, HttpResponse, Json, List, Page, Path, Shopper, Staff};
use kernel::ProductId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::shelf::MAX_AGE_SECONDS;
use crate::app::App;
use crate::store::attributes::{self, AttributeRow, PropertyRow, TagRow};
use crate::store::reviews;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TagView {
    pub id: Uuid,
    pub name: String,
    pub slug: String,
    pub description: String,
}

/// The store's tags, by name.
#[utoipa::path(get, path = "/api/catalog/admin/tags", responses((status = 200, body = List<TagView>)))]
pub async fn list_tags(
    app: Data<App>,
    staff: Staff<CanReadCatalog>,
    page: Page,
) -> Result<Json<List<TagView>>, ApiError> {
    let after = page.after()?;
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            attributes::list_tags(tx, after, page.fetch()).await
        })
        .await?;
    let view = |row: TagRow| TagView {
        id: row.id,
        name: row.name,
        slug: row.slug,
        description: row.description,
    };
    Ok(Json(page.list(
        rows,
        |row| (row.name.clone(), row.id),
        view,
    )))
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttributeView {
    pub id: Uuid,
    pub name: String,
    pub slug: String,
    /// The values there are.
    pub terms: Vec<String>,
}

/// The store's attributes.
#[utoipa::path(get, path = "/api/catalog/admin/attributes", responses((status = 200, body = List<AttributeView>)))]
pub async fn list_attributes(
    app: Data<App>,
    staff: Staff<CanReadCatalog>,
    page: Page,
) -> Result<Json<List<AttributeView>>, ApiError> {
    let after = page.after()?;
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            attributes::list_attributes(tx, after, page.fetch()).await
        })
        .await?;
    let view = |row: AttributeRow| AttributeView {
        id: row.id,
        name: row.name,
        slug: row.slug,
        terms: row.terms,
    };
    Ok(Json(page.list(rows, |row| row.id, view)))
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PropertyView {
    #[schema(example = "Material")]
    pub name: String,
    #[schema(example = json!(["Cotton"]))]
    pub values: Vec<String>,
}

impl From<PropertyRow> for PropertyView {
    fn from(row: PropertyRow) -> Self {
        Self {
            name: row.name,
            values: row.shown_values,
        }
    }
}

/// Of a product that is on sale.
pub(super) async fn properties_of(
    tx: &TenantTx,
    id: ProductId,
) -> Result<Vec<PropertyView>, ApiError> {
    let rows = attributes::list_properties(tx, id).await?;
    Ok(rows.into_iter().map(PropertyView::from).collect())
}

/// What is told of a product and not chosen.
#[utoipa::path(get, path = "/api/catalog/store/products/{id}/properties", responses((status = 200, body = Vec<PropertyView>)))]
pub async fn list_properties(
    app: Data<App>,
    shopper: Shopper,
    id: Path<ProductId>,
    hot: HotRequest,
) -> Result<HttpResponse, ApiError> {
    let tenant = shopper.tenant.id;
    app.hot
        .answer(&hot, tenant, MAX_AGE_SECONDS, async || {
            let rows = app
                .db
                .read(tenant, async |tx| {
                    if !reviews::is_on_shelf(tx, *id).await? {
                        return Err(ApiError::not_found("product-not-found"));
                    }
                    Ok(attributes::list_properties(tx, *id).await?)
                })
                .await?;
            Ok(rows.into_iter().map(PropertyView::from).collect::<Vec<_>>())
        })
        .await
}
