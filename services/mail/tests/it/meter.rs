//! The mails that a plan covers run out: the owner is told, and nothing stops.

use time::Duration;

use crate::world::{Store, World};
use testkit::until;

const NEAR: &str = "mail_limit_near";
const REACHED: &str = "mail_limit_reached";

/// As if so many of the hundred mails had left this month.
async fn used(world: &World, store: &Store, mails: i64) {
    let month = mail::store::usage::month_of(world.place.clock.now());
    let sql = format!(
        "SET ROLE stores_mail_system;
         DELETE FROM mail.mail_usage_slot WHERE tenant_id = '{store}';
         INSERT INTO mail.mail_usage (tenant_id, month, mails) VALUES ('{store}', '{month}', {mails})
         ON CONFLICT (tenant_id, month) DO UPDATE SET mails = EXCLUDED.mails",
        store = store.id
    );
    let owner = world.place.database.owner().await;
    owner.batch_execute(&sql).await.unwrap();
}

async fn sell(world: &World, store: &Store) {
    let to = format!("ana{}@example.pt", world.number());
    world.placed(store, &to).await;
    world.until_mail(store, "order_placed", "delivered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_is_told_at_four_fifths_and_at_the_whole_once_a_month_each() {
    let world = World::start().await;
    let (store, other) = (world.store().await, world.store().await);
    used(&world, &store, 50).await;
    sell(&world, &store).await;
    assert!(world.mails(&store, NEAR).await.is_empty());

    used(&world, &store, 79).await;
    for _ in 0..3 {
        sell(&world, &store).await;
    }
    world.until_mail(&store, NEAR, "delivered").await;
    assert!(world.mails(&store, REACHED).await.is_empty());
    let inbox = world.zepto.inbox(&store.owner_email).await;
    let told = inbox
        .iter()
        .find(|mail| mail["subject"].as_str().unwrap().starts_with("Four fifths"));
    let text = told.unwrap()["text"].as_str().unwrap();
    assert!(text.contains("80 of the 100 mails"), "{text}");
    assert!(text.contains("/settings/plan"), "{text}");

    used(&world, &store, 99).await;
    for _ in 0..3 {
        sell(&world, &store).await;
    }
    world.until_mail(&store, REACHED, "delivered").await;
    for kind in [NEAR, REACHED] {
        assert_eq!(world.mails(&store, kind).await.len(), 1, "{kind}");
    }
    // Another month begins anew; whoever is past both at once hears the graver one alone.
    world.advance(Duration::days(31));
    used(&world, &store, 120).await;
    sell(&world, &store).await;
    until("it is told in the next month too", async || {
        (world.mails(&store, REACHED).await.len() == 2).then_some(())
    })
    .await;
    assert_eq!(world.mails(&store, NEAR).await.len(), 1);
    sell(&world, &other).await;
    assert!(world.mails(&other, NEAR).await.is_empty());
    world.end().await;
}
