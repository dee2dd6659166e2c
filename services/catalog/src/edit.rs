//! A product comes into the store, changes and leaves it, in the caller's transaction.
//!
//! The store's count is held before the product, and the product before its categories: whoever
//! changes the tree of categories holds the count too.

use db::TenantTx;
use futures_util::try_join;
use http_kit::ApiError;
use kernel::{ProductId, Slug};
use time::OffsetDateTime;

use crate::app::App;
use crate::domain::product::{Fault, Product, ProductFaults};
use crate::domain::slug;
use crate::error::taken;
use crate::publish;
use crate::store::{categories, media, products, usage, variants};

/// Counts one more product, when there may be so many: the plan's limit, or nothing. Comes first of all:
/// no other product is made meanwhile.
pub async fn make_room(tx: &TenantTx, limit: Option<i64>) -> Result<(), ApiError> {
    let count = usage::add_product(tx).await?;
    match limit {
        Some(limit) if count > limit => {
            let detail = format!("the plan covers {limit} products; a larger plan lifts it");
            Err(ApiError::payment_required("limit-reached", detail)
                .with("limit", &limit)
                .with("what", &"products"))
        }
        _ => Ok(()),
    }
}

/// Writes a new product for which there is room.
pub async fn create(tx: &mut TenantTx, app: &App, product: &Product) -> Result<(), ApiError> {
    check_neighbours(tx, product).await?;
    products::create_product(tx, product).await.map_err(taken)?;
    let media_base = app.media_base(tx.tenant());
    publish::publish(tx, &media_base, product, None).await?;
    save_use(tx, product, None).await
}

/// The product as it is now, held until the transaction ends.
pub async fn lock(tx: &TenantTx, id: ProductId) -> Result<Product, ApiError> {
    usage::share(tx).await?;
    let found = products::lock_product(tx, id).await?;
    found.ok_or_else(|| ApiError::not_found("product-not-found"))
}

/// As [`lock`], for somebody who will take the product out.
pub async fn lock_to_delete(tx: &TenantTx, id: ProductId) -> Result<Product, ApiError> {
    usage::hold(tx).await?;
    let found = products::lock_product(tx, id).await?;
    found.ok_or_else(|| ApiError::not_found("product-not-found"))
}

/// Writes the next version of a product that is locked.
pub async fn save(
    tx: &mut TenantTx,
    app: &App,
    product: &Product,
    before: &Product,
) -> Result<(), ApiError> {
    check_neighbours(tx, product).await?;
    products::save_product(tx, product).await.map_err(taken)?;
    let media_base = app.media_base(tx.tenant());
    publish::publish(tx, &media_base, product, Some(before)).await?;
    save_use(tx, product, Some(before)).await
}

/// Takes a product that is locked out for good. Its address and its SKUs are free again; what was ordered keeps its
/// own words.
pub async fn delete(
    tx: &mut TenantTx,
    product: &Product,
    now: OffsetDateTime,
) -> Result<(), ApiError> {
    usage::remove_product(tx).await?;
    products::delete_product(tx, product.id).await?;
    publish::withdraw(tx, product, now).await?;
    let images: Vec<_> = product.images.iter().map(|image| image.media_id).collect();
    Ok(media::save_use(tx, &images, now).await?)
}

/// The slug, or the first of its kind that no other product has.
pub async fn free_slug(tx: &TenantTx, wanted: Slug) -> Result<Slug, ApiError> {
    let choices = slug::alternatives(&wanted);
    let used = products::list_used_slugs(tx, &choices).await?;
    Ok(slug::first_free(wanted, choices, &used))
}

/// Whether what a product names is there, and whether what it calls its own is free.
async fn check_neighbours(tx: &TenantTx, product: &Product) -> Result<(), ApiError> {
    let images: Vec<_> = product.images.iter().map(|image| image.media_id).collect();
    let (used, known, ready) = try_join!(
        variants::list_used_skus(tx, product),
        categories::list_known(tx, &product.categories),
        media::lock_ready(tx, &images)
    )?;
    let fault = |pointer, code, message: &str| Fault {
        pointer,
        code,
        message: message.to_owned(),
    };
    let skus = product.variants.iter().enumerate();
    let skus = skus.filter(|(_, variant)| used.iter().any(|sku| sku == variant.sku.as_str()));
    let skus = skus.map(|(at, _)| {
        let pointer = format!("/variants/{at}/sku");
        fault(pointer, "duplicate", "a SKU that no other product has")
    });
    let unknown = product.categories.iter().enumerate();
    let unknown = unknown
        .filter(|(_, id)| !known.contains(id))
        .map(|(at, _)| {
            let pointer = format!("/category_ids/{at}");
            fault(pointer, "unknown", "a category of this store")
        });
    let missing = images.iter().enumerate();
    let missing = missing
        .filter(|(_, id)| !ready.contains(id))
        .map(|(at, _)| {
            let pointer = format!("/images/{at}/media_id");
            fault(
                pointer,
                "unknown",
                "an image that was uploaded and completed",
            )
        });
    let faults: Vec<Fault> = skus.chain(unknown).chain(missing).collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(ProductFaults::Fields(faults).into())
    }
}

/// Images that came to the product and those that left it.
async fn save_use(
    tx: &TenantTx,
    product: &Product,
    before: Option<&Product>,
) -> Result<(), ApiError> {
    let earlier = before.into_iter().flat_map(|product| &product.images);
    let images = product.images.iter().chain(earlier);
    let ids: Vec<_> = images.map(|image| image.media_id).collect();
    Ok(media::save_use(tx, &ids, product.changed_at).await?)
}
