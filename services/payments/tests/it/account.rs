//! A store's account: onboarding, and what Stripe may do to it afterwards.

use events::payments::v1::{AccountChanged, ActionRecorded, PaymentCanceled};
use http_kit::Role;
use payments::jobs::look_up_payments;
use reqwest::Method;
use serde_json::{Value, json};
use time::Duration;

use crate::stripe::event;
use crate::world::{Store, World};
use testkit::until;

const ACCOUNT: &str = "/api/payments/admin/account";

async fn status(world: &World, store: &Store) -> Value {
    world.admin(store, Method::GET, ACCOUNT).await.body["status"].clone()
}

async fn until_status(world: &World, store: &Store, wanted: &str) {
    until(&format!("the account is {wanted}"), async || {
        (status(world, store).await == wanted).then_some(())
    })
    .await;
}

/// How many accounts Stripe has for a store.
async fn count(world: &World, store: &Store) -> usize {
    let id = store.id.to_string();
    let all = world.stripe.connected_accounts().await;
    let own = |account: &&Value| account["metadata"]["tenant_id"] == id;
    all.iter().filter(own).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_gets_from_nothing_to_an_account_that_sells() {
    let world = World::start().await;
    let store = world.store().await;
    let none = world.admin(&store, Method::GET, ACCOUNT).await;
    assert_eq!(
        (none.status.as_u16(), none.code()),
        (404, "account-not-found")
    );

    let made = world.admin(&store, Method::POST, ACCOUNT).await.expect(200);
    assert_eq!(made.body["status"], "onboarding");
    assert_eq!(made.body["charges_enabled"], false);
    assert!(!made.body["requirements"].as_array().unwrap().is_empty());
    let again = world.admin(&store, Method::POST, ACCOUNT).await.expect(200);
    assert_eq!(again.body, made.body);
    assert_eq!(count(&world, &store).await, 1);

    let link = format!("{ACCOUNT}/link");
    let link = world.admin(&store, Method::POST, &link).await.expect(200);
    let url = link.body["url"].as_str().unwrap();
    assert!(url.starts_with(&world.stripe.base));
    let page = reqwest::get(url).await.unwrap();
    assert!(page.status().is_success());
    let complete = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let back = complete
        .post(format!("{url}/complete"))
        .send()
        .await
        .unwrap();
    let back = back.headers()["location"].to_str().unwrap().to_owned();
    assert!(back.ends_with("/admin/settings/payments?onboarding=done"));
    until_status(&world, &store, "active").await;
    let active = world.admin(&store, Method::GET, ACCOUNT).await.body;
    assert_eq!(active["requirements"], json!([]));
    assert_eq!(
        active["payment_methods"],
        json!(["card", "mb_way", "multibanco", "sepa_debit"])
    );

    let told = world.told::<AccountChanged>(store.id).await;
    let versions: Vec<i64> = told.iter().map(|news| news.version).collect();
    assert!(versions.is_sorted() && versions.len() >= 2, "{versions:?}");
    assert!(told.last().unwrap().charges_enabled);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_owner_does_is_told_to_the_trail() {
    let world = World::start().await;
    let store = world.store().await;
    world.admin(&store, Method::POST, ACCOUNT).await.expect(200);
    world.admin(&store, Method::POST, ACCOUNT).await.expect(200);
    let link = format!("{ACCOUNT}/link");
    let link = world.admin(&store, Method::POST, &link).await.expect(200);
    let told = world.told::<ActionRecorded>(store.id).await;
    let deeds: Vec<_> = told.into_iter().map(|told| told.action.unwrap()).collect();
    let names: Vec<_> = deeds.iter().map(|deed| deed.action.as_str()).collect();
    assert_eq!(names, ["payments.account.create", "payments.account.link"]);
    let account = world.account_at_stripe(&store).await;
    assert!(deeds.iter().all(|deed| {
        deed.target == format!("account:{account}") && deed.actor.starts_with("staff:")
    }));
    let secret = link.body["url"].as_str().unwrap();
    assert!(
        deeds
            .iter()
            .all(|deed| !format!("{deed:?}").contains(secret))
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_owner_connects_an_account() {
    let world = World::start().await;
    let store = world.store().await;
    for role in [Role::Manager, Role::Accounting, Role::Viewer] {
        let token = world.token(store.id, role);
        let request = world.ask(Method::POST, &store.slug, ACCOUNT);
        let refused = world.send(request.bearer_auth(token)).await;
        assert_eq!(refused.status, 403, "{role}");
    }
    assert_eq!(count(&world, &store).await, 0);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_who_begin_at_once_get_one_account() {
    let world = World::start().await;
    let store = world.store().await;
    let asked = (0..6).map(|_| world.admin(&store, Method::POST, ACCOUNT));
    for reply in futures_util::future::join_all(asked).await {
        reply.expect(200);
    }
    assert_eq!(count(&world, &store).await, 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_whose_answer_was_lost_is_found_again_even_days_later() {
    let world = World::start().await;
    for (kind, when, later) in [
        ("cut", "after", Duration::ZERO),
        ("cut", "after", Duration::days(2)),
        ("cut", "before", Duration::days(2)),
        ("error500", "after", Duration::ZERO),
        ("error500", "before", Duration::ZERO),
        ("unavailable503", "before", Duration::ZERO),
    ] {
        let store = world.store().await;
        world
            .stripe
            .fault(json!({"kind": kind, "when": when, "method": "POST", "path": "/v1/accounts", "times": 3}))
            .await;
        let lost = world.admin(&store, Method::POST, ACCOUNT).await;
        assert_eq!(
            (lost.status.as_u16(), lost.code()),
            (503, "payment-provider-unavailable"),
            "{kind} {when}"
        );
        world.stripe.clear_faults().await;
        world.advance(later);
        world.admin(&store, Method::POST, ACCOUNT).await.expect(200);
        assert_eq!(count(&world, &store).await, 1, "{kind} {when} {later}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_stripe_refused_is_not_looked_for_afterwards() {
    let world = World::start().await;
    let store = world.store().await;
    let in_country = async |country: &str| {
        let sql = format!(
            "SET ROLE stores_payments_system;
             INSERT INTO payments.account (tenant_id, country) VALUES ('{}', '{country}')
             ON CONFLICT (tenant_id) DO UPDATE SET country = excluded.country",
            store.id
        );
        let owner = world.place.database.owner().await;
        owner.batch_execute(&sql).await.unwrap();
    };
    // Stripe knows no such country.
    in_country("X").await;
    let refused = world.admin(&store, Method::POST, ACCOUNT).await;
    assert_ne!(refused.status, 200);
    in_country("PT").await;
    let looked = world.stripe.calls("GET", "/v1/accounts").await;
    world.admin(&store, Method::POST, ACCOUNT).await.expect(200);
    assert_eq!(world.stripe.calls("GET", "/v1/accounts").await, looked);
    assert_eq!(count(&world, &store).await, 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_begun_on_an_account_that_was_left_ends_and_its_order_can_be_paid() {
    let world = World::start().await;
    let store = world.open_store().await;
    let old = store.account.clone();
    let (order, other) = (world.order(&store, 4_990), world.order(&store, 3_000));
    let (begun, silent) = (
        world.form(&store, &order).await,
        world.form(&store, &other).await,
    );
    world.until_quiet().await;
    let gone = format!("accounts/{old}/deauthorise");
    world.stripe.lever(&gone, json!({})).await;
    until_status(&world, &store, "disabled").await;
    world.admin(&store, Method::POST, ACCOUNT).await.expect(200);
    let new = world.account_at_stripe(&store).await;
    let complete = format!("accounts/{new}/complete");
    world.stripe.lever(&complete, json!({})).await;
    until_status(&world, &store, "active").await;

    let paying = world.form(&store, &order).await;
    assert_eq!(paying.account, new);
    assert_eq!(world.payment(&store, &begun).await["status"], "canceled");
    world.stripe.choose(&paying, "card").await;
    world.until_status(&store, &paying, "succeeded").await;

    // Nobody comes back to the other order: its attempt ends by itself.
    world.advance(Duration::hours(1));
    for _ in 0..2 {
        look_up_payments::look_up_silent(&world.app).await.unwrap();
    }
    world.until_status(&store, &silent, "canceled").await;
    let told = world.told::<PaymentCanceled>(store.id).await;
    let told: Vec<_> = told.iter().map(|told| told.reason.as_str()).collect();
    assert_eq!(told, ["account_disconnected"]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_stripe_stops_cannot_be_paid_until_it_may_sell_again() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (account, order) = (store.account.clone(), world.order(&store, 4_990));
    let disable = json!({ "reason": "requirements.past_due" });
    world
        .stripe
        .lever(&format!("accounts/{account}/disable"), disable)
        .await;
    until_status(&world, &store, "restricted").await;
    let refused = world.begin(&store, &order.ticket).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (409, "payments-not-ready")
    );
    world
        .stripe
        .lever(&format!("accounts/{account}/enable"), json!({}))
        .await;
    until_status(&world, &store, "active").await;
    world.begin(&store, &order.ticket).await.expect(200);

    let (lost, gone) = ("mb_way_payments", "inactive");
    let change = json!({ "name": lost, "status": gone });
    world
        .stripe
        .lever(&format!("accounts/{account}/capability"), change)
        .await;
    until("the method is gone", async || {
        let methods =
            world.admin(&store, Method::GET, ACCOUNT).await.body["payment_methods"].clone();
        (!methods.to_string().contains("mb_way")).then_some(())
    })
    .await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_disconnects_is_closed_and_may_connect_anew() {
    let world = World::start().await;
    let store = world.open_store().await;
    let old = store.account.clone();
    world
        .stripe
        .lever(&format!("accounts/{old}/deauthorise"), json!({}))
        .await;
    until_status(&world, &store, "disabled").await;
    let order = world.order(&store, 4_990);
    assert_eq!(
        world.begin(&store, &order.ticket).await.code(),
        "payments-not-ready"
    );

    world.admin(&store, Method::POST, ACCOUNT).await.expect(200);
    let new = world.account_at_stripe(&store).await;
    assert_ne!(new, old);
    world
        .stripe
        .lever(&format!("accounts/{new}/complete"), json!({}))
        .await;
    until_status(&world, &store, "active").await;
    // Late news of the old account find their store, and change nothing.
    assert_eq!(world.tenant_of_account(&old).await, Some(store.id));
    for (id, kind) in [
        ("evt_late1", "account.updated"),
        ("evt_late2", "account.application.deauthorized"),
    ] {
        let late = event(id, kind, &old, &json!({ "id": old, "object": "account" }));
        world.deliver(&late).await.expect(200);
        let outcome = world.outcome(id).await;
        assert_eq!(outcome["state"], "ignored", "{outcome}");
    }
    assert_eq!(status(&world, &store).await, "active");
    let paying = world.form(&store, &order).await;
    assert_eq!(paying.account, new);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_word_about_an_account_does_not_close_it() {
    let world = World::start().await;
    let store = world.open_store().await;
    let account = store.account.as_str();
    let before = world.told::<AccountChanged>(store.id).await.len();
    let closed = json!({ "id": account, "object": "account", "charges_enabled": false });
    let application = json!({ "id": "ca_1", "object": "application" });
    for (id, kind, object) in [
        ("evt_stale1", "account.updated", &closed),
        (
            "evt_stale2",
            "account.application.deauthorized",
            &application,
        ),
        ("evt_stale3", "capability.updated", &closed),
    ] {
        world
            .deliver(&event(id, kind, account, object))
            .await
            .expect(200);
        assert_eq!(world.outcome(id).await["state"], "applied");
    }
    assert_eq!(status(&world, &store).await, "active");
    let after = world.told::<AccountChanged>(store.id).await.len();
    assert_eq!(after, before, "nothing changed, so nothing is told");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_faster_than_our_commit_finds_its_store_later() {
    let world = World::start().await;
    let store = world.store().await;
    // Stripe knows the account, and we do not: our answer was lost.
    world
        .stripe
        .fault(json!({"kind": "cut", "when": "after", "method": "POST", "path": "/v1/accounts", "times": 3}))
        .await;
    assert_eq!(world.admin(&store, Method::POST, ACCOUNT).await.status, 503);
    let account = world.account_at_stripe(&store).await;
    world
        .stripe
        .lever(&format!("accounts/{account}/complete"), json!({}))
        .await;
    until("its events are there, and wait", async || {
        let path = "/api/payments/sysadmin/webhooks?state=received";
        let list = world.sysadmin(Method::GET, path, Value::Null).await;
        let items = list.body["items"].as_array().unwrap().clone();
        (!items.is_empty()).then_some(())
    })
    .await;
    world.stripe.clear_faults().await;
    world.admin(&store, Method::POST, ACCOUNT).await.expect(200);
    // The account was complete when it was found, and its events are the store's now.
    until_status(&world, &store, "active").await;
    until("the events moved to the store", async || {
        let path = "/api/payments/sysadmin/webhooks";
        let list = world.sysadmin(Method::GET, path, Value::Null).await;
        let items = list.body["items"].as_array().unwrap().clone();
        let own = |event: &&Value| event["tenant_id"] == store.id.to_string();
        (items.iter().filter(own).count() == items.len()).then_some(())
    })
    .await;
    world.end().await;
}
