//! One store's mails do not exist for another.

use http_kit::Role;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn another_stores_mails_webhooks_and_words_do_not_exist() {
    let world = World::start().await;
    let (a, b) = (world.store().await, world.store().await);
    world.placed(&a, "ana@example.pt").await;
    let mail = world.until_mail(&a, "order_placed", "delivered").await;
    let hook = json!({ "url": world.receiver.url(), "types": ["order.placed"] });
    let hook = world
        .send(
            world
                .owner(&a, Method::POST, "/api/mail/admin/webhooks")
                .json(&hook),
        )
        .await
        .expect(201);
    world.placed(&a, "rui@example.pt").await;
    let hook = hook.body["id"].as_str().unwrap().to_owned();
    let deliveries = format!("/api/mail/admin/webhooks/{hook}/deliveries");
    let list = world.admin(&a, Method::GET, &deliveries).await.expect(200);
    let delivery = list.body["items"][0]["id"].as_str().unwrap().to_owned();
    let mail = mail["id"].as_str().unwrap();
    let body = json!({ "url": world.receiver.url(), "types": ["order.paid"] });
    for (method, path, body) in [
        (
            Method::GET,
            format!("/api/mail/admin/messages/{mail}"),
            Value::Null,
        ),
        (
            Method::GET,
            format!("/api/mail/admin/messages/{mail}/content"),
            Value::Null,
        ),
        (
            Method::POST,
            format!("/api/mail/admin/messages/{mail}/resend"),
            Value::Null,
        ),
        (
            Method::GET,
            format!("/api/mail/admin/webhooks/{hook}"),
            Value::Null,
        ),
        (
            Method::PUT,
            format!("/api/mail/admin/webhooks/{hook}"),
            body,
        ),
        (
            Method::DELETE,
            format!("/api/mail/admin/webhooks/{hook}"),
            Value::Null,
        ),
        (
            Method::POST,
            format!("/api/mail/admin/webhooks/{hook}/rotate-secret"),
            Value::Null,
        ),
        (
            Method::POST,
            format!("/api/mail/admin/webhooks/{hook}/test"),
            Value::Null,
        ),
        (Method::GET, deliveries, Value::Null),
        (
            Method::GET,
            format!("/api/mail/admin/webhook-deliveries/{delivery}"),
            Value::Null,
        ),
        (
            Method::POST,
            format!("/api/mail/admin/webhook-deliveries/{delivery}/resend"),
            Value::Null,
        ),
    ] {
        let request = world
            .owner(&b, method.clone(), &path)
            .header("if-match", "\"1\"");
        let request = if body.is_null() {
            request
        } else {
            request.json(&body)
        };
        let reply = world.send(request).await;
        assert_eq!(reply.status, 404, "{method} {path}: {}", reply.text);
    }
    let mails = world
        .admin(&b, Method::GET, "/api/mail/admin/messages")
        .await
        .expect(200);
    assert_eq!(mails.body["items"], json!([]));
    // A's token at B's door, and the platform's routes for nobody else.
    let token = world.token(a.id, Uuid::now_v7(), Role::Owner);
    let at_b = world
        .ask(Method::GET, &b.slug, "/api/mail/admin/messages")
        .bearer_auth(&token);
    world.send(at_b).await.expect(403);
    for path in [
        "/api/mail/sysadmin/overview",
        "/api/mail/sysadmin/messages?state=failed",
        "/api/mail/sysadmin/provider-events",
    ] {
        let request = world.ask(Method::GET, "", path).bearer_auth(&token);
        world.send(request).await.expect(401);
        let reply = world.sysadmin(Method::GET, path).await.expect(200);
        assert!(
            !reply.text.contains("example.pt"),
            "addresses are the store's"
        );
    }
    // Who only looks does not write.
    let viewer = world.token(a.id, Uuid::now_v7(), Role::Viewer);
    let path = format!("/api/mail/admin/messages/{mail}/resend");
    let request = world
        .ask(Method::POST, &a.slug, &path)
        .bearer_auth(&viewer)
        .header("idempotency-key", "k");
    world.send(request).await.expect(403);
    world.end().await;
}
