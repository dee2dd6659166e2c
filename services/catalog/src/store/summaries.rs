//! The merchant's table of products.

use db::{Error, TenantTx};
use diesel::dsl::exists;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use kernel::CategoryId;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{product, product_category, variant};
use crate::domain::product::Status;

diesel::define_sql_function! {
    /// Without case and accents.
    fn search_plain(content: Text) -> Text;
}
diesel::define_sql_function! {
    fn strpos(text: Text, part: Text) -> diesel::sql_types::Integer;
}

/// A product in the merchant's table.
#[derive(Debug, Queryable)]
pub struct Summary {
    pub id: Uuid,
    pub version: i64,
    pub slug: String,
    pub title: String,
    pub status: String,
    pub vendor: String,
    pub changed_at: OffsetDateTime,
}

/// Which products a table shows.
#[derive(Clone, Debug, Default)]
pub struct Which {
    pub status: Option<Status>,
    /// In any of these, when given.
    pub categories: Option<Vec<CategoryId>>,
    /// A part of the title or the vendor, or of a SKU or a barcode.
    pub text: Option<String>,
}

/// The newest first; `after` is the id of the last one seen.
pub async fn list_products(
    tx: &TenantTx,
    which: &Which,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<Summary>, Error> {
    use product as p;
    let mut query = chosen(tx, which)
        .select((
            p::id,
            p::version,
            p::slug,
            p::title,
            p::status,
            p::vendor,
            p::changed_at,
        ))
        .order(p::id.desc())
        .limit(rows);
    if let Some(after) = after {
        query = query.filter(p::id.lt(after));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

pub async fn count_products(tx: &TenantTx, which: &Which) -> Result<i64, Error> {
    let count = chosen(tx, which).select(diesel::dsl::count_star());
    Ok(count.get_result(&mut tx.conn()).await?)
}

fn chosen<'a>(tx: &TenantTx, which: &Which) -> product::BoxedQuery<'a, Pg> {
    let tenant = tx.tenant().uuid();
    let mut query = product::table
        .filter(product::tenant_id.eq(tenant))
        .into_boxed();
    if let Some(status) = which.status {
        query = query.filter(product::status.eq(status.as_str()));
    }
    if let Some(categories) = &which.categories {
        let ids: Vec<Uuid> = categories.iter().map(|id| id.uuid()).collect();
        query = query.filter(exists(
            product_category::table
                .filter(product_category::tenant_id.eq(tenant))
                .filter(product_category::product_id.eq(product::id))
                .filter(product_category::category_id.eq_any(ids)),
        ));
    }
    if let Some(text) = &which.text {
        let codes = variant::table
            .filter(variant::tenant_id.eq(tenant))
            .filter(
                strpos(search_plain(variant::sku), search_plain(text.clone()))
                    .gt(0)
                    .or(variant::barcode.eq(text.clone()).assume_not_null()),
            )
            .select(variant::product_id);
        let title = strpos(search_plain(product::title), search_plain(text.clone())).gt(0);
        let vendor = strpos(search_plain(product::vendor), search_plain(text.clone())).gt(0);
        query = query.filter(title.or(vendor).or(product::id.eq_any(codes)));
    }
    query
}
