//! An event becomes a delivery for each of the store's endpoints that wants to hear of it.

use bus::Delivery;
use db::TenantTx;
use serde_json::Value;
use uuid::Uuid;

use crate::app::App;
use crate::domain::public;
use crate::jobs::send_deliveries::payload_place;
use crate::store::deliveries::{self, DeliveryRow, PENDING};
use crate::store::endpoints;
use crate::vault::VaultError;

/// The event's own id names it at every endpoint, so a repeat changes nothing.
pub async fn publish<E>(
    app: &App,
    tx: &TenantTx,
    delivery: &Delivery<E>,
    kind: &str,
    data: impl FnOnce(&E) -> Value,
) -> Result<(), VaultError> {
    let wanting = endpoints::list_wanting(tx, kind).await?;
    if wanting.is_empty() {
        return Ok(());
    }
    let body = public::body(kind, delivery.occurred_at, data(&delivery.message));
    for endpoint in wanting {
        create(
            app,
            tx,
            (endpoint, kind),
            &format!("evt_{}", delivery.id),
            &body,
        )
        .await?;
    }
    Ok(())
}

/// Queues an event for one endpoint.
pub async fn create(
    app: &App,
    tx: &TenantTx,
    (endpoint, kind): (Uuid, &str),
    event_id: &str,
    body: &[u8],
) -> Result<Uuid, VaultError> {
    let (id, now) = (Uuid::now_v7(), app.clock.now());
    let row = DeliveryRow {
        tenant_id: tx.tenant().uuid(),
        id,
        endpoint_id: endpoint,
        event_id: event_id.to_owned(),
        kind: kind.to_owned(),
        payload: app
            .vault
            .seal_bytes(payload_place(tx, &id.to_string()), body)?,
        state: PENDING.to_owned(),
        attempts: 0,
        due_at: now,
        last_status: None,
        created_at: now,
        updated_at: now,
    };
    deliveries::create(tx, &row).await?;
    Ok(id)
}
