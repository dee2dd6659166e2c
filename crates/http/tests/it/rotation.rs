//! Keys change while people are signed in: instance after instance, and nobody notices.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use http_kit::Role;
use http_kit::auth::TokenAudience::Staff;
use kernel::TenantId;
use tokio::sync::RwLock;

use crate::world::{ED25519, SECRET, World, answer};

const NEXT_SECRET: &str = "another-secret-of-at-least-32-bytes";
const CLIENTS: usize = 4;

type Settings<'a> = &'a [(&'a str, &'a str)];

/// Two instances behind a proxy that stops sending requests to one before it is replaced.
struct Instances {
    tenant: TenantId,
    slots: [RwLock<Option<World>>; 2],
}

impl Instances {
    async fn start(settings: Settings<'_>) -> Self {
        let tenant = TenantId::new();
        let slots = [
            RwLock::new(Some(World::of_store(tenant, settings).await)),
            RwLock::new(Some(World::of_store(tenant, settings).await)),
        ];
        Self { tenant, slots }
    }

    /// One after the other; between the two, one has the new settings and one the old.
    async fn replace(&self, settings: Settings<'_>) {
        for slot in &self.slots {
            let next = World::of_store(self.tenant, settings).await;
            let before = slot.write().await.replace(next).unwrap();
            before.stop().await;
            self.everybody_asks_twice().await;
        }
    }

    /// So that a replaced instance has been met by tokens of both.
    async fn everybody_asks_twice(&self) {
        for _ in 0..2 {
            assert_eq!(self.round().await, 0);
        }
    }

    async fn token(&self, slot: usize) -> String {
        let world = self.slots[slot].read().await;
        world
            .as_ref()
            .unwrap()
            .token(self.tenant, Role::Owner, Staff)
    }

    async fn status(&self, slot: usize, token: &str) -> u16 {
        let world = self.slots[slot].read().await;
        let request = world
            .as_ref()
            .unwrap()
            .get("admin.store.localhost", "/api/catalog/admin/things");
        answer(request.bearer_auth(token)).await.0
    }

    /// A token of each instance at each instance; how many were refused.
    async fn round(&self) -> u32 {
        let mut refused = 0;
        for from in [0, 1] {
            let token = self.token(from).await;
            for at in [0, 1] {
                refused += u32::from(self.status(at, &token).await != 200);
            }
        }
        refused
    }
}

/// Runs through `steps` under load; answers how many requests were made and how many failed.
async fn under_load(steps: &[Settings<'_>]) -> (u32, u32) {
    let (first, rest) = steps.split_first().unwrap();
    let instances = Arc::new(Instances::start(first).await);
    let at_the_start = instances.token(0).await;
    let (done, asked, failed) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU32::new(0)),
        Arc::new(AtomicU32::new(0)),
    );
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (instances, done) = (instances.clone(), done.clone());
            let (asked, failed) = (asked.clone(), failed.clone());
            tokio::spawn(async move {
                while !done.load(Ordering::Relaxed) {
                    failed.fetch_add(instances.round().await, Ordering::Relaxed);
                    asked.fetch_add(4, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for settings in rest {
        instances.replace(settings).await;
        // Who signed in before it all began is still signed in.
        assert_eq!(instances.status(1, &at_the_start).await, 200);
    }
    done.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    (
        asked.load(Ordering::Relaxed),
        failed.load(Ordering::Relaxed),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_changed_under_load_without_a_failed_request() {
    let (before, after) = (format!("1:{SECRET}"), format!("2:{NEXT_SECRET}"));
    let steps: [Settings<'_>; 3] = [
        &[("JWT_SECRET_KEY", SECRET)],
        // First everybody knows the new key, then it signs.
        &[("JWT_SECRET_KEY", SECRET), ("JWT_PREVIOUS_KEYS", &after)],
        &[
            ("JWT_SECRET_KEY", NEXT_SECRET),
            ("JWT_KEY_ID", "2"),
            ("JWT_PREVIOUS_KEYS", &before),
        ],
    ];
    let (asked, failed) = under_load(&steps).await;
    assert_eq!(failed, 0, "of {asked}");
    assert!(asked > 40, "there was load: {asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_algorithm_is_changed_under_load_without_a_failed_request() {
    let (before, after) = (format!("1@HS256:{SECRET}"), format!("2@EdDSA:{ED25519}"));
    let steps: [Settings<'_>; 3] = [
        &[("JWT_SECRET_KEY", SECRET)],
        &[("JWT_SECRET_KEY", SECRET), ("JWT_PREVIOUS_KEYS", &after)],
        &[
            ("JWT_SECRET_KEY", ED25519),
            ("JWT_ALGORITHM", "EdDSA"),
            ("JWT_KEY_ID", "2"),
            ("JWT_PREVIOUS_KEYS", &before),
        ],
    ];
    let (asked, failed) = under_load(&steps).await;
    assert_eq!(failed, 0, "of {asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_worth_nothing_at_once() {
    let tenant = TenantId::new();
    let stolen = World::of_store(tenant, &[]).await;
    let token = stolen.token(tenant, Role::Owner, Staff);
    let clean = World::of_store(
        tenant,
        &[("JWT_SECRET_KEY", NEXT_SECRET), ("JWT_KEY_ID", "2")],
    )
    .await;
    let ask = |world: &World| {
        let request = world.get("admin.store.localhost", "/api/catalog/admin/things");
        answer(request.bearer_auth(&token))
    };
    assert_eq!(ask(&stolen).await.0, 200);
    let (status, body) = ask(&clean).await;
    assert_eq!(
        (status, body["type"].as_str()),
        (401, Some("invalid-token"))
    );
    stolen.stop().await;
    clean.stop().await;
}
