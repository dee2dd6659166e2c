//! Merchants change words, look at them, and try them.

use reqwest::Method;
use serde_json::json;

use crate::world::World;
use testkit::until;

const PAID: &str = "/api/mail/admin/templates/order_placed/pt-PT";

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_can_be_previewed_in_every_language() {
    let world = World::start().await;
    let store = world.store().await;
    let list = world
        .admin(&store, Method::GET, "/api/mail/admin/templates")
        .await
        .expect(200);
    let (kinds, locales) = (
        list.body["items"].as_array().unwrap(),
        list.body["locales"].as_array().unwrap(),
    );
    assert_eq!((kinds.len(), locales.len()), (31, 4));
    for kind in kinds {
        for locale in locales {
            let path = format!(
                "/api/mail/admin/templates/{}/{}",
                kind["kind"].as_str().unwrap(),
                locale.as_str().unwrap()
            );
            let reply = world
                .send(
                    world
                        .owner(&store, Method::POST, &format!("{path}/preview"))
                        .json(&json!({})),
                )
                .await
                .expect(200);
            assert!(
                reply.body["html"]
                    .as_str()
                    .unwrap()
                    .contains(&format!("Loja {}", store.slug)),
                "{path}"
            );
            assert!(!reply.text.contains("{{"), "{path}");
        }
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stores_own_words_are_used_from_then_on_and_can_be_taken_back() {
    let world = World::start().await;
    let (store, other) = (world.store().await, world.store().await);
    let view = world.admin(&store, Method::GET, PAID).await.expect(200);
    assert_eq!(view.body["version"], 0);
    let own = json!({ "subject": "Viva! {{ order.number }} <3", "body": "Linha um\nLinha dois\n\nOutro parágrafo <script>" });
    let saved = world.put(&store, PAID, 0, own.clone()).await.expect(200);
    assert_eq!(saved.body["version"], 1);
    assert_eq!(
        saved.body["texts"]["heading"],
        saved.body["defaults"]["heading"]
    );
    let lost = world.put(&store, PAID, 0, own).await.expect(412);
    assert_eq!(lost.body["current"]["version"], 1);
    for (shop, mark) in [(&store, "Viva!"), (&other, "Recebemos")] {
        let to = format!("{}@example.pt", shop.slug);
        world.placed(shop, &to).await;
        until("it is there", async || {
            (!world.zepto.inbox(&to).await.is_empty()).then_some(())
        })
        .await;
        let sent = &world.zepto.inbox(&to).await[0];
        assert!(sent["subject"].as_str().unwrap().starts_with(mark));
        assert!(!sent["html"].as_str().unwrap().contains("<script"));
    }
    world.admin(&store, Method::DELETE, PAID).await.expect(204);
    let view = world.admin(&store, Method::GET, PAID).await.expect(200);
    assert_eq!(
        (view.body["version"].clone(), view.body["texts"].clone()),
        (json!(0), view.body["defaults"].clone())
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_is_named_with_its_line_and_nothing_is_computed() {
    let world = World::start().await;
    let store = world.store().await;
    let bad = json!({ "subject": "{{ order.nmuber }}", "body": "um\n\n{{7*7}}" });
    let reply = world.put(&store, PAID, 0, bad.clone()).await.expect(422);
    assert_eq!(reply.code(), "template-invalid");
    let errors = reply.body["errors"].as_array().unwrap();
    assert_eq!(errors[0]["pointer"], "/subject");
    let message = errors[0]["message"].as_str().unwrap();
    assert!(
        message.starts_with("line 1: ") && message.contains("order.number"),
        "{message}"
    );
    assert!(
        errors[1]["message"]
            .as_str()
            .unwrap()
            .starts_with("line 3: ")
    );
    world
        .send(
            world
                .owner(&store, Method::POST, &format!("{PAID}/preview"))
                .json(&bad),
        )
        .await
        .expect(422);
    for (field, text) in [
        ("subject", "a\r\nBcc: x@y.example"),
        ("heading", "a\nb"),
        ("button", "a\tb"),
        ("subject", ""),
        ("body", "{% for x in y %}"),
        ("body", "{{ store.accent }}"),
    ] {
        let reply = world
            .put(&store, PAID, 0, json!({ field: text }))
            .await
            .expect(422);
        assert_eq!(
            reply.body["errors"][0]["pointer"],
            format!("/{field}"),
            "{text:?}"
        );
    }
    world
        .put(&store, PAID, 0, json!({ "html": "<b>" }))
        .await
        .expect(422);
    for path in [
        "/api/mail/admin/templates/newsletter/en",
        "/api/mail/admin/templates/order_paid/de",
    ] {
        world.admin(&store, Method::GET, path).await.expect(404);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_goes_to_whoever_asks_and_says_that_it_is_one() {
    let world = World::start().await;
    let store = world.store().await;
    world
        .send(world.owner(
            &store,
            Method::POST,
            "/api/mail/admin/templates/multibanco_voucher/es/test",
        ))
        .await
        .expect(202);
    until("it is there", async || {
        (!world.zepto.inbox(&store.owner_email).await.is_empty()).then_some(())
    })
    .await;
    let sent = &world.zepto.inbox(&store.owner_email).await[0];
    assert!(sent["html"].as_str().unwrap().contains("Correo de prueba"));
    assert!(
        sent["html"]
            .as_str()
            .unwrap()
            .contains("123\u{a0}456\u{a0}789")
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_checked_and_a_sender_of_ones_own_is_an_addon() {
    let world = World::start().await;
    let store = world.store().await;
    let path = "/api/mail/admin/settings";
    let good = json!({ "accent": "#0f766e", "new_order_roles": ["owner", "fulfilment"], "low_stock_roles": [] });
    for (field, value) in [
        ("accent", json!("red")),
        ("accent", json!("#fff;background:url(x)")),
        ("reply_to", json!("a@b")),
        ("sender_name", json!("a\r\nBcc: x")),
        ("new_order_roles", json!(["sysadmin"])),
    ] {
        let mut bad = good.clone();
        bad[field] = value;
        let reply = world.put(&store, path, 1, bad).await.expect(422);
        let pointer = reply.body["errors"][0]["pointer"].as_str().unwrap();
        assert!(pointer.starts_with(&format!("/{field}")), "{pointer}");
    }
    let saved = world.put(&store, path, 1, good.clone()).await.expect(200);
    assert_eq!(saved.body["version"], 2);
    world.put(&store, path, 1, good.clone()).await.expect(412);
    world.placed(&store, "ana@example.pt").await;
    until("it is there", async || {
        (!world.zepto.inbox("ana@example.pt").await.is_empty()).then_some(())
    })
    .await;
    assert!(
        world.zepto.inbox("ana@example.pt").await[0]["html"]
            .as_str()
            .unwrap()
            .contains("#0f766e")
    );
    world.end().await;
}
