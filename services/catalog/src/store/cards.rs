//! What shoppers read: finished documents.

use std::collections::BTreeMap;

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use futures_util::try_join;
use kernel::{CategoryId, ProductId, VariantId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{category, category_card, product_card, product_category};
use super::stock;
use crate::domain::document::{CategoryRef, Front, Kept, ProductCard, ProductDocument, Stock};
use crate::domain::product::Product;
use crate::domain::slug;

diesel::define_sql_function! {
    #[sql_name = "shelve"]
    fn shelve_products(tenant: SqlUuid, products: Array<SqlUuid>) -> diesel::sql_types::Bool;
}

/// Products that one statement puts into their categories' lists, well within its time.
const SHELVED_AT_ONCE: usize = 2_000;

/// In which order a list is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Newest,
    Cheapest,
    Dearest,
    Title,
}

/// Which products a list has.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// In this one or below it, when given.
    pub category: Option<CategoryId>,
    /// Minor units.
    pub price_min: Option<i64>,
    pub price_max: Option<i64>,
    pub in_stock: Option<bool>,
    pub tag: Option<String>,
}

/// Where a list goes on: the sort key of the last row, and its id.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    Created(#[serde(with = "time::serde::rfc3339")] OffsetDateTime, Uuid),
    Price(i64, Uuid),
    Title(String, Uuid),
}

/// A row of a list.
#[derive(Debug, Queryable)]
pub struct Listed {
    product_id: Uuid,
    title_key: String,
    price_minor: i64,
    created_at: OffsetDateTime,
    in_stock: bool,
    card: String,
    sku: String,
    available: Option<i64>,
}

type ListedColumns = (
    product_card::product_id,
    product_card::title_key,
    product_card::price_minor,
    product_card::created_at,
    product_card::in_stock,
    product_card::card,
    product_card::sku,
    product_card::available,
);
const LISTED: ListedColumns = (
    product_card::product_id,
    product_card::title_key,
    product_card::price_minor,
    product_card::created_at,
    product_card::in_stock,
    product_card::card,
    product_card::sku,
    product_card::available,
);

impl Listed {
    pub fn key(&self, sort: Sort) -> Key {
        match sort {
            Sort::Newest => Key::Created(self.created_at, self.product_id),
            Sort::Cheapest | Sort::Dearest => Key::Price(self.price_minor, self.product_id),
            Sort::Title => Key::Title(self.title_key.clone(), self.product_id),
        }
    }

    pub fn product_id(&self) -> Uuid {
        self.product_id
    }

    /// # Errors
    /// When the document was written by a program that this one does not understand.
    pub fn into_card(self) -> Result<ProductCard, serde_json::Error> {
        let mut card: ProductCard = serde_json::from_str(&self.card)?;
        (card.sku, card.in_stock, card.available) = (self.sku, self.in_stock, self.available);
        Ok(card)
    }
}

/// What a page shows: how it is sorted, where it begins and how long it is. A key of another order
/// than `sort` begins at the start.
pub struct Wanted {
    pub filter: Filter,
    pub sort: Sort,
    pub after: Option<Key>,
    pub rows: i64,
}

/// The order, beginning and conditions of a page over either source; `$by` is the table whose index
/// gives the order. The first condition of each key is the one that the index understands.
macro_rules! load_page {
    ($tx:expr, $source:expr, $by:ident, $wanted:expr) => {{
        let wanted: &Wanted = $wanted;
        let mut query = $source.select(LISTED).limit(wanted.rows).into_boxed();
        query = match wanted.sort {
            Sort::Newest => query.order(($by::created_at.desc(), $by::product_id.desc())),
            Sort::Cheapest => query.order(($by::price_minor.asc(), $by::product_id.asc())),
            Sort::Dearest => query.order(($by::price_minor.desc(), $by::product_id.desc())),
            Sort::Title => query.order(($by::title_key.asc(), $by::product_id.asc())),
        };
        query = match (wanted.sort, wanted.after.clone()) {
            (Sort::Newest, Some(Key::Created(at, id))) => query
                .filter($by::created_at.le(at))
                .filter($by::created_at.lt(at).or($by::product_id.lt(id))),
            (Sort::Cheapest, Some(Key::Price(price, id))) => query
                .filter($by::price_minor.ge(price))
                .filter($by::price_minor.gt(price).or($by::product_id.gt(id))),
            (Sort::Dearest, Some(Key::Price(price, id))) => query
                .filter($by::price_minor.le(price))
                .filter($by::price_minor.lt(price).or($by::product_id.lt(id))),
            (Sort::Title, Some(Key::Title(title, id))) => query
                .filter($by::title_key.ge(title.clone()))
                .filter($by::title_key.gt(title).or($by::product_id.gt(id))),
            _ => query,
        };
        if let Some(price) = wanted.filter.price_min {
            query = query.filter($by::price_minor.ge(price));
        }
        if let Some(price) = wanted.filter.price_max {
            query = query.filter($by::price_minor.le(price));
        }
        if let Some(in_stock) = wanted.filter.in_stock {
            query = query.filter(product_card::in_stock.eq(in_stock));
        }
        if let Some(tag) = &wanted.filter.tag {
            query = query.filter(product_card::tags.contains(vec![tag.clone()]));
        }
        query.load(&mut $tx.conn()).await?
    }};
}

