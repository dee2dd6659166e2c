//! What the provider tells: believed when it is signed, applied once, in any order.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use time::Duration;

use crate::world::World;
use crate::zepto::WEBHOOK_KEY;
use testkit::until;

fn signature(key: &str, json: &[u8], ms: i64) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(json);
    let s = STANDARD.encode(mac.finalize().into_bytes());
    let s = s
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    format!("ts={ms};s={s};s-algorithm=HmacSHA256")
}

fn told(id: &str, message: &str, event: &str) -> Value {
    json!({ "event_name": [event], "webhook_request_id": id, "mailagent_key": "agent-1", "event_message": [{
        "email_info": { "client_reference": message }, "event_data": [{ "object": event, "details": [{ "reason": "no such box" }] }] }] })
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_signed_in_time_over_these_bytes_is_believed() {
    let world = World::start().await;
    let store = world.store().await;
    world.go_deaf().await;
    world.placed(&store, "ana@example.pt").await;
    let mail = world.until_mail(&store, "order_placed", "sent").await;
    let bounce = told("w-1", mail["id"].as_str().unwrap(), "hardbounce").to_string();
    let now = world.place.clock.unix() * 1_000;
    let bytes = bounce.as_bytes();
    let old = now - 25 * 60 * 60 * 1_000;
    let forgeries = [
        signature("another-key", bytes, now),
        signature(WEBHOOK_KEY, b"{}", now),
        signature(WEBHOOK_KEY, bytes, old),
        signature(WEBHOOK_KEY, bytes, now + 10 * 60 * 1_000),
        signature(WEBHOOK_KEY, bytes, now).replace("HmacSHA256", "none"),
        "ts=1;s=AAAA".to_owned(),
        "nonsense".to_owned(),
    ];
    for forged in forgeries {
        let reply = world.provider(Some(&forged), bytes).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (400, "signature-invalid"),
            "{forged}"
        );
    }
    // A trial of the address, as the provider's page makes it: 200, and nothing happens.
    world.provider(None, bytes).await.expect(200);
    assert_eq!(
        world
            .number_of("SELECT count(*) FROM mail.provider_event")
            .await,
        0
    );
    let good = signature(WEBHOOK_KEY, bytes, now);
    for _ in 0..3 {
        world.provider(Some(&good), bytes).await.expect(200);
    }
    world.until_mail(&store, "order_placed", "bounced").await;
    assert_eq!(
        world
            .number_of("SELECT count(*) FROM mail.provider_event")
            .await,
        1
    );
    assert_eq!(
        world
            .number_of("SELECT count(*) FROM mail.message_event")
            .await,
        1
    );
    // Signed garbage is refused, signed news of others' mails are kept and change nothing.
    for body in ["not json", "[]", r#"{"event_name":["new"]}"#] {
        let reply = world
            .provider(
                Some(&signature(WEBHOOK_KEY, body.as_bytes(), now)),
                body.as_bytes(),
            )
            .await;
        assert_eq!(
            reply.status,
            if body == "not json" { 400 } else { 200 },
            "{body}"
        );
    }
    let others = told("w-2", &uuid::Uuid::now_v7().to_string(), "hardbounce").to_string();
    world
        .provider(
            Some(&signature(WEBHOOK_KEY, others.as_bytes(), now)),
            others.as_bytes(),
        )
        .await
        .expect(200);
    until("all are dealt with", async || {
        let waiting = "SELECT count(*) FROM mail.provider_event WHERE state = 'received'";
        (world.number_of(waiting).await == 0).then_some(())
    })
    .await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bounce_and_a_complaint_suppress_the_address_in_that_store_alone() {
    let world = World::start().await;
    let (a, b) = (world.store().await, world.store().await);
    for (to, state, reason) in [
        ("bounce.ana@example.pt", "bounced", "hard_bounce"),
        ("complain.rui@example.pt", "complained", "complaint"),
    ] {
        world.placed(&a, to).await;
        world.until_mail(&a, "order_placed", state).await;
        let list = world
            .admin(&a, Method::GET, "/api/mail/admin/suppressions")
            .await
            .expect(200);
        assert_eq!(
            (
                list.body["items"][0]["address"].as_str(),
                list.body["items"][0]["reason"].as_str()
            ),
            (Some(to), Some(reason))
        );
        world.placed(&a, to).await;
        world.until_mail(&a, "order_placed", "suppressed").await;
    }
    let list = world
        .admin(&b, Method::GET, "/api/mail/admin/suppressions")
        .await
        .expect(200);
    assert_eq!(list.body["items"], json!([]));
    // Staff lets mails through again.
    let list = world
        .admin(&a, Method::GET, "/api/mail/admin/suppressions")
        .await;
    let id = list.body["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/mail/admin/suppressions/{id}");
    world.admin(&b, Method::DELETE, &path).await.expect(404);
    world.admin(&a, Method::DELETE, &path).await.expect(204);
    world.admin(&a, Method::DELETE, &path).await.expect(404);
    let again = json!({ "address": "rui@example.pt" });
    let make = || {
        world
            .owner(&a, Method::POST, "/api/mail/admin/suppressions")
            .json(&again)
    };
    world.send(make()).await.expect(201);
    assert_eq!(
        world.send(make()).await.expect(409).code(),
        "already-suppressed"
    );
    world.placed(&a, "rui@example.pt").await;
    world.until_mail(&a, "order_placed", "suppressed").await;
    assert!(world.zepto.inbox("rui@example.pt").await.is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn soft_bounces_suppress_nothing_and_order_and_repeats_do_not_matter() {
    let world = World::start().await;
    let store = world.store().await;
    world
        .zepto
        .lever("settings", json!({ "odd_shapes": true }))
        .await;
    world
        .zepto
        .lever("webhooks/rules", json!({ "duplicates": 3, "hold": true }))
        .await;
    world.placed(&store, "soft.ana@example.pt").await;
    world.placed(&store, "bounce.ana@example.pt").await;
    until("both were taken", async || {
        let states: Vec<_> = world
            .mails(&store, "order_placed")
            .await
            .iter()
            .map(|mail| mail["state"].clone())
            .collect();
        (states == ["sent", "sent"]).then_some(())
    })
    .await;
    world
        .zepto
        .lever("webhooks/release", json!({ "order": "reversed" }))
        .await;
    world.until_mail(&store, "order_placed", "bounced").await;
    until("the news are taken in", async || {
        (world
            .number_of("SELECT count(*) FROM mail.message_event WHERE event = 'soft_bounce'")
            .await
            == 1)
            .then_some(())
    })
    .await;
    let mails = world.mails(&store, "order_placed").await;
    assert_eq!(mails[1]["state"], "sent");
    let list = world
        .admin(&store, Method::GET, "/api/mail/admin/suppressions")
        .await
        .expect(200);
    assert_eq!(list.body["items"].as_array().unwrap().len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_of_the_providers_webhooks_is_read() {
    let world = World::start().await;
    let store = world.store().await;
    for form in ["data", "eventData", "json"] {
        world
            .zepto
            .lever("webhooks/urls", json!({ "form": form }))
            .await;
        world
            .placed(&store, &format!("{}@example.pt", form.to_lowercase()))
            .await;
        world.until_mail(&store, "order_placed", "delivered").await;
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_ends_marketing_and_nothing_else() {
    let world = World::start().await;
    let store = world.store().await;
    let facts = mail::render::samples::facts(mail::domain::kinds::Kind::AbandonedCart);
    let queue = async |about: &str| {
        let (now, about, facts) = (world.place.clock.now(), about.to_owned(), facts.clone());
        let draft = mail::compose::Draft {
            kind: mail::domain::kinds::Kind::AbandonedCart,
            about,
            to: "ana@example.pt".parse().unwrap(),
            lang: mail::domain::format::Lang::Fr,
            order: None,
            facts,
            due_at: now,
            resend_of: None,
        };
        let queued = world.app.db.tenant(store.id, async |tx| {
            mail::compose::queue(tx, &world.app.vault, &draft, now).await
        });
        queued.await.unwrap();
    };
    queue("cart:1").await;
    world
        .until_mail(&store, "abandoned_cart", "delivered")
        .await;
    let sent = world.zepto.inbox("ana@example.pt").await[0].clone();
    let header = sent["headers"]["List-Unsubscribe"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        sent["headers"]["List-Unsubscribe-Post"],
        "List-Unsubscribe=One-Click"
    );
    let path = header
        .trim_matches(['<', '>'])
        .split_once("/api/")
        .unwrap()
        .1;
    let path = format!("/api/{path}");
    // Looking at it changes nothing; a made-up link leads nowhere.
    let page = world
        .send(world.ask(Method::GET, &store.slug, &path))
        .await
        .expect(200);
    assert!(page.text.contains("<form method=\"post\">") && page.text.contains("Se désabonner"));
    let forged = format!("{}0", &path[..path.len() - 1]);
    let forged = if forged == path {
        format!("{}1", &path[..path.len() - 1])
    } else {
        forged
    };
    world
        .send(world.ask(Method::POST, &store.slug, &forged))
        .await
        .expect(404);
    let other = world.store().await;
    world
        .send(world.ask(Method::POST, &other.slug, &path))
        .await
        .expect(404);
    let click = world
        .ask(Method::POST, &store.slug, &path)
        .form(&[("List-Unsubscribe", "One-Click")]);
    world.send(click).await.expect(200);
    queue("cart:2").await;
    world
        .until_mail(&store, "abandoned_cart", "suppressed")
        .await;
    world.placed(&store, "ana@example.pt").await;
    world.until_mail(&store, "order_placed", "delivered").await;
    world.advance(Duration::seconds(1));
    world.end().await;
}
