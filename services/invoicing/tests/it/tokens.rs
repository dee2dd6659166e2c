//! Tokens: sealed, refreshed by one at a time, never lost by our own doing.

use invoicing::clients::moloni::{Moloni, MoloniError};
use kernel::config::SealingKey;
use serde_json::json;
use time::Duration;

use crate::orders;
use crate::world::{LATER, World};
use testkit::until;

const GRANT: &str = "/v1/grant/";

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_sealed_for_their_store_alone() {
    let world = World::start().await;
    let (a, b) = (world.open_store().await, world.open_store().await);
    let owner = world.place.database.all_stores("invoicing").await;
    let rows = owner
        .query("SELECT tokens FROM invoicing.connection", &[])
        .await
        .unwrap();
    for row in &rows {
        let sealed: Vec<u8> = row.get(0);
        let text = String::from_utf8_lossy(&sealed);
        assert!(!text.contains("access") && !text.contains("refresh"));
    }
    assert_eq!(rows.len(), 2);
    // Moved to another store's row they open nothing.
    world
        .sql(&format!(
            "UPDATE invoicing.connection SET tokens = (SELECT tokens FROM invoicing.connection
           WHERE tenant_id = '{}') WHERE tenant_id = '{}'",
            a.id, b.id
        ))
        .await;
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    let invoice = world.invoiced(&b, &order).await;
    assert_eq!(
        (&invoice["problem"], &invoice["needs"]),
        (&json!("sealed"), &json!("platform"))
    );
    assert!(world.moloni.documents(b.company).await.is_empty());
    // Connected anew, the document follows by itself.
    world.connect(&b).await;
    world.work().await;
    assert_eq!(world.invoice(&b, &order).await["status"], "issued");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_gone_is_noticed_and_a_new_first_key_opens_the_old() {
    let mut world = World::start().await;
    let store = world.open_store().await;
    let key = |kid: &str, secret: &str| SealingKey {
        kid: kid.to_owned(),
        secret: secret.to_owned().into(),
    };
    let old = key("k1", "a-secret-of-the-tests-that-seals");
    let keys = [key("k2", "another"), old];
    world.app.sealer = db::Sealer::new("invoicing: tokens", &keys).unwrap().into();
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    assert_eq!(world.invoiced(&store, &order).await["status"], "issued");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_sealed_anew_after_a_change_of_keys() {
    let mut world = World::start().await;
    let stores = [world.open_store().await, world.open_store().await];
    let key = |kid: &str, secret: &str| SealingKey {
        kid: kid.to_owned(),
        secret: secret.to_owned().into(),
    };
    let (old, new) = (
        key("k1", "a-secret-of-the-tests-that-seals"),
        key("k2", "another"),
    );
    let reseal = async |world: &World, ring: &[SealingKey]| {
        let done = db::reseal(&world.app.db, ring, &invoicing::SEALED).await;
        let done = done.unwrap();
        (done.anew, done.unopened)
    };
    // A key that sealed nothing opens nothing, and spoils nothing.
    assert_eq!(reseal(&world, std::slice::from_ref(&new)).await, (0, 2));
    let ring = [new.clone(), old];
    assert_eq!(reseal(&world, &ring).await, (2, 0));
    assert_eq!(reseal(&world, &ring).await, (0, 0), "once is enough");
    world.app.sealer = db::Sealer::new("invoicing: tokens", &[new]).unwrap().into();
    for store in &stores {
        let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
        assert_eq!(world.invoiced(store, &order).await["status"], "issued");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_is_refreshed_ahead_of_time_and_by_one_only() {
    let world = World::start().await;
    let store = world.open_store().await;
    let before = world.moloni.calls(GRANT).await;
    world.advance(Duration::minutes(55));
    // Several want a token at once; the pair is refreshed once, before it ends.
    let wanted = (0..3).map(|_| invoicing::tokens::access(&world.app, store.id, None));
    let tokens = futures_util::future::join_all(wanted).await;
    let tokens: Vec<_> = tokens.into_iter().map(Result::unwrap).collect();
    let text =
        |token: &secrecy::SecretString| secrecy::ExposeSecret::expose_secret(token).to_owned();
    assert!(tokens.iter().all(|token| text(token) == text(&tokens[0])));
    assert_eq!(world.moloni.calls(GRANT).await, before + 1);
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    assert_eq!(world.invoiced(&store, &order).await["status"], "issued");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_moloni_refuses_is_replaced() {
    let world = World::start().await;
    let store = world.open_store().await;
    let before = world.moloni.calls(GRANT).await;
    world
        .moloni
        .refuse("invalid_grant", "/v1/invoiceReceipts/insert/")
        .await;
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    assert_eq!(world.invoiced(&store, &order).await["status"], "issued");
    assert_eq!(world.moloni.calls(GRANT).await, before + 1);
    // The same said with status 200, by a token that has really ended.
    world
        .moloni
        .lever("settings", json!({"oauth_errors_as_200": true}))
        .await;
    world.moloni.clock.advance(Duration::hours(2));
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    assert_eq!(world.invoiced(&store, &order).await["status"], "issued");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_that_was_taken_away_is_told_and_documents_wait() {
    let world = World::start().await;
    let store = world.open_store().await;
    world.moloni.revoke().await;
    let orders = [
        orders::paid(&[("M4-BLK", 1, 4_980)], 0),
        orders::paid(&[("M4-BLK", 1, 5_980)], 0),
    ];
    for order in &orders {
        let invoice = world.invoiced(&store, order).await;
        assert_eq!(invoice["problem"], "connection_lost", "{invoice}");
    }
    let path = "/api/invoicing/admin/connection";
    let connection = world
        .admin(&store, reqwest::Method::GET, path, serde_json::Value::Null)
        .await;
    assert_eq!(connection.body["state"], "lost");
    world.connect(&store).await;
    world.work().await;
    for order in &orders {
        assert_eq!(world.invoice(&store, order).await["status"], "issued");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_while_refreshing_does_not_lose_the_pair() {
    let world = World::start().await;
    let store = world.open_store().await;
    world.advance(Duration::minutes(55));
    for kind in ["html502", "reset", "garbage"] {
        world.moloni.fault(kind, "before", GRANT).await;
    }
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    world.hear_paid(&store, &order).await;
    for _ in 0..5 {
        world.work().await;
        world.advance(LATER);
    }
    assert_eq!(world.invoice(&store, &order).await["status"], "issued");
    // An answer that is lost after the pair was changed cannot be mended by anybody but the merchant.
    world.advance(Duration::minutes(55));
    world.moloni.fault("html502", "after", GRANT).await;
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    world.hear_paid(&store, &order).await;
    for _ in 0..3 {
        world.work().await;
        world.advance(LATER);
    }
    assert_eq!(
        world.invoice(&store, &order).await["problem"],
        "connection_lost"
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_sells_nothing_stays_connected() {
    let world = World::start().await;
    let store = world.open_store().await;
    for _ in 0..20 {
        world.advance(Duration::days(1));
        invoicing::jobs::keep_connections::run(world.app.clone())
            .await
            .unwrap();
    }
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    assert_eq!(world.invoiced(&store, &order).await["status"], "issued");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_goes_away_while_a_pair_is_refreshed_does_not_lose_it() {
    let world = World::start().await;
    let store = world.open_store().await;
    world.advance(Duration::minutes(55));
    let slow = json!({"kind": "slow", "path": GRANT, "slow_ms": 1_000});
    world.moloni.lever("faults", slow).await;
    let before = world.moloni.calls(GRANT).await;
    tokio::select! {
        _ = invoicing::tokens::access(&world.app, store.id, None) => panic!("Moloni was not slow"),
        () = until("Moloni is being asked", async || {
            let state = world.moloni.look("state").await;
            state["faults"].as_array().unwrap().is_empty().then_some(())
        }) => {}
    }
    until("the pair is kept", async || {
        invoicing::tokens::access(&world.app, store.id, None)
            .await
            .ok()
    })
    .await;
    assert_eq!(world.moloni.calls(GRANT).await, before + 1);
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    assert_eq!(world.invoiced(&store, &order).await["status"], "issued");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platforms_key_can_be_looked_at_without_any_stores_access() {
    let world = World::start().await;
    let store = world.open_store().await;
    let client = |secret: &str| {
        let mut config = world.place.platform.config.moloni.clone().unwrap();
        config.client_secret = secret.to_owned().into();
        Moloni::new(&config).unwrap()
    };
    assert_eq!(client("simulator-secret").check().await, Ok(()));
    let wrong = client("wrong").check().await;
    assert!(
        matches!(wrong, Err(MoloniError::KeyRefused(_))),
        "{wrong:?}"
    );
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    assert_eq!(world.invoiced(&store, &order).await["status"], "issued");
    world.end().await;
}
