//! Merchants' programs hear of events, signed, as long as it takes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use time::Duration;
use tokio_util::sync::CancellationToken;

use crate::receiver::Told;
use crate::world::{Store, World};
use testkit::until;

const HOOKS: &str = "/api/mail/admin/webhooks";

async fn endpoint(world: &World, store: &Store, types: &[&str]) -> (String, String) {
    let body = json!({ "url": world.receiver.url(), "types": types });
    let made = world
        .send(world.owner(store, Method::POST, HOOKS).json(&body))
        .await
        .expect(201);
    (
        made.body["id"].as_str().unwrap().to_owned(),
        made.body["secret"].as_str().unwrap().to_owned(),
    )
}

/// Whether one of the signatures was made with the secret, as the specification has it.
fn is_signed(told: &Told, secret: &str) -> bool {
    let key = STANDARD
        .decode(secret.strip_prefix("whsec_").unwrap())
        .unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(
        format!(
            "{}.{}.",
            told.headers["webhook-id"], told.headers["webhook-timestamp"]
        )
        .as_bytes(),
    );
    mac.update(&told.body);
    let wanted = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    told.headers["webhook-signature"]
        .split(' ')
        .any(|one| one == wanted)
}

async fn deliveries(world: &World, store: &Store, id: &str) -> Vec<Value> {
    let list = world
        .admin(store, Method::GET, &format!("{HOOKS}/{id}/deliveries"))
        .await
        .expect(200);
    list.body["items"].as_array().unwrap().clone()
}

