//! What shoppers are told of a product: the documents that are kept, and what is added to them when
//! they are read. Nothing here knows a cost, a supplier or a variant that is not offered.

use std::collections::BTreeMap;

use kernel::{CategoryId, Gtin, MediaId, Money, ProductId, Sku, Slug, VariantId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::image::Rendition;
use super::product::{Product, ProductOption, Variant};

/// More than this of a variant is told as this: how much a store holds is its own affair.
pub const TOLD_STOCK_MAX: i64 = 20;
const CARD_IMAGES: usize = 2;

/// One size of an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// Never changes its content.
    #[schema(example = "/api/catalog/store/media/0192f0c1-7c1e-7cc3-9f5e-2f6d1c1b0a01/640.webp")]
    pub url: String,
    #[schema(example = "image/webp")]
    pub content_type: String,
    pub width: u32,
    pub height: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Image {
    pub id: MediaId,
    pub alt: String,
    /// Of the original, in pixels.
    pub width: u32,
    pub height: u32,
    /// The smallest first.
    pub sources: Vec<Source>,
}

/// A product in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductCard {
    pub id: ProductId,
    pub slug: Slug,
    pub title: String,
    pub vendor: String,
    pub tags: Vec<String>,
    /// The lowest price.
    pub price: Money,
    /// The highest price.
    pub price_max: Money,
    /// Struck through beside `price`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare_at: Option<Money>,
    /// At most two.
    pub images: Vec<Image>,
    pub options: Vec<ProductOption>,
    /// The only variant, when there is nothing to choose.
    pub variant_id: Option<VariantId>,
    pub variant_count: u32,
    /// Of the variant that the product's page shows first: the first that can be bought, or else the first.
    #[serde(default)]
    #[schema(example = "M4-BLK")]
    pub sku: String,
    #[serde(default)]
    pub in_stock: bool,
    /// How many of that variant can be bought now, 20 for more; null when they are not counted.
    #[serde(default)]
    pub available: Option<i64>,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VariantDocument {
    pub id: VariantId,
    pub sku: Sku,
    pub barcode: Option<Gtin>,
    #[schema(example = "Black / M")]
    pub title: String,
    pub option_values: Vec<String>,
    pub price: Money,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare_at: Option<Money>,
    pub weight_grams: i32,
    pub image_id: Option<MediaId>,
    #[serde(default)]
    pub in_stock: bool,
    /// How many can be bought now, 20 for more; null when they are not counted.
    #[serde(default)]
    pub available: Option<i64>,
}

/// A category a product is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CategoryRef {
    pub id: CategoryId,
    pub slug: Slug,
    pub name: String,
}

/// A product on its own page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductDocument {
    pub id: ProductId,
    pub slug: Slug,
    pub title: String,
    /// Clean HTML.
    pub description_html: String,
    pub vendor: String,
    pub tags: Vec<String>,
    pub seo_title: String,
    pub seo_description: String,
    pub price: Money,
    pub price_max: Money,
    pub images: Vec<Image>,
    pub options: Vec<ProductOption>,
    pub variants: Vec<VariantDocument>,
    /// The main one first.
    #[serde(default)]
    pub categories: Vec<CategoryRef>,
    #[serde(default)]
    pub in_stock: bool,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub changed_at: OffsetDateTime,
}

/// A document as it is kept, with what is needed to say what is to be had.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    pub document: ProductDocument,
    /// Variants that are sold without counting stock.
    pub uncounted: Vec<VariantId>,
}

/// What orders says of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stock {
    pub available: i64,
    pub backorder: bool,
    pub tracked: bool,
}

/// What shoppers are told of it: whether it can be bought, and how many when that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    pub in_stock: bool,
    pub available: Option<i64>,
}

impl Told {
    /// `counted` is the merchant's choice for the variant; without news of its stock, a counted one
    /// is not to be had.
    pub fn of(counted: bool, stock: Option<Stock>) -> Self {
        match stock {
            _ if !counted => Self {
                in_stock: true,
                available: None,
            },
            Some(stock) if !stock.tracked || stock.backorder => Self {
                in_stock: true,
                available: None,
            },
            Some(stock) => {
                let available = stock.available.clamp(0, TOLD_STOCK_MAX);
                Self {
                    in_stock: available > 0,
                    available: Some(available),
                }
            }
            None => Self {
                in_stock: false,
                available: Some(0),
            },
        }
    }
}

/// What images are made of.
pub struct Picture {
    pub id: MediaId,
    pub width: u32,
    pub height: u32,
    pub renditions: Vec<Rendition>,
}

