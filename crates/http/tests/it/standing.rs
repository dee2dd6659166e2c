//! What a service stands on: its database, its broker, its heartbeats.

use events::tenants::v1::{TenantChanged, TenantStatus};
use kernel::{Clock, TenantId};
use secrecy::ExposeSecret;
use serde_json::json;
use testkit::broker::Broker;
use tokio_util::sync::CancellationToken;

use crate::base::{Base, insert_store, until};

fn changed(tenant: TenantId, slug: &str, status: TenantStatus, version: i64) -> TenantChanged {
    TenantChanged {
        tenant_id: tenant.to_string(),
        version,
        slug: slug.into(),
        name: slug.into(),
        status: status.into(),
        country: "PT".into(),
        locale: "pt-PT".into(),
        currency: "EUR".into(),
        plan: "business".into(),
        ..TenantChanged::default()
    }
}

async fn tell(base: &Base, tenant: TenantId, event: &TenantChanged) {
    base.tenants
        .tenant(tenant, async |tx| bus::emit(tx, event).await)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_was_not_there_at_the_start_is_found() {
    let base = Base::start(TenantId::new(), "amqp://nobody:pw@127.0.0.1:1/none").await;
    let ask = async |host: &str| {
        let tenant = base.foundation.directory.by_host(host).await;
        tenant
            .map(|tenant| tenant.slug.to_string())
            .map_err(|error| error.code().to_owned())
    };
    assert_eq!(ask("one.store.localhost:8080").await, Ok("one".into()));
    assert_eq!(
        ask("late.store.localhost").await,
        Err("unknown-store".into())
    );
    insert_store(&base.owner_url(), TenantId::new(), "late").await;
    assert_eq!(
        ask("late.store.localhost").await,
        Err("unknown-store".into()),
        "remembered"
    );
    base.platform.clock.advance(time::Duration::seconds(6));
    assert_eq!(ask("late.store.localhost").await, Ok("late".into()));
    base.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn news_of_a_store_reach_the_directory_through_the_broker() {
    let broker = Broker::start().await;
    let tenant = TenantId::new();
    let base = Base::start(tenant, broker.url().expose_secret()).await;
    let shutdown = CancellationToken::new();
    let relay = bus::Relay::new(base.tenants.clone(), base.platform.rabbit.clone());
    let relay = tokio::spawn(relay.run(shutdown.clone()));
    let new = TenantId::new();
    // The instance hears nothing before it is connected, so the news are told until they are heard.
    until("the new store is known", async || {
        tell(&base, new, &changed(new, "new", TenantStatus::Active, 2)).await;
        base.foundation.directory.by_id(new).is_some()
    })
    .await;
    let suspended = changed(tenant, "renamed", TenantStatus::Suspended, 5);
    tell(&base, tenant, &suspended).await;
    until("the store is suspended", async || {
        base.foundation
            .directory
            .in_memory("renamed.store.localhost")
            .is_some()
    })
    .await;
    let refused = base
        .foundation
        .directory
        .open_by_host("renamed.store.localhost")
        .await;
    assert_eq!(refused.unwrap_err().code(), "store-suspended");
    assert!(
        base.foundation
            .directory
            .in_memory("one.store.localhost")
            .is_none(),
        "the old name"
    );
    tell(
        &base,
        tenant,
        &changed(tenant, "older", TenantStatus::Active, 4),
    )
    .await;
    tell(&base, new, &changed(new, "newer", TenantStatus::Active, 6)).await;
    until("later news arrived", async || {
        base.foundation
            .directory
            .in_memory("newer.store.localhost")
            .is_some()
    })
    .await;
    assert!(
        base.foundation
            .directory
            .in_memory("older.store.localhost")
            .is_none()
    );
    shutdown.cancel();
    relay.await.unwrap();
    base.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_hears_who_is_alive() {
    let base = Base::start(TenantId::new(), "amqp://nobody:pw@127.0.0.1:1/none").await;
    let elsewhere = http_kit::Heartbeats::new(&base.platform.config.redis_url, Clock::system());
    until("another process hears it", async || {
        let health = elsewhere.read().await;
        health
            .services
            .get("catalog")
            .is_some_and(|service| service.status == "up")
    })
    .await;
    let nowhere = http_kit::Heartbeats::new(&"redis://127.0.0.1:1/0".into(), Clock::system());
    let alone = nowhere.read().await;
    assert_eq!(
        (alone.status.as_str(), alone.services.len()),
        ("degraded", 0)
    );
    let ready = base
        .client
        .get(base.url("/internal/ready"))
        .send()
        .await
        .unwrap();
    assert_eq!(ready.status(), 200);
    base.end().await;
}

/// A week's events take longer than a request may: they are told beside it.
#[tokio::test(flavor = "multi_thread")]
async fn a_replay_is_begun_by_a_sysadmin_and_goes_on_by_itself() {
    let broker = Broker::start().await;
    let there = Base::start(TenantId::new(), broker.url().expose_secret()).await;
    let away = Base::start(TenantId::new(), "amqp://nobody:pw@127.0.0.1:1/none").await;
    let replay = async |base: &Base| {
        let path = "/api/catalog/sysadmin/events/replay";
        let asked = base.client.post(base.url(path));
        let asked = asked.header("host", "store.localhost");
        let asked = asked.bearer_auth(base.sysadmin()).json(&json!({}));
        let status = asked.send().await.unwrap().status().as_u16();
        (status, base.told("catalog.action_recorded.v1").await)
    };
    assert_eq!(replay(&there).await, (202, 1));
    assert_eq!(
        replay(&away).await,
        (503, 0),
        "what was not begun is no deed"
    );
    there.end().await;
    away.end().await;
}
