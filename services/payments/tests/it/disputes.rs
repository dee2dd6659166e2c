//! A shopper's bank asks for the money back.

use events::Named;
use events::payments::v1::{DisputeClosed, DisputeOpened, RefundFailed};
use serde_json::{Value, json};

use crate::refunds;
use crate::stripe::{Paying, event};
use crate::world::{Store, World};

const FEE: i64 = 2_000;

async fn open(world: &World, paying: &Paying, wish: Value) -> String {
    let charge = world.stripe.intent(paying).await["latest_charge"].clone();
    let path = format!("charges/{}/dispute", charge.as_str().unwrap());
    let dispute = world.stripe.lever(&path, wish).await;
    dispute["id"].as_str().unwrap().to_owned()
}

async fn close(world: &World, dispute: &str, status: &str) {
    let path = format!("disputes/{dispute}/close");
    world.stripe.lever(&path, json!({ "status": status })).await;
}

async fn until_dispute(world: &World, store: &Store, paying: &Paying, status: &str) -> Value {
    let is = |payment: &Value| payment["disputes"][0]["status"] == status;
    let what = format!("the dispute is {status}");
    let payment = world.until_payment(store, paying, &what, is).await;
    world.until_quiet().await;
    payment["disputes"][0].clone()
}

fn entries(of: &[(&str, i64)]) -> Vec<(String, i64)> {
    of.iter()
        .map(|(name, minor)| ((*name).to_owned(), *minor))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_takes_the_money_and_its_fee_and_is_told_with_its_deadline() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (order, paying) = world.paid(&store, 4_990).await;
    let id = open(&world, &paying, json!({ "reason": "product_not_received" })).await;
    until_dispute(&world, &store, &paying, "needs_response").await;
    let dispute = world.payment(&store, &paying).await["disputes"][0].clone();
    assert_eq!(
        (&dispute["id"], &dispute["withdrawn_minor"]),
        (&json!(id), &json!(4_990))
    );
    assert_eq!(dispute["fee_minor"], FEE);
    assert!(dispute["due_by"].is_string() && dispute["closed_at"].is_null());
    let taken = [
        ("dispute", 4_990),
        ("platform_fee", 75),
        ("shopper", -4_990),
        ("store", 4_915 - 4_990 - FEE),
        ("stripe_fee", FEE),
    ];
    assert_eq!(world.ledger(&paying).await, entries(&taken));
    let told = world.told::<DisputeOpened>(store.id).await;
    let told = told[0].dispute.clone().unwrap();
    assert_eq!(told.order_id, order.id.to_string());
    assert_eq!(
        (told.status().name().as_str(), told.reason.as_str()),
        ("needs_response", "product_not_received")
    );
    assert!(told.evidence_due_at_us > 0 && told.opened_at_us > 0 && told.closed_at_us == 0);

    close(&world, &id, "lost").await;
    until_dispute(&world, &store, &paying, "lost").await;
    assert_eq!(
        world.ledger(&paying).await,
        entries(&taken),
        "the bank keeps it"
    );
    let told = world.told::<DisputeClosed>(store.id).await;
    let told = told[0].dispute.clone().unwrap();
    assert_eq!(told.status().name(), "lost");
    assert!(told.opened_at_us > 0 && told.closed_at_us >= told.opened_at_us);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_that_is_won_gives_everything_back() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (_, paying) = world.paid(&store, 4_990).await;
    let before = world.ledger(&paying).await;
    let id = open(&world, &paying, json!({ "amount": 1_000 })).await;
    until_dispute(&world, &store, &paying, "needs_response").await;
    close(&world, &id, "won").await;
    until_dispute(&world, &store, &paying, "won").await;
    assert_eq!(world.ledger(&paying).await, before);
    let dispute = world.payment(&store, &paying).await["disputes"][0].clone();
    assert_eq!(
        (&dispute["withdrawn_minor"], &dispute["fee_minor"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(world.told::<DisputeOpened>(store.id).await.len(), 1);
    assert_eq!(world.told::<DisputeClosed>(store.id).await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inquiry_moves_no_money() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (_, paying) = world.paid(&store, 4_990).await;
    let before = world.ledger(&paying).await;
    let id = open(&world, &paying, json!({ "inquiry": true, "due_by": 0 })).await;
    let dispute = until_dispute(&world, &store, &paying, "warning_needs_response").await;
    assert!(dispute["due_by"].is_null(), "no answer is possible");
    close(&world, &id, "warning_closed").await;
    until_dispute(&world, &store, &paying, "warning_closed").await;
    assert_eq!(world.ledger(&paying).await, before);
    let told = world.told::<DisputeClosed>(store.id).await;
    assert_eq!(
        told[0].dispute.as_ref().unwrap().status().name(),
        "withdrawn"
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn late_and_repeated_words_about_a_dispute_change_nothing() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (_, paying) = world.paid(&store, 4_990).await;
    let hold = json!({ "hold": true, "types": "charge.dispute.*", "duplicates": 2 });
    world.stripe.lever("webhooks/rules", hold).await;
    let id = open(&world, &paying, json!({})).await;
    close(&world, &id, "lost").await;
    let reversed = json!({ "order": "reversed" });
    world.stripe.lever("webhooks/release", reversed).await;
    until_dispute(&world, &store, &paying, "lost").await;
    let mut old = world
        .stripe
        .get(&store.account, &format!("/v1/disputes/{id}"))
        .await;
    old["status"] = json!("needs_response");
    world
        .deliver(&event(
            "evt_old",
            "charge.dispute.updated",
            &store.account,
            &old,
        ))
        .await
        .expect(200);
    assert_eq!(world.outcome("evt_old").await["state"], "applied");
    let dispute = world.payment(&store, &paying).await["disputes"][0].clone();
    assert_eq!(dispute["status"], "lost");
    assert_eq!(world.told::<DisputeOpened>(store.id).await.len(), 1);
    assert_eq!(world.told::<DisputeClosed>(store.id).await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_disputed_is_not_refunded_beside_it() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (order, paying) = world.paid(&store, 4_990).await;
    open(&world, &paying, json!({})).await;
    until_dispute(&world, &store, &paying, "needs_response").await;
    let asked = refunds::request(store.id, &order, 4_990);
    refunds::hear(&world, store.id, &asked).await.unwrap();
    world.until_quiet().await;
    let told = world.told::<RefundFailed>(store.id).await;
    assert_eq!((told.len(), told[0].code.as_str()), (1, "charge_disputed"));
    assert_eq!(
        world.payment(&store, &paying).await["refunded"]["amount"],
        0
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_of_nothing_of_ours_is_kept_and_harms_nothing() {
    let world = World::start().await;
    let (store, other) = (world.open_store().await, world.open_store().await);
    let (_, paying) = world.paid(&store, 4_990).await;
    world.go_deaf().await;
    let id = open(&world, &paying, json!({})).await;
    let dispute = world
        .stripe
        .get(&store.account, &format!("/v1/disputes/{id}"))
        .await;
    let theirs = event(
        "evt_theirs",
        "charge.dispute.created",
        &other.account,
        &dispute,
    );
    world.deliver(&theirs).await.expect(200);
    assert_eq!(world.outcome("evt_theirs").await["state"], "mismatch");
    assert_eq!(world.payment(&store, &paying).await["disputes"], json!([]));
    world.end_with_breaks(&["webhook"]).await;
}
