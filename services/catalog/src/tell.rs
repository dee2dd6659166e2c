//! What this service tells besides its products: see `publish`.

use bus::emit;
use db::{Error, TenantTx};
use events::catalog::v1::{ActionRecorded, CategoryChanged};
use events::to_us;
use http_kit::Acted;
use time::OffsetDateTime;

use crate::domain::category::Category;

pub async fn category_changed(tx: &mut TenantTx, category: &Category) -> Result<(), Error> {
    let event = CategoryChanged {
        tenant_id: tx.tenant().to_string(),
        category_id: category.id.to_string(),
        version: category.version,
        deleted: false,
        slug: category.slug.to_string(),
        name: category.name.clone(),
        parent_id: category.parent.map(|id| id.to_string()).unwrap_or_default(),
        position: category.position,
        changed_at_us: to_us(category.changed_at),
    };
    emit(tx, &event).await
}

/// That a category is gone; the other fields are its last state.
pub async fn category_deleted(
    tx: &mut TenantTx,
    last: &Category,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let event = CategoryChanged {
        tenant_id: tx.tenant().to_string(),
        category_id: last.id.to_string(),
        version: last.version + 1,
        deleted: true,
        slug: last.slug.to_string(),
        name: last.name.clone(),
        parent_id: last.parent.map(|id| id.to_string()).unwrap_or_default(),
        position: last.position,
        changed_at_us: to_us(now),
    };
    emit(tx, &event).await
}

/// What somebody of the staff did, for the audit trail.
pub async fn acted(tx: &mut TenantTx, acted: Acted) -> Result<(), Error> {
    let event = ActionRecorded {
        tenant_id: tx.tenant().to_string(),
        action: Some(acted.into()),
    };
    emit(tx, &event).await
}
