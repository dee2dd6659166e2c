//! The store's log of mails.

use events::orders::v1::{Order, OrderFulfilled};
use reqwest::Method;
use time::Duration;

use crate::world::World;
use testkit::until;

#[tokio::test(flavor = "multi_thread")]
async fn staff_sees_what_was_sent_and_sends_it_again() {
    let world = World::start().await;
    let store = world.store().await;
    let order = world.placed(&store, "ana@example.pt").await;
    let mail = world.until_mail(&store, "order_placed", "delivered").await;
    assert_eq!(
        (mail["to"].as_str(), mail["order_id"].as_str()),
        (Some("a…@example.pt"), Some(order.order_id.as_str()))
    );
    let path = format!("/api/mail/admin/messages/{}", mail["id"].as_str().unwrap());
    let detail = world.admin(&store, Method::GET, &path).await.expect(200);
    assert_eq!(detail.body["events"][0]["event"], "delivered");
    let content = world
        .admin(&store, Method::GET, &format!("{path}/content"))
        .await
        .expect(200);
    assert_eq!(content.body["to"], "ana@example.pt");
    assert_eq!(
        content.body["html"],
        world.zepto.inbox("ana@example.pt").await[0]["html"]
    );
    let again = || world.owner(&store, Method::POST, &format!("{path}/resend"));
    let first = again().header("idempotency-key", "one");
    let repeated = world.send(first.try_clone().unwrap()).await;
    assert_eq!(repeated.status, 400, "two keys are none: {}", repeated.text);
    let made = world.send(again()).await.expect(202);
    assert_eq!(made.body["resend_of"], mail["id"]);
    until("it left again", async || {
        (world.zepto.inbox("ana@example.pt").await.len() == 2).then_some(())
    })
    .await;
    for _ in 1..5 {
        world.send(again()).await.expect(202);
    }
    assert_eq!(
        world.send(again()).await.expect(409).code(),
        "too-many-resends"
    );
    // After 90 days it is known that, not what.
    until("all have left", async || {
        (world.zepto.inbox("ana@example.pt").await.len() == 6).then_some(())
    })
    .await;
    until("all are delivered", async || {
        let mails = world.mails(&store, "order_placed").await;
        mails
            .iter()
            .all(|mail| mail["state"] == "delivered")
            .then_some(())
    })
    .await;
    world.advance(Duration::days(91));
    mail::jobs::forget::run(world.app.clone()).await.unwrap();
    let detail = world.admin(&store, Method::GET, &path).await.expect(200);
    assert!(detail.body["to"].is_null() && detail.body["state"] == "delivered");
    assert_eq!(
        world
            .admin(&store, Method::GET, &format!("{path}/content"))
            .await
            .code(),
        "content-not-there"
    );
    assert_eq!(world.send(again()).await.code(), "content-not-there");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_filtered_and_paged_and_a_link_to_an_account_is_private() {
    let world = World::start().await;
    let store = world.store().await;
    for n in 0..3 {
        world.placed(&store, &format!("p{n}@example.pt")).await;
    }
    let page = world
        .admin(
            &store,
            Method::GET,
            "/api/mail/admin/messages?limit=2&kind=order_placed",
        )
        .await
        .expect(200);
    assert_eq!(page.body["items"].as_array().unwrap().len(), 2);
    let next = page.body["next"].as_str().unwrap();
    let rest = world
        .admin(
            &store,
            Method::GET,
            &format!("/api/mail/admin/messages?limit=2&after={next}"),
        )
        .await
        .expect(200);
    assert_eq!(rest.body["items"].as_array().unwrap().len(), 1);
    world
        .admin(&store, Method::GET, "/api/mail/admin/messages?state=lost")
        .await
        .expect(400);
    let path = "/api/mail/admin/templates/account_reset/en/test";
    let sent = world
        .send(world.owner(&store, Method::POST, path))
        .await
        .expect(202);
    world.until_mail(&store, "account_reset", "delivered").await;
    let path = format!(
        "/api/mail/admin/messages/{}/content",
        sent.body["message_id"].as_str().unwrap()
    );
    assert_eq!(
        world
            .admin(&store, Method::GET, &path)
            .await
            .expect(403)
            .code(),
        "content-private"
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shopper_is_told_once_that_the_goods_are_on_their_way() {
    let world = World::start().await;
    let store = world.store().await;
    let sent = |order: &Order, tracking: &str| OrderFulfilled {
        tenant_id: store.id.to_string(),
        order: Some(Order {
            version: order.version + 2,
            ..order.clone()
        }),
        tracking: tracking.into(),
        ..OrderFulfilled::default()
    };
    let hear = async |event: OrderFulfilled| {
        let heard = world.heard(&store, event, mail::events::orders::fulfilled);
        heard.await.unwrap();
    };
    let number = world.placed(&store, "ana@example.pt").await;
    let link = world.placed(&store, "rui@example.pt").await;
    let nothing = world.placed(&store, "eva@example.pt").await;
    for _ in 0..2 {
        hear(sent(&number, "RR123456785PT")).await;
    }
    hear(sent(&link, "https://tracking.example/RR1")).await;
    // A voucher for a course: there is no parcel.
    let nothing = Order {
        shipping_address: None,
        ..nothing
    };
    hear(sent(&nothing, "")).await;
    let mail = async |to: &str| {
        until(&format!("{to} is told"), async || {
            let inbox = world.zepto.inbox(to).await;
            inbox
                .into_iter()
                .find(|mail| mail["subject"].as_str().unwrap().contains("a caminho"))
        })
        .await["html"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(mail("ana@example.pt").await.contains("RR123456785PT"));
    let html = mail("rui@example.pt").await;
    assert!(html.contains("https://tracking.example/RR1"));
    assert_eq!(world.mails(&store, "order_shipped").await.len(), 2);
    // What was wrong is put right, and the shopper is told of that once as well.
    let corrected = OrderFulfilled {
        corrects: true,
        ..sent(&number, "RR987654321PT")
    };
    for _ in 0..2 {
        hear(corrected.clone()).await;
    }
    assert_eq!(world.mails(&store, "order_shipped").await.len(), 3);
    world.end().await;
}
