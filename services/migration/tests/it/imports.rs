//! The sample shop comes whole, and a second time nothing is written.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Store, World};
use testkit::until;

/// Both sides of a report, by resource.
pub fn totals(report: &Value, side: &str) -> BTreeMap<String, i64> {
    let mut totals = BTreeMap::new();
    for row in report["totals"].as_array().unwrap() {
        let resource = row["resource"].as_str().unwrap().to_owned();
        *totals.entry(resource).or_default() += row[side].as_i64().unwrap();
    }
    totals
}

/// That what arrived is what the old shop says it has.
pub async fn assert_whole(world: &World, report: &Value) {
    let shop = world.old_shop().await;
    let (source, arrived) = (totals(report, "source"), totals(report, "arrived"));
    let issues = serde_json::to_string_pretty(&report["issues"]).unwrap();
    for (resource, there) in [
        ("product", shop["products"].as_i64()),
        ("variation", shop["variations"].as_i64()),
        ("category", shop["categories"].as_i64()),
        ("tag", shop["tags"].as_i64()),
        ("attribute", shop["attributes"].as_i64()),
        ("coupon", shop["coupons"].as_i64()),
        ("tax_rate", shop["taxes"].as_i64()),
        ("order", shop["orders"].as_i64()),
        ("customer", Some(sum(&shop["customers_by_role"]))),
        (
            "review",
            Some(sum(&shop["reviews_by_status"]) - spam(&shop["reviews_by_status"])),
        ),
    ] {
        let there = there.unwrap();
        assert_eq!(
            source.get(resource),
            Some(&there),
            "{resource} read: {issues}"
        );
        assert_eq!(
            arrived.get(resource),
            Some(&there),
            "{resource} arrived: {issues}"
        );
    }
    assert_eq!(
        arrived.get("image"),
        shop["images"]["good"].as_i64().as_ref(),
        "{issues}"
    );
    let stock = &report["stock"];
    assert_eq!(stock["source_counted"], shop["stock"]["tracked"]);
    assert_eq!(stock["source_units"], shop["stock"]["units"]);
    assert_turnover(report, &shop);
    for difference in report["differences"].as_array().unwrap() {
        let text = difference.as_str().unwrap();
        let is_explained = ["(image", "promised beyond", "do not take from them"];
        assert!(
            is_explained.iter().any(|part| text.contains(part)),
            "{text}"
        );
    }
}

fn sum(counts: &Value) -> i64 {
    let counts = counts.as_object().into_iter().flatten();
    counts.map(|(_, count)| count.as_i64().unwrap()).sum()
}

/// What the API does not list.
fn spam(reviews: &Value) -> i64 {
    ["spam", "trash"]
        .iter()
        .map(|status| reviews[*status].as_i64().unwrap_or(0))
        .sum()
}

