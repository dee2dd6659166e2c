//! What goes back is credited, to the cent and never twice.

use events::invoicing::v1::{DocumentIssued, DocumentKind};
use serde_json::json;

use crate::orders;
use crate::world::{LATER, SEARCH_AFTER, World};

#[tokio::test(flavor = "multi_thread")]
async fn lines_and_shipping_are_credited_against_the_invoice() {
    let world = World::start().await;
    let store = world.open_store().await;
    let mut order = orders::paid(&[("M4-BLK", 2, 3_980), ("BB-020", 1, 1_250)], 490);
    let invoice = world.invoiced(&store, &order).await;
    let refund = orders::was_refunded(&mut order, 1_990 + 490, &[(0, 1, 1_990)]);
    world.hear_refunded(&store, &refund).await;
    world.hear_refunded(&store, &refund).await;
    world.work().await;
    let credit = world.credit(&store, &refund).await;
    assert_eq!(
        (&credit["status"], &credit["kind"]),
        (&json!("issued"), &json!("credit_note"))
    );
    assert_eq!(credit["corrects"], invoice["id"]);
    assert_eq!(credit["total"]["amount"], 2_480);
    assert!(
        credit["number"].as_str().unwrap().starts_with("NC "),
        "{credit}"
    );
    let made = world.moloni.documents(store.company).await;
    assert_eq!(made.len(), 2);
    assert_eq!(
        (&made[1]["net_value"], &made[1]["status"]),
        (&json!("24.80"), &json!(1))
    );
    assert_eq!(made[1]["credits"], json!([made[0]["document_id"]]));
    // The rest goes back too: whole.
    let rest = orders::was_refunded(&mut order, 1_990 + 1_250, &[(0, 1, 1_990), (1, 1, 1_250)]);
    world.hear_refunded(&store, &rest).await;
    world.work().await;
    assert_eq!(world.credit(&store, &rest).await["status"], "issued");
    let told = world.told::<DocumentIssued>(&store).await;
    let last = told.last().unwrap().document.clone().unwrap();
    assert_eq!(last.kind(), DocumentKind::CreditNote);
    assert_eq!(last.refund_id, rest.refund_id);
    assert_eq!(last.corrects_document_id, invoice["id"].as_str().unwrap());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn amounts_without_lines_leave_every_line_its_share() {
    let world = World::start().await;
    let store = world.open_store().await;
    let mut order = orders::paid(&[("M4-BLK", 2, 3_980), ("BB-020", 3, 1_000)], 490);
    world.invoiced(&store, &order).await;
    for amount in [1, 777, 1_000] {
        let refund = orders::was_refunded(&mut order, amount, &[]);
        world.hear_refunded(&store, &refund).await;
        world.work().await;
        let credit = world.credit(&store, &refund).await;
        assert_eq!(credit["status"], "issued", "{amount}: {credit}");
    }
    let rest = orders::total(&order) - 1_778;
    let refund = orders::was_refunded(&mut order, rest, &[]);
    world.hear_refunded(&store, &refund).await;
    world.work().await;
    let credit = world.credit(&store, &refund).await;
    assert_eq!(credit["status"], "issued", "{credit}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_a_lines_price_is_credited_at_a_lower_price() {
    let world = World::start().await;
    let store = world.open_store().await;
    let mut order = orders::paid(&[("M4-BLK", 2, 3_980)], 0);
    world.invoiced(&store, &order).await;
    let refund = orders::was_refunded(&mut order, 1_500, &[(0, 1, 1_500)]);
    world.hear_refunded(&store, &refund).await;
    world.work().await;
    let credit = world.credit(&store, &refund).await;
    assert_eq!(credit["status"], "issued", "{credit}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_all_went_back_before_it_was_issued_needs_no_document() {
    let world = World::start().await;
    let store = world.open_store_with(json!({"close": false})).await;
    let mut order = orders::paid(&[("M4-BLK", 1, 3_980)], 490);
    world.invoiced(&store, &order).await;
    let all = orders::total(&order);
    let refund = orders::was_refunded(&mut order, all, &[]);
    world.hear_refunded(&store, &refund).await;
    world.work().await;
    assert!(
        world.moloni.documents(store.company).await.is_empty(),
        "the draft is deleted"
    );
    assert_eq!(world.invoice(&store, &order).await["status"], "withdrawn");
    assert_eq!(world.credit(&store, &refund).await["status"], "withdrawn");
    // The refund may be heard of first.
    let mut order = orders::paid(&[("M4-BLK", 1, 3_980)], 0);
    let paid = order.clone();
    let refund = orders::was_refunded(&mut order, 3_980, &[(0, 1, 3_980)]);
    world.hear_refunded(&store, &refund).await;
    world.hear_paid(&store, &paid).await;
    world.work().await;
    assert!(world.moloni.documents(store.company).await.is_empty());
    assert_eq!(world.invoice(&store, &order).await["status"], "withdrawn");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_went_back_waits_for_its_invoice() {
    let world = World::start().await;
    let store = world.open_store_with(json!({"close": false})).await;
    let mut order = orders::paid(&[("M4-BLK", 2, 3_980)], 0);
    world.invoiced(&store, &order).await;
    let refund = orders::was_refunded(&mut order, 1_990, &[(0, 1, 1_990)]);
    world.hear_refunded(&store, &refund).await;
    world.work().await;
    assert_eq!(world.credit(&store, &refund).await["status"], "pending");
    world
        .configure(&store, json!({"close": true}))
        .await
        .expect(200);
    let invoice = world.invoice(&store, &order).await;
    world.retry(&store, &invoice).await.expect(200);
    world.work().await;
    assert_eq!(world.invoice(&store, &order).await["status"], "issued");
    assert_eq!(world.credit(&store, &refund).await["status"], "issued");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credit_note_whose_answer_is_lost_is_found_again() {
    let world = World::start().await;
    let store = world.open_store().await;
    for (kind, when, path) in [
        ("reset", "after", "/v1/creditNotes/insert/"),
        ("html502", "before", "/v1/creditNotes/insert/"),
        ("garbage", "after", "/v1/creditNotes/update/"),
    ] {
        let mut order = orders::paid(&[("M4-BLK", 2, 3_980)], 0);
        world.invoiced(&store, &order).await;
        world.moloni.fault(kind, when, path).await;
        let refund = orders::was_refunded(&mut order, 1_990, &[(0, 1, 1_990)]);
        world.hear_refunded(&store, &refund).await;
        world.work().await;
        world.advance(SEARCH_AFTER);
        world.work().await;
        world.advance(LATER);
        world.work().await;
        let credit = world.credit(&store, &refund).await;
        assert_eq!(credit["status"], "issued", "{kind} {path}: {credit}");
    }
    let made = world.moloni.documents(store.company).await;
    let notes = made.iter().filter(|one| one["type"] == "NC").count();
    assert_eq!((made.len(), notes), (6, 3));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_is_left_is_the_merchants_business() {
    let world = World::start().await;
    let store = world.open_store().await;
    let mut order = orders::paid(&[("M4-BLK", 1, 3_980)], 0);
    world.invoiced(&store, &order).await;
    // The merchant credited it in Moloni by hand; here, Moloni says so.
    world
        .moloni
        .refuse("2 net_value 0 0", "/v1/creditNotes/insert/")
        .await;
    let refund = orders::was_refunded(&mut order, 3_980, &[(0, 1, 3_980)]);
    world.hear_refunded(&store, &refund).await;
    world.work().await;
    let credit = world.credit(&store, &refund).await;
    assert_eq!(
        (&credit["status"], &credit["problem"]),
        (&json!("failed"), &json!("lines_changed"))
    );
    world.retry(&store, &credit).await.expect(200);
    world.work().await;
    assert_eq!(world.credit(&store, &refund).await["status"], "issued");
    world.end().await;
}
