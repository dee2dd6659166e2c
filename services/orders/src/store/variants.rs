//! What catalog told of variants, with the stock that is here.

use db::{Error, Prepare, TenantTx, in_array, one_of};
use diesel::dsl::{AsSelect, auto_type};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use kernel::{CartId, Currency, Money, ProductId, VariantId};
use uuid::Uuid;

use super::schema::{cart, product_heard, sellable_variant, stock};
use crate::domain::cart::{Offer, Quantities};
use crate::domain::tax::TaxClass;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = sellable_variant)]
pub struct VariantRow {
    pub tenant_id: Uuid,
    pub variant_id: Uuid,
    pub product_id: Uuid,
    pub sku: String,
    pub barcode: String,
    pub title: String,
    pub variant_title: String,
    pub image_url: String,
    pub price_minor: i64,
    pub currency: String,
    pub tax_class: String,
    pub exemption_code: String,
    pub weight_grams: i32,
    pub requires_shipping: bool,
    pub for_sale: bool,
    pub product_version: i64,
    pub quantity_min: i32,
    pub quantity_max: i32,
    pub quantity_step: i32,
    pub product_slug: String,
}

diesel::define_sql_function! {
    fn array_append(
        list: sql_types::Array<sql_types::Uuid>,
        one: sql_types::Nullable<sql_types::Uuid>,
    ) -> sql_types::Array<sql_types::Uuid>;
}

/// A variant with its stock's counts, and whether they count.
type Found = (VariantRow, Option<i64>, Option<i64>, Option<bool>);

#[auto_type(no_type_alias)]
fn offered(tenant: Uuid) -> _ {
    let row: AsSelect<VariantRow, Pg> = VariantRow::as_select();
    let same_tenant = stock::tenant_id.eq(sellable_variant::tenant_id);
    let same_variant = stock::variant_id.eq(sellable_variant::variant_id);
    sellable_variant::table
        .left_join(stock::table.on(same_tenant.and(same_variant)))
        .filter(sellable_variant::tenant_id.eq(tenant))
        .select((
            row,
            stock::on_hand.nullable(),
            stock::reserved.nullable(),
            stock::tracked.nullable(),
        ))
}

/// The offers of variants, with what is available now. Nothing is locked. What is priced in another
/// currency than the store's is not for sale.
pub async fn list_offers(
    tx: &TenantTx,
    ids: &[VariantId],
    currency: Currency,
) -> Result<Vec<Offer>, Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let found: Vec<Found> = offered(tx.tenant().uuid())
        .filter(one_of(sellable_variant::variant_id, &ids))
        .load(&mut tx.conn())
        .await?;
    Ok(offers(found, currency))
}

/// The offers of everything in a cart and of `also`, in one statement that can be sent together with
/// the one that reads the cart.
pub async fn list_offers_of_cart(
    tx: &TenantTx,
    id: CartId,
    also: Option<VariantId>,
    currency: Currency,
) -> Result<Vec<Offer>, Error> {
    let also = also.map(VariantId::uuid);
    let wanted = cart::table
        .filter(cart::tenant_id.eq(tx.tenant().uuid()))
        .filter(cart::id.eq(id.uuid()))
        .select(array_append(cart::variants, also))
        .single_value();
    let found: Vec<Found> = offered(tx.tenant().uuid())
        .filter(in_array(sellable_variant::variant_id, wanted))
        .load(&mut tx.conn())
        .await?;
    Ok(offers(found, currency))
}

fn offers(found: Vec<Found>, currency: Currency) -> Vec<Offer> {
    let offer = |(row, on_hand, reserved, tracked): Found| {
        let is_counted = tracked.unwrap_or(true);
        let available = on_hand.unwrap_or(0) - reserved.unwrap_or(0);
        offer(row, is_counted.then_some(available), currency)
    };
    found.into_iter().map(offer).collect()
}

