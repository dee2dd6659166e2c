//! The merchant's table of products.

use db::TenantTx;
use http_kit::permissions::CanReadCatalog;
use http_kit::{ApiError, CountedPage, Data, Json, List, Query, Staff};
use kernel::{CategoryId, ProductId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::app::App;
use crate::domain::category::Tree;
use crate::domain::product::Status;
use crate::store::categories;
use crate::store::summaries::{self, Summary, Which};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProductSummary {
    pub id: ProductId,
    pub version: i64,
    pub slug: String,
    pub title: String,
    pub status: String,
    pub vendor: String,
    #[serde(with = "time::serde::rfc3339")]
    pub changed_at: OffsetDateTime,
}

impl From<Summary> for ProductSummary {
    fn from(row: Summary) -> Self {
        Self {
            id: ProductId::from_uuid(row.id),
            version: row.version,
            slug: row.slug,
            title: row.title,
            status: row.status,
            vendor: row.vendor,
            changed_at: row.changed_at,
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProductsQuery {
    /// draft, active or archived.
    #[param(inline)]
    pub status: Option<Status>,
    /// A part of the title or the vendor, or of a SKU or a barcode; case and accents do not matter.
    pub q: Option<String>,
    /// In this category or below it.
    pub category_id: Option<CategoryId>,
    pub limit: Option<i64>,
    pub after: Option<String>,
    pub count: Option<bool>,
}

/// The store's products, the newest first.
#[utoipa::path(get, path = "/api/catalog/admin/products", responses((status = 200, body = List<ProductSummary>)))]
pub async fn list_products(
    app: Data<App>,
    staff: Staff<CanReadCatalog>,
    query: Query<ProductsQuery>,
    page: CountedPage,
) -> Result<Json<List<ProductSummary>>, ApiError> {
    let after: Option<Uuid> = page.after()?;
    let text = query.q.as_deref().map(str::trim);
    if text.is_some_and(|text| text.chars().count() > 100) {
        let accepted = "at most 100 characters";
        return Err(ApiError::invalid("invalid-query", accepted).at("/q", "length", accepted));
    }
    let (rows, count) = app
        .db
        .read(staff.tenant.id, async |tx| {
            let which = which(tx, &query).await?;
            let rows = summaries::list_products(tx, &which, after, page.fetch()).await?;
            let count = match page.count {
                true => Some(summaries::count_products(tx, &which).await?),
                false => None,
            };
            Ok::<_, ApiError>((rows, count))
        })
        .await?;
    let list = page.list(rows, |row| row.id, ProductSummary::from);
    Ok(Json(List { count, ..list }))
}

async fn which(tx: &TenantTx, query: &ProductsQuery) -> Result<Which, ApiError> {
    let categories = match query.category_id {
        None => None,
        Some(id) => {
            let known = categories::list_categories(tx).await?;
            if known.iter().all(|category| category.id != id) {
                return Err(ApiError::not_found("category-not-found"));
            }
            Some(Tree::of(&known).below(id))
        }
    };
    let text = query.q.as_deref().map(str::trim);
    Ok(Which {
        status: query.status,
        categories,
        text: text.filter(|text| !text.is_empty()).map(str::to_owned),
    })
}
