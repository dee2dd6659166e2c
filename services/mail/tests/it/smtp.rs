//! The second way out: SMTP, with doubt only where there is some.

use serde_json::json;
use time::Duration;
use tokio_util::sync::CancellationToken;

use crate::world::World;
use testkit::until;

async fn world() -> World {
    World::with(&[mail::MIGRATIONS], |smtp| {
        vec![("SMTP_URL", format!("smtp://emailapikey:simulator@{smtp}"))]
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_leave_by_smtp_with_both_parts_and_come_back_in_news() {
    let world = world().await;
    let store = world.store().await;
    world.placed(&store, "ana@example.pt").await;
    let mail = world.until_mail(&store, "order_placed", "delivered").await;
    assert_eq!(mail["transport"], "smtp");
    let sent = &world.zepto.inbox("ana@example.pt").await[0];
    assert_eq!(sent["client_reference"], mail["id"]);
    assert!(
        sent["subject"]
            .as_str()
            .unwrap()
            .starts_with("Recebemos a sua encomenda")
    );
    assert!(
        sent["html"]
            .as_str()
            .unwrap()
            .contains("Casaco &lt;b&gt;Serra&lt;/b&gt;")
    );
    assert!(
        sent["text"]
            .as_str()
            .unwrap()
            .contains("Casaco <b>Serra</b>")
    );
    world.placed(&store, "bounce.rui@example.pt").await;
    world.until_mail(&store, "order_placed", "bounced").await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_breaks_off_before_it_has_the_mail_is_asked_again() {
    let world = world().await;
    let store = world.store().await;
    world
        .zepto
        .lever(
            "faults",
            json!({ "kind": "rate_limit429", "method": "SMTP", "times": 1 }),
        )
        .await;
    world.placed(&store, "ana@example.pt").await;
    until("it is delivered", async || {
        world.advance(Duration::seconds(10));
        let mails = world.mails(&store, "order_placed").await;
        (mails[0]["state"] == "delivered").then_some(())
    })
    .await;
    assert_eq!(world.zepto.inbox("ana@example.pt").await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_breaks_off_after_it_has_the_mail_leaves_doubt_that_news_end() {
    let world = world().await;
    let store = world.store().await;
    world
        .zepto
        .lever(
            "faults",
            json!({ "kind": "cut", "when": "after", "method": "SMTP", "times": 1 }),
        )
        .await;
    world.placed(&store, "ana@example.pt").await;
    world.until_mail(&store, "order_placed", "delivered").await;
    world.advance(Duration::minutes(20));
    mail::jobs::send_messages::send_due(&world.app, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(world.zepto.inbox("ana@example.pt").await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_pauses_and_tells() {
    let world = World::with(&[mail::MIGRATIONS], |smtp| {
        vec![("SMTP_URL", format!("smtp://emailapikey:wrong@{smtp}"))]
    })
    .await;
    let store = world.store().await;
    world.placed(&store, "ana@example.pt").await;
    until("the pause is told", async || {
        let overview = world
            .sysadmin(reqwest::Method::GET, "/api/mail/sysadmin/overview")
            .await
            .expect(200);
        (overview.body["pauses"][0]["reason"] == "smtp_535").then_some(())
    })
    .await;
    assert_eq!(
        world.mails(&store, "order_placed").await[0]["state"],
        "queued"
    );
    world.end().await;
}
