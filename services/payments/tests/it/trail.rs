//! What the platform's people do is told to the audit trail of whom it is about.

use events::common::v1::Action;
use events::payments::v1::ActionRecorded;
use kernel::TenantId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::stripe::event;
use crate::world::World;

/// What sysadmins did, by the trail of `tenant`.
async fn deeds(world: &World, tenant: TenantId) -> Vec<Action> {
    let told = world.told::<ActionRecorded>(tenant).await;
    let deeds = told.into_iter().map(|told| told.action.unwrap());
    let deeds: Vec<_> = deeds
        .filter(|deed| deed.actor.starts_with("sysadmin:"))
        .collect();
    assert!(deeds.iter().all(|deed| !deed.ip.is_empty()), "{deeds:?}");
    deeds
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_sysadmin_does_with_events_and_differences_is_told() {
    let world = World::start().await;
    let store = world.open_store().await;
    world.go_deaf().await;
    // Of real money, at an endpoint of test mode: a difference that a person must look at.
    let intent = json!({ "id": "pi_1", "object": "payment_intent" });
    let mut live = event(
        "evt_live",
        "payment_intent.succeeded",
        &store.account,
        &intent,
    );
    live["livemode"] = json!(true);
    world.deliver(&live).await.expect(200);
    assert_eq!(world.outcome("evt_live").await["state"], "mismatch");

    let one = "/api/payments/sysadmin/webhooks/replay";
    let key = json!({ "tenant_id": store.id, "endpoint": "connect", "event_id": "evt_live" });
    world.sysadmin(Method::POST, one, key).await.expect(200);
    assert_eq!(world.outcome("evt_live").await["state"], "mismatch");
    let range = json!({ "type": "payment_intent.succeeded", "account": store.account });
    let many = format!("{one}s");
    let reply = world.sysadmin(Method::POST, &many, range).await;
    assert_eq!(reply.expect(202).body["count"], 1);
    assert_eq!(world.outcome("evt_live").await["state"], "mismatch");
    let open = world.breaks().await;
    assert_eq!(
        open.len(),
        1,
        "closed by a replay, and opened again: {open:?}"
    );
    let id = open[0]["id"].as_str().unwrap();
    let close = format!("/api/payments/sysadmin/breaks/{id}/close");
    world
        .sysadmin(Method::POST, &close, Value::Null)
        .await
        .expect(200);
    world
        .sysadmin(Method::POST, &close, Value::Null)
        .await
        .expect(404);
    let reconcile = "/api/payments/sysadmin/reconcile";
    world
        .sysadmin(Method::POST, reconcile, Value::Null)
        .await
        .expect(200);

    let stores = deeds(&world, store.id).await;
    let told: Vec<_> = stores
        .iter()
        .map(|d| (d.action.as_str(), d.target.as_str()))
        .collect();
    let closed = format!("break:{id}");
    let expected = [
        ("payments.webhook.replay", "webhook:evt_live"),
        ("payments.break.close", closed.as_str()),
    ];
    assert_eq!(told, expected);
    assert!(
        stores
            .iter()
            .all(|deed| deed.acting_as == format!("tenant:{}", store.id))
    );
    let after: Value = serde_json::from_str(&stores[1].after_json).unwrap();
    assert!(
        after["closed_at"].is_string() && after.get("detail").is_none(),
        "{after}"
    );

    let platforms = deeds(&world, TenantId::PLATFORM).await;
    let told: Vec<_> = platforms.iter().map(|deed| deed.action.as_str()).collect();
    assert_eq!(told, ["payments.webhooks.replay", "payments.reconcile"]);
    let after: Value = serde_json::from_str(&platforms[0].after_json).unwrap();
    assert_eq!(after["count"], 1);
    assert_eq!(after["range"]["account"], json!(store.account));
    assert!(platforms.iter().all(|deed| deed.acting_as.is_empty()));
    world.end().await;
}
