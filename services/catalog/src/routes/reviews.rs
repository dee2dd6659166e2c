//! What buyers say of products.

use db::TenantTx;
use futures_util::try_join;
use http_kit::permissions::CanReadCatalog;
use http_kit::{ApiError, Data, HotRequest, HttpResponse, Json, List, Page, Path, Shopper, Staff};
use kernel::ProductId;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::shelf::MAX_AGE_SECONDS;
use crate::app::App;
use crate::store::reviews::{self, APPROVED, ReviewRow};

/// Reviews that a page shows with its product.
const NEWEST: i64 = 6;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReviewView {
    pub id: Uuid,
    /// 1 to 5; 0 for a review without stars.
    pub rating: i16,
    pub reviewer: String,
    pub body_html: String,
    /// Whether the reviewer bought it.
    pub verified: bool,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

impl From<ReviewRow> for ReviewView {
    fn from(row: ReviewRow) -> Self {
        Self {
            id: row.id,
            rating: row.rating,
            reviewer: row.reviewer,
            body_html: row.body_html,
            verified: row.verified,
            created_at: row.created_at,
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProductReviews {
    #[serde(flatten)]
    pub list: List<ReviewView>,
    /// Approved reviews with stars.
    pub rating_count: i64,
    /// Their mean in hundredths of a star; 0 without any.
    pub rating_mean: i64,
}

/// What buyers say of a product, the newest first.
#[utoipa::path(get, path = "/api/catalog/store/products/{id}/reviews", responses((status = 200, body = ProductReviews)))]
pub async fn list_product_reviews(
    app: Data<App>,
    shopper: Shopper,
    id: Path<ProductId>,
    page: Page,
    hot: HotRequest,
) -> Result<HttpResponse, ApiError> {
    let tenant = shopper.tenant.id;
    app.hot
        .answer(&hot, tenant, MAX_AGE_SECONDS, async || {
            let after = page.after()?;
            let (rows, rating) = app
                .db
                .read(tenant, async |tx| {
                    // Of what is not on sale nobody is told anything.
                    if !reviews::is_on_shelf(tx, *id).await? {
                        return Err(ApiError::not_found("product-not-found"));
                    }
                    let approved = Some(APPROVED);
                    let rows = reviews::list_reviews(tx, Some(*id), approved, after, page.fetch());
                    Ok((rows.await?, reviews::rating_of(tx, *id).await?))
                })
                .await?;
            let key = |row: &ReviewRow| (row.created_at, row.id);
            Ok(ProductReviews {
                list: page.list(rows, key, ReviewView::from),
                rating_count: rating.0,
                rating_mean: rating.1,
            })
        })
        .await
}

/// The newest of a product that is on sale, as a page shows them.
pub(super) async fn newest(tx: &TenantTx, id: ProductId) -> Result<ProductReviews, ApiError> {
    let (rows, (rating_count, rating_mean)) = try_join!(
        reviews::list_reviews(tx, Some(id), Some(APPROVED), None, NEWEST + 1),
        reviews::rating_of(tx, id)
    )?;
    let page = Page::first(NEWEST);
    let key = |row: &ReviewRow| (row.created_at, row.id);
    Ok(ProductReviews {
        list: page.list(rows, key, ReviewView::from),
        rating_count,
        rating_mean,
    })
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdminReviewView {
    #[serde(flatten)]
    pub review: ReviewView,
    pub product_id: ProductId,
    /// approved or hold.
    pub status: String,
    pub email: String,
}

/// All reviews of the store, the newest first.
#[utoipa::path(get, path = "/api/catalog/admin/reviews", responses((status = 200, body = List<AdminReviewView>)))]
pub async fn list_reviews(
    app: Data<App>,
    staff: Staff<CanReadCatalog>,
    page: Page,
) -> Result<Json<List<AdminReviewView>>, ApiError> {
    let after = page.after()?;
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            reviews::list_reviews(tx, None, None, after, page.fetch()).await
        })
        .await?;
    let key = |row: &ReviewRow| (row.created_at, row.id);
    let view = |row: ReviewRow| AdminReviewView {
        product_id: ProductId::from_uuid(row.product_id),
        status: row.status.clone(),
        email: row.email.clone(),
        review: row.into(),
    };
    Ok(Json(page.list(rows, key, view)))
}
