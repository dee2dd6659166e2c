//! What buyers say of products.

use db::{Error, Prepare, TenantTx};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use kernel::ProductId;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::review;

pub const APPROVED: &str = "approved";

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = review)]
pub struct ReviewRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub product_id: Uuid,
    /// approved or hold.
    pub status: String,
    /// 0 (none) to 5.
    pub rating: i16,
    pub reviewer: String,
    pub email: String,
    pub body_html: String,
    pub verified: bool,
    pub created_at: OffsetDateTime,
}

pub async fn find_review(tx: &TenantTx, id: Uuid) -> Result<Option<ReviewRow>, Error> {
    let found = review::table
        .find((tx.tenant().uuid(), id))
        .select(ReviewRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// Writes a review, new or changed.
pub async fn save_review(tx: &TenantTx, row: &ReviewRow) -> Result<(), Error> {
    diesel::insert_into(review::table)
        .values(row)
        .on_conflict((review::tenant_id, review::id))
        .do_update()
        .set((
            review::product_id.eq(excluded(review::product_id)),
            review::status.eq(excluded(review::status)),
            review::rating.eq(excluded(review::rating)),
            review::reviewer.eq(excluded(review::reviewer)),
            review::email.eq(excluded(review::email)),
            review::body_html.eq(excluded(review::body_html)),
            review::verified.eq(excluded(review::verified)),
            review::created_at.eq(excluded(review::created_at)),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The newest first; of one product, or of all.
pub async fn list_reviews(
    tx: &TenantTx,
    product: Option<ProductId>,
    status: Option<&str>,
    after: Option<(OffsetDateTime, Uuid)>,
    rows: i64,
) -> Result<Vec<ReviewRow>, Error> {
    let mut query = review::table
        .filter(review::tenant_id.eq(tx.tenant().uuid()))
        .order((review::created_at.desc(), review::id.desc()))
        .limit(rows)
        .select(ReviewRow::as_select())
        .into_boxed();
    if let Some(product) = product {
        query = query.filter(review::product_id.eq(product.uuid()));
    }
    if let Some(status) = status {
        query = query.filter(review::status.eq(status.to_owned()));
    }
    if let Some((at, id)) = after {
        let older = review::created_at.lt(at);
        query = query.filter(older.or(review::created_at.eq(at).and(review::id.lt(id))));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

/// How many approved reviews of a product have stars, and their mean in hundredths of a star.
pub async fn rating_of(tx: &TenantTx, product: ProductId) -> Result<(i64, i64), Error> {
    use diesel::dsl::sql;
    use diesel::sql_types::BigInt;
    let found = review::table
        .filter(review::tenant_id.eq(tx.tenant().uuid()))
        .filter(review::product_id.eq(product.uuid()))
        .filter(review::status.eq(APPROVED))
        .filter(review::rating.gt(0))
        .select((
            count_star(),
            sql::<BigInt>("coalesce(round(avg(rating) * 100), 0)::bigint"),
        ))
        .first(&mut tx.conn())
        .await?;
    Ok(found)
}

/// Whether shoppers can see the product.
pub async fn is_on_shelf(tx: &TenantTx, product: ProductId) -> Result<bool, Error> {
    use super::schema::product_card;
    let card = product_card::table.find((tx.tenant().uuid(), product.uuid()));
    Ok(diesel::select(diesel::dsl::exists(card))
        .get_result(&mut tx.conn())
        .await?)
}
