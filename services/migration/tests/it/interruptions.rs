//! Hosts that fail, shops that are edited meanwhile, and people who stop an import.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::imports::assert_whole;
use crate::world::World;
use testkit::until;

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_shop_that_is_edited_meanwhile_comes_whole() {
    let world = World::start().await;
    let store = world.store("hostil").await;
    let fault = |kind: &str, every: u32| json!({"kind": kind, "path": "*/wc/v3/*", "every": every, "times": 6});
    let mut faults = vec![
        json!({"kind": "rate_limit429", "path": "*/wc/v3/*", "every": 5, "times": 5, "retry_after": 1}),
        json!({"kind": "html502", "path": "*/wp-content/*", "every": 4, "times": 6}),
        json!({"kind": "cut", "path": "*/wp-content/*", "every": 6, "times": 4}),
    ];
    for (kind, every) in [
        ("html502", 7),
        ("cut", 9),
        ("html_before", 3),
        ("bom", 11),
        ("notice", 13),
        ("truncated", 17),
        ("error200", 19),
        ("reset", 23),
        ("bad_utf8", 29),
    ] {
        faults.push(fault(kind, every));
    }
    world.lever("faults", json!(faults)).await;
    let edits = json!([
        {"do": "add", "resource": "products", "patch": {"name": "A meio", "manage_stock": true, "stock_quantity": 4},
            "after": {"path": "*/products", "pages": 1}},
        {"do": "add", "resource": "orders", "after": {"path": "*/orders", "pages": 1}},
        {"do": "add", "resource": "customers", "after": {"path": "*/customers", "pages": 1}},
    ]);
    world.lever("edit", edits).await;
    let report = world.whole(&store, json!({})).await;
    assert_whole(&world, &report).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_in_mid_import_hides_nothing_else() {
    let world = World::start().await;
    let store = world.store("apagado").await;
    // Small pages, so that there are several.
    world
        .lever(
            "settings",
            json!({"page_cap": {"max": 10, "how": "silent"}}),
        )
        .await;
    let first = json!({"do": "delete", "resource": "products", "id": lowest(&world).await,
        "after": {"path": "*/products", "pages": 2}});
    world.lever("edit", first).await;
    let report = world
        .whole(&store, json!({"resources": ["categories", "products"]}))
        .await;
    let shop = world.old_shop().await;
    assert_eq!(
        crate::imports::totals(&report, "arrived")["product"],
        shop["products"].as_i64().unwrap()
    );
    world.end().await;
}

async fn lowest(world: &World) -> i64 {
    let url = format!(
        "{}/wp-json/wc/v3/products?orderby=id&order=asc&per_page=1",
        world.shop
    );
    let answer = reqwest::Client::new()
        .get(url)
        .basic_auth("ck_simulator", Some("cs_simulator"));
    let rows: serde_json::Value = answer.send().await.unwrap().json().await.unwrap();
    rows[0]["id"].as_i64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_stops_and_goes_on_where_it_was() {
    let world = World::start().await;
    let store = world.store("pausa").await;
    world
        .lever(
            "faults",
            json!({"kind": "slow", "path": "*/wc/v3/*", "times": 10000, "slow_ms": 120}),
        )
        .await;
    let id = world
        .begin(
            &store,
            json!({"resources": ["tags", "categories", "customers", "orders"]}),
        )
        .await;
    let path = format!("/api/migration/admin/imports/{id}");
    until("it reads", async || {
        let import = world.import(&store, &id).await;
        (import["state"] == "running" && !import["counts"].as_array().unwrap().is_empty())
            .then_some(())
    })
    .await;
    world
        .post(&store, &format!("{path}/stop"), json!({}))
        .await
        .expect(200);
    let stopped = world.ended(&store, &id).await;
    assert_eq!(stopped["state"], "stopped", "{stopped:#}");
    let url = format!("{}/_sim/faults", world.shop);
    reqwest::Client::new().delete(url).send().await.unwrap();
    world
        .post(&store, &format!("{path}/resume"), json!({}))
        .await
        .expect(200);
    let ended = world.ended(&store, &id).await;
    assert_eq!(ended["state"], "completed", "{ended:#}");
    let report = world.report(&store, &id).await;
    let shop = world.old_shop().await;
    assert_eq!(
        crate::imports::totals(&report, "arrived")["order"],
        shop["orders"].as_i64().unwrap()
    );
    let gone = world
        .send(
            (Method::DELETE, &world.host(&store), &path),
            Some(&store.token),
            None,
            &[],
        )
        .await;
    assert_eq!(gone.status, 204);
    assert_eq!(world.get(&store, &path).await.status, 404);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_streamed_until_the_end() {
    let world = World::start().await;
    let store = world.store("corrente").await;
    let id = world
        .begin(&store, json!({"resources": ["tags", "customers"]}))
        .await;
    let path = format!("/api/migration/admin/imports/{id}/events");
    let stream = async |last: Option<&str>| {
        let headers: Vec<(&str, &str)> = last
            .map(|last| ("last-event-id", last))
            .into_iter()
            .collect();
        let request = world.request(
            (Method::GET, &world.host(&store), &path),
            Some(&store.token),
            &headers,
        );
        let answer = request
            .timeout(Duration::from_secs(60))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        answer.text().await.unwrap()
    };
    let events = stream(None).await;
    assert!(
        events.contains("event: progress") || events.contains("event: end"),
        "{events}"
    );
    assert_eq!(events.matches("event: end").count(), 1, "{events}");
    assert!(events.contains("\"state\":\"completed\""), "{events}");
    let last = events
        .rsplit("id: ")
        .next()
        .unwrap()
        .lines()
        .next()
        .unwrap();
    let again = stream(Some(last)).await;
    assert!(!again.contains("event: progress"), "{again}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_ended_import_never_heard_of_is_sent_again() {
    let world = World::start().await;
    let store = world.store("silencio").await;
    let wanted = json!({"resources": ["tags"]});
    world.whole(&store, wanted.clone()).await;
    // As an import that was ended before its answers came leaves it.
    let owner = world.place.database.owner().await;
    let lost = "SET ROLE stores_migration_system;
      UPDATE migration.source_record SET hash = NULL, batch_id = gen_random_uuid() WHERE resource = 'tag'";
    owner.batch_execute(lost).await.unwrap();
    world.whole(&store, wanted).await;
    let open = "SELECT count(*) FROM source_record WHERE resource = 'tag' AND hash IS NULL";
    assert_eq!(world.count("migration", open).await, 0);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_turn_of_a_worker_that_died_is_soon_anybodys() {
    let world = World::start().await;
    let store = world.store("morto").await;
    let slow = json!({"kind": "slow", "path": "*/wc/v3/*", "times": 10000, "slow_ms": 120});
    world.lever("faults", slow).await;
    let id = world
        .begin(&store, json!({"resources": ["customers", "orders"]}))
        .await;
    until("the turn is held for less than a minute", async || {
        let soon = world.place.clock.now() + time::Duration::minutes(1);
        let sql = format!(
            "SELECT count(*) FROM job WHERE kind = 'run_import' AND locked_until < to_timestamp({})",
            soon.unix_timestamp()
        );
        (world.count("migration", &sql).await == 1).then_some(())
    })
    .await;
    let path = format!("/api/migration/admin/imports/{id}/stop");
    world.post(&store, &path, json!({})).await.expect(200);
    world.ended(&store, &id).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_cannot_be_read_is_not_an_empty_one() {
    let world = World::start().await;
    let store = world.store("partes").await;
    let wanted = json!({"resources": ["categories", "products", "orders"]});
    world.whole(&store, wanted.clone()).await;
    let told = world.told().await;
    // For longer than a turn waits.
    for path in ["*/variations?*", "*/refunds?*"] {
        let fault =
            json!({"kind": "rate_limit429", "path": path, "times": 100_000, "retry_after": 20});
        world.lever("faults", fault).await;
    }
    let id = world.begin(&store, wanted).await;
    let between_turns = format!(
        "SELECT count(*) FROM job WHERE kind = 'run_import' AND state = 'queued' AND locked_until IS NULL
           AND payload->>'import_id' = '{id}'"
    );
    let import = loop {
        let import = world.import(&store, &id).await;
        if import["finished_at"].is_string() {
            break import;
        }
        if world.count("migration", &between_turns).await == 1 {
            world.place.clock.advance(time::Duration::seconds(25));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert_eq!(import["state"], "completed", "{import:#}");
    assert_eq!(world.told().await, told, "nothing was written over");
    let issues = world.issues(&store, &id, "failed").await;
    for resource in ["product", "order"] {
        let unread = |issue: &&serde_json::Value| issue["resource"] == resource;
        assert!(
            issues.iter().any(|issue| unread(&issue)),
            "{resource}: {issues:#?}"
        );
    }
    world.end().await;
}
