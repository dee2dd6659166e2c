//! What operators do from the command line: goods for the shelves of the demo store.

use std::io::Cursor;

use db::TenantTx;
use http_kit::{ApiError, Platform};
use image::{DynamicImage, ImageFormat};
use kernel::{CategoryId, Currency, MediaId, Money, TenantId, VariantId};

use crate::App;
use crate::demo::{self, CATEGORIES, DemoCategory, GOODS, Good};
use crate::domain::image::ImageType;
use crate::domain::product::{
    self, Draft, Limits, Place, Product, ProductImage, ProductOption, Status, VariantDraft,
    VatClass,
};
use crate::store::{categories, media, products, variants};
use crate::{arrange, edit, intake};

const UNLIMITED: Limits = Limits {
    variants: None,
    images: None,
};

/// The service's own parts, for commands.
pub async fn app(platform: &Platform) -> anyhow::Result<App> {
    let foundation = platform.foundation(crate::MIGRATIONS).await?;
    App::new(platform, &foundation)
}

/// Puts the goods of the demo store on its shelves, as a merchant would; what is there already stays as
/// it is. Answers how many of each variant there are to be.
pub async fn ensure_demo(
    app: &App,
    tenant: TenantId,
    currency: Currency,
) -> anyhow::Result<Vec<(VariantId, i64)>> {
    let mut stocks = Vec::new();
    for (position, category) in (1..).zip(&CATEGORIES) {
        ensure_category(app, tenant, category, position).await?;
    }
    for good in &GOODS {
        stocks.extend(ensure_good(app, tenant, currency, good).await?);
    }
    Ok(stocks)
}

async fn ensure_category(
    app: &App,
    tenant: TenantId,
    wanted: &DemoCategory,
    position: i32,
) -> Result<(), ApiError> {
    let draft = crate::domain::category::Draft {
        name: wanted.name.to_owned(),
        slug: wanted.slug.parse().ok(),
        parent: None,
        position,
        description_html: wanted.text.to_owned(),
        seo_title: String::new(),
        seo_description: String::new(),
    };
    let made = app.db.tenant(tenant, async |tx| {
        if categories::find_by_slug(tx, wanted.slug).await?.is_none() {
            arrange::create(tx, draft, app.clock.now()).await?;
        }
        Ok(())
    });
    made.await
}

async fn ensure_good(
    app: &App,
    tenant: TenantId,
    currency: Currency,
    good: &Good,
) -> anyhow::Result<Vec<(VariantId, i64)>> {
    let place = Place {
        currency,
        now: app.clock.now(),
    };
    let mut product = product::build(draft(good, currency), None, place, UNLIMITED)?;
    let there = app
        .db
        .read(tenant, async |tx| find_there(tx, &product).await);
    if let Some(there) = there.await? {
        return Ok(stocks(good, &there));
    }
    let image = ensure_picture(app, tenant, good).await?;
    product.images = vec![ProductImage {
        media_id: image,
        alt: good.alt.to_owned(),
    }];
    let made = app.db.tenant(tenant, async |tx: &mut TenantTx| {
        edit::make_room(tx, None).await?;
        let category = categories::find_by_slug(tx, good.category).await?;
        product.categories = category.into_iter().collect::<Vec<CategoryId>>();
        edit::create(tx, app, &product).await?;
        Ok::<_, ApiError>(product)
    });
    let product = made.await?;
    let ids: Vec<_> = product.variants.iter().map(|variant| variant.id).collect();
    Ok(stocks(good, &ids))
}

/// The variants that are there already, when anything of the product is: somebody may have changed it.
async fn find_there(tx: &TenantTx, product: &Product) -> Result<Option<Vec<VariantId>>, db::Error> {
    let slug = std::slice::from_ref(&product.slug);
    let is_used = !products::list_used_slugs(tx, slug).await?.is_empty();
    let skus = product.variants.iter().map(|variant| variant.sku.clone());
    let known = variants::list_by_skus(tx, &skus.collect::<Vec<_>>()).await?;
    Ok((is_used || !known.is_empty()).then_some(known))
}

/// Each variant has two less than the one before it.
fn stocks(good: &Good, variants: &[VariantId]) -> Vec<(VariantId, i64)> {
    let counts = (0..).map(|at: i64| (good.stock - 2 * at).max(0));
    variants.iter().copied().zip(counts).collect()
}

fn draft(good: &Good, currency: Currency) -> Draft {
    let option = |(name, values): &(&str, &[&str])| ProductOption {
        name: (*name).to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    };
    let variants = good.choices().into_iter().enumerate();
    Draft {
        slug: good.slug.parse().ok(),
        title: good.title.to_owned(),
        description_html: good.text.to_owned(),
        status: Status::Active,
        vendor: good.vendor.to_owned(),
        tags: good.tags.iter().map(|tag| (*tag).to_owned()).collect(),
        seo_title: String::new(),
        seo_description: String::new(),
        options: good.options.iter().map(option).collect(),
        variants: variants
            .map(|(at, choice)| variant(good, currency, at, &choice))
            .collect(),
        categories: Vec::new(),
        images: Vec::new(),
    }
}

fn variant(good: &Good, currency: Currency, at: usize, choice: &[&str]) -> VariantDraft {
    let sku = match good.options {
        [] => good.sku.to_owned(),
        _ => format!("{}-{}", good.sku, at + 1),
    };
    VariantDraft {
        id: None,
        sku: sku.parse().expect("the demo's SKUs are ones"),
        barcode: None,
        option_values: choice.iter().map(|value| (*value).to_owned()).collect(),
        price: Money::new(good.price, currency),
        compare_at: good.compare_at.map(|amount| Money::new(amount, currency)),
        cost: None,
        weight_grams: good.weight_grams,
        vat_class: VatClass::Standard,
        exemption_code: None,
        active: true,
        track_stock: true,
        image: None,
    }
}

/// Painted, uploaded and taken in like any merchant's.
async fn ensure_picture(app: &App, tenant: TenantId, good: &Good) -> anyhow::Result<MediaId> {
    let picture = DynamicImage::ImageRgb8(demo::paint(&(good.drawing)()));
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png)?;
    let png = png.into_inner();
    let row = intake::begun(app, tenant, ImageType::Png, png.len());
    let begun = app
        .db
        .tenant(tenant, async |tx| media::create_media(tx, &row).await);
    begun.await?;
    let id = MediaId::from_uuid(row.id);
    let key = intake::upload_key(tenant, id);
    app.objects.put(&key, &png, ImageType::Png.as_str()).await?;
    let ready = intake::take_in(app, tenant, id).await?;
    Ok(MediaId::from_uuid(ready.id))
}
