//! What the door is told of stores' own domains.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::until;
use time::Duration;

use crate::registry::{CONFIG, Registry, id};
use crate::world::Ask;

#[tokio::test(flavor = "multi_thread")]
async fn the_door_is_told_which_certificates_to_ask_for_and_no_faster_than_it_gets_them() {
    let registry = Registry::with(&[("PUBLIC_SCHEME", "https")]).await;
    let merchant = registry.merchant().await;
    let world = &registry.world;
    let url = async || {
        let config = world.get(&merchant.store.slug, CONFIG, None).await;
        config.text_at("url")
    };
    let door = async |tag: Option<&str>| {
        let headers = tag.map(|tag| ("if-none-match", tag.to_owned()));
        let ask = Ask {
            method: Method::GET,
            host: world.host(""),
            path: "/internal/traefik",
            token: None,
            body: None,
            headers: headers.into_iter().collect(),
        };
        world.send(ask).await
    };
    assert_eq!(door(None).await.body, json!({}));
    let domain = merchant.has("shop.example.pt").await;
    let told = door(None).await;
    let router = &told.body["http"]["routers"]["own-domains-0"];
    assert_eq!(router["tls"]["certResolver"], "own-domains-staging");
    assert_eq!(
        router["tls"]["domains"],
        json!([{"main": "shop.example.pt"}])
    );
    assert!(
        !router["rule"].as_str().unwrap().contains("shop"),
        "{}",
        told.text
    );
    let tag = told.etag.unwrap();
    assert_eq!(door(Some(&tag)).await.status, 304, "nothing is new");
    // Nobody is led to a host that a browser would warn of.
    assert_eq!(domain.body["certified_at"], Value::Null);
    let early = merchant.make_primary(&id(&domain)).await;
    assert_eq!(
        (early.status.as_u16(), early.code()),
        (409, "domain-not-ready")
    );
    assert!(url().await.contains(&merchant.store.slug));
    assert_eq!(
        registry.at("shop.example.pt", CONFIG).await.code(),
        "unknown-store"
    );
    registry.after(Duration::minutes(3)).await;
    registry.serves("shop.example.pt", &merchant.store).await;
    until("the store's address is the new one", async || {
        (url().await == "https://shop.example.pt:8080").then_some(())
    })
    .await;
    assert_eq!(merchant.only().await["is_primary"], true);
    // So many others came a moment ago that the authority would refuse one more.
    let owner = world.place.database.all_stores("tenants").await;
    let fill = "INSERT INTO host (name, owner, kind, created_at, listed_at)
        SELECT 'h' || n || '.example.net', $1::text::uuid, 'custom', now(), now() FROM generate_series(1, $2::int8) n";
    owner
        .execute(fill, &[&merchant.store.id, &200_i64])
        .await
        .unwrap();
    let late = merchant.has("late.example.com").await;
    let many = door(Some(&tag)).await;
    assert_eq!(many.status, 200);
    assert!(many.text.contains("h200.example.net") && !many.text.contains("late"));
    assert!(late.text_at("certificate_at") > late.text_at("verified_at"));
    world.place.clock.advance(Duration::hours(4));
    assert!(door(None).await.text.contains("late.example.com"));
    owner
        .execute("DELETE FROM host WHERE name LIKE 'h%.example.net'", &[])
        .await
        .unwrap();
    merchant.remove(&id(&domain)).await;
    let left = door(None).await;
    assert!(
        !left.text.contains("shop.example.pt") && left.text.contains("late"),
        "{}",
        left.text
    );
    registry.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_thousand_hosts_are_told_in_two_seconds_and_then_at_once() {
    let registry = Registry::with(&[("PUBLIC_SCHEME", "https")]).await;
    let merchant = registry.merchant().await;
    let owner = registry.world.place.database.all_stores("tenants").await;
    let fill = "INSERT INTO host (name, owner, kind, created_at, listed_at)
        SELECT 'h' || n || '.example.net', $1::text::uuid, 'custom', now(), now() FROM generate_series(1, 50000) n";
    owner.execute(fill, &[&merchant.store.id]).await.unwrap();
    let (db, door) = (&registry.world.app.db, &registry.world.app.door);
    let now = registry.world.place.clock.now();
    let began = std::time::Instant::now();
    let document = door.document(db, now).await.unwrap();
    assert!(began.elapsed().as_secs() < 2, "{:?}", began.elapsed());
    assert!(document.size() > 50_000 * 20);
    let began = std::time::Instant::now();
    door.document(db, now).await.unwrap();
    assert!(began.elapsed().as_millis() < 500, "{:?}", began.elapsed());
    owner
        .execute("DELETE FROM host WHERE name LIKE 'h%.example.net'", &[])
        .await
        .unwrap();
    registry.world.end().await;
}
