//! Merchants bring domains of their own: what DNS has to say, who gets them, and when they are lost.

use reqwest::Method;
use serde_json::{Value, json};
use time::Duration;

use crate::registry::{CONFIG, DOOR, Registry, id, problem, proof};
use crate::world::Ask;

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_is_the_stores_as_soon_as_dns_says_so_and_every_answer_says_what_is_missing() {
    let registry = Registry::open().await;
    let (merchant, zones) = (registry.merchant().await, &registry.zones);
    let added = merchant.added(" Shop.Example.PT. ").await;
    assert_eq!(added.text_at("host"), "shop.example.pt");
    assert_eq!(added.text_at("state"), "pending");
    let (name, text) = proof(&added);
    assert_eq!(name, "_stores-verify.shop.example.pt");
    assert!(text.starts_with("stores-verify="));
    let target = format!("{}.store.localhost", merchant.store.slug);
    assert_eq!(added.body["records"][1]["kind"], "CNAME");
    assert_eq!(added.body["records"][1]["value"], target);
    assert_eq!(added.body["records"][1]["is_right"], Value::Null);
    let domain = id(&added);
    let verify = async || merchant.verify(&domain).await;

    let missing = verify().await;
    assert_eq!(problem(&missing).0, "proof-missing");
    assert!(problem(&missing).1.contains(&name) && problem(&missing).1.contains(&text));
    zones.says(&name, "stores-verify=another");
    let wrong = verify().await;
    assert_eq!(problem(&wrong).0, "proof-wrong");
    assert!(
        problem(&wrong).1.contains("stores-verify=another"),
        "{}",
        wrong.text
    );
    assert_eq!(
        wrong.body["records"][0]["found"],
        json!(["stores-verify=another"])
    );
    assert_eq!(wrong.body["records"][0]["is_right"], false);
    zones.says(&name, &text);
    assert_eq!(problem(&verify().await).0, "address-missing");
    // Not the name that the records name: whatever ends in `localhost` a resolver answers by itself.
    let edge = "edge.example.net";
    zones.alias("shop.example.pt", edge);
    zones.leads(edge, "192.0.2.1");
    let elsewhere = verify().await;
    assert_eq!(problem(&elsewhere).0, "address-elsewhere");
    assert!(
        problem(&elsewhere).1.contains("192.0.2.1"),
        "{}",
        elsewhere.text
    );
    zones.leads(edge, DOOR);
    let stray = verify().await;
    assert_eq!(
        problem(&stray).0,
        "address-elsewhere",
        "one stray address is enough"
    );
    zones.forget(edge);
    zones.leads(edge, DOOR);
    zones.lets_only("example.pt", "digicert.com");
    let refused = verify().await;
    assert_eq!(problem(&refused).0, "authority-refused");
    assert!(
        problem(&refused).1.contains("letsencrypt.org"),
        "{}",
        refused.text
    );
    assert_eq!(
        registry.at("shop.example.pt", CONFIG).await.code(),
        "unknown-store"
    );

    zones.lets_only("example.pt", "letsencrypt.org");
    let right = verify().await;
    assert_eq!(right.text_at("state"), "verified", "{}", right.text);
    assert_eq!(right.body["problem"], Value::Null);
    assert_eq!(right.body["is_primary"], true);
    assert!(right.body["certificate_at"].is_string());
    registry.serves("shop.example.pt", &merchant.store).await;
    let config = registry.at("shop.example.pt", CONFIG).await;
    assert_eq!(config.text_at("url"), "http://shop.example.pt:8080");
    let trail = merchant.trail().await;
    let deeds: Vec<_> = trail
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    assert_eq!(deeds, ["domain.check", "domain.add"]);
    assert_eq!(trail[0]["after"]["state"], "verified");
    assert!(trail[0]["actor"].as_str().unwrap().starts_with("staff:"));
    // What proved it may go.
    zones.forget(&name);
    assert_eq!(verify().await.text_at("state"), "verified");
    registry.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_all_hosts_of_a_store_may_read_its_answers_and_of_no_other() {
    let registry = Registry::open().await;
    let (merchant, other) = (registry.merchant().await, registry.merchant().await);
    merchant.has("shop.example.pt").await;
    registry.serves("shop.example.pt", &merchant.store).await;
    let from = async |origin: &str, slug: &str| {
        let ask = Ask {
            method: Method::GET,
            host: registry.world.host(slug),
            path: CONFIG,
            token: None,
            body: None,
            headers: vec![("origin", origin.to_owned())],
        };
        registry.world.send(ask).await.allowed_origin
    };
    let own = "http://shop.example.pt:8080";
    assert_eq!(from(own, &merchant.store.slug).await.as_deref(), Some(own));
    assert_eq!(from(own, &other.store.slug).await, None);
    assert_eq!(
        from("http://shop.example.pt", &merchant.store.slug).await,
        None
    );
    assert_eq!(
        from("https://shop.example.pt:8080", &merchant.store.slug).await,
        None
    );
    assert_eq!(
        from("http://xshop.example.pt:8080", &merchant.store.slug).await,
        None
    );
    registry.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sits_on_a_domain_that_is_not_theirs() {
    let registry = Registry::open().await;
    let (squatter, owner) = (registry.merchant().await, registry.merchant().await);
    // Both may say so; neither is it by saying so.
    let theirs = squatter.added("example.pt").await;
    let own = owner.added("example.pt").await;
    assert_ne!(proof(&theirs).1, proof(&own).1);
    registry.is_right(&own);
    let refused = squatter.verify(&id(&theirs)).await;
    assert_eq!(problem(&refused).0, "proof-wrong");
    let verified = owner.verify(&id(&own)).await;
    assert_eq!(verified.text_at("state"), "verified", "{}", verified.text);
    registry.serves("example.pt", &owner.store).await;
    // The domain is sold: while both proofs stand, it stays where it is.
    let (name, text) = proof(&theirs);
    registry.zones.says(&name, &text);
    let taken = squatter.verify(&id(&theirs)).await;
    assert_eq!(problem(&taken).0, "host-taken");
    assert_eq!(taken.text_at("state"), "pending");
    registry.zones.forget(&name);
    registry.zones.says(&name, &text);
    let moved = squatter.verify(&id(&theirs)).await;
    assert_eq!(moved.text_at("state"), "verified", "{}", moved.text);
    registry.serves("example.pt", &squatter.store).await;
    let lost = owner.only().await;
    assert_eq!(
        (&lost["state"], &lost["is_primary"]),
        (&json!("lost"), &json!(false))
    );
    assert_eq!(lost["problem"]["code"], "proven-by-another");
    let trail = owner.trail().await;
    assert_eq!(trail[0]["actor"], "system");
    assert_eq!(trail[0]["after"]["state"], "lost");
    registry.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_covers_so_many_domains_and_one_of_them_is_the_primary_one() {
    let registry = Registry::open().await;
    let merchant = registry.merchant().await;
    let bare = merchant.has("example.pt").await;
    assert_eq!(bare.body["is_primary"], true);
    assert_eq!(bare.text_at("counterpart"), "www.example.pt");
    assert_eq!(
        bare.body["records"][0]["kind"], "A",
        "a CNAME cannot stand there"
    );
    assert_eq!(bare.body["records"][0]["value"], DOOR);
    let www = merchant.has("www.example.pt").await;
    assert_eq!(www.body["counterpart"], Value::Null);
    assert_eq!(www.body["is_primary"], false);
    let shop = merchant.has("loja.example.com").await;
    let full = merchant.add("third.example.org").await;
    assert_eq!((full.status.as_u16(), full.code()), (402, "limit-reached"));
    let twice = merchant.add("EXAMPLE.pt").await;
    assert_eq!(
        (twice.status.as_u16(), twice.code()),
        (409, "domain-exists")
    );

    let url = async || {
        let config = registry.world.get(&merchant.store.slug, CONFIG, None).await;
        config.text_at("url")
    };
    assert_eq!(url().await, "http://example.pt:8080");
    let made = merchant.make_primary(&id(&www)).await;
    assert_eq!(made.body["is_primary"], true, "{}", made.text);
    assert_eq!(url().await, "http://www.example.pt:8080");
    let primaries = merchant.list().await;
    let primaries = primaries
        .iter()
        .filter(|domain| domain["is_primary"] == true);
    assert_eq!(primaries.count(), 1);
    assert_eq!(merchant.trail().await[0]["action"], "domain.make_primary");
    // Without it the oldest takes its place, and without any the store's first address does.
    assert_eq!(merchant.remove(&id(&www)).await.status, 204);
    assert_eq!(url().await, "http://example.pt:8080");
    registry.serves_no_more("www.example.pt").await;
    for domain in [&bare, &shop] {
        assert_eq!(merchant.remove(&id(domain)).await.status, 204);
    }
    let own = format!("http://{}.store.localhost:8080", merchant.store.slug);
    assert_eq!(url().await, own);
    let pending = merchant.added("fourth.example.org").await;
    let early = merchant.make_primary(&id(&pending)).await;
    assert_eq!(
        (early.status.as_u16(), early.code()),
        (409, "domain-not-ready")
    );
    registry.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_store_can_have_is_refused_at_its_field() {
    let registry = Registry::open().await;
    let merchant = registry.merchant().await;
    for host in [
        "",
        "shop",
        "https://shop.example.pt/",
        "shop.example.pt:443",
        "*.example.pt",
        "`) || PathPrefix(`/",
        "203.0.113.7",
        "demo.store.localhost",
        "co.uk",
        "shop.internal",
    ] {
        let refused = merchant.add(host).await;
        assert_eq!(refused.status, 422, "{host}: {}", refused.text);
        assert_eq!(refused.body["errors"][0]["pointer"], "/host", "{host}");
    }
    assert!(merchant.list().await.is_empty());
    registry.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_stores_domains_do_not_exist() {
    let registry = Registry::open().await;
    let (merchant, stranger) = (registry.merchant().await, registry.merchant().await);
    let domain = merchant.has("shop.example.pt").await;
    assert!(stranger.list().await.is_empty());
    for reply in [
        stranger.verify(&id(&domain)).await,
        stranger.make_primary(&id(&domain)).await,
        stranger.remove(&id(&domain)).await,
    ] {
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (404, "domain-not-found")
        );
    }
    assert_eq!(merchant.only().await["state"], "verified");
    // The platform's people see it.
    let path = format!("/api/sysadmin/tenants/{}/domains", merchant.store.id);
    let world = &registry.world;
    let seen = world.get("", &path, Some(&world.sysadmin)).await;
    assert_eq!(
        seen.body["items"][0]["host"], "shop.example.pt",
        "{}",
        seen.text
    );
    let path = format!("/api/sysadmin/tenants/{}/domains", uuid::Uuid::now_v7());
    let nobody = world.get("", &path, Some(&world.sysadmin)).await;
    assert_eq!(nobody.code(), "tenant-not-found");
    registry.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_leads_elsewhere_is_told_and_lost_but_never_at_once() {
    // It takes more than a day.
    let registry = Registry::with(&[("JWT_EXPIRE_MINUTES", "10000")]).await;
    let (merchant, zones) = (registry.merchant().await, &registry.zones);
    merchant.has("shop.example.pt").await;
    let domain = merchant.only().await["id"].as_str().unwrap().to_owned();
    let hour = Duration::minutes(61);
    registry.after(hour).await;
    assert_eq!(merchant.only().await["state"], "verified");
    zones.forget("shop.example.pt");
    zones.leads("shop.example.pt", "192.0.2.1");
    registry.after(hour).await;
    let once = merchant.only().await;
    assert_eq!(
        (&once["state"], &once["problem"]["code"]),
        (&json!("verified"), &json!("address-elsewhere"))
    );
    // Who has it looked at does not make it worse, and a resolver that is away says nothing.
    for _ in 0..5 {
        merchant.verify(&domain).await;
    }
    zones.goes_away(true);
    registry.after(hour).await;
    let away = merchant.only().await;
    assert_eq!(
        (&away["state"], &away["problem"]["code"]),
        (&json!("verified"), &json!("dns-away"))
    );
    zones.goes_away(false);
    registry.after(hour).await;
    assert_eq!(merchant.only().await["state"], "verified");
    registry.after(hour).await;
    assert_eq!(merchant.only().await["state"], "failing");
    // One good look, and nothing was.
    zones.forget("shop.example.pt");
    zones.leads("shop.example.pt", DOOR);
    registry.after(hour).await;
    assert_eq!(merchant.only().await["state"], "verified");
    assert_eq!(merchant.only().await["problem"], Value::Null);
    // Nor is it forgiven for ever when its own servers answer nobody.
    zones.breaks("shop.example.pt");
    for _ in 0..23 {
        registry.after(hour).await;
    }
    assert_eq!(merchant.only().await["state"], "failing");
    registry.serves("shop.example.pt", &merchant.store).await;
    registry.after(hour).await;
    let lost = merchant.only().await;
    assert_eq!(
        (&lost["state"], &lost["is_primary"]),
        (&json!("lost"), &json!(false))
    );
    registry.serves_no_more("shop.example.pt").await;
    let trail = merchant.trail().await;
    assert_eq!(trail[0]["actor"], "system");
    assert_eq!(trail[0]["before"]["state"], "failing");
    registry.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_does_not_have_to_press_anything() {
    let registry = Registry::open().await;
    let merchant = registry.merchant().await;
    let added = merchant.added("shop.example.pt").await;
    registry.after(Duration::minutes(11)).await;
    assert_eq!(merchant.only().await["problem"]["code"], "proof-missing");
    registry.is_right(&added);
    registry.after(Duration::minutes(11)).await;
    assert_eq!(merchant.only().await["state"], "verified");
    assert_eq!(merchant.trail().await[0]["actor"], "system");
    registry.world.end().await;
}
