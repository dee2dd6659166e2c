//! What operators do from the command line: goods for the shelves of a store to look at.

use db::TenantTx;
use http_kit::{ApiError, Platform};
use kernel::{CategoryId, Currency, MediaId, Money, ProductId, Sku, Slug, TenantId, VariantId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::App;
use crate::domain::category;
use crate::domain::image::ImageType;
use crate::domain::product::{
    self, Draft, Limits, Place, Product, ProductImage, VariantDraft, VatClass,
};
use crate::domain::{document, html};
use crate::store::reviews::{self, APPROVED, ReviewRow};
use crate::store::{categories, media, products, variants};
use crate::{arrange, edit, intake};

const UNLIMITED: Limits = Limits {
    variants: None,
    images: None,
};

/// A product and how it came to be what it is.
pub struct Good {
    /// Without categories and images: they are named below.
    pub draft: Draft,
    /// The category's slug.
    pub category: String,
    pub pictures: Vec<Picture>,
    pub listed_at: OffsetDateTime,
    /// Since when it costs what it costs; what it is compared with is what it cost before.
    pub cut_at: Option<OffsetDateTime>,
    pub reviews: Vec<Review>,
}

/// A picture as it is uploaded.
pub struct Picture {
    pub content: &'static [u8],
    pub kind: ImageType,
    pub alt: String,
    /// The value of the first option whose variants it shows.
    pub shows: Option<String>,
}

/// What a buyer said.
pub struct Review {
    /// 1 to 5.
    pub rating: i16,
    pub reviewer: String,
    pub email: String,
    pub body_html: String,
    pub created_at: OffsetDateTime,
}

/// A variant as shoppers can buy it.
#[derive(Clone, Debug)]
pub struct Offered {
    pub product: ProductId,
    pub variant: VariantId,
    pub slug: Slug,
    pub sku: Sku,
    pub title: String,
    pub variant_title: String,
    pub image_url: String,
    pub price: Money,
    pub vat_class: VatClass,
    pub weight_grams: i32,
}

/// The service's own parts, for commands.
pub async fn app(platform: &Platform) -> anyhow::Result<App> {
    let foundation = platform.foundation(crate::MIGRATIONS).await?;
    App::new(platform, &foundation)
}

/// Makes a category unless one has its slug.
pub async fn ensure_category(
    app: &App,
    tenant: TenantId,
    draft: category::Draft,
) -> Result<(), ApiError> {
    let made = app.db.tenant(tenant, async |tx| {
        let slug = draft.slug.as_ref().map(ToString::to_string);
        let there = categories::find_by_slug(tx, &slug.unwrap_or_default()).await?;
        if there.is_none() {
            arrange::create(tx, draft, app.clock.now()).await?;
        }
        Ok(())
    });
    made.await
}

/// Puts a product on the shelf as a merchant would: pictures uploaded and taken in, listed at its first
/// price, then cut. When anything of it is there it stays as it is, for somebody may have changed it.
/// Answers its variants, in their order.
pub async fn ensure_good(
    app: &App,
    tenant: TenantId,
    currency: Currency,
    good: &Good,
) -> anyhow::Result<Vec<VariantId>> {
    let there = app
        .db
        .read(tenant, async |tx| find_there(tx, &good.draft).await);
    if let Some(there) = there.await? {
        return Ok(there);
    }
    let draft = pictured(app, tenant, good).await?;
    let place = |now| Place { currency, now };
    let first = product::build(uncut(&draft), None, place(good.listed_at), UNLIMITED)?;
    let made = app.db.tenant(tenant, async |tx: &mut TenantTx| {
        edit::make_room(tx, None).await?;
        let category = categories::find_by_slug(tx, &good.category).await?;
        let categories: Vec<CategoryId> = category.into_iter().collect();
        let listed = Product {
            categories: categories.clone(),
            ..first
        };
        edit::create(tx, app, &listed).await?;
        if let Some(at) = good.cut_at {
            let draft = Draft {
                categories,
                ..draft
            };
            let cut = product::build(draft, Some(&listed), place(at), UNLIMITED)?;
            edit::save(tx, app, &cut, &listed).await?;
        }
        for review in &good.reviews {
            reviews::save_review(tx, &review_row(tx, listed.id, review)).await?;
        }
        let ids = listed.variants.iter().map(|variant| variant.id);
        Ok::<_, ApiError>(ids.collect())
    });
    Ok(made.await?)
}

/// Those of a product's variants that are on sale; `variants` may be of one product only.
pub async fn list_offered(
    app: &App,
    tenant: TenantId,
    variants: &[VariantId],
) -> anyhow::Result<Vec<Offered>> {
    let Some(first) = variants.first() else {
        return Ok(Vec::new());
    };
    let found = app.db.read(tenant, async |tx| {
        let Some(id) = variants::find_product_of(tx, *first).await? else {
            return Ok(None);
        };
        let Some(product) = products::find_product(tx, id).await? else {
            return Ok(None);
        };
        let images: Vec<_> = product.images.iter().map(|image| image.media_id).collect();
        let pictures = media::list_pictures(tx, &images).await?;
        Ok::<_, db::Error>(Some((product, pictures)))
    });
    let Some((product, pictures)) = found.await? else {
        return Ok(Vec::new());
    };
    let Some((mut card, _)) = document::of_product(&product, &pictures) else {
        return Ok(Vec::new());
    };
    document::address(&mut card.images, &app.media_base(tenant));
    let source = card.images.first().and_then(|image| image.sources.last());
    let image_url = source.map(|source| source.url.clone()).unwrap_or_default();
    let offered = product.on_sale().map(|variant| Offered {
        product: product.id,
        variant: variant.id,
        slug: product.slug.clone(),
        sku: variant.sku.clone(),
        title: product.title.clone(),
        variant_title: variant.title(),
        image_url: image_url.clone(),
        price: variant.price,
        vat_class: variant.vat_class,
        weight_grams: variant.weight_grams,
    });
    Ok(offered.collect())
}

/// The variants that are there already, when anything of the product is.
async fn find_there(tx: &TenantTx, draft: &Draft) -> Result<Option<Vec<VariantId>>, db::Error> {
    let slug: Vec<_> = draft.slug.iter().cloned().collect();
    let is_used = !products::list_used_slugs(tx, &slug).await?.is_empty();
    let skus = draft.variants.iter().map(|variant| variant.sku.clone());
    let known = variants::list_by_skus(tx, &skus.collect::<Vec<_>>()).await?;
    Ok((is_used || !known.is_empty()).then_some(known))
}

/// The draft with its pictures, and with each variant's own.
async fn pictured(app: &App, tenant: TenantId, good: &Good) -> anyhow::Result<Draft> {
    let mut draft = good.draft.clone();
    for picture in &good.pictures {
        let id = upload(app, tenant, picture).await?;
        draft.images.push(ProductImage {
            media_id: id,
            alt: picture.alt.clone(),
        });
        let shown = draft.variants.iter_mut();
        for variant in shown.filter(|variant| shows(picture, variant)) {
            variant.image = Some(id);
        }
    }
    Ok(draft)
}

fn shows(picture: &Picture, variant: &VariantDraft) -> bool {
    picture.shows.is_some() && picture.shows.as_ref() == variant.option_values.first()
}

/// Uploaded and taken in like any merchant's.
async fn upload(app: &App, tenant: TenantId, picture: &Picture) -> anyhow::Result<MediaId> {
    let row = intake::begun(app, tenant, picture.kind, picture.content.len());
    let begun = app
        .db
        .tenant(tenant, async |tx| media::create_media(tx, &row).await);
    begun.await?;
    let id = MediaId::from_uuid(row.id);
    let key = intake::upload_key(tenant, id);
    let kind = picture.kind.as_str();
    app.objects.put(&key, picture.content, kind).await?;
    let ready = intake::take_in(app, tenant, id).await?;
    Ok(MediaId::from_uuid(ready.id))
}

/// The draft as it was listed: at what its prices are compared with.
fn uncut(draft: &Draft) -> Draft {
    let mut draft = draft.clone();
    for variant in &mut draft.variants {
        variant.price = variant.compare_at.take().unwrap_or(variant.price);
    }
    draft
}

fn review_row(tx: &TenantTx, product: ProductId, review: &Review) -> ReviewRow {
    ReviewRow {
        tenant_id: tx.tenant().uuid(),
        id: Uuid::now_v7(),
        product_id: product.uuid(),
        status: APPROVED.to_owned(),
        rating: review.rating.clamp(1, 5),
        reviewer: review.reviewer.clone(),
        email: review.email.clone(),
        body_html: html::clean(&review.body_html),
        verified: true,
        created_at: review.created_at,
    }
}