fn offer(row: VariantRow, available: Option<i64>, store: Currency) -> Offer {
    let currency: Currency = row
        .currency
        .parse()
        .expect("a currency was checked before it was stored");
    Offer {
        variant: VariantId::from_uuid(row.variant_id),
        product: ProductId::from_uuid(row.product_id),
        sku: row.sku,
        barcode: row.barcode,
        title: row.title,
        product_slug: row.product_slug,
        variant_title: row.variant_title,
        image_url: row.image_url,
        price: Money::new(row.price_minor, currency),
        tax_class: TaxClass::of_name(&row.tax_class),
        exemption_code: row.exemption_code,
        weight_grams: u32::try_from(row.weight_grams).unwrap_or(0),
        requires_shipping: row.requires_shipping,
        for_sale: row.for_sale && currency == store,
        available,
        quantities: Quantities {
            min: row.quantity_min.into(),
            max: row.quantity_max.into(),
            step: row.quantity_step.into(),
        },
    }
}

/// Stores a product's variants when the event is news, and answers which were written; those it no
/// longer names are not sold any more. Any order of arrival ends in the same rows.
pub async fn save_product(
    tx: &TenantTx,
    product: Uuid,
    version: i64,
    rows: &[VariantRow],
) -> Result<Vec<Uuid>, Error> {
    if !is_news(tx, product, version).await? {
        return Ok(Vec::new());
    }
    let kept: Vec<Uuid> = rows.iter().map(|row| row.variant_id).collect();
    diesel::update(sellable_variant::table)
        .filter(sellable_variant::tenant_id.eq(tx.tenant().uuid()))
        .filter(sellable_variant::product_id.eq(product))
        .filter(sellable_variant::product_version.lt(version))
        .filter(sellable_variant::variant_id.ne_all(kept))
        .set((
            sellable_variant::for_sale.eq(false),
            sellable_variant::product_version.eq(version),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let upsert = diesel::insert_into(sellable_variant::table)
        .values(rows)
        .on_conflict((sellable_variant::tenant_id, sellable_variant::variant_id))
        .do_update()
        .set((
            sellable_variant::product_id.eq(excluded(sellable_variant::product_id)),
            sellable_variant::sku.eq(excluded(sellable_variant::sku)),
            sellable_variant::barcode.eq(excluded(sellable_variant::barcode)),
            sellable_variant::title.eq(excluded(sellable_variant::title)),
            sellable_variant::variant_title.eq(excluded(sellable_variant::variant_title)),
            sellable_variant::image_url.eq(excluded(sellable_variant::image_url)),
            sellable_variant::price_minor.eq(excluded(sellable_variant::price_minor)),
            sellable_variant::currency.eq(excluded(sellable_variant::currency)),
            sellable_variant::tax_class.eq(excluded(sellable_variant::tax_class)),
            sellable_variant::exemption_code.eq(excluded(sellable_variant::exemption_code)),
            sellable_variant::weight_grams.eq(excluded(sellable_variant::weight_grams)),
            sellable_variant::requires_shipping.eq(excluded(sellable_variant::requires_shipping)),
            sellable_variant::for_sale.eq(excluded(sellable_variant::for_sale)),
            sellable_variant::product_version.eq(excluded(sellable_variant::product_version)),
            sellable_variant::quantity_min.eq(excluded(sellable_variant::quantity_min)),
            sellable_variant::quantity_max.eq(excluded(sellable_variant::quantity_max)),
            sellable_variant::quantity_step.eq(excluded(sellable_variant::quantity_step)),
            sellable_variant::product_slug.eq(excluded(sellable_variant::product_slug)),
        ));
    let newer = sellable_variant::product_version.lt(excluded(sellable_variant::product_version));
    let written = diesel::query_dsl::methods::FilterDsl::filter(upsert, newer)
        .returning(sellable_variant::variant_id)
        .get_results(&mut tx.conn())
        .await?;
    Ok(written)
}

/// Notes a product's version, and locks it: whoever brings another one waits. False for one that is
/// not newer. A removed variant has no word of its own in what removed it, so the variants' own
/// versions do not tell.
async fn is_news(tx: &TenantTx, product: Uuid, version: i64) -> Result<bool, Error> {
    let upsert = diesel::insert_into(product_heard::table)
        .values((
            product_heard::tenant_id.eq(tx.tenant().uuid()),
            product_heard::product_id.eq(product),
            product_heard::version.eq(version),
        ))
        .on_conflict((product_heard::tenant_id, product_heard::product_id))
        .do_update()
        .set(product_heard::version.eq(version));
    let newer = product_heard::version.lt(version);
    let noted = diesel::query_dsl::methods::FilterDsl::filter(upsert, newer)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(noted == 1)
}
