//! The way to Moloni, and what is chosen there.

use reqwest::Method;
use serde_json::{Value, json};
use time::Duration;

use crate::orders;
use crate::world::{Store, World};

const AUTHORIZE: &str = "/api/invoicing/admin/connection/authorize";
const CONNECTION: &str = "/api/invoicing/admin/connection";

/// The way to Moloni, and what the browser keeps that asked for it.
async fn begin(world: &World, store: &Store) -> (String, String) {
    let begun = world
        .admin(store, Method::POST, AUTHORIZE, Value::Null)
        .await
        .expect(200);
    (
        begun.body["url"].as_str().unwrap().to_owned(),
        begun.cookie(),
    )
}

/// How the admin panel is told that it went.
async fn outcome(world: &World, cookie: &str, query: &str) -> String {
    let reply = world.come_back(cookie, query).await.expect(303);
    let location = reply.headers["location"].to_str().unwrap().to_owned();
    location.rsplit('=').next().unwrap().to_owned()
}

fn state_of(url: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    let mut pairs = url.query_pairs();
    let state = pairs.find(|(name, _)| name == "state").unwrap().1;
    state.into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_counts_once_for_its_store_and_for_minutes() {
    let world = World::start().await;
    let store = world.store().await;
    let (url, cookie) = begin(&world, &store).await;
    let back = world.moloni.agree(&url).await;
    let (code, state) = back.split_once("&state=").unwrap();
    assert!(code.starts_with("code="));
    for forged in ["", "x.y", &format!("{state}x"), &"a".repeat(4_000)] {
        assert_eq!(
            outcome(&world, &cookie, &format!("{code}&state={forged}")).await,
            "expired",
            "{forged}"
        );
    }
    assert_eq!(outcome(&world, &cookie, &back).await, "connected");
    let again = outcome(&world, &cookie, &back).await;
    assert_eq!(again, "expired", "a state is good once");
    // He does not agree; he takes too long.
    let (url, cookie) = begin(&world, &store).await;
    let denied = format!("error=access_denied&state={}", state_of(&url));
    assert_eq!(outcome(&world, &cookie, &denied).await, "refused");
    let (url, cookie) = begin(&world, &store).await;
    let late = world.moloni.agree(&url).await;
    world.advance(Duration::minutes(16));
    assert_eq!(outcome(&world, &cookie, &late).await, "expired");
    // A code that Moloni does not take.
    let (url, cookie) = begin(&world, &store).await;
    let forged = format!("code=forged&state={}", state_of(&url));
    assert_eq!(outcome(&world, &cookie, &forged).await, "failed");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_browser_that_began_a_connection_can_end_it() {
    let world = World::start().await;
    let (store, other) = (world.store().await, world.store().await);
    let begun = world
        .admin(&store, Method::POST, AUTHORIZE, Value::Null)
        .await
        .expect(200);
    let whole = begun.headers["set-cookie"].to_str().unwrap();
    for part in [
        "__Host-moloni=",
        "HttpOnly",
        "SameSite=Lax",
        "Secure",
        "Path=/",
        "Max-Age=900",
    ] {
        assert!(whole.contains(part), "{part}: {whole}");
    }
    assert!(!whole.contains("Domain"), "{whole}");
    let back = world
        .moloni
        .agree(begun.body["url"].as_str().unwrap())
        .await;
    let (_, others) = begin(&world, &other).await;
    for cookie in ["", "__Host-moloni=", "__Host-moloni=x", "moloni=x", &others] {
        let refused = world.come_back(cookie, &back).await.expect(403);
        assert_eq!(refused.code(), "other-browser", "{cookie}");
        let detail = refused.body["detail"].as_str().unwrap();
        assert!(detail.contains("Begin again"), "{detail}");
    }
    let state = world
        .admin(&store, Method::GET, CONNECTION, Value::Null)
        .await;
    assert_eq!(state.body["state"], "none");
    // None of them has used the attempt up; the browser forgets its cookie in the end.
    let reply = world.come_back(&begun.cookie(), &back).await.expect(303);
    let location = reply.headers["location"].to_str().unwrap();
    assert!(location.ends_with("?moloni=connected"), "{location}");
    assert_eq!(reply.cookie(), "__Host-moloni=");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_without_moloni_cannot_connect() {
    let world = World::start().await;
    let store = world.store_in("en", "{}").await;
    let refused = world
        .admin(&store, Method::POST, AUTHORIZE, Value::Null)
        .await
        .expect(403);
    assert_eq!(refused.code(), "not-in-plan");
    let view = world
        .admin(&store, Method::GET, CONNECTION, Value::Null)
        .await
        .expect(200);
    assert_eq!(
        view.body,
        json!({"available": false, "state": "none", "connected_at": null})
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_chosen_must_be_offered() {
    let world = World::start().await;
    let mut store = world.connected().await;
    let companies = "/api/invoicing/admin/moloni/companies";
    let list = world
        .admin(&store, Method::GET, companies, Value::Null)
        .await
        .expect(200);
    assert!(list.body["items"].as_array().unwrap().len() >= 3);
    let unknown = format!("{companies}/999999");
    world
        .admin(&store, Method::GET, &unknown, Value::Null)
        .await
        .expect(404);
    store.company = world.moloni.company(json!({})).await;
    let path = format!("{companies}/{}", store.company);
    let offered = world
        .admin(&store, Method::GET, &path, Value::Null)
        .await
        .expect(200);
    let series = offered.body["series"].as_array().unwrap();
    // The invisible one and the one for cash VAT are not offered.
    assert_eq!(series.len(), 3, "{series:?}");
    let only_notes = series
        .iter()
        .find(|one| one["invoice_receipts"] == false)
        .unwrap();
    let no_notes = series
        .iter()
        .find(|one| one["credit_notes"] == false)
        .unwrap();
    for (change, field) in [
        (json!({"company_id": 999_999}), "/company_id"),
        (
            json!({"document_set_id": only_notes["id"]}),
            "/document_set_id",
        ),
        (
            json!({"credit_note_set_id": no_notes["id"]}),
            "/credit_note_set_id",
        ),
        (
            json!({"payment_methods": {"card": 7}}),
            "/payment_methods/card",
        ),
        (
            json!({"payment_methods": {"cardx": offered.body["payment_methods"][1]["id"]}}),
            "/payment_methods/cardx",
        ),
        (
            json!({"payment_methods": {"": offered.body["payment_methods"][1]["id"]}}),
            "/payment_methods/",
        ),
        (json!({"payment_method_id": 7}), "/payment_method_id"),
        (json!({"exemption_code": "M98"}), "/exemption_code"),
        (
            json!({"shipping_reference": "x".repeat(31)}),
            "/shipping_reference",
        ),
    ] {
        let refused = world.configure(&store, change).await.expect(422);
        assert_eq!(
            refused.body["errors"][0]["pointer"], field,
            "{}",
            refused.body
        );
    }
    let method = &offered.body["payment_methods"][1]["id"];
    let good = json!({
        "document_set_id": no_notes["id"],
        "credit_note_set_id": only_notes["id"],
        "payment_methods": {"card": method},
        "exemption_code": "M10",
    });
    let saved = world.configure(&store, good).await.expect(200);
    assert_eq!(saved.body["version"], 1);
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    assert_eq!(world.invoiced(&store, &order).await["status"], "issued");
    let full = world.moloni.full(store.company).await;
    assert_eq!(&full[0]["payments"][0]["payment_method_id"], method);
    // Somebody else saved since.
    let token = world.token(store.id, http_kit::Role::Owner);
    let stale = world
        .ask(Method::PUT, &store.slug, "/api/invoicing/admin/settings")
        .bearer_auth(&token)
        .header("if-match", "\"7\"")
        .json(
            &json!({"company_id": store.company, "document_set_id": no_notes["id"],
            "credit_note_set_id": only_notes["id"], "kind": "invoice_receipt", "close": true}),
        );
    assert_eq!(world.send(stale).await.status, 412);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_wait_for_a_choice_and_then_go_on_by_themselves() {
    let world = World::start().await;
    let mut store = world.connected().await;
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    let invoice = world.invoiced(&store, &order).await;
    assert_eq!(
        (&invoice["problem"], &invoice["needs"]),
        (&json!("not_configured"), &json!("merchant"))
    );
    store.company = world.moloni.company(json!({})).await;
    world.configure(&store, json!({})).await.expect(200);
    world.work().await;
    assert_eq!(world.invoice(&store, &order).await["status"], "issued");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_can_be_ended() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    world.hear_paid(&store, &order).await;
    world
        .admin(&store, Method::DELETE, CONNECTION, Value::Null)
        .await
        .expect(204);
    world
        .admin(&store, Method::DELETE, CONNECTION, Value::Null)
        .await
        .expect(404);
    world.work().await;
    assert_eq!(
        world.invoice(&store, &order).await["problem"],
        "not_connected"
    );
    let offered = "/api/invoicing/admin/moloni/companies";
    let refused = world.admin(&store, Method::GET, offered, Value::Null).await;
    let refused = refused.expect(409);
    assert_eq!(refused.body["problem"], "not_connected");
    assert!(
        refused.body["detail"]
            .as_str()
            .unwrap()
            .contains("não está ligada")
    );
    let later = orders::paid(&[("M4-BLK", 1, 5_980)], 0);
    assert_eq!(world.invoiced(&store, &later).await["kind"], "proforma");
    let told = world
        .told::<events::invoicing::v1::ActionRecorded>(&store)
        .await;
    let actions: Vec<_> = told
        .iter()
        .map(|one| one.action.clone().unwrap().action)
        .collect();
    assert_eq!(
        actions,
        [
            "invoicing.connection.begin",
            "invoicing.connection.create",
            "invoicing.settings.update",
            "invoicing.connection.end",
        ]
    );
    world.end().await;
}
