//! Products of another shop.

use std::collections::BTreeSet;

use db::TenantTx;
use events::MoneyField;
use events::migration::v1::{Product as Record, Variant as VariantRecord};
use kernel::{CategoryId, MediaId, ProductId, Sku, Slug, VariantId};
use uuid::Uuid;

use super::{Ended, Place, Refusal, id, redirect};
use crate::domain::product::{
    self, Draft, Limits, Product, ProductFaults, ProductImage, ProductOption, Status, VariantDraft,
    VatClass,
};
use crate::domain::slug;
use crate::publish;
use crate::store::attributes::{self, PropertyRow};
use crate::store::redirects::PRODUCT;
use crate::store::{categories, media, products, usage, variants};

pub(super) async fn take(
    tx: &mut TenantTx,
    place: &Place,
    target: Uuid,
    body: Record,
    notes: &mut Vec<String>,
) -> Result<Ended, Refusal> {
    let target = ProductId::from_uuid(target);
    usage::hold(tx).await?;
    let before = products::lock_product(tx, target).await?;
    let product = build(tx, place, (target, &body), before.as_ref(), notes).await?;
    let is_same = before
        .as_ref()
        .is_some_and(|before| is_same(before, &product));
    if !is_same {
        write(tx, place, &product, before.as_ref()).await?;
    }
    let rows: Vec<PropertyRow> = (0..)
        .zip(&body.properties)
        .map(|(position, property)| PropertyRow {
            tenant_id: tx.tenant().uuid(),
            product_id: target.uuid(),
            position,
            name: property.name.clone(),
            shown_values: property.values.clone(),
        })
        .collect();
    let told_anew = attributes::save_properties(tx, target, &rows).await?;
    redirect(tx, PRODUCT, target.uuid(), &body.old_paths, place.now).await?;
    Ok(if is_same && !told_anew {
        Ended::Unchanged
    } else {
        Ended::Applied
    })
}

async fn write(
    tx: &mut TenantTx,
    place: &Place,
    product: &Product,
    before: Option<&Product>,
) -> Result<(), Refusal> {
    match before {
        None => {
            let count = usage::add_product(tx).await?;
            if let Some(limit) = place.tenant.limit("limit.products")
                && count > limit
            {
                return Err(Refusal::said(format!(
                    "the plan covers {limit} products; a larger plan lifts it"
                )));
            }
            products::create_product(tx, product).await?;
        }
        Some(_) => products::save_product(tx, product).await?,
    }
    let media_base = place.app.media_base(tx.tenant());
    publish::publish(tx, &media_base, product, before).await?;
    let earlier = before.into_iter().flat_map(|product| &product.images);
    let images = product.images.iter().chain(earlier);
    let ids: Vec<_> = images.map(|image| image.media_id).collect();
    media::save_use(tx, &ids, place.now).await?;
    Ok(())
}

/// The product as it is to be here: what it names and is not here is left out, and said.
async fn build(
    tx: &TenantTx,
    place: &Place,
    (target, body): (ProductId, &Record),
    before: Option<&Product>,
    notes: &mut Vec<String>,
) -> Result<Product, Refusal> {
    let skus = skus(tx, target, &body.variants, notes).await?;
    let limit = place.tenant.limit("limit.media_per_product");
    let images = images(tx, body, limit, notes).await?;
    let mut drafts = Vec::new();
    for (record, sku) in body.variants.iter().zip(skus) {
        drafts.push(variant(record, sku, &images)?);
    }
    let ids: Vec<VariantId> = body
        .variants
        .iter()
        .map(|record| id(&record.variant_id))
        .collect::<Result<_, _>>()?;
    let wanted: Vec<CategoryId> = body
        .category_ids
        .iter()
        .map(|category| id(category))
        .collect::<Result<_, _>>()?;
    let known = categories::list_known(tx, &wanted).await?;
    let draft = Draft {
        slug: Some(address(tx, target, body, before).await?),
        title: body.title.clone(),
        description_html: body.description_html.clone(),
        status: Status::from_word(&body.status),
        vendor: body.vendor.clone(),
        tags: body.tags.clone(),
        seo_title: body.seo_title.clone(),
        seo_description: body.seo_description.clone(),
        options: body
            .options
            .iter()
            .map(|option| ProductOption {
                name: option.name.clone(),
                values: option.values.clone(),
            })
            .collect(),
        variants: drafts,
        categories: wanted.into_iter().filter(|id| known.contains(id)).collect(),
        images,
    };
    let at = product::Place {
        currency: place.tenant.currency,
        now: place.now,
    };
    let limits = Limits {
        variants: place.tenant.limit("limit.variants_per_product"),
        images: place.tenant.limit("limit.media_per_product"),
    };
    let mut product = product::build(draft, before, at, limits)
        .map_err(|faults| Refusal::said(words_of(&faults)))?;
    product.id = target;
    // The importer chose the ids, and orders hears of stock under them.
    for (variant, id) in product.variants.iter_mut().zip(ids) {
        variant.id = id;
    }
    Ok(product)
}

