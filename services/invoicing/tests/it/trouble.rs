//! Moloni fails in every way it knows: no document is lost, and none is made twice.

use events::invoicing::v1::DocumentIssued;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::orders;
use crate::world::{LATER, SEARCH_AFTER, World};
use testkit::until;

const INSERT: &str = "/v1/invoiceReceipts/insert/";
const UPDATE: &str = "/v1/invoiceReceipts/update/";

/// An insert that goes wrong like this, and how many documents there are before it is tried again.
async fn insert_fails(kind: &str, when: &str, made: usize) {
    let world = World::start().await;
    let store = world.open_store().await;
    world.moloni.fault(kind, when, INSERT).await;
    let order = orders::paid(&[("M4-BLK", 2, 4_980)], 490);
    let waiting = world.invoiced(&store, &order).await;
    let what = format!("{kind} {when}");
    assert_eq!(waiting["status"], "pending", "{what}");
    assert_eq!(waiting["needs"], "retry", "{what}");
    assert_eq!(
        world.moloni.documents(store.company).await.len(),
        made,
        "{what}"
    );
    // Impatience does not make a second one.
    world.retry(&store, &waiting).await.expect(200);
    world.work().await;
    assert_eq!(
        world.moloni.documents(store.company).await.len(),
        made,
        "{what}"
    );
    world.advance(SEARCH_AFTER);
    world.work().await;
    let invoice = world.invoice(&store, &order).await;
    assert_eq!(invoice["status"], "issued", "{what}: {invoice}");
    let documents = world.moloni.documents(store.company).await;
    assert_eq!(documents.len(), 1, "{what}");
    assert_eq!(
        (&documents[0]["status"], &documents[0]["net_value"]),
        (&json!(1), &json!("54.70"))
    );
    assert_eq!(world.told::<DocumentIssued>(&store).await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_after_the_document_was_made() {
    for kind in ["reset", "cut", "error500", "html502", "garbage", "empty"] {
        insert_fails(kind, "after", 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_insert_that_fails_before_anything_was_made() {
    for kind in ["reset", "error500", "unavailable503", "garbage"] {
        insert_fails(kind, "before", 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_never_comes() {
    insert_fails("timeout", "after", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_fails_stops_and_is_no_reason_to_insert() {
    let world = World::start().await;
    let store = world.open_store().await;
    world.moloni.fault("reset", "after", INSERT).await;
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    world.invoiced(&store, &order).await;
    world.advance(SEARCH_AFTER);
    for family in ["invoiceReceipts", "creditNotes"] {
        world
            .moloni
            .fault("html502", "before", &format!("/v1/{family}/getAll/"))
            .await;
        world.work().await;
        assert_eq!(world.moloni.documents(store.company).await.len(), 1);
        assert_eq!(world.invoice(&store, &order).await["status"], "pending");
        world.advance(LATER);
    }
    world.work().await;
    assert_eq!(world.invoice(&store, &order).await["status"], "issued");
    assert_eq!(world.moloni.documents(store.company).await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_found_in_another_family_too() {
    let world = World::start().await;
    let store = world.open_store().await;
    world.moloni.fault("reset", "after", INSERT).await;
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    world.invoiced(&store, &order).await;
    // The merchant wants another kind before the first one was found.
    world
        .configure(&store, json!({"kind": "simplified_invoice"}))
        .await
        .expect(200);
    world.advance(SEARCH_AFTER);
    world.work().await;
    assert_eq!(world.invoice(&store, &order).await["status"], "issued");
    let made = world.moloni.documents(store.company).await;
    assert_eq!((made.len(), &made[0]["type"]), (1, &json!("FR")));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_can_be_asked_for_again() {
    let world = World::start().await;
    let store = world.open_store().await;
    for (kind, when) in [
        ("reset", "after"),
        ("html502", "before"),
        ("garbage", "after"),
    ] {
        world.moloni.fault(kind, when, UPDATE).await;
        let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
        world.invoiced(&store, &order).await;
        world.advance(LATER);
        world.work().await;
        let invoice = world.invoice(&store, &order).await;
        assert_eq!(invoice["status"], "issued", "{kind} {when}: {invoice}");
    }
    let made = world.moloni.documents(store.company).await;
    assert_eq!(made.len(), 3);
    assert!(made.iter().all(|one| one["status"] == 1));
    assert_eq!(world.told::<DocumentIssued>(&store).await.len(), 3);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_calls_are_waited_for() {
    let world = World::start().await;
    let store = world.open_store().await;
    world
        .moloni
        .lever(
            "faults",
            json!([
                {"kind": "rate_limit429", "path": INSERT, "times": 2},
                {"kind": "rate_limit429", "path": "/v1/documents/getOne/", "times": 1},
            ]),
        )
        .await;
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    let invoice = world.invoiced(&store, &order).await;
    assert_eq!(invoice["status"], "issued", "{invoice}");
    assert_eq!(world.moloni.documents(store.company).await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_call_may_fail_and_the_document_still_comes() {
    let world = World::start().await;
    let store = world.open_store().await;
    for path in [
        "/v1/taxes/getAll/",
        "/v1/products/getByReference/",
        "/v1/products/insert/",
        "/v1/customers/getByEmail/",
        "/v1/customers/getNextNumber/",
        "/v1/customers/insert/",
        "/v1/documents/getOne/",
        "/v1/documents/getPDFLink/",
    ] {
        for (kind, when) in [("html502", "before"), ("garbage", "after")] {
            world.moloni.fault(kind, when, path).await;
        }
    }
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 490);
    world.hear_paid(&store, &order).await;
    for _ in 0..40 {
        world.work().await;
        world.advance(LATER);
    }
    let invoice = world.invoice(&store, &order).await;
    assert_eq!(
        (&invoice["status"], &invoice["has_pdf"]),
        (&json!("issued"), &json!(true))
    );
    assert_eq!(world.moloni.documents(store.company).await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_anywhere_loses_nothing_and_doubles_nothing() {
    let mut world = World::start().await;
    let store = world.open_store().await;
    for path in [INSERT, "/v1/documents/getOne/", UPDATE] {
        // The process ends while Moloni is being asked: its work is dropped where it stands.
        let slow = json!({"kind": "slow", "path": path, "slow_ms": 1_000});
        world.moloni.lever("faults", slow).await;
        let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
        world.hear_paid(&store, &order).await;
        let before = world.moloni.calls(path).await;
        tokio::select! {
            () = world.work() => panic!("{path} was not slow"),
            () = is_asked(&world) => {}
        }
        world.restart().await;
        // Meanwhile Moloni does what it was asked for; the dead worker's lease ends.
        until("Moloni has done it", async || {
            (world.moloni.calls(path).await > before).then_some(())
        })
        .await;
        world.sql("DELETE FROM invoicing.series_lease").await;
        world.advance(LATER);
        world.work().await;
        let invoice = world.invoice(&store, &order).await;
        assert_eq!(invoice["status"], "issued", "{path}: {invoice}");
    }
    assert_eq!(world.moloni.documents(store.company).await.len(), 3);
    assert_eq!(world.told::<DocumentIssued>(&store).await.len(), 3);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pdf_that_is_no_pdf_is_not_kept_and_asked_for_again() {
    let world = World::start().await;
    let store = world.open_store().await;
    world
        .moloni
        .fault("empty", "before", "/v1/documents/getPDFLink/")
        .await;
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    let invoice = world.invoiced(&store, &order).await;
    assert_eq!(
        (&invoice["status"], &invoice["has_pdf"]),
        (&json!("issued"), &json!(false))
    );
    let url = url::Url::parse(invoice["pdf_url"].as_str().unwrap()).unwrap();
    let path = format!("{}?{}", url.path(), url.query().unwrap());
    let early = world.get(&store, &path).await.expect(503);
    assert_eq!(early.code(), "pdf-not-here-yet");
    world.advance(LATER);
    world.work().await;
    assert!(
        world
            .get(&store, &path)
            .await
            .expect(200)
            .bytes
            .starts_with(b"%PDF")
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_the_step_in_hand_and_gives_the_series_back() {
    let world = World::start().await;
    let store = world.open_store().await;
    let slow = json!({"kind": "slow", "path": INSERT, "slow_ms": 1_000});
    world.moloni.lever("faults", slow).await;
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    world.hear_paid(&store, &order).await;
    let stop = CancellationToken::new();
    let (worked, ()) = tokio::join!(invoicing::issue::work_off(&world.app, &stop), async {
        is_asked(&world).await;
        // Whoever is killed here must not keep the series for long.
        assert_eq!(world.leases("until > now() + interval '1 minute'").await, 0);
        assert_eq!(world.leases("true").await, 1);
        stop.cancel();
    });
    worked.unwrap();
    let made = world.moloni.documents(store.company).await;
    assert_eq!((made.len(), &made[0]["status"]), (1, &json!(0)));
    assert_eq!(world.leases("true").await, 0);
    world.work().await;
    assert_eq!(world.invoice(&store, &order).await["status"], "issued");
    assert_eq!(world.moloni.documents(store.company).await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lost_the_series_makes_nothing() {
    let world = World::start().await;
    let store = world.open_store().await;
    let slow = json!({"kind": "slow", "path": "/v1/customers/getByEmail/", "slow_ms": 1_000});
    world.moloni.lever("faults", slow).await;
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    world.hear_paid(&store, &order).await;
    tokio::join!(world.work(), async {
        is_asked(&world).await;
        world
            .sql("UPDATE invoicing.series_lease SET holder = gen_random_uuid(), until = now() + interval '1 hour'")
            .await;
    });
    assert!(world.moloni.documents(store.company).await.is_empty());
    world.sql("DELETE FROM invoicing.series_lease").await;
    world.advance(LATER);
    world.work().await;
    assert_eq!(world.invoice(&store, &order).await["status"], "issued");
    world.end().await;
}

/// Moloni has met all faults that were ordered: it is slow now.
async fn is_asked(world: &World) {
    until("Moloni is being asked", async || {
        let state = world.moloni.look("state").await;
        state["faults"].as_array().unwrap().is_empty().then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_whose_answer_is_lost_was_one() {
    let world = World::start().await;
    let store = world.open_store_with(json!({"close": false})).await;
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    world.invoiced(&store, &order).await;
    world
        .moloni
        .fault("reset", "after", "/v1/invoiceReceipts/delete/")
        .await;
    world.hear_cancelled(&store, &order).await;
    world.work().await;
    assert!(world.moloni.documents(store.company).await.is_empty());
    world.advance(LATER);
    world.work().await;
    let invoice = world.invoice(&store, &order).await;
    assert_eq!(invoice["status"], "withdrawn", "{invoice}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_without_the_platforms_key_gives_no_proforma_for_an_invoice() {
    let mut world = World::start().await;
    let store = world.open_store().await;
    world.app.moloni = None;
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    let invoice = world.invoiced(&store, &order).await;
    assert_eq!(
        (&invoice["kind"], &invoice["problem"]),
        (&json!("invoice_receipt"), &json!("key_refused"))
    );
    // The key is mended; nobody has to try again for each store.
    world.restart().await;
    world.advance(LATER);
    world.work().await;
    assert_eq!(world.invoice(&store, &order).await["status"], "issued");
    world.end().await;
}
