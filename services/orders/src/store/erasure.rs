//! What goes with a customer, and what the law has us keep.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use kernel::{CustomerId, TenantId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{account, cart, customer, customer_address, erased_address, orders};

/// Nothing is sent for such an order any more, and nothing is waited for.
const IS_OVER: &str =
    "(o.status IN ('cancelled', 'refunded') OR o.fulfilment IN ('fulfilled', 'delivered'))";

/// An order keeps what an invoice and a complaint need: what was bought, whom it was invoiced to and where,
/// and the postcode that decided about the tax. How to call somebody, where the parcel went, and what
/// somebody wrote to the store it does not.
const FORGOTTEN: &str =
    "details = jsonb_set(o.details || '{\"phone\": null, \"note\": \"\"}', '{shipping_address}',
     (o.details -> 'shipping_address')
       || '{\"name\": \"\", \"company\": \"\", \"line1\": \"\", \"line2\": \"\", \"city\": \"\"}')";

/// What is not over is forgotten later.
const NOTE_OPEN_ORDERS: &str = "INSERT INTO order_to_forget (tenant_id, order_id, erased_at)
   SELECT tenant_id, id, $3 FROM \"order\" WHERE tenant_id = $1 AND customer_id = $2
   ON CONFLICT DO NOTHING";

/// Orders of another shop are history: only what was sold, when and for how much stays.
const FORGET_IN_PAST_ORDERS: &str = "UPDATE past_order
   SET document = document - ARRAY['billing_address', 'shipping_address', 'customer_note', 'notes'],
     email = '', customer_id = NULL
   WHERE tenant_id = $1 AND customer_id = $2";

/// The declaration stays with its order, as its receipt does; what was written beside it does not.
const FORGET_IN_WITHDRAWALS: &str = "UPDATE withdrawal w SET statement = ''
   FROM \"order\" o
   WHERE o.tenant_id = w.tenant_id AND o.id = w.order_id AND w.tenant_id = $1 AND o.customer_id = $2";

/// An order of which only what the law asks for is left.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Forgotten {
    #[diesel(sql_type = sql_types::Uuid)]
    pub id: Uuid,
    #[diesel(sql_type = sql_types::BigInt)]
    pub version: i64,
}

/// Makes a customer's orders nobody's. Those that are over are forgotten and told; the others are noted.
pub async fn forget_in_orders(
    tx: &TenantTx,
    id: CustomerId,
    now: OffsetDateTime,
) -> Result<Vec<Forgotten>, Error> {
    for statement in [FORGET_IN_WITHDRAWALS, FORGET_IN_PAST_ORDERS] {
        diesel::sql_query(statement)
            .bind::<sql_types::Uuid, _>(tx.tenant().uuid())
            .bind::<sql_types::Uuid, _>(id.uuid())
            .execute(&mut tx.conn())
            .await?;
    }
    diesel::sql_query(NOTE_OPEN_ORDERS)
        .bind::<sql_types::Uuid, _>(tx.tenant().uuid())
        .bind::<sql_types::Uuid, _>(id.uuid())
        .bind::<sql_types::Timestamptz, _>(now)
        .execute(&mut tx.conn())
        .await?;
    diesel::update(orders::table)
        .filter(orders::tenant_id.eq(tx.tenant().uuid()))
        .filter(orders::customer_id.eq(id.uuid()))
        .set(orders::customer_id.eq(None::<Uuid>))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    forget_noted(tx, OffsetDateTime::UNIX_EPOCH).await
}

/// Forgets the store's noted orders that are over, and those whose customer was erased before `before`,
/// however they stand.
pub async fn forget_noted(tx: &TenantTx, before: OffsetDateTime) -> Result<Vec<Forgotten>, Error> {
    let sql = format!(
        "WITH noted AS (
           DELETE FROM order_to_forget f USING \"order\" o
             WHERE f.tenant_id = $1 AND o.tenant_id = f.tenant_id AND o.id = f.order_id
               AND ({IS_OVER} OR f.erased_at < $2)
             RETURNING f.order_id)
         UPDATE \"order\" o SET {FORGOTTEN} FROM noted
           WHERE o.tenant_id = $1 AND o.id = noted.order_id
           RETURNING o.id, o.version"
    );
    let forgotten = diesel::sql_query(sql)
        .bind::<sql_types::Uuid, _>(tx.tenant().uuid())
        .bind::<sql_types::Timestamptz, _>(before)
        .load(&mut tx.conn())
        .await?;
    Ok(forgotten)
}

/// The stores that have something to forget.
pub async fn list_stores_to_forget(
    tx: &SystemTx,
    before: OffsetDateTime,
) -> Result<Vec<TenantId>, Error> {
    let sql = format!(
        "SELECT DISTINCT f.tenant_id AS id FROM order_to_forget f
           JOIN \"order\" o ON o.tenant_id = f.tenant_id AND o.id = f.order_id
           WHERE {IS_OVER} OR f.erased_at < $1"
    );
    let stores: Vec<Store> = diesel::sql_query(sql)
        .bind::<sql_types::Timestamptz, _>(before)
        .load(&mut tx.conn())
        .await?;
    Ok(stores
        .into_iter()
        .map(|store| TenantId::from_uuid(store.id))
        .collect())
}

#[derive(QueryableByName)]
struct Store {
    #[diesel(sql_type = sql_types::Uuid)]
    id: Uuid,
}

/// Deletes carts, addresses, the account and the customer. Sessions and orders have let go of them before.
pub async fn delete_customer(tx: &TenantTx, id: CustomerId) -> Result<(), Error> {
    let tenant = tx.tenant().uuid();
    diesel::delete(cart::table)
        .filter(cart::tenant_id.eq(tenant))
        .filter(cart::customer_id.eq(id.uuid()))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    diesel::delete(customer_address::table)
        .filter(customer_address::tenant_id.eq(tenant))
        .filter(customer_address::customer_id.eq(id.uuid()))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    diesel::delete(account::table.find((tenant, id.uuid())))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    diesel::delete(customer::table.find((tenant, id.uuid())))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Remembers that what an address left behind before `now` is nobody's.
pub async fn save_mark(tx: &TenantTx, mark: &str, now: OffsetDateTime) -> Result<(), Error> {
    diesel::insert_into(erased_address::table)
        .values((
            erased_address::tenant_id.eq(tx.tenant().uuid()),
            erased_address::mark.eq(mark),
            erased_address::erased_at.eq(now),
        ))
        .on_conflict((erased_address::tenant_id, erased_address::mark))
        .do_update()
        .set(erased_address::erased_at.eq(now))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn find_erased_at(tx: &TenantTx, mark: &str) -> Result<Option<OffsetDateTime>, Error> {
    let found = erased_address::table
        .find((tx.tenant().uuid(), mark))
        .select(erased_address::erased_at)
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}
