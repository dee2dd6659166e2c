//! What is public, what a plan covers, and how the platform is.

use reqwest::Method;
use serde_json::json;

use crate::world::{Ask, World};
use testkit::place::Place;
use testkit::until;

#[tokio::test(flavor = "multi_thread")]
async fn a_stores_configuration_is_answered_from_memory_until_it_changes() {
    let world = World::on(Place::start(&[tenants::MIGRATIONS]).await).await;
    let store = world.store().await;
    let path = "/api/tenants/store/config";
    let first = world.get(&store.slug, path, None).await;
    let tag = first.etag.clone().unwrap();
    let ask = async |tag: &str| {
        let headers = vec![("if-none-match", tag.to_owned())];
        let host = world.host(&store.slug);
        world
            .send(Ask {
                method: Method::GET,
                host,
                path,
                token: None,
                body: None,
                headers,
            })
            .await
    };
    assert_eq!(ask(&tag).await.status, 304);
    let change = Ask {
        method: Method::PATCH,
        host: world.host(""),
        path: &format!("/api/sysadmin/tenants/{}", store.id),
        token: Some(&world.sysadmin),
        body: Some(json!({"name": "Another name"})),
        headers: vec![("if-match", "\"1\"".to_owned())],
    };
    assert_eq!(world.send(change).await.status, 200);
    until("the new name is told", async || {
        let answer = ask(&tag).await;
        (answer.status == 200 && answer.text_at("name") == "Another name").then_some(())
    })
    .await;
    assert_eq!(
        world.get("no-such-store", path, None).await.code(),
        "unknown-store"
    );
    let second = world.store().await;
    assert_eq!(
        world.get(&second.slug, path, None).await.text_at("slug"),
        second.slug
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn entitlements_say_where_they_come_from() {
    let world = World::start().await;
    let (store, session) = world.signed_in().await;
    let token = session.text_at("access_token");
    let list = world
        .get(&store.slug, "/api/tenants/admin/entitlements", Some(&token))
        .await;
    let find = |key: &str| {
        let items = list.body["items"].as_array().unwrap();
        items.iter().find(|item| item["key"] == key).cloned()
    };
    let expected = json!({"key": "limit.products", "value": 5000, "source": ["plan:business"]});
    assert_eq!(find("limit.products"), Some(expected));
    assert_eq!(
        find("invoicing.moloni").unwrap()["source"],
        json!(["addon:moloni-invoicing"])
    );
    assert_eq!(
        find("law.withdrawal_function").unwrap()["source"],
        json!(["always"])
    );
    assert_eq!(find("orders.loyalty"), None, "not part of the plan");
    let addons = list.body["addons"].as_array().unwrap();
    let sold = addons
        .iter()
        .find(|addon| addon["key"] == "moloni-invoicing");
    assert_eq!(sold.unwrap()["entitlement"], "invoicing.moloni");
    assert_eq!(sold.unwrap()["name"]["en"], "Moloni invoicing");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_price_list_is_loaded_once() {
    let world = World::start().await;
    let again = tenants::seed::load(&world.app.db).await.unwrap();
    assert_eq!(
        (again.plans, again.addons, again.inclusions, again.templates),
        (0, 0, 0, 0)
    );
    let health = world.get("", "/api/health", None).await;
    assert_eq!(health.status, 200);
    assert_eq!(health.body["services"]["tenants"]["status"], "up");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_audit_trail_is_found() {
    let world = World::start().await;
    let (store, _) = world.signed_in().await;
    assert!(
        tenants::store::audit::verify(&world.app.db)
            .await
            .unwrap()
            .is_empty()
    );
    let damage = format!(
        "SET ROLE stores_tenants_system; UPDATE tenants.audit_entry SET actor = 'nobody'
         WHERE tenant_id = '{}' AND seq = 1",
        store.id
    );
    world
        .place
        .database
        .owner()
        .await
        .batch_execute(&damage)
        .await
        .unwrap();
    let breaks = tenants::store::audit::verify(&world.app.db).await.unwrap();
    assert_eq!(breaks.len(), 1);
    assert_eq!((breaks[0].tenant.to_string(), breaks[0].seq), (store.id, 1));
}
