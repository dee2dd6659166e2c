//! Stores come into being, change, stop and go on.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Ask, World};
use testkit::place::Place;
use testkit::until;

#[tokio::test(flavor = "multi_thread")]
async fn the_guides_call_makes_a_store_that_answers() {
    let world = World::start().await;
    let created = world.create(world.guide()).await;
    assert_eq!(created.status, 201, "{}", created.text);
    assert_eq!(created.text_at("admin_email"), "admin@defenseops.pt");
    assert_eq!(created.text_at("admin_temp_password").len(), 20);
    assert_eq!(created.text_at("plan"), "business");
    let path = format!("/api/sysadmin/tenants/{}", created.text_at("id"));
    let read = world.get("", &path, Some(&world.sysadmin)).await;
    assert_eq!(read.status, 200);
    assert!(
        !read.text.contains("password"),
        "a password is shown once: {}",
        read.text
    );
    let config = world
        .get(&created.text_at("slug"), "/api/tenants/store/config", None)
        .await;
    assert_eq!(config.status, 200, "{}", config.text);
    assert_eq!(config.text_at("template"), "tactical");
    assert_eq!(config.body["theme"]["colors"]["background"], "#12150F");
    assert_eq!(
        (config.text_at("locale"), config.text_at("currency")),
        ("pt-PT".into(), "EUR".into())
    );
    let slug = created.text_at("slug");
    for (query, stores) in [
        (format!("slug={slug}"), 1),
        (format!("slug={}", &slug[1..]), 0),
        (format!("q={}", slug[1..6].to_uppercase()), 1),
        ("q=%25".to_owned(), 0),
    ] {
        let path = format!("/api/sysadmin/tenants?{query}");
        let found = world.get("", &path, Some(&world.sysadmin)).await;
        let items = found.body["items"].as_array().unwrap();
        assert_eq!(items.len(), stores, "{query}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_field_is_named_and_nothing_is_made() {
    let world = World::start().await;
    let store = world.store().await;
    let bad = json!({"name": " ", "slug": "Bad Slug", "email": "x", "plan": "gold", "template_id": 3,
        "country": "ZZ", "currency": "ZZZ", "locale": "zz-ZZ", "trial_days": -1});
    let refused = world.create(bad).await;
    assert_eq!(refused.status, 422);
    let errors = refused.body["errors"].as_array().unwrap();
    let mut pointers: Vec<_> = errors
        .iter()
        .filter_map(|error| error["pointer"].as_str())
        .collect();
    pointers.sort_unstable();
    let all = [
        "/country",
        "/currency",
        "/email",
        "/locale",
        "/name",
        "/plan",
        "/slug",
        "/template_id",
        "/trial_days",
    ];
    assert_eq!(pointers, all);
    let mut taken = world.guide();
    taken["slug"] = json!(store.slug);
    let refused = world.create(taken).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (409, "slug-taken")
    );
    for reserved in ["admin", "api", "www", "xn--pypal-4ve"] {
        let mut body = world.guide();
        body["slug"] = json!(reserved);
        assert_eq!(world.create(body).await.status, 422, "{reserved}");
    }
    for field in [
        "tenant_id",
        "role",
        "status",
        "application_fee_bps",
        "version",
    ] {
        let mut body = world.guide();
        body[field] = json!(1);
        let refused = world.create(body).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (422, "unknown-field"),
            "{field}"
        );
    }
    assert_eq!(count(&world).await, 1);
    world.end().await;
}

