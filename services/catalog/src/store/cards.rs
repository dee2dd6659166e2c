//! What shoppers read: finished documents.

use std::collections::BTreeMap;

use db::{Error, TenantTx};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures_util::try_join;
use kernel::{CategoryId, ProductId, VariantId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{category, product_card, product_category};
use super::stock;
use crate::domain::document::{CategoryRef, Kept, ProductCard, ProductDocument, Stock};
use crate::domain::product::Product;
use crate::domain::slug;

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
    /// In any of these, when given.
    pub categories: Option<Vec<CategoryId>>,
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
}

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
        card.in_stock = self.in_stock;
        Ok(card)
    }
}

/// A page of what is on sale. A key of another order than `sort` begins at the start.
pub async fn list_cards(
    tx: &TenantTx,
    filter: &Filter,
    sort: Sort,
    after: Option<Key>,
    rows: i64,
) -> Result<Vec<Listed>, Error> {
    use product_card as c;
    let mut query = c::table
        .filter(c::tenant_id.eq(tx.tenant().uuid()))
        .select((
            c::product_id,
            c::title_key,
            c::price_minor,
            c::created_at,
            c::in_stock,
            c::card,
        ))
        .limit(rows)
        .into_boxed();
    query = match sort {
        Sort::Newest => query.order((c::created_at.desc(), c::product_id.desc())),
        Sort::Cheapest => query.order((c::price_minor.asc(), c::product_id.asc())),
        Sort::Dearest => query.order((c::price_minor.desc(), c::product_id.desc())),
        Sort::Title => query.order((c::title_key.asc(), c::product_id.asc())),
    };
    // The first condition of each pair is the one that the index understands.
    query = match (sort, after) {
        (Sort::Newest, Some(Key::Created(at, id))) => query
            .filter(c::created_at.le(at))
            .filter(c::created_at.lt(at).or(c::product_id.lt(id))),
        (Sort::Cheapest, Some(Key::Price(price, id))) => query
            .filter(c::price_minor.ge(price))
            .filter(c::price_minor.gt(price).or(c::product_id.gt(id))),
        (Sort::Dearest, Some(Key::Price(price, id))) => query
            .filter(c::price_minor.le(price))
            .filter(c::price_minor.lt(price).or(c::product_id.lt(id))),
        (Sort::Title, Some(Key::Title(title, id))) => query
            .filter(c::title_key.ge(title.clone()))
            .filter(c::title_key.gt(title).or(c::product_id.gt(id))),
        _ => query,
    };
    if let Some(categories) = &filter.categories {
        let ids: Vec<Uuid> = categories.iter().map(|id| id.uuid()).collect();
        query = query.filter(exists(
            product_category::table
                .filter(product_category::tenant_id.eq(c::tenant_id))
                .filter(product_category::product_id.eq(c::product_id))
                .filter(product_category::category_id.eq_any(ids)),
        ));
    }
    if let Some(price) = filter.price_min {
        query = query.filter(c::price_minor.ge(price));
    }
    if let Some(price) = filter.price_max {
        query = query.filter(c::price_minor.le(price));
    }
    if let Some(in_stock) = filter.in_stock {
        query = query.filter(c::in_stock.eq(in_stock));
    }
    if let Some(tag) = &filter.tag {
        query = query.filter(c::tags.contains(vec![tag.clone()]));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

/// Cards by id, in the order of the ids.
pub async fn list_by_ids(tx: &TenantTx, ids: &[Uuid]) -> Result<Vec<Listed>, Error> {
    use product_card as c;
    let rows: Vec<Listed> = c::table
        .filter(c::tenant_id.eq(tx.tenant().uuid()))
        .filter(c::product_id.eq_any(ids))
        .select((
            c::product_id,
            c::title_key,
            c::price_minor,
            c::created_at,
            c::in_stock,
            c::card,
        ))
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
    in_stock: bool,
) -> Result<(), Error> {
    use product_card as c;
    let values = (
        c::slug.eq(product.slug.as_str().to_owned()),
        c::title_key.eq(slug::sort_key(&product.title)),
        c::price_minor.eq(card.price.minor),
        c::tags.eq(&product.tags),
        c::in_stock.eq(in_stock),
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
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn delete_card(tx: &TenantTx, id: ProductId) -> Result<(), Error> {
    let target = product_card::table.find((tx.tenant().uuid(), id.uuid()));
    diesel::delete(target).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Writes whether a product can be bought, where that changed.
pub async fn save_in_stock(tx: &TenantTx, id: ProductId, in_stock: bool) -> Result<(), Error> {
    let target = product_card::table
        .find((tx.tenant().uuid(), id.uuid()))
        .filter(product_card::in_stock.ne(in_stock));
    diesel::update(target)
        .set(product_card::in_stock.eq(in_stock))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