/// The documents of a product that is on sale; nothing when it is not.
pub fn of_product(
    product: &Product,
    pictures: &BTreeMap<MediaId, Picture>,
) -> Option<(ProductCard, Kept)> {
    let shown: Vec<&Variant> = product.on_sale().collect();
    let cheapest = shown.iter().min_by_key(|variant| variant.price.minor)?;
    let dearest = shown.iter().max_by_key(|variant| variant.price.minor)?;
    let images = images_of(product, pictures);
    let card = ProductCard {
        id: product.id,
        slug: product.slug.clone(),
        title: product.title.clone(),
        vendor: product.vendor.clone(),
        tags: product.tags.clone(),
        price: cheapest.price,
        price_max: dearest.price,
        compare_at: cheapest.compare_at,
        images: images.iter().take(CARD_IMAGES).cloned().collect(),
        options: offered(&product.options, &shown),
        variant_id: (shown.len() == 1).then_some(cheapest.id),
        variant_count: u32::try_from(shown.len()).unwrap_or(u32::MAX),
        sku: String::new(),
        in_stock: false,
        available: None,
        created_at: product.created_at,
    };
    let document = ProductDocument {
        id: product.id,
        slug: product.slug.clone(),
        title: product.title.clone(),
        description_html: product.description_html.clone(),
        vendor: product.vendor.clone(),
        tags: product.tags.clone(),
        seo_title: product.seo_title.clone(),
        seo_description: product.seo_description.clone(),
        price: cheapest.price,
        price_max: dearest.price,
        images,
        options: card.options.clone(),
        variants: shown.iter().map(|variant| document_of(variant)).collect(),
        categories: Vec::new(),
        in_stock: false,
        created_at: product.created_at,
        changed_at: product.changed_at,
    };
    let uncounted = shown
        .iter()
        .filter(|variant| !variant.track_stock)
        .map(|variant| variant.id);
    Some((
        card,
        Kept {
            uncounted: uncounted.collect(),
            document,
        },
    ))
}

fn document_of(variant: &Variant) -> VariantDocument {
    VariantDocument {
        id: variant.id,
        sku: variant.sku.clone(),
        barcode: variant.barcode.clone(),
        title: variant.title(),
        option_values: variant.option_values.clone(),
        price: variant.price,
        compare_at: variant.compare_at,
        weight_grams: variant.weight_grams,
        image_id: variant.image,
        in_stock: false,
        available: None,
    }
}

/// The options with the values that some offered variant has: hidden ones leave no trace.
fn offered(options: &[ProductOption], shown: &[&Variant]) -> Vec<ProductOption> {
    let values_of = |at: usize, option: &ProductOption| {
        let has = |value: &&String| {
            shown
                .iter()
                .any(|variant| variant.option_values.get(at) == Some(*value))
        };
        option.values.iter().filter(has).cloned().collect()
    };
    let option_of = |(at, option): (usize, &ProductOption)| ProductOption {
        name: option.name.clone(),
        values: values_of(at, option),
    };
    options.iter().enumerate().map(option_of).collect()
}

fn images_of(product: &Product, pictures: &BTreeMap<MediaId, Picture>) -> Vec<Image> {
    let image_of = |image: &super::product::ProductImage| {
        let picture = pictures.get(&image.media_id)?;
        let source = |rendition: &Rendition| Source {
            url: format!("{}/{}", picture.id, rendition.file),
            content_type: rendition.content_type.clone(),
            width: rendition.width,
            height: rendition.height,
        };
        Some(Image {
            id: picture.id,
            alt: image.alt.clone(),
            width: picture.width,
            height: picture.height,
            sources: picture.renditions.iter().map(source).collect(),
        })
    };
    product.images.iter().filter_map(image_of).collect()
}

/// Puts the place where images are served in front of their names.
pub fn address(images: &mut [Image], base: &str) {
    for source in images.iter_mut().flat_map(|image| &mut image.sources) {
        source.url.insert_str(0, base);
    }
}

impl Kept {
    /// The document with what is to be had now.
    pub fn with_stock(mut self, stock: &BTreeMap<VariantId, Stock>) -> ProductDocument {
        for variant in &mut self.document.variants {
            let counted = !self.uncounted.contains(&variant.id);
            let told = Told::of(counted, stock.get(&variant.id).copied());
            (variant.in_stock, variant.available) = (told.in_stock, told.available);
        }
        self.document.in_stock = self
            .document
            .variants
            .iter()
            .any(|variant| variant.in_stock);
        self.document
    }
}

/// The variant that stands for a product in a list, and what is told of it there. It can be bought when any
/// can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Front {
    pub sku: Sku,
    pub told: Told,
}

impl Front {
    /// The first variant that can be bought, or else the first; nothing of a product that is not on sale.
    pub fn of(product: &Product, stock: &BTreeMap<VariantId, Stock>) -> Option<Self> {
        let told =
            |variant: &Variant| Told::of(variant.track_stock, stock.get(&variant.id).copied());
        let mut shown = product.on_sale().map(|variant| (variant, told(variant)));
        let first = shown.next()?;
        let (variant, told) = if first.1.in_stock {
            first
        } else {
            shown.find(|(_, told)| told.in_stock).unwrap_or(first)
        };
        Some(Self {
            sku: variant.sku.clone(),
            told,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counted_variant_is_not_to_be_had_before_its_stock_is_known() {
        assert_eq!(
            Told::of(true, None),
            Told {
                in_stock: false,
                available: Some(0)
            }
        );
        assert!(Told::of(false, None).in_stock);
        let stock = |available, backorder| {
            Some(Stock {
                available,
                backorder,
                tracked: true,
            })
        };
        assert_eq!(
            Told::of(true, stock(5_000, false)).available,
            Some(TOLD_STOCK_MAX)
        );
        assert_eq!(
            Told::of(true, stock(-3, false)),
            Told {
                in_stock: false,
                available: Some(0)
            }
        );
        assert_eq!(
            Told::of(true, stock(0, true)),
            Told {
                in_stock: true,
                available: None
            }
        );
    }
}
