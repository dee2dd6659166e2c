//! The tree of categories changes, in the caller's transaction. Only one change of a store's tree
//! happens at a time, and no product is saved meanwhile: a tree stays a tree, and every product
//! stands in the lists where it belongs.

use db::TenantTx;
use http_kit::ApiError;
use kernel::{CategoryId, ProductId};
use time::OffsetDateTime;

use crate::domain::category::{Category, CategoryError, Draft, Tree};
use crate::domain::slug;
use crate::error::taken;
use crate::jobs::tell_products::TellProducts;
use crate::store::{cards, categories, usage};
use crate::tell;

/// Products that one job tells of.
const TOLD_AT_ONCE: usize = 200;

/// A category with all others of its store, held until the transaction ends.
pub struct Held {
    pub category: Category,
    all: Vec<Category>,
}

/// The category as it is now.
pub async fn lock(tx: &TenantTx, id: CategoryId) -> Result<Held, ApiError> {
    usage::hold(tx).await?;
    let all = categories::list_categories(tx).await?;
    let found = all.iter().find(|category| category.id == id).cloned();
    let category = found.ok_or_else(|| ApiError::not_found("category-not-found"))?;
    Ok(Held { category, all })
}

/// Writes a new category.
pub async fn create(
    tx: &mut TenantTx,
    draft: Draft,
    now: OffsetDateTime,
) -> Result<Category, ApiError> {
    usage::hold(tx).await?;
    let all = categories::list_categories(tx).await?;
    let is_named = draft.slug.is_some();
    let mut category = draft.build(None, now)?;
    if !is_named {
        let choices = slug::alternatives(&category.slug);
        let used: Vec<_> = all.iter().map(|other| other.slug.clone()).collect();
        category.slug = slug::first_free(category.slug, choices, &used);
    }
    Tree::of(&all)
        .grow(category.id, category.parent)
        .map_err(CategoryError::Tree)?;
    categories::create_category(tx, &category)
        .await
        .map_err(taken)?;
    tell::category_changed(tx, &category).await?;
    Ok(category)
}

/// Writes the next version of a category. What is below it comes along when it moves.
pub async fn save(
    tx: &mut TenantTx,
    held: &Held,
    draft: Draft,
    now: OffsetDateTime,
) -> Result<Category, ApiError> {
    let before = &held.category;
    let category = draft.build(Some(before), now)?;
    let mut tree = Tree::of(&held.all);
    tree.place(category.id, category.parent)
        .map_err(CategoryError::Tree)?;
    categories::save_category(tx, &category)
        .await
        .map_err(taken)?;
    if category.parent != before.parent {
        let moved = categories::list_products(tx, &tree.below(category.id)).await?;
        cards::shelve(tx, &moved).await?;
    }
    tell::category_changed(tx, &category).await?;
    Ok(category)
}

/// Removes a category. What was directly in it, categories and products, moves up to where it was:
/// nothing is lost with it, and the lists above show what they showed.
pub async fn delete(tx: &mut TenantTx, held: &Held, now: OffsetDateTime) -> Result<(), ApiError> {
    let gone = &held.category;
    let children = held
        .all
        .iter()
        .filter(|other| other.parent == Some(gone.id));
    for child in children {
        let child = Category {
            parent: gone.parent,
            version: child.version + 1,
            changed_at: now,
            ..child.clone()
        };
        categories::save_category(tx, &child).await?;
        tell::category_changed(tx, &child).await?;
    }
    let products = categories::list_products(tx, &[gone.id]).await?;
    if let Some(parent) = gone.parent {
        categories::copy_products(tx, gone.id, parent).await?;
    }
    categories::delete_category(tx, gone.id).await?;
    tell_products(tx, gone.id, &products).await?;
    Ok(tell::category_deleted(tx, gone, now).await?)
}

/// A product's event names its categories; there may be too many products for one request.
async fn tell_products(
    tx: &mut TenantTx,
    gone: CategoryId,
    products: &[ProductId],
) -> Result<(), ApiError> {
    for (at, some) in products.chunks(TOLD_AT_ONCE).enumerate() {
        let work = TellProducts {
            products: some.to_vec(),
        };
        jobs::enqueue(tx, &format!("{gone}:{at}"), &work).await?;
    }
    Ok(())
}
