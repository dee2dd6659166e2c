//! What is refused, and what never leaves.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::World;

const START: &str = "/api/migration/woocommerce/import";

fn body(url: &str) -> Value {
    json!({"wc_url": url, "wc_consumer_key": "ck_1", "wc_consumer_secret": "cs_geheim"})
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_not_public_is_a_wrong_field() {
    let world = World::start().await;
    let store = world.store("fechada").await;
    for url in [
        "http://127.0.0.1:1/",
        "https://localhost",
        "https://10.0.0.1",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]",
        "https://metadata.google.internal",
        "file:///etc/passwd",
        "https://user:pass@loja.example",
        "loja.example",
        "",
    ] {
        let reply = world.post(&store, START, body(url)).await;
        let reply = reply.expect(422);
        assert_eq!(
            reply.body["errors"][0]["pointer"], "/wc_url",
            "{url}: {}",
            reply.text
        );
    }
    let wrong = [
        ("/wc_consumer_key", json!({"wc_consumer_key": "x"})),
        ("/wc_consumer_secret", json!({"wc_consumer_secret": "x"})),
        ("/since", json!({"since": "yesterday"})),
        ("/resources/0", json!({"resources": ["everything"]})),
        ("/tenant", json!({"tenant": "another"})),
    ];
    for (pointer, more) in wrong {
        let mut body = body("https://loja.example");
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let reply = world.post(&store, START, body).await.expect(422);
        assert_eq!(
            reply.body["errors"][0]["pointer"], pointer,
            "{}",
            reply.text
        );
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_refuses_the_keys_fails_with_words_and_keeps_none() {
    let world = World::start().await;
    let store = world.store("chave").await;
    let id = world
        .begin(&store, json!({"wc_consumer_secret": "cs_wrong"}))
        .await;
    let import = world.ended(&store, &id).await;
    assert_eq!(import["state"], "failed");
    assert!(
        import["last_error"].as_str().unwrap().contains("keys"),
        "{import}"
    );
    let sealed = "SELECT count(*) FROM import WHERE sealed_keys IS NOT NULL";
    assert_eq!(world.count("migration", sealed).await, 0);
    // Neither in the clear anywhere, nor told in the audit trail.
    let open = "SELECT count(*) FROM outbox WHERE position('cs_wrong'::bytea IN payload) > 0
      OR position('ck_simulator'::bytea IN payload) > 0";
    assert_eq!(world.count("migration", open).await, 0);
    let open = "SELECT count(*) FROM job WHERE payload::text LIKE '%cs_wrong%'";
    assert_eq!(world.count("migration", open).await, 0);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_stores_import_does_not_exist() {
    let world = World::start().await;
    let (a, b) = (world.store("alfa").await, world.store("beta").await);
    let id = world.begin(&a, json!({"resources": ["tags"]})).await;
    world.ended(&a, &id).await;
    for path in ["", "/events", "/report", "/issues"] {
        let path = format!("/api/migration/admin/imports/{id}{path}");
        assert_eq!(world.get(&b, &path).await.status, 404, "{path}");
    }
    for path in ["stop", "resume"] {
        let path = format!("/api/migration/admin/imports/{id}/{path}");
        assert_eq!(world.post(&b, &path, json!({})).await.status, 404, "{path}");
    }
    let path = format!("/api/migration/admin/imports/{id}");
    let host = world.host(&b);
    let gone = world
        .send((Method::DELETE, &host, &path), Some(&b.token), None, &[])
        .await;
    assert_eq!(gone.status, 404);
    let rows = format!("SELECT count(*) FROM tag WHERE tenant_id = '{}'", b.id);
    assert_eq!(world.count("catalog", &rows).await, 0);
    // Who may not import may not see imports either.
    let manager = world.token(a.id, http_kit::Role::Manager);
    let host = world.host(&a);
    let seen = world
        .send((Method::GET, &host, &path), Some(&manager), None, &[])
        .await;
    assert_eq!(seen.status, 403);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sysadmin_names_the_store_and_the_guides_call_finds_the_only_one() {
    let world = World::start().await;
    let a = world.store("unica").await;
    let host = world.platform_host();
    let mut body = json!({"wc_url": world.shop, "wc_consumer_key": "ck_simulator",
        "wc_consumer_secret": "cs_simulator"});
    let token = Some(world.sysadmin.as_str());
    // As the guide writes it: one store, nothing else said.
    let plain = world
        .send((Method::POST, &host, START), token, Some(body.clone()), &[])
        .await
        .expect(202);
    let id = plain.body["id"].as_str().unwrap().to_owned();
    let again = world
        .send((Method::POST, &host, START), token, Some(body.clone()), &[])
        .await
        .expect(202);
    assert_eq!(
        again.body["id"],
        id.as_str(),
        "what goes on is answered, not begun twice"
    );
    let stop = format!("/api/migration/admin/imports/{id}/stop");
    world.post(&a, &stop, json!({})).await.expect(200);
    world.ended(&a, &id).await;
    let b = world.store("segunda").await;
    let unclear = world
        .send((Method::POST, &host, START), token, Some(body.clone()), &[])
        .await
        .expect(422);
    assert_eq!(unclear.body["errors"][0]["pointer"], "/tenant");
    body["tenant"] = json!(b.slug);
    body["resources"] = json!(["tags"]);
    let named = world
        .send((Method::POST, &host, START), token, Some(body), &[])
        .await
        .expect(202);
    let id = named.body["id"].as_str().unwrap();
    assert_eq!(world.ended(&b, id).await["state"], "completed");
    assert_eq!(
        world
            .get(&a, &format!("/api/migration/admin/imports/{id}"))
            .await
            .status,
        404
    );
    world.end().await;
}
