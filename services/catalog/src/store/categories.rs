//! Categories.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::RunQueryDsl;
use kernel::{CategoryId, ProductId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{category, product_category};
use crate::domain::category::Category;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = category, treat_none_as_null = true)]
struct Row {
    tenant_id: Uuid,
    id: Uuid,
    version: i64,
    parent_id: Option<Uuid>,
    position: i32,
    slug: String,
    name: String,
    description_html: String,
    seo_title: String,
    seo_description: String,
    changed_at: OffsetDateTime,
}

impl Row {
    fn of(tenant: Uuid, from: &Category) -> Self {
        Self {
            tenant_id: tenant,
            id: from.id.uuid(),
            version: from.version,
            parent_id: from.parent.map(CategoryId::uuid),
            position: from.position,
            slug: from.slug.to_string(),
            name: from.name.clone(),
            description_html: from.description_html.clone(),
            seo_title: from.seo_title.clone(),
            seo_description: from.seo_description.clone(),
            changed_at: from.changed_at,
        }
    }

    fn into_category(self) -> Category {
        Category {
            id: CategoryId::from_uuid(self.id),
            version: self.version,
            parent: self.parent_id.map(CategoryId::from_uuid),
            position: self.position,
            slug: self
                .slug
                .parse()
                .expect("a slug was checked before it was stored"),
            name: self.name,
            description_html: self.description_html,
            seo_title: self.seo_title,
            seo_description: self.seo_description,
            changed_at: self.changed_at,
        }
    }
}

/// All of the store's categories, by position.
pub async fn list_categories(tx: &TenantTx) -> Result<Vec<Category>, Error> {
    let rows: Vec<Row> = category::table
        .filter(category::tenant_id.eq(tx.tenant().uuid()))
        .order((category::position, category::id))
        .select(Row::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows.into_iter().map(Row::into_category).collect())
}

pub async fn find_category(tx: &TenantTx, id: CategoryId) -> Result<Option<Category>, Error> {
    let found: Option<Row> = category::table
        .find((tx.tenant().uuid(), id.uuid()))
        .select(Row::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found.map(Row::into_category))
}

/// The category that has this address.
pub async fn find_by_slug(tx: &TenantTx, slug: &str) -> Result<Option<CategoryId>, Error> {
    let found: Option<Uuid> = category::table
        .filter(category::tenant_id.eq(tx.tenant().uuid()))
        .filter(category::slug.eq(slug))
        .select(category::id)
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found.map(CategoryId::from_uuid))
}

/// Which of `ids` are categories of the store.
pub async fn list_known(tx: &TenantTx, ids: &[CategoryId]) -> Result<Vec<CategoryId>, Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let known: Vec<Uuid> = category::table
        .filter(category::tenant_id.eq(tx.tenant().uuid()))
        .filter(category::id.eq_any(ids))
        .select(category::id)
        .load(&mut tx.conn())
        .await?;
    Ok(known.into_iter().map(CategoryId::from_uuid).collect())
}

/// Writes a new category.
///
/// # Errors
/// `category_slug` names what another category already has.
pub async fn create_category(tx: &TenantTx, from: &Category) -> Result<(), Error> {
    diesel::insert_into(category::table)
        .values(&Row::of(tx.tenant().uuid(), from))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Writes the next version of a category.
///
/// # Errors
/// `category_slug` names what another category already has.
pub async fn save_category(tx: &TenantTx, from: &Category) -> Result<(), Error> {
    let row = Row::of(tx.tenant().uuid(), from);
    diesel::update(category::table.find((row.tenant_id, row.id)))
        .set(&row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Removes a category that has none below it; no product is in it any more.
pub async fn delete_category(tx: &TenantTx, id: CategoryId) -> Result<(), Error> {
    let target = category::table.find((tx.tenant().uuid(), id.uuid()));
    diesel::delete(target)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The products that are in any of these categories, whether they are on sale or not.
pub async fn list_products(tx: &TenantTx, ids: &[CategoryId]) -> Result<Vec<ProductId>, Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let products: Vec<Uuid> = product_category::table
        .filter(product_category::tenant_id.eq(tx.tenant().uuid()))
        .filter(product_category::category_id.eq_any(ids))
        .order(product_category::product_id)
        .select(product_category::product_id)
        .distinct()
        .load(&mut tx.conn())
        .await?;
    Ok(products.into_iter().map(ProductId::from_uuid).collect())
}

/// Puts the products of one category into another, where they are not there already.
pub async fn copy_products(tx: &TenantTx, from: CategoryId, to: CategoryId) -> Result<(), Error> {
    use product_category as pc;
    let copies = pc::table
        .filter(pc::tenant_id.eq(tx.tenant().uuid()))
        .filter(pc::category_id.eq(from.uuid()))
        .select((
            pc::tenant_id,
            pc::product_id,
            to.uuid().into_sql::<SqlUuid>(),
            pc::position,
        ));
    diesel::insert_into(pc::table)
        .values(copies)
        .into_columns((pc::tenant_id, pc::product_id, pc::category_id, pc::position))
        .on_conflict_do_nothing()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