fn assert_turnover(report: &Value, shop: &Value) {
    // Always with two decimals.
    let cents = |text: &Value| -> i64 { text.as_str().unwrap().replace('.', "").parse().unwrap() };
    let mut there = BTreeMap::new();
    for (month, currencies) in shop["turnover"].as_object().unwrap() {
        for (currency, statuses) in currencies.as_object().unwrap() {
            for (status, sum) in statuses.as_object().unwrap() {
                let key = (month.clone(), currency.clone(), status.clone());
                let sum = (
                    sum["orders"].as_i64().unwrap(),
                    cents(&sum["total"]),
                    cents(&sum["refunded"]),
                );
                there.insert(key, sum);
            }
        }
    }
    for side in ["source", "arrived"] {
        let mut here = BTreeMap::new();
        for row in report["turnover"].as_array().unwrap() {
            let text = |name: &str| row[name].as_str().unwrap().to_owned();
            let number = |name: &str| row[side][name].as_i64().unwrap();
            let key = (text("month"), text("currency"), text("status"));
            here.insert(key, (number("orders"), number("total"), number("refunded")));
        }
        assert_eq!(here, there, "{side}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_comes_whole_and_a_second_time_nothing_is_written() {
    let world = World::start().await;
    let store = world.store("mudanca").await;
    let report = world.whole(&store, json!({})).await;
    assert_whole(&world, &report).await;
    assert_counted(&world, &store, &report).await;
    assert_arrived(&world, &store).await;
    let before = world.told().await;
    let again = world.whole(&store, json!({})).await;
    assert_whole(&world, &again).await;
    for count in again["import"]["counts"].as_array().unwrap() {
        assert_eq!(count["applied"], 0, "{count}");
    }
    assert_eq!(world.told().await, before, "the second run wrote nothing");
    let broken = invariants(&world).await;
    assert!(broken.is_empty(), "{broken:?}");
    world.end().await;
}

/// The progress that was told agrees with itself: the second look counts nothing twice, and every image that
/// did not come is counted.
async fn assert_counted(world: &World, store: &Store, report: &Value) {
    let shop = world.old_shop().await;
    let counts = report["import"]["counts"].as_array().unwrap();
    let count = |resource: &str| {
        counts
            .iter()
            .find(|row| row["resource"] == resource)
            .unwrap()
    };
    assert_eq!(count("product")["total"], shop["products"]);
    assert_eq!(count("order")["total"], shop["orders"]);
    let id = report["import"]["id"].as_str().unwrap();
    let failed = world.issues(store, id, "failed").await;
    let images = failed.iter().filter(|issue| issue["resource"] == "image");
    assert_eq!(count("image")["failed"], images.count());
}

async fn invariants(world: &World) -> Vec<(&'static str, i64)> {
    let mut found = Vec::new();
    found.extend(
        migration::invariants::check(&world.place.database.db("migration"))
            .await
            .unwrap(),
    );
    found.extend(
        orders::invariants::check(&world.place.database.db("orders"))
            .await
            .unwrap(),
    );
    found.extend(
        catalog::invariants::check(&world.place.database.db("catalog"))
            .await
            .unwrap(),
    );
    found.retain(|(_, broken)| *broken != 0);
    found
}

/// What a few of them look like here.
async fn assert_arrived(world: &World, store: &Store) {
    let host = world.host(store);
    let redirect = async |path: &str| {
        let path = format!("/api/catalog/store/redirects?path={path}");
        world
            .send((Method::GET, &host, &path), None, None, &[])
            .await
    };
    let products = world
        .get(store, "/api/catalog/admin/products?limit=100&status=active")
        .await
        .expect(200);
    let some = &products.body["items"][0];
    let sql = "SELECT path FROM redirect WHERE kind = 'product' AND path NOT LIKE '/?p=%' LIMIT 1";
    let old = world.texts("catalog", sql).await.remove(0);
    let found = redirect(&old).await.expect(200);
    assert_eq!(found.body["kind"], "product");
    assert_eq!(redirect("/nothing/like/it").await.status, 404);
    assert!(some["id"].is_string());
    // No event of a sale, no payment and no stock came of the orders of the past.
    let sales = "SELECT count(*) FROM outbox WHERE type LIKE 'orders.order_%'";
    assert_eq!(world.count("orders", sales).await, 0);
    assert_eq!(
        world
            .count("orders", "SELECT count(*) FROM \"order\"")
            .await,
        0
    );
    // Nothing that could run came along.
    let scripts =
        "SELECT count(*) FROM product WHERE description_html ~* '<script|onclick|javascript:'";
    assert_eq!(world.count("catalog", scripts).await, 0);
    for path in [
        "/api/orders/admin/customers",
        "/api/orders/admin/past-orders",
        "/api/orders/admin/coupons",
        "/api/orders/admin/imported-settings",
        "/api/catalog/admin/reviews",
        "/api/catalog/admin/tags",
        "/api/catalog/admin/attributes",
        "/api/catalog/admin/redirects",
    ] {
        let list = world.get(store, path).await.expect(200);
        let items = list.body["items"].as_array().unwrap();
        assert!(!items.is_empty(), "{path} has nothing");
    }
    let order = world.get(store, "/api/orders/admin/past-orders").await.body;
    let id = order["items"][0]["id"].as_str().unwrap();
    let detail = world
        .get(store, &format!("/api/orders/admin/past-orders/{id}"))
        .await
        .expect(200);
    assert!(detail.body["document"]["lines"].is_array());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_reads_everything_and_writes_nothing() {
    let world = World::start().await;
    let store = world.store("ensaio").await;
    let before = world.told().await;
    let report = world.whole(&store, json!({"dry_run": true})).await;
    let shop = world.old_shop().await;
    let counts = report["import"]["counts"].as_array().unwrap();
    let products = counts
        .iter()
        .find(|count| count["resource"] == "product")
        .unwrap();
    assert_eq!(products["read"], shop["products"]);
    assert_eq!(products["sent"], shop["products"]);
    assert_eq!(products["applied"], 0);
    let row = report["totals"].as_array().unwrap();
    let row = row.iter().find(|row| row["resource"] == "product").unwrap();
    assert_eq!(row["source"], shop["products"]);
    assert_eq!(row["would_come"], shop["products"]);
    assert_eq!(row["arrived"], 0);
    assert_eq!(report["differences"], json!([]));
    for check in report["checklist"].as_array().unwrap() {
        let is_arrival = ["products", "customers", "orders", "turnover"]
            .iter()
            .any(|key| check["key"] == *key);
        assert!(!is_arrival || check["done"].is_null(), "{check}");
    }
    assert_eq!(world.told().await, before);
    assert_eq!(
        world
            .count("migration", "SELECT count(*) FROM source_record")
            .await,
        0
    );
    assert_eq!(
        world.count("catalog", "SELECT count(*) FROM media").await,
        0
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_since_comes_alone() {
    let world = World::start().await;
    let store = world.store("delta").await;
    let wanted = json!({"resources": ["categories", "products"]});
    world.whole(&store, wanted).await;
    let sql = "SELECT source_id FROM source_record WHERE resource = 'product' AND label = 'simple'
      AND hash IS NOT NULL ORDER BY source_id::bigint LIMIT 2";
    let ids = world.texts("migration", sql).await;
    let (changed, gone): (i64, i64) = (ids[0].parse().unwrap(), ids[1].parse().unwrap());
    let edits = json!([
        {"do": "change", "resource": "products", "id": changed, "patch": {"name": "Nome novo", "regular_price": "77.70"}},
        {"do": "delete", "resource": "products", "id": gone},
        {"do": "add", "resource": "products", "patch": {"name": "Chegou depois"}},
    ]);
    world.lever("edit", edits).await;
    let since =
        (world.place.clock.now() - time::Duration::minutes(1)).to_offset(time::UtcOffset::UTC);
    let since = since
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap();
    let report = world
        .whole(&store, json!({"resources": ["products"], "since": since}))
        .await;
    let counts = report["import"]["counts"].as_array().unwrap();
    let products = counts
        .iter()
        .find(|count| count["resource"] == "product")
        .unwrap();
    assert_eq!(products["applied"], 2, "{products}");
    assert!(products["read"].as_i64().unwrap() < 10, "{products}");
    let shop = world.old_shop().await;
    assert_eq!(
        totals(&report, "source")["product"],
        shop["products"].as_i64().unwrap()
    );
    assert_eq!(
        totals(&report, "arrived")["product"],
        shop["products"].as_i64().unwrap()
    );
    let found = world
        .get(&store, "/api/catalog/admin/products?q=Nome%20novo")
        .await
        .expect(200);
    assert_eq!(found.body["items"].as_array().unwrap().len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_passwords_are_kept_for_their_customers() {
    let world = World::start().await;
    let store = world.store("senhas").await;
    let id = world
        .begin(&store, json!({"resources": ["customers"]}))
        .await;
    world.ended(&store, &id).await;
    let customers = world.get(&store, "/api/orders/admin/customers").await.body;
    let email = customers["items"][0]["email"].as_str().unwrap().to_owned();
    let hash = "$P$Bpj8.xVrOUm4we.zd96Ir6MBWArUtw1";
    let file = format!(
        "user_login,user_pass,user_email\nana,{hash},{email}\nrui,{hash},nobody@example.test\n"
    );
    let path = format!("/api/migration/admin/imports/{id}/passwords");
    let request = world.request(
        (Method::POST, &world.host(&store), &path),
        Some(&store.token),
        &[],
    );
    let reply = crate::world::read(request.body(file).send().await.unwrap())
        .await
        .expect(202);
    assert_eq!(reply.body, json!({"accepted": 2, "skipped": 1}));
    let kept = "SELECT count(*) FROM customer WHERE old_password IS NOT NULL";
    until("the hash is kept", async || {
        (world.count("orders", kept).await == 1).then_some(())
    })
    .await;
    until("the other is told", async || {
        let failed = world.issues(&store, &id, "failed").await;
        failed
            .iter()
            .any(|issue| issue["resource"] == "password")
            .then_some(())
    })
    .await;
    let shown = world.get(&store, "/api/orders/admin/customers").await;
    assert!(!shown.text.contains("$P$"), "a hash leaves nobody's answer");
    world.end().await;
}
