use http_kit::auth::TokenAudience::{Shopper, Staff, Sysadmin};
use http_kit::{Role, StaffState};
use kernel::{StaffId, TenantId};

use crate::world::{World, answer};

const ONE: &str = "one.store.localhost";
const API: &str = "admin.store.localhost";

#[tokio::test(flavor = "multi_thread")]
async fn a_store_is_its_host_and_nothing_else() {
    let world = World::start().await;
    for host in [
        ONE,
        "ONE.store.localhost",
        "one.store.localhost:8080",
        "shop.one.pt",
    ] {
        let request = world.get(host, "/api/catalog/store/name");
        let request = request
            .header("x-tenant", "two")
            .header("x-tenant-id", "two");
        let (status, body) = answer(request).await;
        assert_eq!(
            (status, body["text"].as_str()),
            (200, Some("one")),
            "{host}"
        );
    }
    for host in [
        "store.localhost",
        "one.store.localhost.evil.pt",
        "xone.store.localhost",
        "one",
    ] {
        assert_eq!(
            answer(world.get(host, "/api/catalog/store/name")).await.0,
            404,
            "{host}"
        );
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_serves_one_audience_of_one_store() {
    let world = World::start().await;
    let customer = world.token(world.one, Role::Customer, Shopper);
    let manager = world.token(world.one, Role::Manager, Staff);
    let sysadmin = world.token(TenantId::PLATFORM, Role::Sysadmin, Sysadmin);
    let (me, admin) = ("/api/catalog/store/me", "/api/catalog/admin/things");
    let platform = "/api/sysadmin/things";
    let cases = [
        (ONE, me, &customer, 200),
        ("two.store.localhost", me, &customer, 401),
        (ONE, me, &manager, 401),
        (ONE, admin, &manager, 200),
        (API, admin, &manager, 200),
        ("two.store.localhost", admin, &manager, 403),
        (ONE, admin, &customer, 401),
        (API, platform, &sysadmin, 200),
        (ONE, platform, &sysadmin, 404),
        (API, platform, &manager, 401),
        (API, admin, &sysadmin, 401),
    ];
    for (host, path, token, status) in cases {
        let (answered, body) = answer(world.get(host, path).bearer_auth(token)).await;
        assert_eq!(answered, status, "{host}{path}: {body}");
    }
    assert_eq!(answer(world.get(ONE, me)).await.0, 401);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_does_what_the_table_says() {
    let world = World::start().await;
    let path = "/api/catalog/admin/things/0192f0c1-7c1e-7cc3-9f5e-2f6d1c1b0a01";
    for (role, status) in [
        (Role::Owner, 200),
        (Role::Catalog, 200),
        (Role::Viewer, 403),
        (Role::Accounting, 403),
        (Role::Customer, 401),
    ] {
        let token = world.token(world.one, role, Staff);
        let request = world.request("PUT", API, path).bearer_auth(token);
        assert_eq!(
            answer(request.header("if-match", "\"7\"")).await.0,
            status,
            "{role}"
        );
    }
    let token = world.token(world.one, Role::Owner, Staff);
    let put = || world.request("PUT", API, path).bearer_auth(&token);
    assert_eq!(answer(put()).await.0, 428);
    let (status, body) = answer(put().header("if-match", "\"6\"")).await;
    assert_eq!(
        (status, body["current"]["text"].as_str()),
        (412, Some("version 7"))
    );
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_platform_acts_in_a_store_by_header() {
    let world = World::start().await;
    let path = "/api/catalog/admin/things";
    let sysadmin = world.token(TenantId::PLATFORM, Role::Sysadmin, Sysadmin);
    let act = |token: &str, slug: &str| {
        world
            .get(API, path)
            .bearer_auth(token)
            .header("x-tenant", slug)
    };
    let (status, body) = answer(act(&sysadmin, "two")).await;
    assert_eq!(status, 200, "{body}");
    assert!(
        body["text"].as_str().unwrap().starts_with("two sysadmin:"),
        "{body}"
    );
    assert_eq!(answer(act(&sysadmin, "nobody")).await.0, 404);
    let (status, body) = answer(world.get(API, path).bearer_auth(&sysadmin)).await;
    assert_eq!(status, 401);
    assert!(
        body["detail"].as_str().unwrap().contains("X-Tenant"),
        "{body}"
    );
    let owner = world.token(world.one, Role::Owner, Staff);
    let (_, body) = answer(act(&owner, "two")).await;
    assert!(
        body["text"].as_str().unwrap().starts_with("one staff:"),
        "the header is ignored: {body}"
    );
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_session_and_lost_permissions_count_at_once() {
    let world = World::start().await;
    let path = "/api/catalog/admin/things";
    let subject = world.subject(world.one, Role::Owner, Staff);
    let token = world.issuer.issue(&subject).token;
    let ask = || answer(world.get(API, path).bearer_auth(&token));
    let state = |perms_version, active| StaffState {
        tenant: world.one,
        role: Role::Owner,
        perms_version,
        active,
        version: perms_version,
    };
    let id = StaffId::from_uuid(subject.id);
    world.sessions.set_staff(id, state(1, true));
    assert_eq!(ask().await.0, 200);
    world.sessions.set_staff(id, state(2, true));
    assert_eq!(ask().await.0, 401, "permissions changed");
    let other = world.subject(world.one, Role::Owner, Staff);
    let token = world.issuer.issue(&other).token;
    let ask = || answer(world.get(API, path).bearer_auth(&token));
    assert_eq!(ask().await.0, 200);
    world
        .sessions
        .revoke(other.session, world.clock.unix() + 60);
    let (status, body) = ask().await;
    assert_eq!(
        (status, body["type"].as_str()),
        (401, Some("session-ended"))
    );
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_people_of_a_suspended_store_look_and_change_nothing() {
    let world = World::start().await;
    let change = "/api/catalog/admin/things/0192f0c1-7c1e-7cc3-9f5e-2f6d1c1b0a01";
    let outcomes = async |token: &str, slug: &str| {
        let act = |method: &str, path: &str| {
            let request = world.request(method, API, path).bearer_auth(token);
            request.header("x-tenant", slug).header("if-match", "\"7\"")
        };
        let (looked, _) = answer(act("GET", "/api/catalog/admin/things")).await;
        let (changed, body) = answer(act("PUT", change)).await;
        (looked, changed, body["type"].as_str().map(str::to_owned))
    };
    let owner = |tenant| world.token(tenant, Role::Owner, Staff);
    let refused = (200, 403, Some("store-suspended".to_owned()));
    assert_eq!(outcomes(&owner(world.asleep), "").await, refused);
    let closed = (410, 410, Some("store-closed".to_owned()));
    assert_eq!(outcomes(&owner(world.gone), "").await, closed);
    let sysadmin = world.token(TenantId::PLATFORM, Role::Sysadmin, Sysadmin);
    assert_eq!(outcomes(&sysadmin, "asleep").await, (200, 200, None));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_cannot_choose_its_address() {
    let world = World::start().await;
    let token = world.token(world.one, Role::Owner, Staff);
    let request = world
        .get(API, "/api/catalog/admin/things")
        .bearer_auth(token);
    let (_, body) = answer(request.header("x-forwarded-for", "6.6.6.6, 198.51.100.7")).await;
    assert!(
        body["text"].as_str().unwrap().ends_with(" 198.51.100.7"),
        "{body}"
    );
    world.stop().await;
}
