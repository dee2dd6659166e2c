//! What goes with a customer, and what the law has us keep.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use kernel::CustomerId;
use time::OffsetDateTime;

use super::schema::{account, cart, customer, customer_address, erased_address, orders};

/// An order that is over keeps what an invoice and a complaint need; how to call somebody and what somebody
/// wrote to the store it does not.
const FORGET_IN_ORDERS: &str = "UPDATE \"order\"
   SET details = details || '{\"phone\": null, \"note\": \"\"}'
   WHERE tenant_id = $1 AND customer_id = $2
     AND (status IN ('cancelled', 'refunded') OR fulfilment IN ('fulfilled', 'delivered'))";

/// Orders of another shop are history: only what was sold, when and for how much stays.
const FORGET_IN_PAST_ORDERS: &str = "UPDATE past_order
   SET document = document - ARRAY['billing_address', 'shipping_address', 'customer_note', 'notes'],
     email = '', customer_id = NULL
   WHERE tenant_id = $1 AND customer_id = $2";

/// The declaration stays with its order, as its receipt does; what was written beside it does not.
const FORGET_IN_WITHDRAWALS: &str = "UPDATE withdrawal w SET statement = ''
   FROM \"order\" o
   WHERE o.tenant_id = w.tenant_id AND o.id = w.order_id AND w.tenant_id = $1 AND o.customer_id = $2";

/// Makes a customer's orders nobody's.
pub async fn forget_in_orders(tx: &TenantTx, id: CustomerId) -> Result<(), Error> {
    for statement in [
        FORGET_IN_WITHDRAWALS,
        FORGET_IN_ORDERS,
        FORGET_IN_PAST_ORDERS,
    ] {
        diesel::sql_query(statement)
            .bind::<sql_types::Uuid, _>(tx.tenant().uuid())
            .bind::<sql_types::Uuid, _>(id.uuid())
            .execute(&mut tx.conn())
            .await?;
    }
    diesel::update(orders::table)
        .filter(orders::tenant_id.eq(tx.tenant().uuid()))
        .filter(orders::customer_id.eq(id.uuid()))
        .set(orders::customer_id.eq(None::<uuid::Uuid>))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
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
