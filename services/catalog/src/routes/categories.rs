//! The tree of categories.

use bus::emit;
use events::catalog::v1::CategoryChanged;
use events::to_us;
use garde::Validate;
use http_kit::permissions::CanEditCatalog;
use http_kit::{
    Answer, ApiError, Data, HotRequest, HttpResponse, IdempotencyKey, Json, Shopper, Staff, once,
};
use kernel::{CategoryId, Slug, TenantId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::category::{CATEGORIES_MAX, Category, Tree};
use crate::domain::{html, slug};
use crate::error::taken;
use crate::store::categories;

#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct CreateCategory {
    #[garde(length(chars, min = 1, max = 100))]
    pub name: String,
    /// Made of the name when absent.
    #[serde(default)]
    pub slug: Option<Slug>,
    #[serde(default)]
    pub parent_id: Option<CategoryId>,
    #[serde(default)]
    pub position: i32,
    #[serde(default)]
    #[garde(length(max = 65_536))]
    pub description_html: String,
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
            version: category.version,
        }
    }
}

/// A new category.
#[utoipa::path(post, path = "/api/catalog/admin/categories", responses((status = 201, body = CategoryView)))]
pub async fn create_category(
    app: Data<App>,
    staff: Staff<CanEditCatalog>,
    key: IdempotencyKey,
    body: Json<CreateCategory>,
) -> Result<HttpResponse, ApiError> {
    let now = app.clock.now();
    once(&app.db, staff.tenant.id, &key, body.hash(), async |tx| {
        let known = categories::list_categories(tx).await?;
        if known.len() >= CATEGORIES_MAX {
            return Err(ApiError::conflict(
                "too-many-categories",
                "at most 1,000 categories",
            ));
        }
        let id = CategoryId::new();
        Tree::of(&known).place(id, body.parent_id)?;
        let accepted = "no address can be made of this name; write one";
        let slug = body
            .slug
            .clone()
            .or_else(|| slug::of_title(&body.name))
            .ok_or_else(|| {
                ApiError::invalid("invalid-category", accepted).at("/slug", "missing", accepted)
            })?;
        let category = Category {
            id,
            version: 1,
            parent: body.parent_id,
            position: body.position,
            slug,
            name: body.name.clone(),
            description_html: html::clean(&body.description_html),
            seo_title: String::new(),
            seo_description: String::new(),
            changed_at: now,
        };
        categories::create_category(tx, &category)
            .await
            .map_err(taken)?;
        emit(tx, &changed(tx.tenant(), &category)).await?;
        Ok(Answer::created(CategoryView::from(category)))
    })
    .await
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CategoryTree {
    /// Parents are named by id; the order is the merchant's.
    pub items: Vec<CategoryView>,
}

fn changed(tenant: TenantId, category: &Category) -> CategoryChanged {
    CategoryChanged {
        tenant_id: tenant.to_string(),
        category_id: category.id.to_string(),
        version: category.version,
        deleted: false,
        slug: category.slug.to_string(),
        name: category.name.clone(),
        parent_id: category.parent.map(|id| id.to_string()).unwrap_or_default(),
        position: category.position,
        changed_at_us: to_us(category.changed_at),
    }
}

/// All categories of the store.
#[utoipa::path(get, path = "/api/catalog/store/categories", responses((status = 200, body = CategoryTree)))]
pub async fn list_category_tree(
    app: Data<App>,
    shopper: Shopper,
    hot: HotRequest,
) -> Result<HttpResponse, ApiError> {
    app.hot
        .answer(&hot, shopper.tenant.id, 60, async || {
            let found = app
                .db
                .read(shopper.tenant.id, async |tx| {
                    categories::list_categories(tx).await
                })
                .await?;
            Ok(CategoryTree {
                items: found.into_iter().map(CategoryView::from).collect(),
            })
        })
        .await
}
