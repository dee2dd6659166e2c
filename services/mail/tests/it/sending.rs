//! A mail leaves once, whatever goes wrong on the way.

use serde_json::json;
use time::Duration;
use tokio_util::sync::CancellationToken;

use crate::world::World;
use testkit::until;

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_sent_with_both_parts_and_what_was_asked_for_once() {
    let world = World::start().await;
    let store = world.store().await;
    let order = world.placed(&store, "ana@example.pt").await;
    let again = events::orders::v1::OrderPlaced {
        tenant_id: store.id.to_string(),
        order: Some(order.clone()),
    };
    world
        .heard(&store, again, mail::events::orders::placed)
        .await
        .unwrap();
    let mail = world.until_mail(&store, "order_placed", "delivered").await;
    let inbox = world.zepto.inbox("ana@example.pt").await;
    assert_eq!(inbox.len(), 1);
    let sent = &inbox[0];
    assert_eq!(sent["client_reference"], mail["id"]);
    assert_eq!(
        sent["subject"],
        format!("Recebemos a sua encomenda {}", order.number)
    );
    assert_eq!(sent["from"]["name"], format!("Loja {}", store.slug));
    let (html, text) = (
        sent["html"].as_str().unwrap(),
        sent["text"].as_str().unwrap(),
    );
    assert!(
        html.contains("Casaco &lt;b&gt;Serra&lt;/b&gt;"),
        "titles are escaped"
    );
    assert!(html.contains("49,90\u{a0}€") && text.contains("49,90\u{a0}€"));
    assert!(
        text.contains("access-token-1"),
        "a guest can open the order"
    );
    let usage = world
        .admin(&store, reqwest::Method::GET, "/api/mail/admin/usage")
        .await
        .expect(200);
    assert_eq!(
        (usage.body["mails"].clone(), usage.body["percent"].clone()),
        (json!(1), json!(1))
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_after_the_effect_sends_nothing_twice() {
    let world = World::start().await;
    let store = world.store().await;
    for kind in ["cut", "reset", "html502", "error500", "garbage", "empty"] {
        world.zepto.fault(kind, "after", 1).await;
        let to = format!("{kind}@example.pt");
        world.placed(&store, &to).await;
        // The provider's own news tell that it was taken, long before anybody would send it again.
        until(&format!("{kind} is settled"), async || {
            let mails = world.mails(&store, "order_placed").await;
            (mails[0]["state"] == "delivered").then_some(())
        })
        .await;
        world.advance(Duration::minutes(20));
        mail::jobs::send_messages::send_due(&world.app, &CancellationToken::new())
            .await
            .unwrap();
        assert_eq!(world.zepto.inbox(&to).await.len(), 1, "{kind}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_news_a_mail_in_doubt_is_sent_once_more_and_never_again() {
    let world = World::start().await;
    let store = world.store().await;
    world.go_deaf().await;
    world.zepto.fault("cut", "after", 2).await;
    world.placed(&store, "silent.ana@example.pt").await;
    let mail = world.until_mail(&store, "order_placed", "ambiguous").await;
    assert_eq!(mail["was_ambiguous"], true);
    world.advance(Duration::minutes(14));
    mail::jobs::send_messages::send_due(&world.app, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(
        world.zepto.inbox("silent.ana@example.pt").await.len(),
        1,
        "not before 15 minutes"
    );
    world.advance(Duration::minutes(2));
    until("it was sent once more", async || {
        (world.zepto.inbox("silent.ana@example.pt").await.len() == 2).then_some(())
    })
    .await;
    world.until_mail(&store, "order_placed", "ambiguous").await;
    world.advance(Duration::minutes(16));
    let mail = world.until_mail(&store, "order_placed", "failed").await;
    assert_eq!(
        (mail["problem"].as_str(), mail["was_ambiguous"].as_bool()),
        (Some("outcome_unknown"), Some(true))
    );
    world.advance(Duration::hours(2));
    mail::jobs::send_messages::send_due(&world.app, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(world.zepto.inbox("silent.ana@example.pt").await.len(), 2);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_surely_sent_nothing_is_tried_again() {
    let world = World::start().await;
    let store = world.store().await;
    world.zepto.fault("unavailable503", "before", 2).await;
    world.placed(&store, "ana@example.pt").await;
    until("it is delivered", async || {
        world.advance(Duration::seconds(10));
        let mails = world.mails(&store, "order_placed").await;
        (mails[0]["state"] == "delivered").then_some(())
    })
    .await;
    assert_eq!(world.zepto.inbox("ana@example.pt").await.len(), 1);
    let mail = &world.mails(&store, "order_placed").await[0];
    assert_eq!(
        (mail["attempts"].clone(), mail["was_ambiguous"].clone()),
        (json!(3), json!(false))
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_requests_hold_everything_back_until_then() {
    let world = World::start().await;
    let store = world.store().await;
    let busy = json!({ "kind": "rate_limit429", "times": 1, "retry_after": 120 });
    world.zepto.lever("faults", busy).await;
    world.placed(&store, "first@example.pt").await;
    until("it is held back", async || {
        let mails = world.mails(&store, "order_placed").await;
        (mails[0]["problem"] == "rate_limit").then_some(())
    })
    .await;
    world.placed(&store, "second@example.pt").await;
    assert_eq!(
        mail::jobs::send_messages::send_due(&world.app, &CancellationToken::new())
            .await
            .unwrap(),
        0
    );
    world.advance(Duration::minutes(3));
    for to in ["first@example.pt", "second@example.pt"] {
        until("both leave", async || {
            (world.zepto.inbox(to).await.len() == 1).then_some(())
        })
        .await;
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_account_keeps_every_mail_until_it_is_mended() {
    let world = World::start().await;
    let store = world.store().await;
    let standing = json!({ "code": "AE_101", "seconds": 100_000 });
    world.zepto.lever("agents/agent-1/standing", standing).await;
    world.placed(&store, "ana@example.pt").await;
    until("the account is known to be blocked", async || {
        let overview = world
            .sysadmin(reqwest::Method::GET, "/api/mail/sysadmin/overview")
            .await
            .expect(200);
        (overview.body["pauses"][0]["reason"] == "AE_101").then_some(())
    })
    .await;
    assert!(world.zepto.inbox("ana@example.pt").await.is_empty());
    let way = &world.app.transport;
    assert_eq!(way.check().await, Err("AE_101".to_owned()));
    world
        .zepto
        .lever(
            "agents/agent-1/standing",
            json!({ "code": "AE_101", "seconds": 0 }),
        )
        .await;
    assert_eq!(way.check().await, Ok(()));
    let path = "/api/mail/sysadmin/transports/zeptomail/resume";
    assert_eq!(
        world
            .sysadmin(reqwest::Method::POST, path)
            .await
            .expect(200)
            .body["was_paused"],
        true
    );
    world.until_mail(&store, "order_placed", "delivered").await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_is_refused_fails_alone() {
    let world = World::start().await;
    let store = world.store().await;
    for (code, to) in [
        ("SM_113", "a@example.pt"),
        ("GE_102", "b@example.pt"),
        ("SM_129", "c@example.pt"),
    ] {
        world
            .zepto
            .lever(
                "faults",
                json!({ "kind": "refused", "code": code, "times": 1 }),
            )
            .await;
        world.placed(&store, to).await;
        let mail = world.until_mail(&store, "order_placed", "failed").await;
        assert_eq!(mail["problem"], code);
    }
    world.placed(&store, "d@example.pt").await;
    world.until_mail(&store, "order_placed", "delivered").await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_is_not_verified_gives_way_to_the_platforms() {
    let world = World::start().await;
    let store = world.store().await;
    let domain = world.app.from.rsplit('@').next().unwrap();
    let agents = json!({ "key": "agent-1", "token": "simulator", "domains": [domain],
        "hook": { "url": world.url("/api/webhooks/zeptomail"), "key": "simulator-webhooks" } });
    world.zepto.lever("agents", agents).await;
    let settings = "/api/mail/admin/settings";
    let wanted = json!({ "accent": "#0f766e", "reply_to": "ajuda@loja.example", "sender_email": "loja@loja.example",
        "sender_name": "A Loja", "new_order_roles": [], "low_stock_roles": [] });
    world.put(&store, settings, 1, wanted).await.expect(200);
    let path = format!("/api/mail/sysadmin/tenants/{}/verify-sender", store.id);
    world
        .sysadmin(reqwest::Method::POST, &path)
        .await
        .expect(200);
    let told = format!(
        "SELECT count(*) FROM outbox WHERE tenant_id = '{}'
           AND position('mail_settings.verify_sender'::bytea IN payload) > 0",
        store.id
    );
    assert_eq!(world.number_of(&told).await, 1, "the trail tells of it");
    world.placed(&store, "ana@example.pt").await;
    world.until_mail(&store, "order_placed", "delivered").await;
    let sent = &world.zepto.inbox("ana@example.pt").await[0];
    assert_eq!(sent["from"]["address"], world.app.from.as_str());
    assert_eq!(sent["from"]["name"], "A Loja");
    let now = world
        .admin(&store, reqwest::Method::GET, settings)
        .await
        .expect(200);
    assert_eq!(now.body["sender_problem"], "domain_not_verified");
    assert!(now.body["sender_verified_at"].is_null());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_dies_while_it_sends_leaves_a_mail_in_doubt_not_lost() {
    let mut world = World::start().await;
    let store = world.store().await;
    world.stop().await;
    world.placed(&store, "ana@example.pt").await;
    // As a crash between the asking and the writing leaves it: nobody was told.
    let owner = world.place.database.all_stores("mail").await;
    let sql = "UPDATE mail.message SET state = 'sending', attempts = 1, due_at = now() + interval '15 minutes'";
    owner.execute(sql, &[]).await.unwrap();
    world.run().await;
    assert_eq!(
        mail::jobs::send_messages::send_due(&world.app, &CancellationToken::new())
            .await
            .unwrap(),
        0
    );
    world.advance(Duration::minutes(16));
    let mail = world.until_mail(&store, "order_placed", "delivered").await;
    assert_eq!(mail["was_ambiguous"], true);
    assert_eq!(world.zepto.inbox("ana@example.pt").await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mail_about_a_payment_takes_its_document_along_or_it_follows() {
    let world = World::start().await;
    let store = world.store().await;
    let document =
        |order: &events::orders::v1::Order, url: &str| events::invoicing::v1::DocumentIssued {
            tenant_id: store.id.to_string(),
            document: Some(events::invoicing::v1::Document {
                document_id: uuid::Uuid::now_v7().to_string(),
                order_id: order.order_id.clone(),
                kind: events::invoicing::v1::DocumentKind::InvoiceReceipt.into(),
                number: "FR 2026/20".into(),
                pdf_url: url.into(),
                ..Default::default()
            }),
        };
    // In time.
    let order = world.placed(&store, "soon@example.pt").await;
    world.paid(&store, &order).await;
    let event = document(&order, "https://docs.example/a.pdf");
    world
        .heard(&store, event.clone(), mail::events::documents::issued)
        .await
        .unwrap();
    world
        .heard(&store, event, mail::events::documents::issued)
        .await
        .unwrap();
    until("the paid mail has left", async || {
        let inbox = world.zepto.inbox("soon@example.pt").await;
        inbox
            .iter()
            .any(|mail| {
                mail["html"]
                    .as_str()
                    .unwrap()
                    .contains("https://docs.example/a.pdf")
            })
            .then_some(())
    })
    .await;
    // Before the payment was heard of.
    let order = world.placed(&store, "first@example.pt").await;
    let event = document(&order, "https://docs.example/b.pdf");
    world
        .heard(&store, event, mail::events::documents::issued)
        .await
        .unwrap();
    world.paid(&store, &order).await;
    until("the paid mail has left", async || {
        let inbox = world.zepto.inbox("first@example.pt").await;
        inbox
            .iter()
            .any(|mail| {
                mail["html"]
                    .as_str()
                    .unwrap()
                    .contains("https://docs.example/b.pdf")
            })
            .then_some(())
    })
    .await;
    // Too late: two mails.
    let order = world.placed(&store, "late@example.pt").await;
    world.paid(&store, &order).await;
    world.advance(Duration::minutes(3));
    until("the paid mail left without", async || {
        (world.zepto.inbox("late@example.pt").await.len() == 2).then_some(())
    })
    .await;
    let event = document(&order, "https://docs.example/c.pdf");
    world
        .heard(&store, event, mail::events::documents::issued)
        .await
        .unwrap();
    world
        .until_mail(&store, "invoice_issued", "delivered")
        .await;
    assert_eq!(world.zepto.inbox("late@example.pt").await.len(), 3);
    assert_eq!(world.mails(&store, "invoice_issued").await.len(), 1);
    // The owner was told of three orders.
    until("the owner knows", async || {
        (world.zepto.inbox(&store.owner_email).await.len() == 3).then_some(())
    })
    .await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_stores_mails_wait_and_go_out_when_it_opens() {
    let mut world = World::start().await;
    let store = world.store().await;
    world.stop().await;
    let owner = world.place.database.all_stores("mail").await;
    let set = async |status: &str, version: i32| {
        let sql = format!(
            "UPDATE mail.tenant_view SET status = '{status}', version = {version} WHERE tenant_id = '{}'",
            store.id
        );
        owner.batch_execute(&sql).await.unwrap();
        world.app.directory.load().await.unwrap();
    };
    set("suspended", 2).await;
    world.placed(&store, "ana@example.pt").await;
    mail::jobs::send_messages::send_due(&world.app, &CancellationToken::new())
        .await
        .unwrap();
    let waiting =
        "SELECT count(*) FROM mail.message WHERE state = 'queued' AND problem = 'store_closed'";
    assert_eq!(world.number_of(waiting).await, 1);
    set("active", 3).await;
    world.advance(Duration::minutes(11));
    world.run().await;
    world.until_mail(&store, "order_placed", "delivered").await;
    assert_eq!(world.zepto.inbox("ana@example.pt").await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_for_the_mail_in_hand() {
    let mut world = World::start().await;
    let store = world.store().await;
    let slow = json!({ "kind": "slow", "slow_ms": 1_000 });
    world.zepto.lever("faults", slow).await;
    world.placed(&store, "ana@example.pt").await;
    until("the provider is being asked", async || {
        let state = world.zepto.look("state").await;
        state["faults"].as_array().unwrap().is_empty().then_some(())
    })
    .await;
    world.stop().await;
    assert_eq!(world.zepto.inbox("ana@example.pt").await.len(), 1);
    let known = "SELECT count(*) FROM message WHERE kind = 'order_placed' AND sent_at IS NOT NULL";
    assert_eq!(world.number_of(known).await, 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_told_to_stop_takes_up_no_more() {
    let mut world = World::start().await;
    let store = world.store().await;
    world.stop().await;
    world.placed(&store, "ana@example.pt").await;
    let stopped = CancellationToken::new();
    stopped.cancel();
    mail::jobs::send_messages::send_due(&world.app, &stopped)
        .await
        .unwrap();
    assert!(world.zepto.inbox("ana@example.pt").await.is_empty());
    world.end().await;
}
