//! Products as they come in and as they are answered to the store's staff.

use garde::Validate;
use kernel::{CategoryId, Gtin, MediaId, Money, ProductId, Sku, Slug, VariantId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::domain::product::{
    Draft, Product, ProductImage, ProductOption, Status, Variant, VariantDraft, VatClass,
};

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
