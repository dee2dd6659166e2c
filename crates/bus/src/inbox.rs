//! Taking effect once, for handlers that are not harmless the second time by themselves.

use db::{Error, Prepare, TenantTx};
use diesel::ExpressionMethods;
use diesel_async::RunQueryDsl;
use kernel::EventId;

use crate::schema::inbox;

/// Notes that `consumer` takes effect of the event in this transaction. False when it already has:
/// then the handler has nothing left to do. A twin that runs at the same moment waits here for the
/// other's end.
pub async fn first_delivery(
    tx: &mut TenantTx,
    consumer: &'static str,
    id: EventId,
) -> Result<bool, Error> {
    let noted = diesel::insert_into(inbox::table)
        .values((
            inbox::tenant_id.eq(tx.tenant().uuid()),
            inbox::consumer.eq(consumer),
            inbox::event_id.eq(id.uuid()),
        ))
        .on_conflict_do_nothing()
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(noted == 1)
}
