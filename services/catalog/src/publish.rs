//! A product's change, everywhere it shows: its card, its lists, its words, its prices, its event.

use bus::emit;
use db::{Error, TenantTx};
use events::catalog::v1::{ProductChanged, ProductKind, ProductStatus, Variant as VariantMessage};
use events::to_us;
use kernel::{MediaId, TenantId};
use time::OffsetDateTime;

use crate::domain::document::{self, Front, ProductCard};
use crate::domain::product::{Product, Status, Variant};
use crate::store::prices::{self, Shown};
use crate::store::{cards, media, search, stock};

/// Brings what shoppers read up to date and tells the other services. `before` is what was
/// published so far; `media_base` stands in front of the addresses of images.
pub async fn publish(
    tx: &mut TenantTx,
    media_base: &str,
    product: &Product,
    before: Option<&Product>,
) -> Result<(), Error> {
    let ids: Vec<MediaId> = product.images.iter().map(|image| image.media_id).collect();
    let pictures = media::list_pictures(tx, &ids).await?;
    let documents = document::of_product(product, &pictures);
    match &documents {
        Some((card, kept)) => {
            let stock = stock::of_product(tx, product.id).await?;
            let front = Front::of(product, &stock).expect("what has a card is on sale");
            cards::save_card(tx, product, (card, kept), &front).await?;
            cards::shelve(tx, &[product.id]).await?;
            search::save_words(tx, product).await?;
        }
        None => cards::delete_card(tx, product.id).await?,
    }
    prices::save_shown(tx, &shown(product, before), product.changed_at).await?;
    let mut card = documents.map(|(card, _)| card);
    if let Some(card) = &mut card {
        document::address(&mut card.images, media_base);
    }
    emit(tx, &event(tx.tenant(), product, card.as_ref())).await
}

/// Tells that a product is gone; nothing of it stands on the shelf any more.
pub async fn withdraw(
    tx: &mut TenantTx,
    product: &Product,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let gone = product.variants.iter().map(|variant| Shown {
        variant: variant.id,
        price_minor: None,
        currency: variant.price.currency,
    });
    prices::save_shown(tx, &gone.collect::<Vec<_>>(), now).await?;
    let last = event(tx.tenant(), product, None);
    let event = ProductChanged {
        version: product.version + 1,
        deleted: true,
        changed_at_us: to_us(now),
        ..last
    };
    emit(tx, &event).await
}

/// The public price of every variant that is or was there; nothing for one that is not on sale.
fn shown(product: &Product, before: Option<&Product>) -> Vec<Shown> {
    let now = product.variants.iter().map(|variant| Shown {
        variant: variant.id,
        price_minor: product
            .on_sale()
            .find(|sold| sold.id == variant.id)
            .map(|sold| sold.price.minor),
        currency: variant.price.currency,
    });
    let earlier = before.into_iter().flat_map(|product| &product.variants);
    let gone = earlier
        .filter(|old| product.variants.iter().all(|variant| variant.id != old.id))
        .map(|old| Shown {
            variant: old.id,
            price_minor: None,
            currency: old.price.currency,
        });
    now.chain(gone).collect()
}

fn event(tenant: TenantId, product: &Product, card: Option<&ProductCard>) -> ProductChanged {
    let image = card.and_then(|card| card.images.first());
    let source = image.and_then(|image| image.sources.last());
    ProductChanged {
        tenant_id: tenant.to_string(),
        product_id: product.id.to_string(),
        version: product.version,
        deleted: false,
        title: product.title.clone(),
        slug: product.slug.to_string(),
        status: i32::from(match product.status {
            Status::Draft => ProductStatus::Draft,
            Status::Active => ProductStatus::Active,
            Status::Archived => ProductStatus::Archived,
        }),
        kind: i32::from(ProductKind::Physical),
        vendor: product.vendor.clone(),
        category_ids: product.categories.iter().map(ToString::to_string).collect(),
        option_names: product
            .options
            .iter()
            .map(|option| option.name.clone())
            .collect(),
        variants: product.variants.iter().map(variant).collect(),
        image_url: source.map(|source| source.url.clone()).unwrap_or_default(),
        image_alt: image.map(|image| image.alt.clone()).unwrap_or_default(),
        tags: product.tags.clone(),
        created_at_us: to_us(product.created_at),
        changed_at_us: to_us(product.changed_at),
        ..ProductChanged::default()
    }
}

fn variant(variant: &Variant) -> VariantMessage {
    VariantMessage {
        variant_id: variant.id.to_string(),
        sku: variant.sku.to_string(),
        barcode: variant
            .barcode
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        title: variant.title(),
        option_values: variant.option_values.clone(),
        price: Some(variant.price.into()),
        compare_at: variant.compare_at.map(Into::into),
        tax_class: variant.vat_class.as_str().to_owned(),
        exemption_code: variant.exemption_code.clone().unwrap_or_default(),
        weight_grams: u32::try_from(variant.weight_grams).unwrap_or(0),
        active: variant.active,
        track_stock: variant.track_stock,
        requires_shipping: true,
        ..VariantMessage::default()
    }
}
