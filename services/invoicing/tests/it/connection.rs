//! The way to Moloni, and what is chosen there.

use reqwest::Method;
use serde_json::{Value, json};
use time::Duration;

use crate::orders;
use crate::world::World;

const AUTHORIZE: &str = "/api/invoicing/admin/connection/authorize";
const CONNECTION: &str = "/api/invoicing/admin/connection";

#[tokio::test(flavor = "multi_thread")]
async fn a_state_counts_once_for_its_store_and_for_minutes() {
    let world = World::start().await;
    let store = world.store().await;
    let begin = async || {
        let begun = world
            .admin(&store, Method::POST, AUTHORIZE, Value::Null)
            .await
            .expect(200);
        begun.body["url"].as_str().unwrap().to_owned()
    };
    let outcome = async |query: &str| {
        let reply = world.come_back(query).await.expect(303);
        let location = reply.headers["location"].to_str().unwrap().to_owned();
        location.rsplit('=').next().unwrap().to_owned()
    };
    let url = begin().await;
    let back = world.moloni.agree(&url).await;
    let (code, state) = back.split_once("&state=").unwrap();
    assert!(code.starts_with("code="));
    for forged in ["", "x.y", &format!("{state}x"), &"a".repeat(4_000)] {
        assert_eq!(
            outcome(&format!("{code}&state={forged}")).await,
            "expired",
            "{forged}"
        );
    }
    assert_eq!(outcome(&back).await, "connected");
    assert_eq!(outcome(&back).await, "expired", "a state is good once");
    // He does not agree; he takes too long.
    let url = url::Url::parse(&begin().await).unwrap();
    let state = url
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1;
    assert_eq!(
        outcome(&format!("error=access_denied&state={state}")).await,
        "refused"
    );
    let late = world.moloni.agree(&begin().await).await;
    world.advance(Duration::minutes(16));
    assert_eq!(outcome(&late).await, "expired");
    // A code that Moloni does not take.
    let url = url::Url::parse(&begin().await).unwrap();
    let state = url
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1;
    assert_eq!(
        outcome(&format!("code=forged&state={state}")).await,
        "failed"
    );
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
        "connection_lost"
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
