//! Categories.

use db::{Error, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::CategoryId;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::category;
use crate::domain::category::Category;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = category)]
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

pub async fn create_category(tx: &TenantTx, from: &Category) -> Result<(), Error> {
    let row = Row {
        tenant_id: tx.tenant().uuid(),
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
    };
    diesel::insert_into(category::table)
        .values(&row)
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
