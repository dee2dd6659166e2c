//! What must not be in the log, nor lie open in the database.

use reqwest::Method;
use serde_json::json;
use testkit::logs;

use crate::world::World;
use crate::zepto;
use testkit::until;

#[tokio::test(flavor = "multi_thread")]
async fn no_address_and_no_word_of_a_mail_is_logged_or_lies_open() {
    let world = World::start().await;
    let store = world.store().await;
    let canary = "canary-7f3a91@example.pt";
    let mut order = world.order(canary);
    order.note = "canary-note-51c2".into();
    order.access_token = "canary-token-88d1".into();
    let address = order.shipping_address.as_mut().unwrap();
    address.name = "canary-nome-02ab\n2026-01-01 ERROR forged".into();
    address.line1 = "canary-rua-c0de".into();
    let event = events::orders::v1::OrderPlaced {
        tenant_id: store.id.to_string(),
        order: Some(order),
    };
    world.zepto.fault("error500", "before", 1).await;
    world
        .heard(&store, event.clone(), mail::events::orders::placed)
        .await
        .unwrap();
    world.until_mail(&store, "order_placed", "ambiguous").await;
    world.advance(time::Duration::minutes(16));
    world.until_mail(&store, "order_placed", "delivered").await;
    // Endpoints with a secret in the address, that cannot be reached.
    let made = json!({ "url": format!("{}?key=canary-key-19aa", world.receiver.url()), "types": ["order.placed"] });
    world.receiver.will_answer(&[500]);
    let made = world
        .send(
            world
                .owner(&store, Method::POST, "/api/mail/admin/webhooks")
                .json(&made),
        )
        .await
        .expect(201);
    let secret = made.body["secret"].as_str().unwrap().to_owned();
    world
        .heard(&store, event, mail::events::orders::placed)
        .await
        .unwrap();
    until("the endpoint was told", async || {
        (!world.receiver.told().is_empty()).then_some(())
    })
    .await;
    assert!(logs::kept().len() > 100, "something is logged");
    let lines = logs::lines_with(&[
        "canary-7f3a91",
        "canary-note-51c2",
        "canary-token-88d1",
        "canary-key-19aa",
        "canary-nome-02ab",
        "canary-rua-c0de",
        secret.as_str(),
        // The provider's keys, the head that carries one, and what bodies are made of.
        "Zoho-enczapikey",
        zepto::WEBHOOK_KEY,
        "htmlbody",
        store.owner_email.as_str(),
    ]);
    assert!(lines.is_empty(), "{} lines: {lines:#?}", lines.len());
    // At rest: only the endpoint's address lies open, as its owner typed it.
    let owner = world.place.database.all_stores("mail").await;
    for table in [
        "message",
        "order_seen",
        "suppression",
        "provider_event",
        "delivery",
        "staff_contact",
        "endpoint",
    ] {
        let sql = format!(
            "SELECT string_agg(encode(convert_to(t::text, 'UTF8'), 'escape'), '') FROM mail.{table} t"
        );
        let text: Option<String> = owner.query_one(&sql, &[]).await.unwrap().get(0);
        let text = text.unwrap_or_default();
        let hex = |word: &str| word.bytes().map(|b| format!("{b:02x}")).collect::<String>();
        for canary in [
            "canary-7f3a91",
            "canary-note-51c2",
            "canary-token-88d1",
            "canary-nome-02ab",
            "canary-rua-c0de",
            "dono.",
        ] {
            assert!(
                !text.contains(canary) && !text.contains(&hex(canary)),
                "{canary} lies open in {table}"
            );
        }
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_login_of_smtp_and_no_word_of_what_leaves_by_it_is_logged() {
    let with_password = async |password: &str| {
        let password = password.to_owned();
        World::with(&[mail::MIGRATIONS], move |smtp| {
            let url = format!("smtp://emailapikey:{password}@{smtp}");
            vec![("SMTP_URL", url)]
        })
        .await
    };
    let world = with_password("canary-wrong-9b1c").await;
    let store = world.store().await;
    world.placed(&store, "canary-b0d7@example.pt").await;
    until("the pause is told", async || {
        let path = "/api/mail/sysadmin/overview";
        let overview = world.sysadmin(Method::GET, path).await.expect(200);
        (overview.body["pauses"][0]["reason"] == "smtp_535").then_some(())
    })
    .await;
    world.end().await;
    let world = with_password("simulator").await;
    let store = world.store().await;
    let fault = json!({ "kind": "rate_limit429", "method": "SMTP", "times": 1 });
    world.zepto.lever("faults", fault).await;
    world.placed(&store, "canary-b0d7@example.pt").await;
    until("it is delivered", async || {
        world.advance(time::Duration::seconds(10));
        let mails = world.mails(&store, "order_placed").await;
        (mails[0]["state"] == "delivered").then_some(())
    })
    .await;
    world.end().await;
    // The login as text and as AUTH PLAIN and AUTH LOGIN write it, and what the mail is about.
    let lines = logs::lines_with(&[
        "canary-wrong-9b1c",
        "canary-b0d7",
        "ZW1haWxhcGlrZXk",
        "AGVtYWlsYXBpa2V5",
        "Casaco",
    ]);
    assert!(lines.is_empty(), "{} lines: {lines:#?}", lines.len());
}