/// A page of what is on sale.
pub async fn list_cards(tx: &TenantTx, wanted: &Wanted) -> Result<Vec<Listed>, Error> {
    let tenant = tx.tenant().uuid();
    let Some(category) = wanted.filter.category else {
        let all = product_card::table.filter(product_card::tenant_id.eq(tenant));
        return Ok(load_page!(tx, all, product_card, wanted));
    };
    let card = category_card::tenant_id
        .eq(product_card::tenant_id)
        .and(category_card::product_id.eq(product_card::product_id));
    let of_category = category_card::table
        .inner_join(product_card::table.on(card))
        .filter(category_card::tenant_id.eq(tenant))
        .filter(category_card::category_id.eq(category.uuid()));
    Ok(load_page!(tx, of_category, category_card, wanted))
}

/// Writes anew in which categories' lists these products stand.
pub async fn shelve(tx: &TenantTx, ids: &[ProductId]) -> Result<(), Error> {
    for some in ids.chunks(SHELVED_AT_ONCE) {
        let ids: Vec<Uuid> = some.iter().map(|id| id.uuid()).collect();
        diesel::select(shelve_products(tx.tenant().uuid(), ids))
            .get_result::<bool>(&mut tx.conn())
            .await?;
    }
    Ok(())
}

/// Cards by id, in the order of the ids.
pub async fn list_by_ids(tx: &TenantTx, ids: &[Uuid]) -> Result<Vec<Listed>, Error> {
    use product_card as c;
    let rows: Vec<Listed> = c::table
        .filter(c::tenant_id.eq(tx.tenant().uuid()))
        .filter(c::product_id.eq_any(ids))
        .select(LISTED)
        .load(&mut tx.conn())
        .await?;
    let mut by_id: BTreeMap<Uuid, Listed> =
        rows.into_iter().map(|row| (row.product_id, row)).collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

/// A product's page with its stock and its categories.
pub async fn find_document(
    tx: &TenantTx,
    slug: &str,
) -> Result<Option<(String, Stocks, Vec<CategoryRef>)>, Error> {
    use product_card as c;
    let found = c::table
        .filter(c::tenant_id.eq(tx.tenant().uuid()))
        .filter(c::slug.eq(slug))
        .select((c::product_id, c::document))
        .first::<(Uuid, String)>(&mut tx.conn())
        .await
        .optional()?;
    let Some((id, document)) = found else {
        return Ok(None);
    };
    let id = ProductId::from_uuid(id);
    let (stock, categories) = try_join!(stock::of_product(tx, id), list_categories(tx, id))?;
    Ok(Some((document, stock, categories)))
}

pub type Stocks = BTreeMap<VariantId, Stock>;

/// The page that [`find_document`] found the parts of.
///
/// # Errors
/// When the document was written by a program that this one does not understand.
pub fn complete(
    (document, stock, categories): (String, Stocks, Vec<CategoryRef>),
) -> Result<ProductDocument, serde_json::Error> {
    let kept: Kept = serde_json::from_str(&document)?;
    Ok(ProductDocument {
        categories,
        ..kept.with_stock(&stock)
    })
}

async fn list_categories(tx: &TenantTx, id: ProductId) -> Result<Vec<CategoryRef>, Error> {
    let rows = product_category::table
        .inner_join(
            category::table.on(category::tenant_id
                .eq(product_category::tenant_id)
                .and(category::id.eq(product_category::category_id))),
        )
        .filter(product_category::tenant_id.eq(tx.tenant().uuid()))
        .filter(product_category::product_id.eq(id.uuid()))
        .order(product_category::position)
        .select((category::id, category::slug, category::name))
        .load::<(Uuid, String, String)>(&mut tx.conn())
        .await?;
    let view = |(id, slug, name): (Uuid, String, String)| CategoryRef {
        id: CategoryId::from_uuid(id),
        slug: slug
            .parse()
            .expect("a slug was checked before it was stored"),
        name,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Puts a product on the shelf, or renews what stands there.
pub async fn save_card(
    tx: &TenantTx,
    product: &Product,
    (card, kept): (&ProductCard, &Kept),
    front: &Front,
) -> Result<(), Error> {
    use product_card as c;
    let values = (
        c::slug.eq(product.slug.as_str().to_owned()),
        c::title_key.eq(slug::sort_key(&product.title)),
        c::price_minor.eq(card.price.minor),
        c::tags.eq(&product.tags),
        c::in_stock.eq(front.told.in_stock),
        c::sku.eq(front.sku.to_string()),
        c::available.eq(front.told.available),
        c::created_at.eq(product.created_at),
        c::card.eq(serde_json::to_string(card).expect("a card is plain data")),
        c::document.eq(serde_json::to_string(kept).expect("a document is plain data")),
    );
    diesel::insert_into(c::table)
        .values((
            c::tenant_id.eq(tx.tenant().uuid()),
            c::product_id.eq(product.id.uuid()),
            values.clone(),
        ))
        .on_conflict((c::tenant_id, c::product_id))
        .do_update()
        .set(values)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn delete_card(tx: &TenantTx, id: ProductId) -> Result<(), Error> {
    let target = product_card::table.find((tx.tenant().uuid(), id.uuid()));
    diesel::delete(target)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Writes what lists tell of a product's stock, where that changed.
pub async fn save_front(tx: &TenantTx, id: ProductId, front: &Front) -> Result<(), Error> {
    use product_card as c;
    let (sku, told) = (front.sku.as_str(), front.told);
    let is_other = c::in_stock
        .ne(told.in_stock)
        .or(c::sku.ne(sku))
        .or(c::available.is_distinct_from(told.available));
    let target = c::table.find((tx.tenant().uuid(), id.uuid()));
    diesel::update(target.filter(is_other))
        .set((
            c::in_stock.eq(told.in_stock),
            c::sku.eq(sku),
            c::available.eq(told.available),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
