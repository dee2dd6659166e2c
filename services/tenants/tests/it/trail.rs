//! The audit trail hears of deeds in other services.

use bus::Delivery;
use events::catalog::v1::ActionRecorded;
use events::common::v1::Action;
use kernel::{EventId, TenantId};
use tenants::events::action_recorded;
use tenants::store::audit;

use crate::world::World;

/// A deed as catalog tells it.
fn deed(tenant: TenantId) -> Delivery<ActionRecorded> {
    let action = Action {
        action_id: EventId::new().to_string(),
        version: 1,
        at_us: 1_764_000_000_000_000,
        actor: "staff:1".into(),
        ip: "192.0.2.1".into(),
        action: "product.update".into(),
        target: "product:1".into(),
        before_json: r#"{"title":"A"}"#.into(),
        after_json: r#"{"title":"B"}"#.into(),
        ..Action::default()
    };
    Delivery {
        id: EventId::new(),
        tenant,
        occurred_at: time::OffsetDateTime::UNIX_EPOCH,
        message: ActionRecorded {
            tenant_id: tenant.to_string(),
            action: Some(action),
        },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deed_in_another_service_is_one_entry_however_often_it_is_told() {
    let world = World::start().await;
    let tenant: TenantId = world.store().await.id.parse().unwrap();
    let count = async || {
        let counted = world
            .app
            .db
            .system("count entries", async |tx| audit::count(tx).await);
        counted.await.unwrap()
    };
    let before = count().await;
    let told = deed(tenant);
    for delivery in [told.clone(), told, deed(tenant)] {
        let heard = world.app.db.tenant(tenant, async |tx| {
            action_recorded::of_catalog(tx, delivery).await
        });
        heard.await.unwrap();
    }
    assert_eq!(count().await, before + 2);
    // Its end verifies the chain.
    world.end().await;
}
