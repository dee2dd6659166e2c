//! The tree of categories.

use garde::Validate;
use http_kit::permissions::{CanEditCatalog, CanReadCatalog};
use http_kit::{
    Answer, ApiError, Data, HotRequest, HttpResponse, IdempotencyKey, IfMatch, Json, Path, Shopper,
    Staff, once,
};
use kernel::{CategoryId, Slug};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::arrange;
use crate::domain::category::{Category, Draft};
use crate::store::categories;
use crate::tell;

const MAX_AGE_SECONDS: u32 = 5;

/// A category as a merchant writes it: the whole of it, each time.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct WriteCategory {
    #[garde(length(chars, min = 1, max = 100))]
    pub name: String,
    /// Made of the name when absent; a category that has one keeps it.
    #[serde(default)]
    pub slug: Option<Slug>,
    /// The root when absent.
    #[serde(default)]
    pub parent_id: Option<CategoryId>,
    /// Among its siblings; the lowest comes first.
    #[serde(default)]
    pub position: i32,
    /// Cleaned when it is written.
    #[serde(default)]
    #[garde(length(max = 200_000))]
    pub description_html: String,
    #[serde(default)]
    #[garde(length(chars, max = 200))]
    pub seo_title: String,
    #[serde(default)]
    #[garde(length(chars, max = 500))]
    pub seo_description: String,
}

impl From<WriteCategory> for Draft {
    fn from(body: WriteCategory) -> Self {
        Self {
            name: body.name,
            slug: body.slug,
            parent: body.parent_id,
            position: body.position,
            description_html: body.description_html,
            seo_title: body.seo_title,
            seo_description: body.seo_description,
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CategoryView {
    pub id: CategoryId,
    pub slug: Slug,
    pub name: String,
    /// Null at the root.
    pub parent_id: Option<CategoryId>,
    pub position: i32,
    /// Clean HTML.
    pub description_html: String,
    pub seo_title: String,
    pub seo_description: String,
    pub version: i64,
}

impl From<Category> for CategoryView {
    fn from(category: Category) -> Self {
        Self {
            id: category.id,
            slug: category.slug,
            name: category.name,
            parent_id: category.parent,
            position: category.position,
            description_html: category.description_html,
            seo_title: category.seo_title,
            seo_description: category.seo_description,
            version: category.version,
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CategoryTree {
    /// Parents are named by id; the order is the merchant's.
    pub items: Vec<CategoryView>,
}

impl From<Vec<Category>> for CategoryTree {
    fn from(categories: Vec<Category>) -> Self {
        Self {
            items: categories.into_iter().map(CategoryView::from).collect(),
        }
    }
}

/// A new category.
#[utoipa::path(post, path = "/api/catalog/admin/categories", responses((status = 201, body = CategoryView)))]
pub async fn create_category(
    app: Data<App>,
    staff: Staff<CanEditCatalog>,
    key: IdempotencyKey,
    body: Json<WriteCategory>,
) -> Result<HttpResponse, ApiError> {
    let now = app.clock.now();
    let hash = body.hash();
    let draft = Draft::from(body.into_inner());
    once(&app.db, staff.tenant.id, &key, hash, async |tx| {
        let view = CategoryView::from(arrange::create(tx, draft, now).await?);
        let target = format!("category:{}", view.id);
        let acted = staff.acted(now, "category.create", target).created(&view);
        tell::acted(tx, acted).await?;
        let place = format!("/api/catalog/admin/categories/{}", view.id);
        Ok::<_, ApiError>(Answer::created(view).at(place))
    })
    .await
}

/// Renames, moves or describes a category; `If-Match` says which version was seen. What is below it
/// moves with it.
#[utoipa::path(put, path = "/api/catalog/admin/categories/{id}", responses((status = 200, body = CategoryView)))]
pub async fn update_category(
    app: Data<App>,
    staff: Staff<CanEditCatalog>,
    id: Path<CategoryId>,
    seen: IfMatch,
    body: Json<WriteCategory>,
) -> Result<HttpResponse, ApiError> {
    let now = app.clock.now();
    let draft = Draft::from(body.into_inner());
    let saved = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            let held = arrange::lock(tx, *id).await?;
            let before = CategoryView::from(held.category.clone());
            if before.version != seen.0 {
                return Err(ApiError::precondition_failed(&before));
            }
            let view = CategoryView::from(arrange::save(tx, &held, draft, now).await?);
            let target = format!("category:{}", view.id);
            let acted = staff.acted(now, "category.update", target);
            tell::acted(tx, acted.changed(&before, &view)).await?;
            Ok(view)
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(IfMatch::etag(saved.version))
        .json(saved))
}

/// Removes a category. Its subcategories and its products move up to where it was.
#[utoipa::path(delete, path = "/api/catalog/admin/categories/{id}", responses((status = 204)))]
pub async fn delete_category(
    app: Data<App>,
    staff: Staff<CanEditCatalog>,
    id: Path<CategoryId>,
    seen: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let now = app.clock.now();
    app.db
        .tenant(staff.tenant.id, async |tx| {
            let held = arrange::lock(tx, *id).await?;
            let before = CategoryView::from(held.category.clone());
            if before.version != seen.0 {
                return Err(ApiError::precondition_failed(&before));
            }
            arrange::delete(tx, &held, now).await?;
            let target = format!("category:{}", before.id);
            let acted = staff.acted(now, "category.delete", target);
            Ok(tell::acted(tx, acted.deleted(&before)).await?)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A category as it is now.
#[utoipa::path(get, path = "/api/catalog/admin/categories/{id}", responses((status = 200, body = CategoryView)))]
pub async fn get_category(
    app: Data<App>,
    staff: Staff<CanReadCatalog>,
    id: Path<CategoryId>,
) -> Result<HttpResponse, ApiError> {
    let found = app.db.read(staff.tenant.id, async |tx| {
        categories::find_category(tx, *id).await
    });
    let found = found.await?;
    let category = found.ok_or_else(|| ApiError::not_found("category-not-found"))?;
    Ok(HttpResponse::Ok()
        .insert_header(IfMatch::etag(category.version))
        .json(CategoryView::from(category)))
}

/// All categories of the store, as they are now.
#[utoipa::path(get, path = "/api/catalog/admin/categories", responses((status = 200, body = CategoryTree)))]
pub async fn list_categories(
    app: Data<App>,
    staff: Staff<CanReadCatalog>,
) -> Result<Json<CategoryTree>, ApiError> {
    let found = app.db.read(staff.tenant.id, async |tx| {
        categories::list_categories(tx).await
    });
    Ok(Json(found.await?.into()))
}

/// All categories of the store.
#[utoipa::path(get, path = "/api/catalog/store/categories", responses((status = 200, body = CategoryTree)))]
pub async fn list_category_tree(
    app: Data<App>,
    shopper: Shopper,
    hot: HotRequest,
) -> Result<HttpResponse, ApiError> {
    app.hot
        .answer(&hot, shopper.tenant.id, MAX_AGE_SECONDS, async || {
            let found = app.db.read(shopper.tenant.id, async |tx| {
                categories::list_categories(tx).await
            });
            Ok::<_, ApiError>(CategoryTree::from(found.await?))
        })
        .await
}