/// A product keeps the address that it was given here.
async fn address(
    tx: &TenantTx,
    target: ProductId,
    body: &Record,
    before: Option<&Product>,
) -> Result<Slug, Refusal> {
    if let Some(before) = before {
        return Ok(before.slug.clone());
    }
    let wished = slug::of_title(&body.slug).or_else(|| slug::of_title(&body.title));
    let named = target.uuid().simple().to_string();
    let fallback = || {
        named
            .parse()
            .map_err(|_| Refusal::said("it has no address"))
    };
    let wished = wished.map_or_else(fallback, Ok)?;
    let choices = slug::alternatives(&wished);
    let used = products::list_used_slugs(tx, &choices).await?;
    Ok(slug::first_free(wished, choices, &used))
}

/// A SKU of its own for each: as wished where it is free, with the old shop's number where not.
async fn skus(
    tx: &TenantTx,
    target: ProductId,
    records: &[VariantRecord],
    notes: &mut Vec<String>,
) -> Result<Vec<Sku>, Refusal> {
    let wished: Vec<String> = records
        .iter()
        .filter(|record| !record.sku.is_empty())
        .map(|record| record.sku.clone())
        .collect();
    let mut used: BTreeSet<String> = variants::list_skus_of_others(tx, target, &wished)
        .await?
        .into_iter()
        .collect();
    let mut chosen = Vec::new();
    for record in records {
        let plain = record.sku.trim();
        let is_free = !plain.is_empty() && !used.contains(plain);
        let text = if is_free {
            plain.to_owned()
        } else {
            let own = own_sku(plain, &record.source_id);
            if !plain.is_empty() {
                notes.push(format!("the SKU {plain} is another's; it is {own} here"));
            }
            own
        };
        let sku: Sku = text
            .parse()
            .map_err(|_| Refusal::said(format!("a SKU has 1 to 64 characters, unlike {text:?}")))?;
        used.insert(sku.to_string());
        chosen.push(sku);
    }
    Ok(chosen)
}

const SKU_CHARS_MAX: usize = 64;

fn own_sku(wished: &str, source_id: &str) -> String {
    if wished.is_empty() {
        return format!("WC-{source_id}");
    }
    let room = SKU_CHARS_MAX.saturating_sub(source_id.len() + 1);
    let start: String = wished.chars().take(room).collect();
    format!("{start}-{source_id}")
}

async fn images(
    tx: &TenantTx,
    body: &Record,
    limit: Option<i64>,
    notes: &mut Vec<String>,
) -> Result<Vec<ProductImage>, Refusal> {
    let mut images: Vec<ProductImage> = Vec::new();
    for image in &body.images {
        let media_id: MediaId = id(&image.media_id)?;
        // Two files of the old shop may be one image here.
        if images.iter().all(|other| other.media_id != media_id) {
            images.push(ProductImage {
                media_id,
                alt: image.alt.clone(),
            });
        }
    }
    let ids: Vec<_> = images.iter().map(|image| image.media_id).collect();
    let ready = media::lock_ready(tx, &ids).await?;
    let all = images.len();
    images.retain(|image| ready.contains(&image.media_id));
    if images.len() < all {
        notes.push(format!("{} of its images are not here", all - images.len()));
    }
    let limit = limit.and_then(|limit| usize::try_from(limit).ok());
    if let Some(limit) = limit.filter(|limit| images.len() > *limit) {
        notes.push(format!(
            "the plan covers {limit} images of a product; the first ones came"
        ));
        images.truncate(limit);
    }
    Ok(images)
}

fn variant(
    record: &VariantRecord,
    sku: Sku,
    images: &[ProductImage],
) -> Result<VariantDraft, Refusal> {
    let said = |error: kernel::Invalid| Refusal::said(error.to_string());
    let image: Option<MediaId> = match record.media_id.as_str() {
        "" => None,
        text => Some(id(text)?),
    };
    Ok(VariantDraft {
        id: None,
        sku,
        barcode: record.barcode.parse().ok(),
        option_values: record.option_values.clone(),
        price: record.price.required("price").map_err(said)?,
        compare_at: record.compare_at.optional().map_err(said)?,
        cost: None,
        weight_grams: i32::try_from(record.weight_grams).unwrap_or(i32::MAX),
        vat_class: VatClass::from_word(&record.tax_class),
        exemption_code: None,
        active: record.active,
        track_stock: record.track_stock,
        image: image.filter(|id| images.iter().any(|image| image.media_id == *id)),
    })
}

fn words_of(faults: &ProductFaults) -> String {
    match faults {
        ProductFaults::Fields(faults) => {
            let said = faults.iter().take(5);
            let said: Vec<String> = said
                .map(|fault| format!("{}: {}", fault.pointer, fault.message))
                .collect();
            said.join("; ")
        }
        ProductFaults::LimitReached { .. } => faults.to_string(),
    }
}

fn is_same(before: &Product, after: &Product) -> bool {
    let after = Product {
        version: before.version,
        changed_at: before.changed_at,
        ..after.clone()
    };
    *before == after
}