/// How many attempts of the newest delivery were written down.
async fn tries(world: &World, store: &Store, id: &str) -> usize {
    let list = deliveries(world, store, id).await;
    let path = format!(
        "/api/mail/admin/webhook-deliveries/{}",
        list[0]["id"].as_str().unwrap()
    );
    let detail = world.admin(store, Method::GET, &path).await.expect(200);
    detail.body["tries"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_told_once_signed_and_without_what_is_not_public() {
    let world = World::start().await;
    let store = world.store().await;
    let (id, secret) = endpoint(&world, &store, &["order.placed"]).await;
    let event = events::orders::v1::OrderPlaced {
        tenant_id: store.id.to_string(),
        order: Some(world.order("ana@example.pt")),
    };
    let delivery = world.delivery(&store, event);
    for _ in 0..2 {
        world
            .delivered(&store, delivery.clone(), mail::events::orders::placed)
            .await
            .unwrap();
    }
    until("it was taken", async || {
        let list = deliveries(&world, &store, &id).await;
        (list.first()?["state"] == "delivered").then_some(())
    })
    .await;
    let told = world.receiver.told();
    assert_eq!(told.len(), 1);
    assert_eq!(
        told[0].headers["webhook-id"],
        format!("evt_{}", delivery.id)
    );
    assert!(is_signed(&told[0], &secret));
    let body: Value = serde_json::from_slice(&told[0].body).unwrap();
    assert_eq!(
        (
            body["type"].as_str(),
            body["data"]["total"]["amount"].as_i64()
        ),
        (Some("order.placed"), Some(4_990))
    );
    assert!(
        !body.to_string().contains("access-token-1"),
        "the shopper's link is the shopper's"
    );
    // A type that was not asked for is not told.
    let order = delivery.message.order.unwrap();
    world.paid(&store, &order).await;
    assert_eq!(deliveries(&world, &store, &id).await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_told_again_with_the_same_name_and_by_hand_once_more() {
    let world = World::start().await;
    let store = world.store().await;
    let (id, secret) = endpoint(&world, &store, &["order.placed"]).await;
    world.receiver.will_answer(&[500, 302, 429]);
    world.placed(&store, "ana@example.pt").await;
    for (attempt, pause) in [
        (1, Duration::seconds(6)),
        (2, Duration::minutes(6)),
        (3, Duration::minutes(31)),
    ] {
        until("it was tried", async || {
            (tries(&world, &store, &id).await == attempt).then_some(())
        })
        .await;
        world.advance(pause);
    }
    until("it was taken", async || {
        (deliveries(&world, &store, &id).await[0]["state"] == "delivered").then_some(())
    })
    .await;
    let told = world.receiver.told();
    assert_eq!(told.len(), 4);
    assert!(
        told.iter().all(|one| is_signed(one, &secret)
            && one.headers["webhook-id"] == told[0].headers["webhook-id"])
    );
    assert!(told.iter().all(|one| one.body == told[0].body));
    let delivery = deliveries(&world, &store, &id).await[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/api/mail/admin/webhook-deliveries/{delivery}");
    let detail = world.admin(&store, Method::GET, &path).await.expect(200);
    let statuses: Vec<_> = detail.body["tries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["status"].as_i64().unwrap())
        .collect();
    assert_eq!(statuses, [500, 302, 429, 204]);
    assert_eq!(detail.body["tries"][0]["answer"], "heard");
    world
        .send(world.owner(&store, Method::POST, &format!("{path}/resend")))
        .await
        .expect(202);
    until("it was told again", async || {
        (world.receiver.told().len() == 5).then_some(())
    })
    .await;
    assert_eq!(
        world.receiver.told()[4].headers["webhook-id"],
        told[0].headers["webhook-id"]
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_takes_nothing_for_three_days_is_switched_off_with_a_notice() {
    let world = World::start().await;
    let store = world.store().await;
    let (id, _) = endpoint(&world, &store, &["order.placed"]).await;
    world.receiver.will_answer(&[503; 10]);
    world.placed(&store, "ana@example.pt").await;
    until("it was tried", async || {
        (tries(&world, &store, &id).await == 1).then_some(())
    })
    .await;
    until("it was given up", async || {
        world.advance(Duration::hours(25));
        mail::jobs::send_deliveries::send_due(&world.app, &CancellationToken::new())
            .await
            .unwrap();
        (deliveries(&world, &store, &id).await[0]["state"] == "failed").then_some(())
    })
    .await;
    let view = world
        .admin(&store, Method::GET, &format!("{HOOKS}/{id}"))
        .await
        .expect(200);
    assert_eq!(
        (
            view.body["enabled"].clone(),
            view.body["disabled_reason"].as_str()
        ),
        (json!(false), Some("failing"))
    );
    world
        .until_mail(&store, "webhook_disabled", "delivered")
        .await;
    let told = world.receiver.told().len();
    world.placed(&store, "rui@example.pt").await;
    assert_eq!(world.receiver.told().len(), told);
    // Switched on again it hears again; 410 ends it at once.
    let body = json!({ "url": world.receiver.url(), "types": ["order.placed"], "enabled": true });
    let path = format!("{HOOKS}/{id}");
    let version = view.body["version"].as_i64().unwrap();
    world.put(&store, &path, version, body).await.expect(200);
    world.receiver.will_answer(&[410]);
    world.placed(&store, "eva@example.pt").await;
    until("it is off", async || {
        let view = world.admin(&store, Method::GET, &path).await;
        (view.body["disabled_reason"] == "gone").then_some(())
    })
    .await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_shown_once_and_two_are_good_while_one_is_replaced() {
    let world = World::start().await;
    let store = world.store().await;
    let (id, first) = endpoint(&world, &store, &["order.placed"]).await;
    let view = world.admin(&store, Method::GET, HOOKS).await.expect(200);
    assert!(!view.text.contains("whsec_"));
    let rotated = world
        .send(world.owner(&store, Method::POST, &format!("{HOOKS}/{id}/rotate-secret")))
        .await
        .expect(200);
    let second = rotated.body["secret"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    world.placed(&store, "ana@example.pt").await;
    until("it was told", async || {
        (world.receiver.told().len() == 1).then_some(())
    })
    .await;
    let told = &world.receiver.told()[0];
    assert!(is_signed(told, &first) && is_signed(told, &second));
    world.advance(Duration::hours(25));
    world.placed(&store, "rui@example.pt").await;
    until("it was told", async || {
        (world.receiver.told().len() == 2).then_some(())
    })
    .await;
    let told = &world.receiver.told()[1];
    assert!(!is_signed(told, &first) && is_signed(told, &second));
    // The same intention again shows no second secret.
    let body = json!({ "url": world.receiver.url(), "types": ["order.paid"] });
    let request = world.owner(&store, Method::POST, HOOKS).json(&body);
    world.send(request.try_clone().unwrap()).await.expect(201);
    assert_eq!(
        world.send(request).await.expect(409).code(),
        "secret-was-shown"
    );
    world
        .send(world.owner(&store, Method::POST, HOOKS).json(&body))
        .await
        .expect(402);
    let trial = world
        .send(world.owner(&store, Method::POST, &format!("{HOOKS}/{id}/test")))
        .await
        .expect(202);
    assert!(trial.body["delivery_id"].is_string());
    until("the trial was told", async || {
        let told = world.receiver.told();
        told.iter()
            .any(|one| String::from_utf8_lossy(&one.body).contains("webhook.test"))
            .then_some(())
    })
    .await;
    world
        .admin(&store, Method::DELETE, &format!("{HOOKS}/{id}"))
        .await
        .expect(204);
    world
        .admin(&store, Method::GET, &format!("{HOOKS}/{id}"))
        .await
        .expect(404);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_inside_are_refused_when_they_are_typed() {
    let world = World::start().await;
    let store = world.store().await;
    for url in [
        "http://shop.example/x",
        "https://127.0.0.1/x",
        "https://169.254.169.254/latest",
        "https://[::1]",
        "https://localhost",
        "https://user:pw@shop.example",
        "https://10.0.0.1",
        "ftp://shop.example",
        "nonsense",
        "https://[::ffff:7f00:1]",
    ] {
        let body = json!({ "url": url, "types": ["order.paid"] });
        let reply = world
            .send(world.owner(&store, Method::POST, HOOKS).json(&body))
            .await
            .expect(422);
        assert_eq!(reply.body["errors"][0]["pointer"], "/url", "{url}");
    }
    for types in [json!([]), json!(["order.lost"]), json!("order.paid")] {
        let body = json!({ "url": world.receiver.url(), "types": types });
        let reply = world
            .send(world.owner(&store, Method::POST, HOOKS).json(&body))
            .await
            .expect(422);
        assert!(
            reply.body["errors"][0]["pointer"]
                .as_str()
                .unwrap()
                .starts_with("/types")
        );
    }
    world.end().await;
}
