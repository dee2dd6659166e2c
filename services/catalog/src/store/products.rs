//! Products as merchants edit them.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures_util::try_join;
use kernel::{CategoryId, MediaId, ProductId, Slug};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{product, product_category, product_media, variant_stock};
use super::variants;
use crate::domain::product::{Product, ProductImage, Status, Variant};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = product)]
struct Row {
    tenant_id: Uuid,
    id: Uuid,
    version: i64,
    slug: String,
    title: String,
    description_html: String,
    status: String,
    vendor: String,
    tags: Vec<String>,
    seo_title: String,
    seo_description: String,
    options: Value,
    created_at: OffsetDateTime,
    changed_at: OffsetDateTime,
}

impl Row {
    fn of(tenant: Uuid, from: &Product) -> Self {
        Self {
            tenant_id: tenant,
            id: from.id.uuid(),
            version: from.version,
            slug: from.slug.to_string(),
            title: from.title.clone(),
            description_html: from.description_html.clone(),
            status: from.status.as_str().to_owned(),
            vendor: from.vendor.clone(),
            tags: from.tags.clone(),
            seo_title: from.seo_title.clone(),
            seo_description: from.seo_description.clone(),
            options: serde_json::to_value(&from.options).unwrap_or_default(),
            created_at: from.created_at,
            changed_at: from.changed_at,
        }
    }

    fn into_product(
        self,
        variants: Vec<Variant>,
        categories: Vec<CategoryId>,
        images: Vec<ProductImage>,
    ) -> Product {
        Product {
            id: ProductId::from_uuid(self.id),
            version: self.version,
            slug: self
                .slug
                .parse()
                .expect("a slug was checked before it was stored"),
            title: self.title,
            description_html: self.description_html,
            status: Status::from_word(&self.status),
            vendor: self.vendor,
            tags: self.tags,
            seo_title: self.seo_title,
            seo_description: self.seo_description,
            options: serde_json::from_value(self.options).unwrap_or_default(),
            variants,
            categories,
            images,
            created_at: self.created_at,
            changed_at: self.changed_at,
        }
    }
}

/// The product with everything that belongs to it, in one flight.
pub async fn find_product(tx: &TenantTx, id: ProductId) -> Result<Option<Product>, Error> {
    let (tenant, id) = (tx.tenant().uuid(), id.uuid());
    let (mut rows, mut categories, mut images) = (tx.conn(), tx.conn(), tx.conn());
    let row = product::table
        .find((tenant, id))
        .select(Row::as_select())
        .first(&mut rows);
    let row = async { Ok::<_, Error>(row.await.optional()?) };
    let in_categories = async {
        let ids = product_category::table
            .filter(product_category::tenant_id.eq(tenant))
            .filter(product_category::product_id.eq(id))
            .order(product_category::position)
            .select(product_category::category_id)
            .load::<Uuid>(&mut categories);
        Ok(ids.await?)
    };
    let has_images = async {
        let rows = product_media::table
            .filter(product_media::tenant_id.eq(tenant))
            .filter(product_media::product_id.eq(id))
            .order(product_media::position)
            .select((product_media::media_id, product_media::alt))
            .load::<(Uuid, String)>(&mut images);
        Ok(rows.await?)
    };
    let (row, variants, categories, images) = try_join!(
        row,
        variants::list_of_product(tx, ProductId::from_uuid(id)),
        in_categories,
        has_images
    )?;
    let categories = categories.into_iter().map(CategoryId::from_uuid).collect();
    let image = |(id, alt)| ProductImage {
        media_id: MediaId::from_uuid(id),
        alt,
    };
    let images = images.into_iter().map(image).collect();
    Ok(row.map(|row| row.into_product(variants, categories, images)))
}

/// Holds the product until the transaction ends, then reads it.
pub async fn lock_product(tx: &TenantTx, id: ProductId) -> Result<Option<Product>, Error> {
    let locked = product::table
        .find((tx.tenant().uuid(), id.uuid()))
        .select(product::id)
        .for_update()
        .first::<Uuid>(&mut tx.conn())
        .await
        .optional()?;
    match locked {
        Some(_) => find_product(tx, id).await,
        None => Ok(None),
    }
}

/// Writes a new product.
///
/// # Errors
/// `product_slug` and `variant_sku` name what another product already has.
pub async fn create_product(tx: &TenantTx, from: &Product) -> Result<(), Error> {
    let row = Row::of(tx.tenant().uuid(), from);
    diesel::insert_into(product::table)
        .values(&row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    variants::save_of_product(tx, from).await?;
    save_lists(tx, from).await
}

/// Writes the next version of a product that is locked.
pub async fn save_product(tx: &TenantTx, from: &Product) -> Result<(), Error> {
    let row = Row::of(tx.tenant().uuid(), from);
    let target = product::table.find((row.tenant_id, row.id));
    diesel::update(target)
        .set(&row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    variants::save_of_product(tx, from).await?;
    save_lists(tx, from).await
}

/// Notes a change of a locked product of which only others have to know, such as of its categories.
pub async fn save_version(tx: &TenantTx, from: &Product) -> Result<(), Error> {
    let target = product::table.find((tx.tenant().uuid(), from.id.uuid()));
    diesel::update(target)
        .set((
            product::version.eq(from.version),
            product::changed_at.eq(from.changed_at),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn delete_product(tx: &TenantTx, id: ProductId) -> Result<(), Error> {
    let (tenant, id) = (tx.tenant().uuid(), id.uuid());
    diesel::delete(product::table.find((tenant, id)))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    let stock = variant_stock::table
        .filter(variant_stock::tenant_id.eq(tenant))
        .filter(variant_stock::product_id.eq(id));
    diesel::delete(stock)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Which of these addresses are products' already.
pub async fn list_used_slugs(tx: &TenantTx, slugs: &[Slug]) -> Result<Vec<Slug>, Error> {
    let slugs: Vec<&str> = slugs.iter().map(Slug::as_str).collect();
    let used: Vec<String> = product::table
        .filter(product::tenant_id.eq(tx.tenant().uuid()))
        .filter(product::slug.eq_any(slugs))
        .select(product::slug)
        .load(&mut tx.conn())
        .await?;
    Ok(used.iter().filter_map(|slug| slug.parse().ok()).collect())
}

async fn save_lists(tx: &TenantTx, from: &Product) -> Result<(), Error> {
    let (tenant, id) = (tx.tenant().uuid(), from.id.uuid());
    let old = product_category::table
        .filter(product_category::tenant_id.eq(tenant))
        .filter(product_category::product_id.eq(id));
    diesel::delete(old)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    let rows: Vec<_> = (0_i32..)
        .zip(&from.categories)
        .map(|(at, category)| {
            (
                product_category::tenant_id.eq(tenant),
                product_category::product_id.eq(id),
                product_category::category_id.eq(category.uuid()),
                product_category::position.eq(at),
            )
        })
        .collect();
    diesel::insert_into(product_category::table)
        .values(rows)
        .execute(&mut tx.conn())
        .await?;
    let old = product_media::table
        .filter(product_media::tenant_id.eq(tenant))
        .filter(product_media::product_id.eq(id));
    diesel::delete(old)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    let rows: Vec<_> = (0_i32..)
        .zip(&from.images)
        .map(|(at, image)| {
            (
                product_media::tenant_id.eq(tenant),
                product_media::product_id.eq(id),
                product_media::media_id.eq(image.media_id.uuid()),
                product_media::position.eq(at),
                product_media::alt.eq(&image.alt),
            )
        })
        .collect();
    diesel::insert_into(product_media::table)
        .values(rows)
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