async fn count(world: &World) -> usize {
    let list = world
        .get("", "/api/sysadmin/tenants?limit=100", Some(&world.sysadmin))
        .await;
    list.body["items"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_makes_one_store_however_often_and_at_once() {
    let world = World::start().await;
    let body = world.guide();
    let send = async |body: &Value| {
        let headers = vec![("idempotency-key", "one-intention".to_owned())];
        let (host, path) = (world.host(""), "/api/sysadmin/tenants");
        let token = Some(world.sysadmin.as_str());
        world
            .send(Ask {
                method: Method::POST,
                host,
                path,
                token,
                body: Some(body.clone()),
                headers,
            })
            .await
    };
    let twins = futures_util::future::join_all((0..5).map(|_| send(&body))).await;
    assert!(twins.iter().all(|reply| reply.status == 201), "{twins:?}");
    assert!(
        twins.iter().all(|reply| reply.text == twins[0].text),
        "byte by byte the same"
    );
    assert_eq!(twins.iter().filter(|reply| !reply.replayed).count(), 1);
    assert_eq!(send(&world.guide()).await.code(), "idempotency-key-reused");
    assert_eq!(count(&world).await, 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_none_is_refused_and_nothing_is_made() {
    let world = World::start().await;
    for key in ["", "two words", "chave-única", &"x".repeat(300)] {
        let refused = world
            .send(Ask {
                method: Method::POST,
                host: world.host(""),
                path: "/api/sysadmin/tenants",
                token: Some(world.sysadmin.as_str()),
                body: Some(world.guide()),
                headers: vec![("idempotency-key", key.to_owned())],
            })
            .await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (400, "invalid-idempotency-key"),
            "{key:?}"
        );
    }
    assert_eq!(count(&world).await, 0);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_is_none_is_refused() {
    let world = World::start().await;
    world.store().await;
    let list = async |query: &str| {
        let path = format!("/api/sysadmin/tenants?{query}");
        world.get("", &path, Some(&world.sysadmin)).await
    };
    let active = list("status=active").await;
    assert_eq!(active.body["items"].as_array().unwrap().len(), 1);
    let suspended = list("status=suspended").await;
    assert_eq!(suspended.body["items"], json!([]));
    let refused = list("status=foo").await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (400, "invalid-query")
    );
    let error = json!({
        "pointer": "/status", "code": "invalid",
        "message": "one of active, suspended, archived, deleted",
    });
    assert_eq!(refused.body["errors"], json!([error]));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_that_is_kept_for_a_repeat_does_not_show_the_password() {
    let world = World::start().await;
    let body = world.guide();
    let headers = || vec![("idempotency-key", "sealed".to_owned())];
    let send = async || {
        let (host, path) = (world.host(""), "/api/sysadmin/tenants");
        let token = Some(world.sysadmin.as_str());
        world
            .send(Ask {
                method: Method::POST,
                host,
                path,
                token,
                body: Some(body.clone()),
                headers: headers(),
            })
            .await
    };
    let created = send().await;
    assert_eq!(created.status, 201, "{}", created.text);
    let owner = world.place.database.all_stores("tenants").await;
    for secret in [
        created.text_at("admin_temp_password"),
        created.text_at("admin_email"),
    ] {
        let kept = "SELECT count(*) FROM idempotency_key WHERE position(convert_to($1, 'UTF8') IN body) > 0";
        let rows: i64 = owner.query_one(kept, &[&secret]).await.unwrap().get(0);
        assert_eq!(rows, 0, "nothing of the answer lies open");
    }
    let repeat = send().await;
    assert_eq!(
        (repeat.text.as_str(), repeat.replayed),
        (created.text.as_str(), true)
    );
    // Bytes that were moved here from elsewhere, or changed, are not answered.
    let change =
        "UPDATE idempotency_key SET body = set_byte(body, 20, (get_byte(body, 20) + 1) % 256)";
    owner.execute(change, &[]).await.unwrap();
    assert_eq!(send().await.code(), "answer-sealed");
    assert_eq!(count(&world).await, 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_stores_never_share_a_slug() {
    let world = World::start().await;
    let body = world.guide();
    let twins = futures_util::future::join_all((0..4).map(|_| world.create(body.clone()))).await;
    let mut outcomes: Vec<_> = twins.iter().map(|reply| reply.status.as_u16()).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, [201, 409, 409, 409]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_needs_the_version_that_was_seen() {
    let world = World::start().await;
    let store = world.store().await;
    let path = format!("/api/sysadmin/tenants/{}", store.id);
    let patch = async |version: &str, body: Value| {
        let headers = vec![("if-match", format!("\"{version}\""))];
        let token = Some(world.sysadmin.as_str());
        let host = world.host("");
        world
            .send(Ask {
                method: Method::PATCH,
                host,
                path: &path,
                token,
                body: Some(body),
                headers,
            })
            .await
    };
    let changed = patch("1", json!({"name": "New name", "plan": "enterprise"})).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    assert_eq!(
        (changed.text_at("name"), changed.text_at("plan")),
        ("New name".into(), "enterprise".into())
    );
    assert_eq!(changed.etag.as_deref(), Some("\"2\""));
    let late = patch("1", json!({"name": "Lost update"})).await;
    assert_eq!(
        (late.status.as_u16(), late.code()),
        (412, "changed-meanwhile")
    );
    assert_eq!(late.body["current"]["name"], "New name");
    assert_eq!(patch("2", json!({"plan": "gold"})).await.status, 422);
    let blank = patch("2", json!({"name": "   "})).await;
    assert_eq!(
        (blank.status.as_u16(), &blank.body["errors"][0]["pointer"]),
        (422, &json!("/name"))
    );
    assert_eq!(
        patch("2", json!({"status": "deleted"})).await.code(),
        "unknown-field"
    );
    let nobody = world.get(
        "",
        "/api/sysadmin/tenants/019a0000-0000-7000-8000-000000000000",
        Some(&world.sysadmin),
    );
    assert_eq!(nobody.await.status, 404);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_store_sells_nothing_and_its_staff_can_still_read() {
    let place = Place::start(&[tenants::MIGRATIONS]).await;
    let world = World::on(place).await;
    let (store, session) = world.signed_in().await;
    let token = session.text_at("access_token");
    let act = async |what: &str, body: Value| {
        let path = format!("/api/sysadmin/tenants/{}/{what}", store.id);
        world.post("", &path, Some(&world.sysadmin), body).await
    };
    for _ in 0..2 {
        let suspended = act("suspend", json!({"reason": "billing"})).await;
        assert_eq!(
            (suspended.status.as_u16(), suspended.text_at("status")),
            (200, "suspended".into())
        );
        assert_eq!(
            suspended.body["version"], 2,
            "a second time changes nothing"
        );
    }
    let config = async || {
        world
            .get(&store.slug, "/api/tenants/store/config", None)
            .await
    };
    until("the store is closed", async || {
        (config().await.code() == "store-suspended").then_some(())
    })
    .await;
    let entitlements = world
        .get(&store.slug, "/api/tenants/admin/entitlements", Some(&token))
        .await;
    assert_eq!(entitlements.status, 200, "{}", entitlements.text);
    assert_eq!(act("resume", json!({})).await.status, 200);
    until("the store is open", async || {
        (config().await.status == 200).then_some(())
    })
    .await;
    world.end().await;
}
