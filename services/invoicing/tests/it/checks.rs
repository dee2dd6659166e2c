//! The books are checked every day, and what is missing is made.

use reqwest::Method;
use serde_json::{Value, json};

use crate::orders;
use crate::world::World;

const CHECKS: &str = "/api/invoicing/admin/checks";

#[tokio::test(flavor = "multi_thread")]
async fn books_that_agree_are_good() {
    let world = World::start().await;
    let store = world.open_store().await;
    let mut order = orders::paid(&[("M4-BLK", 2, 3_980)], 0);
    world.invoiced(&store, &order).await;
    let refund = orders::was_refunded(&mut order, 1_990, &[(0, 1, 1_990)]);
    world.hear_refunded(&store, &refund).await;
    world.work().await;
    let check = world
        .admin(&store, Method::POST, CHECKS, Value::Null)
        .await
        .expect(200)
        .body;
    assert_eq!(check["good"], true, "{check}");
    assert_eq!((&check["orders"], &check["issued"]), (&json!(1), &json!(2)));
    assert_eq!(check["orders_total"], check["issued_total"]);
    assert_eq!(
        check["refunds_total"],
        json!({"amount": 1_990, "currency": "EUR"})
    );
    assert_eq!(check["refunds_total"], check["credited_total"]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_document_is_found_told_and_made() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = orders::paid(&[("M4-BLK", 1, 3_980)], 0);
    world.hear_paid(&store, &order).await;
    world.sql("DELETE FROM invoicing.document").await;
    invoicing::jobs::check_books::run(world.app.clone())
        .await
        .unwrap();
    let list = world
        .admin(&store, Method::GET, CHECKS, Value::Null)
        .await
        .expect(200)
        .body;
    let check = &list["items"][0];
    assert_eq!(
        (&check["missing"], &check["good"]),
        (&json!(1), &json!(false))
    );
    world.work().await;
    assert_eq!(world.invoice(&store, &order).await["status"], "issued");
    let check = world
        .admin(&store, Method::POST, CHECKS, Value::Null)
        .await
        .expect(200)
        .body;
    assert_eq!(
        (&check["missing"], &check["good"]),
        (&json!(0), &json!(true))
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_is_counted_and_filtered() {
    let world = World::start().await;
    let store = world.open_store().await;
    for n in 0..3 {
        let order = orders::paid(&[("M4-BLK", 1, 1_000 + n)], 0);
        world.invoiced(&store, &order).await;
    }
    world
        .moloni
        .refuse("5 eac_id", "/v1/invoiceReceipts/insert/")
        .await;
    let failed = orders::paid(&[("M4-BLK", 1, 2_000)], 0);
    world.invoiced(&store, &failed).await;
    let waiting = orders::paid(&[("M4-BLK", 1, 3_000)], 0);
    world.hear_paid(&store, &waiting).await;
    let queue = world.queue(&store, "?status=failed").await;
    assert_eq!(
        queue["counts"],
        json!({"waiting": 1, "failed": 1, "issued": 3, "withdrawn": 0})
    );
    assert_eq!(queue["items"].as_array().unwrap().len(), 1);
    assert_eq!(queue["items"][0]["order_id"], failed.order_id.as_str());
    let page = world.queue(&store, "?status=issued&limit=2").await;
    let next = page["next"].as_str().unwrap();
    let rest = world
        .queue(&store, &format!("?status=issued&limit=2&after={next}"))
        .await;
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    let path = "/api/invoicing/admin/documents?status=lost";
    world
        .admin(&store, Method::GET, path, Value::Null)
        .await
        .expect(400);
    let check = world
        .admin(&store, Method::POST, CHECKS, Value::Null)
        .await
        .expect(200)
        .body;
    assert_eq!(
        (&check["failed"], &check["waiting"]),
        (&json!(1), &json!(1))
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refunds_that_need_no_credit_note_do_not_hide_one_that_does() {
    let world = World::start().await;
    let mut store = world.store().await;
    let mut order = orders::paid(&[("M4-BLK", 1, 3_980)], 0);
    assert_eq!(world.invoiced(&store, &order).await["kind"], "proforma");
    let refund = orders::was_refunded(&mut order, 3_980, &[]);
    world.hear_refunded(&store, &refund).await;
    world.connect(&store).await;
    store.company = world.moloni.company(json!({})).await;
    world.configure(&store, json!({})).await.expect(200);
    let mut order = orders::paid(&[("M4-BLK", 2, 3_980)], 0);
    world.invoiced(&store, &order).await;
    let refund = orders::was_refunded(&mut order, 1_990, &[(0, 1, 1_990)]);
    world.hear_refunded(&store, &refund).await;
    world
        .sql("DELETE FROM invoicing.document WHERE role = 'credit_note'")
        .await;
    let missing = world
        .app
        .db
        .tenant(store.id, async |tx| {
            invoicing::store::checks::list_missing_credits(tx, 1).await
        })
        .await
        .unwrap();
    let ids: Vec<_> = missing
        .iter()
        .map(|one| one.refund_id.to_string())
        .collect();
    assert_eq!(ids, [refund.refund_id]);
    invoicing::jobs::check_books::run(world.app.clone())
        .await
        .unwrap();
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn books_that_were_not_looked_at_for_longest_come_first() {
    let world = World::start().await;
    let mut stores = Vec::new();
    for _ in 0..3 {
        let store = world.store().await;
        let order = orders::paid(&[("M4-BLK", 1, 3_980)], 0);
        world.invoiced(&store, &order).await;
        stores.push(store.id);
    }
    for looked_at in [1, 0] {
        invoicing::jobs::check_books::check(&world.app, stores[looked_at])
            .await
            .unwrap();
        world.advance(time::Duration::minutes(1));
    }
    let order = world
        .app
        .db
        .system("the order of the books", async |tx| {
            invoicing::store::checks::list_tenants(tx).await
        })
        .await
        .unwrap();
    assert_eq!(order, [stores[2], stores[1], stores[0]]);
    world.end().await;
}
