//! Products for the store's staff.

mod shapes;

use http_kit::permissions::{CanEditCatalog, CanReadCatalog};
use http_kit::{
    Answer, ApiError, Data, HttpResponse, IdempotencyKey, IfMatch, Json, Path, Staff, TenantRef,
    once,
};
use kernel::ProductId;

use crate::app::App;
use crate::domain::product::{self, Draft, Limits, Place};
use crate::store::products;
use crate::{edit, tell};
pub use shapes::{ProductView, VariantView, WriteProduct, WriteVariant};

/// A new product.
#[utoipa::path(post, path = "/api/catalog/admin/products", responses((status = 201, body = ProductView)))]
pub async fn create_product(
    app: Data<App>,
    staff: Staff<CanEditCatalog>,
    key: IdempotencyKey,
    body: Json<WriteProduct>,
) -> Result<HttpResponse, ApiError> {
    let tenant = &staff.tenant;
    let place = place(&app, tenant);
    let hash = body.hash();
    let is_named = body.slug.is_some();
    let draft = Draft::from(body.into_inner());
    let mut product = product::build(draft, None, place, limits(tenant))?;
    once(&app.db, tenant.id, &key, hash, async |tx| {
        edit::make_room(tx, tenant.limit("limit.products")).await?;
        if !is_named {
            product.slug = edit::free_slug(tx, product.slug).await?;
        }
        edit::create(tx, &app, &product).await?;
        let view = ProductView::from(product);
        let target = format!("product:{}", view.id);
        let acted = staff.acted(place.now, "product.create", target);
        tell::acted(tx, acted.created(&view)).await?;
        let location = format!("/api/catalog/admin/products/{}", view.id);
        Ok::<_, ApiError>(Answer::created(view).at(location))
    })
    .await
}

/// Writes the next version of a product; `If-Match` says which one was seen.
#[utoipa::path(put, path = "/api/catalog/admin/products/{id}", responses((status = 200, body = ProductView)))]
pub async fn update_product(
    app: Data<App>,
    staff: Staff<CanEditCatalog>,
    id: Path<ProductId>,
    seen: IfMatch,
    body: Json<WriteProduct>,
) -> Result<HttpResponse, ApiError> {
    let tenant = &staff.tenant;
    let place = place(&app, tenant);
    let draft = Draft::from(body.into_inner());
    let saved = app
        .db
        .tenant(tenant.id, async |tx| {
            let before = edit::lock(tx, *id).await?;
            if before.version != seen.0 {
                return Err(ApiError::precondition_failed(&ProductView::from(before)));
            }
            let product = product::build(draft, Some(&before), place, limits(tenant))?;
            edit::save(tx, &app, &product, &before).await?;
            let (before, view) = (ProductView::from(before), ProductView::from(product));
            let target = format!("product:{}", view.id);
            let acted = staff.acted(place.now, "product.update", target);
            tell::acted(tx, acted.changed(&before, &view)).await?;
            Ok(view)
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(IfMatch::etag(saved.version))
        .json(saved))
}

/// Takes a product out for good; `If-Match` says which version was seen. To stop selling one and keep
/// it, save it with the status archived.
#[utoipa::path(delete, path = "/api/catalog/admin/products/{id}", responses((status = 204)))]
pub async fn delete_product(
    app: Data<App>,
    staff: Staff<CanEditCatalog>,
    id: Path<ProductId>,
    seen: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let now = app.clock.now();
    app.db
        .tenant(staff.tenant.id, async |tx| {
            let product = edit::lock_to_delete(tx, *id).await?;
            if product.version != seen.0 {
                return Err(ApiError::precondition_failed(&ProductView::from(product)));
            }
            edit::delete(tx, &product, now).await?;
            let before = ProductView::from(product);
            let target = format!("product:{}", before.id);
            let acted = staff.acted(now, "product.delete", target);
            Ok(tell::acted(tx, acted.deleted(&before)).await?)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A product with all its versions' newest state.
#[utoipa::path(get, path = "/api/catalog/admin/products/{id}", responses((status = 200, body = ProductView)))]
pub async fn get_product(
    app: Data<App>,
    staff: Staff<CanReadCatalog>,
    id: Path<ProductId>,
) -> Result<HttpResponse, ApiError> {
    let found = app
        .db
        .read(staff.tenant.id, async |tx| {
            products::find_product(tx, *id).await
        })
        .await?;
    let product = found.ok_or_else(|| ApiError::not_found("product-not-found"))?;
    let etag = IfMatch::etag(product.version);
    Ok(HttpResponse::Ok()
        .insert_header(etag)
        .json(ProductView::from(product)))
}

fn place(app: &App, tenant: &TenantRef) -> Place {
    Place {
        currency: tenant.currency,
        now: app.clock.now(),
    }
}

fn limits(tenant: &TenantRef) -> Limits {
    Limits {
        variants: tenant.limit("limit.variants_per_product"),
        images: tenant.limit("limit.media_per_product"),
    }
}
