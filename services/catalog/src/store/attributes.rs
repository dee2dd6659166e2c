//! Tags, attributes and what is told of products.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use kernel::ProductId;
use uuid::Uuid;

use super::schema::{attribute, product_property, tag};

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = tag)]
pub struct TagRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub description: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = attribute)]
pub struct AttributeRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub terms: Vec<String>,
}

/// What is told of a product and not chosen.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = product_property)]
pub struct PropertyRow {
    pub tenant_id: Uuid,
    pub product_id: Uuid,
    pub position: i32,
    pub name: String,
    pub shown_values: Vec<String>,
}

/// Writes a tag; false when it was there like that.
pub async fn save_tag(tx: &TenantTx, row: &TagRow) -> Result<bool, Error> {
    let before = tag::table
        .find((row.tenant_id, row.id))
        .select(TagRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    if before.as_ref() == Some(row) {
        return Ok(false);
    }
    diesel::insert_into(tag::table)
        .values(row)
        .on_conflict((tag::tenant_id, tag::id))
        .do_update()
        .set((
            tag::slug.eq(excluded(tag::slug)),
            tag::name.eq(excluded(tag::name)),
            tag::description.eq(excluded(tag::description)),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(true)
}

/// Writes an attribute; false when it was there like that.
pub async fn save_attribute(tx: &TenantTx, row: &AttributeRow) -> Result<bool, Error> {
    let before = attribute::table
        .find((row.tenant_id, row.id))
        .select(AttributeRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    if before.as_ref() == Some(row) {
        return Ok(false);
    }
    diesel::insert_into(attribute::table)
        .values(row)
        .on_conflict((attribute::tenant_id, attribute::id))
        .do_update()
        .set((
            attribute::slug.eq(excluded(attribute::slug)),
            attribute::name.eq(excluded(attribute::name)),
            attribute::terms.eq(excluded(attribute::terms)),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(true)
}

/// By name.
pub async fn list_tags(
    tx: &TenantTx,
    after: Option<(String, Uuid)>,
    rows: i64,
) -> Result<Vec<TagRow>, Error> {
    let mut query = tag::table
        .filter(tag::tenant_id.eq(tx.tenant().uuid()))
        .order((tag::name, tag::id))
        .limit(rows)
        .select(TagRow::as_select())
        .into_boxed();
    if let Some((name, id)) = after {
        let later = tag::name.gt(name.clone());
        query = query.filter(later.or(tag::name.eq(name).and(tag::id.gt(id))));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

/// By id.
pub async fn list_attributes(
    tx: &TenantTx,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<AttributeRow>, Error> {
    let found = attribute::table
        .filter(attribute::tenant_id.eq(tx.tenant().uuid()))
        .filter(attribute::id.gt(after.unwrap_or(Uuid::nil())))
        .order(attribute::id)
        .limit(rows)
        .select(AttributeRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(found)
}

/// In their order.
pub async fn list_properties(tx: &TenantTx, product: ProductId) -> Result<Vec<PropertyRow>, Error> {
    let found = product_property::table
        .filter(product_property::tenant_id.eq(tx.tenant().uuid()))
        .filter(product_property::product_id.eq(product.uuid()))
        .order(product_property::position)
        .select(PropertyRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(found)
}

/// Writes what is told of a product in place of what was; false when it was that.
pub async fn save_properties(
    tx: &TenantTx,
    product: ProductId,
    rows: &[PropertyRow],
) -> Result<bool, Error> {
    if list_properties(tx, product).await? == rows {
        return Ok(false);
    }
    let old = product_property::table
        .filter(product_property::tenant_id.eq(tx.tenant().uuid()))
        .filter(product_property::product_id.eq(product.uuid()));
    diesel::delete(old)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    diesel::insert_into(product_property::table)
        .values(rows)
        .execute(&mut tx.conn())
        .await?;
    Ok(true)
}
