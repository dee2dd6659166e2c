//! A paid order gets its document, once and to the cent.

use events::invoicing::v1::{DocumentFailed, DocumentIssued, DocumentStatus};
use kernel::TaxId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::orders;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_order_gets_one_closed_invoice_over_its_total() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = orders::paid(&[("M4-BLK", 3, 2_997), ("BB-020", 1, 1_250)], 490);
    world.hear_paid(&store, &order).await;
    let waiting = world.invoice(&store, &order).await;
    assert_eq!(
        (&waiting["status"], &waiting["number"]),
        (&json!("pending"), &Value::Null)
    );
    world.work().await;
    let invoice = world.invoice(&store, &order).await;
    assert_eq!(invoice["status"], "issued");
    assert_eq!(invoice["kind"], "invoice_receipt");
    assert_eq!(
        invoice["total"],
        json!({"amount": 4_737, "currency": "EUR"})
    );
    assert!(
        invoice["number"].as_str().unwrap().starts_with("FR "),
        "{invoice}"
    );
    assert!(
        invoice["atcud"].as_str().unwrap().ends_with("-1"),
        "{invoice}"
    );
    let made = world.moloni.documents(store.company).await;
    assert_eq!(made.len(), 1);
    assert_eq!(made[0]["status"], 1);
    assert_eq!(made[0]["net_value"], "47.37");
    assert_eq!(made[0]["our_reference"], invoice["our_reference"]);
    assert_eq!(made[0]["your_reference"], order.number.as_str());
    let full = world.moloni.full(store.company).await;
    assert_eq!(full[0]["products"].as_array().unwrap().len(), 3);
    assert_eq!(full[0]["payments"][0]["value"], 47.37);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_come_again_change_nothing() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = orders::paid(&[("M4-BLK", 1, 19_990)], 0);
    // Two at once, and again after the document is there.
    tokio::join!(
        world.hear_paid(&store, &order),
        world.hear_paid(&store, &order)
    );
    tokio::join!(world.work(), world.work());
    world.hear_paid(&store, &order).await;
    world.work().await;
    assert_eq!(world.moloni.documents(store.company).await.len(), 1);
    assert_eq!(world.told::<DocumentIssued>(&store).await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_on_one_series_make_each_document_once() {
    let world = World::start().await;
    let store = world.open_store().await;
    let orders: Vec<_> = (0..6)
        .map(|n| orders::paid(&[("M4-BLK", 1, 1_000 + n)], 0))
        .collect();
    for order in &orders {
        world.hear_paid(&store, order).await;
    }
    tokio::join!(world.work(), world.work(), world.work());
    world.advance(time::Duration::seconds(10));
    world.work().await;
    let made = world.moloni.documents(store.company).await;
    assert_eq!(made.len(), orders.len());
    assert!(made.iter().all(|one| one["status"] == 1), "{made:?}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_carries_number_and_the_pdfs_address() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = orders::paid(&[("M4-BLK", 1, 19_990)], 0);
    world.invoiced(&store, &order).await;
    let told = world.told::<DocumentIssued>(&store).await;
    let document = told[0].document.clone().unwrap();
    assert_eq!(document.status(), DocumentStatus::Issued);
    assert_eq!(document.order_id, order.order_id);
    assert!(!document.number.is_empty() && !document.atcud.is_empty());
    let url = url::Url::parse(&document.pdf_url).unwrap();
    assert!(url.host_str().unwrap().starts_with(&store.slug));
    let path = format!("{}?{}", url.path(), url.query().unwrap());
    let file = world.get(&store, &path).await.expect(200);
    assert!(file.bytes.starts_with(b"%PDF"));
    assert_eq!(file.headers["content-type"], "application/pdf");
    assert_eq!(file.headers["cache-control"], "private, no-store");
    let id = document.document_id;
    let path = format!("/api/invoicing/admin/documents/{id}/pdf");
    let file = world
        .admin(&store, Method::GET, &path, Value::Null)
        .await
        .expect(200);
    assert!(file.bytes.starts_with(b"%PDF"));
    assert!(world.told::<DocumentFailed>(&store).await.is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn buyers_are_found_by_their_number_or_are_cards_of_their_own() {
    let world = World::start().await;
    let store = world.open_store().await;
    let mut first = orders::paid(&[("M4-BLK", 1, 1_000)], 0);
    first.tax_id = "PT 501442600".replace(' ', "");
    let mut second = orders::paid(&[("M4-BLK", 1, 1_000)], 0);
    second.tax_id = "501442600".into();
    // Two final consumers, and the first of them again.
    let third = orders::paid(&[("M4-BLK", 1, 1_000)], 0);
    let mut fourth = orders::paid(&[("M4-BLK", 1, 1_000)], 0);
    fourth.email = "maria.qualquer@example.com".into();
    let mut fifth = orders::paid(&[("M4-BLK", 1, 1_000)], 0);
    fifth.email.clone_from(&third.email);
    for order in [&first, &second, &third, &fourth, &fifth] {
        assert_eq!(world.invoiced(&store, order).await["status"], "issued");
    }
    let made = world.moloni.documents(store.company).await;
    let customer: Vec<_> = made.iter().map(|one| one["customer_id"].clone()).collect();
    assert_eq!(customer[0], customer[1]);
    assert_eq!(customer[2], customer[4]);
    assert_ne!(customer[2], customer[3]);
    assert_eq!(made[0]["entity_vat"], "501442600");
    assert_eq!(made[2]["entity_vat"], TaxId::FINAL_CONSUMER);
    // Nobody's card was rewritten: Moloni's own Maria is still who she was.
    let cards = world.moloni.table(store.company, "customers").await;
    let maria = cards
        .iter()
        .find(|one| one["name"] == "Maria Qualquer")
        .unwrap();
    assert_ne!(maria["customer_id"], customer[3]);
    assert_eq!(cards.len(), 2 + 3);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn taxes_are_those_of_the_buyers_region() {
    let world = World::start().await;
    let store = world
        .open_store_with(json!({"exemption_code": "M10"}))
        .await;
    for (rate, region, zone) in [
        (2_300, "PT", "PT"),
        (1_600, "PT-20", "PT-AC"),
        (2_200, "PT-30", "PT-MA"),
        (600, "PT", "PT"),
    ] {
        let order = orders::taxed(&[("M4-BLK", 1, 9_990)], 390, rate, region);
        assert_eq!(world.invoiced(&store, &order).await["status"], "issued");
        let full = world.moloni.full(store.company).await;
        let made = full
            .iter()
            .find(|one| one["your_reference"] == order.number.as_str());
        for line in made.unwrap()["products"].as_array().unwrap() {
            assert_eq!(line["taxes"][0]["fiscal_zone"], zone);
            assert_eq!(line["taxes"][0]["value"], rate / 100);
        }
    }
    let free = orders::taxed(&[("M4-BLK", 1, 9_990)], 0, 0, "PT");
    assert_eq!(world.invoiced(&store, &free).await["status"], "issued");
    let full = world.moloni.full(store.company).await;
    let made = full
        .iter()
        .find(|one| one["your_reference"] == free.number.as_str());
    let line = &made.unwrap()["products"][0];
    assert_eq!(
        (&line["exemption_reason"], &line["taxes"]),
        (&json!("M10"), &json!([]))
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simplified_invoice_is_one_where_the_law_allows_it() {
    let world = World::start().await;
    let store = world
        .open_store_with(json!({"kind": "simplified_invoice"}))
        .await;
    let small = orders::paid(&[("M4-BLK", 1, 100_000)], 0);
    let large = orders::paid(&[("M4-BLK", 1, 100_001)], 0);
    let mut company = orders::paid(&[("M4-BLK", 1, 10_001)], 0);
    company.company = "Empresa, Lda".into();
    for (order, kind) in [
        (&small, "simplified_invoice"),
        (&large, "invoice_receipt"),
        (&company, "invoice_receipt"),
    ] {
        let invoice = world.invoiced(&store, order).await;
        assert_eq!(
            (&invoice["status"], &invoice["kind"]),
            (&json!("issued"), &json!(kind))
        );
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_left_for_a_person_where_the_merchant_wants_it() {
    let world = World::start().await;
    let store = world.open_store_with(json!({"close": false})).await;
    let order = orders::paid(&[("M4-BLK", 1, 9_990)], 0);
    let invoice = world.invoiced(&store, &order).await;
    assert_eq!(
        (&invoice["status"], &invoice["needs"]),
        (&json!("draft"), &Value::Null)
    );
    let made = world.moloni.documents(store.company).await;
    assert_eq!(made[0]["status"], 0);
    assert!(world.told::<DocumentIssued>(&store).await.is_empty());
    let counts = &world.queue(&store, "").await["counts"];
    assert_eq!(
        counts,
        &json!({"waiting": 1, "failed": 0, "issued": 0, "withdrawn": 0})
    );
    // The person closes it in Moloni; it is noticed by itself.
    let id = made[0]["document_id"].as_i64().unwrap();
    world
        .moloni
        .lever(&format!("documents/{id}/close"), json!({}))
        .await;
    world.advance(time::Duration::hours(7));
    world.work().await;
    assert_eq!(world.invoice(&store, &order).await["status"], "issued");
    assert_eq!(world.told::<DocumentIssued>(&store).await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_order_takes_its_draft_away_and_never_an_invoice() {
    let world = World::start().await;
    let store = world.open_store_with(json!({"close": false})).await;
    let drafted = orders::paid(&[("M4-BLK", 1, 9_990)], 0);
    world.invoiced(&store, &drafted).await;
    let pending = orders::paid(&[("M4-BLK", 1, 8_880)], 0);
    world.hear_paid(&store, &pending).await;
    // The news may come in the other order.
    let early = orders::paid(&[("M4-BLK", 1, 7_770)], 0);
    world.hear_cancelled(&store, &early).await;
    world.hear_paid(&store, &early).await;
    world.hear_cancelled(&store, &drafted).await;
    world.hear_cancelled(&store, &pending).await;
    world.work().await;
    assert!(world.moloni.documents(store.company).await.is_empty());
    assert_eq!(world.invoice(&store, &drafted).await["status"], "withdrawn");
    assert_eq!(world.invoice(&store, &pending).await["status"], "withdrawn");
    world
        .configure(&store, json!({"close": true}))
        .await
        .expect(200);
    let closed = orders::paid(&[("M4-BLK", 1, 6_660)], 0);
    world.invoiced(&store, &closed).await;
    world.hear_cancelled(&store, &closed).await;
    world.work().await;
    assert_eq!(world.invoice(&store, &closed).await["status"], "issued");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_costs_nothing_needs_no_document() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = orders::paid(&[("STICKER", 1, 0)], 0);
    world.hear_paid(&store, &order).await;
    world.work().await;
    assert_eq!(world.queue(&store, "").await["items"], json!([]));
    // A free line beside others is left out.
    let order = orders::paid(&[("M4-BLK", 1, 5_000), ("STICKER", 1, 0)], 0);
    assert_eq!(world.invoiced(&store, &order).await["status"], "issued");
    let full = world.moloni.full(store.company).await;
    assert_eq!(full[0]["products"].as_array().unwrap().len(), 1);
    world.end().await;
}
