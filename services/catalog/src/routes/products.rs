//! Products for the store's staff.

use garde::Validate;
use http_kit::permissions::{CanEditCatalog, CanReadCatalog};
use http_kit::{
    Answer, ApiError, Data, HttpResponse, IdempotencyKey, IfMatch, Json, List, Page, Path, Staff,
    TenantRef, once,
};
use kernel::{CategoryId, Gtin, MediaId, Money, ProductId, Sku, Slug, VariantId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::domain::product::{
    self, Draft, Limits, Place, Product, ProductImage, ProductOption, Status, Variant,
    VariantDraft, VatClass,
};
use crate::error::taken;
use crate::publish::publish;
use crate::store::products::{self, Summary};
use crate::store::{media, usage};

/// A product as a merchant writes it: the whole of it, each time.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct WriteProduct {
    pub title: String,
    /// Made of the title when absent.
    #[serde(default)]
    pub slug: Option<Slug>,
    /// Cleaned when it is written.
    #[serde(default)]
    #[garde(length(max = 200_000))]
    pub description_html: String,
    #[serde(default)]
    pub status: Status,
    #[serde(default)]
    pub vendor: String,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub seo_title: String,
    #[serde(default)]
    pub seo_description: String,
    #[serde(default)]
    pub options: Vec<ProductOption>,
    pub variants: Vec<WriteVariant>,
    /// The main one first.
    #[serde(default)]
    pub category_ids: Vec<CategoryId>,
    #[serde(default)]
    pub images: Vec<ProductImage>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteVariant {
    /// Keeps the identity of a variant whose SKU changes.
    #[serde(default)]
    pub id: Option<VariantId>,
    pub sku: Sku,
    #[serde(default)]
    pub barcode: Option<Gtin>,
    /// One value of each option, in their order.
    #[serde(default)]
    pub option_values: Vec<String>,
    pub price: Money,
    /// Struck through beside the price.
    #[serde(default)]
    pub compare_at: Option<Money>,
    /// What you pay for one; never public.
    #[serde(default)]
    pub cost: Option<Money>,
    #[serde(default)]
    pub weight_grams: i32,
    #[serde(default = "standard")]
    pub vat_class: VatClass,
    /// The law's code, for the class exempt.
    #[serde(default)]
    pub exemption_code: Option<String>,
    #[serde(default = "yes")]
    pub active: bool,
    #[serde(default = "yes")]
    pub track_stock: bool,
    #[serde(default)]
    pub image_id: Option<MediaId>,
}

fn standard() -> VatClass {
    VatClass::Standard
}

fn yes() -> bool {
    true
}

impl From<WriteProduct> for Draft {
    fn from(body: WriteProduct) -> Self {
        Self {
            slug: body.slug,
            title: body.title,
            description_html: body.description_html,
            status: body.status,
            vendor: body.vendor,
            tags: body.tags,
            seo_title: body.seo_title,
            seo_description: body.seo_description,
            options: body.options,
            variants: body.variants.into_iter().map(VariantDraft::from).collect(),
            categories: body.category_ids,
            images: body.images,
        }
    }
}

impl From<WriteVariant> for VariantDraft {
    fn from(body: WriteVariant) -> Self {
        Self {
            id: body.id,
            sku: body.sku,
            barcode: body.barcode,
            option_values: body.option_values,
            price: body.price,
            compare_at: body.compare_at,
            cost: body.cost,
            weight_grams: body.weight_grams,
            vat_class: body.vat_class,
            exemption_code: body.exemption_code,
            active: body.active,
            track_stock: body.track_stock,
            image: body.image_id,
        }
    }
}

/// A product as its merchant sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProductView {
    pub id: ProductId,
    pub version: i64,
    pub slug: Slug,
    pub title: String,
    pub description_html: String,
    pub status: Status,
    pub vendor: String,
    pub tags: Vec<String>,
    pub seo_title: String,
    pub seo_description: String,
    pub options: Vec<ProductOption>,
    pub variants: Vec<VariantView>,
    pub category_ids: Vec<CategoryId>,
    pub images: Vec<ProductImage>,
    #[serde(with = "time::serde::rfc3339")]
    pub changed_at: OffsetDateTime,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VariantView {
    pub id: VariantId,
    pub sku: Sku,
    pub barcode: Option<Gtin>,
    pub option_values: Vec<String>,
    pub price: Money,
    pub compare_at: Option<Money>,
    pub cost: Option<Money>,
    pub weight_grams: i32,
    pub vat_class: VatClass,
    pub exemption_code: Option<String>,
    pub active: bool,
    pub track_stock: bool,
    pub image_id: Option<MediaId>,
}

impl From<Product> for ProductView {
    fn from(product: Product) -> Self {
        Self {
            id: product.id,
            version: product.version,
            slug: product.slug,
            title: product.title,
            description_html: product.description_html,
            status: product.status,
            vendor: product.vendor,
            tags: product.tags,
            seo_title: product.seo_title,
            seo_description: product.seo_description,
            options: product.options,
            variants: product
                .variants
                .into_iter()
                .map(VariantView::from)
                .collect(),
            category_ids: product.categories,
            images: product.images,
            changed_at: product.changed_at,
        }
    }
}

impl From<Variant> for VariantView {
    fn from(variant: Variant) -> Self {
        Self {
            id: variant.id,
            sku: variant.sku,
            barcode: variant.barcode,
            option_values: variant.option_values,
            price: variant.price,
            compare_at: variant.compare_at,
            cost: variant.cost,
            weight_grams: variant.weight_grams,
            vat_class: variant.vat_class,
            exemption_code: variant.exemption_code,
            active: variant.active,
            track_stock: variant.track_stock,
            image_id: variant.image,
        }
    }
}

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

/// A new product.
#[utoipa::path(post, path = "/api/catalog/admin/products", responses((status = 201, body = ProductView)))]
pub async fn create_product(
    app: Data<App>,
    staff: Staff<CanEditCatalog>,
    key: IdempotencyKey,
    body: Json<WriteProduct>,
) -> Result<HttpResponse, ApiError> {
    let tenant = &staff.tenant;
    let hash = body.hash();
    let draft = Draft::from(body.into_inner());
    let product = product::build(draft, None, place(&app, tenant), limits(tenant))?;
    once(&app.db, tenant.id, &key, hash, async |tx| {
        let count = usage::add_product(tx).await?;
        if let Some(limit) = tenant
            .limit("limit.products")
            .filter(|limit| count > *limit)
        {
            let detail = format!("the plan covers {limit} products; a larger plan lifts it");
            return Err(ApiError::payment_required("limit-reached", detail));
        }
        check_images(tx, &product).await?;
        products::create_product(tx, &product)
            .await
            .map_err(taken)?;
        publish(tx, &app.media_base(tenant.id), &product, None).await?;
        let place = format!("/api/catalog/admin/products/{}", product.id);
        Ok(Answer::created(ProductView::from(product)).at(place))
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
) -> Result<Json<ProductView>, ApiError> {
    let tenant = &staff.tenant;
    let draft = Draft::from(body.into_inner());
    let saved = app
        .db
        .tenant(tenant.id, async |tx| {
            let before = products::lock_product(tx, *id).await?;
            let before = before.ok_or_else(|| ApiError::not_found("product-not-found"))?;
            if before.version != seen.0 {
                return Err(ApiError::precondition_failed(&ProductView::from(before)));
            }
            let product =
                product::build(draft, Some(&before), place(&app, tenant), limits(tenant))?;
            check_images(tx, &product).await?;
            products::save_product(tx, &product).await.map_err(taken)?;
            publish(tx, &app.media_base(tenant.id), &product, Some(&before)).await?;
            Ok(product)
        })
        .await?;
    Ok(Json(saved.into()))
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

/// The store's products, the newest first.
#[utoipa::path(get, path = "/api/catalog/admin/products", responses((status = 200, body = List<ProductSummary>)))]
pub async fn list_products(
    app: Data<App>,
    staff: Staff<CanReadCatalog>,
    page: Page,
) -> Result<Json<List<ProductSummary>>, ApiError> {
    let after: Option<Uuid> = page.after()?;
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            products::list_products(tx, None, after, page.fetch()).await
        })
        .await?;
    Ok(Json(page.list(rows, |row| row.id, ProductSummary::from)))
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

/// An image that is not there, not this store's, or not ready is named.
async fn check_images(tx: &db::TenantTx, product: &Product) -> Result<(), ApiError> {
    let ids: Vec<MediaId> = product.images.iter().map(|image| image.media_id).collect();
    let known = media::list_pictures(tx, &ids).await?;
    let missing = ids.iter().position(|id| !known.contains_key(id));
    match missing {
        None => Ok(()),
        Some(at) => {
            let message = "an image that was uploaded and completed";
            Err(ApiError::invalid("unknown-image", message).at(
                format!("/images/{at}/media_id"),
                "unknown",
                message,
            ))
        }
    }
}
