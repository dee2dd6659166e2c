//! What Moloni refuses is said in the merchant's words, and goes on when he has mended it.

use events::invoicing::v1::{DocumentFailed, DocumentIssued, DocumentStatus};
use serde_json::{Value, json};

use crate::orders;
use crate::world::{Store, World};

const INSERT: &str = "/v1/invoiceReceipts/insert/";

async fn fails(world: &World, store: &Store, order: &events::orders::v1::Order) -> Value {
    let invoice = world.invoiced(store, order).await;
    assert_eq!(invoice["status"], "failed", "{invoice}");
    assert_eq!(invoice["next_at"], Value::Null);
    invoice
}

async fn mended(world: &World, store: &Store, invoice: &Value) {
    world.retry(store, invoice).await.expect(200);
    world.work().await;
    let id = invoice["id"].as_str().unwrap();
    let all = world.queue(store, "?limit=100").await;
    let items = all["items"].as_array().unwrap();
    let now = items.iter().find(|one| one["id"] == id).unwrap();
    assert_eq!(now["status"], "issued", "{now}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_is_sorted_and_can_be_mended() {
    let world = World::start().await;
    let store = world.open_store().await;
    for (code, path, problem) in [
        ("5 document_set_id", INSERT, "series_refused"),
        ("12 date >= 2030-01-01", INSERT, "later_document"),
        ("1 exemption_reason", INSERT, "exemption_missing"),
        ("5 eac_id", INSERT, "refused"),
        ("5 vat", "/v1/customers/insert/", "buyer_refused"),
        (
            "12 date >= 2030-01-01",
            "/v1/invoiceReceipts/update/",
            "later_document",
        ),
        ("Forbidden", INSERT, "company_closed"),
    ] {
        world.moloni.refuse(code, path).await;
        let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
        let invoice = fails(&world, &store, &order).await;
        assert_eq!(invoice["problem"], problem, "{code}");
        assert_eq!(invoice["needs"], "merchant");
        let text = invoice["problem_text"].as_str().unwrap();
        assert!(
            text.contains("Moloni") || text.contains("série") || text.contains("IVA"),
            "{text}"
        );
        mended(&world, &store, &invoice).await;
    }
    let told = world.told::<DocumentFailed>(&store).await;
    assert_eq!(told.len(), 7);
    let first = told[0].document.clone().unwrap();
    assert_eq!(
        (first.status(), first.needs.as_str()),
        (DocumentStatus::Failed, "merchant")
    );
    assert!(first.problem.contains("série"), "{}", first.problem);
    assert_eq!(world.moloni.documents(store.company).await.len(), 7);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_tax_and_a_hidden_product_are_named() {
    let world = World::start().await;
    let store = world.open_store().await;
    let order = orders::taxed(&[("M4-BLK", 1, 4_980)], 0, 1_900, "PT");
    let invoice = fails(&world, &store, &order).await;
    assert_eq!(invoice["problem"], "tax_missing");
    assert!(
        invoice["problem_text"]
            .as_str()
            .unwrap()
            .contains("19 % (PT)"),
        "{invoice}"
    );
    let good = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    world.invoiced(&store, &good).await;
    let products = world.moloni.table(store.company, "products").await;
    let id = products[0]["product_id"].as_i64().unwrap();
    let path = format!("companies/{}/products/{id}", store.company);
    world.moloni.lever(&path, json!({"visibility_id": 0})).await;
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    let invoice = fails(&world, &store, &order).await;
    world.retry(&store, &invoice).await.expect(200);
    world.work().await;
    let invoice = world.invoice(&store, &order).await;
    assert_eq!(invoice["problem"], "product_hidden", "{invoice}");
    assert!(invoice["problem_text"].as_str().unwrap().contains("M4-BLK"));
    world.moloni.lever(&path, json!({"visibility_id": 1})).await;
    mended(&world, &store, &invoice).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cent_of_difference_stops_as_a_draft() {
    let world = World::start().await;
    let store = world.open_store().await;
    // Moloni keeps two decimals of a price: three pieces of 9.99 come to something else.
    world
        .moloni
        .lever("settings", json!({"price_decimals": 2}))
        .await;
    let order = orders::paid(&[("M4-BLK", 3, 2_999)], 0);
    let invoice = fails(&world, &store, &order).await;
    assert_eq!(
        (&invoice["problem"], &invoice["needs"]),
        (&json!("total_differs"), &json!("merchant"))
    );
    let made = world.moloni.documents(store.company).await;
    assert_eq!((made.len(), &made[0]["status"]), (1, &json!(0)));
    assert_ne!(made[0]["net_value"], "29.99");
    let text = invoice["problem_text"].as_str().unwrap();
    let theirs = made[0]["net_value"].as_str().unwrap();
    let both = format!("Moloni: {theirs} ≠ 29.99 EUR");
    assert!(text.contains(&both), "{text}");
    let minor: i64 = theirs.replace('.', "").parse().unwrap();
    let euros = |minor: i64| json!({"amount": minor, "currency": "EUR"});
    assert_eq!(invoice["total"], euros(2_999));
    assert_eq!(invoice["provider_total"], euros(minor));
    let told = world.told::<DocumentFailed>(&store).await;
    let told = told[0].document.clone().unwrap();
    assert!(told.problem.contains(&both), "{}", told.problem);
    // Trying again without mending changes nothing, and makes no second one.
    world.retry(&store, &invoice).await.expect(200);
    world.work().await;
    assert_eq!(
        world.invoice(&store, &order).await["problem"],
        "total_differs"
    );
    assert_eq!(world.moloni.documents(store.company).await.len(), 1);
    assert_eq!(world.told::<DocumentFailed>(&store).await.len(), 2);
    assert!(world.told::<DocumentIssued>(&store).await.is_empty());
    // The merchant deletes the draft; the next try makes it anew, with all decimals.
    let id = made[0]["document_id"].as_i64().unwrap();
    world
        .moloni
        .lever(&format!("documents/{id}/delete"), json!({}))
        .await;
    world.moloni.lever("settings", json!({})).await;
    world.retry(&store, &invoice).await.expect(200);
    world.work().await;
    let gone = world.invoice(&store, &order).await;
    assert_eq!(gone["problem"], "draft_gone");
    assert_eq!(gone["provider_total"], Value::Null);
    world.retry(&store, &gone).await.expect(200);
    world.advance(crate::world::SEARCH_AFTER);
    world.work().await;
    assert_eq!(world.invoice(&store, &order).await["status"], "issued");
    assert_eq!(world.moloni.documents(store.company).await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_annulled_document_is_no_issued_one() {
    let world = World::start().await;
    let store = world.open_store_with(json!({"close": false})).await;
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    world.invoiced(&store, &order).await;
    let made = world.moloni.documents(store.company).await;
    let id = made[0]["document_id"].as_i64().unwrap();
    world
        .moloni
        .lever(&format!("documents/{id}/close"), json!({}))
        .await;
    world
        .moloni
        .lever(&format!("documents/{id}/annul"), json!({}))
        .await;
    world.advance(time::Duration::hours(7));
    world.work().await;
    let invoice = world.invoice(&store, &order).await;
    assert_eq!(
        (&invoice["status"], &invoice["problem"]),
        (&json!("failed"), &json!("annulled"))
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_that_do_not_add_up_wait_for_the_platform() {
    let world = World::start().await;
    let store = world.open_store().await;
    let mut order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    order.lines[0].total = orders::money(4_979);
    let invoice = fails(&world, &store, &order).await;
    assert_eq!(
        (&invoice["problem"], &invoice["needs"]),
        (&json!("order_unclear"), &json!("platform"))
    );
    let path = "/api/invoicing/sysadmin/troubles";
    let troubles = world.sysadmin(reqwest::Method::GET, path).await.expect(200);
    assert_eq!(troubles.body["items"][0]["document_id"], invoice["id"]);
    assert_eq!(troubles.body["items"][0]["total"], invoice["total"]);
    let retry = format!("{path}/{}/retry", invoice["id"].as_str().unwrap());
    world
        .sysadmin(reqwest::Method::POST, &retry)
        .await
        .expect(200);
    world.work().await;
    assert_eq!(
        world.invoice(&store, &order).await["problem"],
        "order_unclear"
    );
    assert!(world.moloni.documents(store.company).await.is_empty());
    let foreign = {
        let mut order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
        order.total = Some(events::common::v1::Money {
            minor: 4_980,
            currency: "USD".into(),
        });
        order
    };
    let invoice = fails(&world, &store, &foreign).await;
    assert_eq!(invoice["problem"], "currency_foreign");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_are_rubbish_or_taken_are_no_obstacle() {
    let world = World::start().await;
    let store = world.open_store().await;
    world
        .moloni
        .refuse("4 number", "/v1/customers/insert/")
        .await;
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    assert_eq!(world.invoiced(&store, &order).await["status"], "issued");
    let cards = world.moloni.table(store.company, "customers").await;
    let id = cards[0]["customer_id"].as_i64().unwrap();
    let path = format!("companies/{}/customers/{id}", store.company);
    world
        .moloni
        .lever(&path, json!({"number": "Cliente"}))
        .await;
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    assert_eq!(world.invoiced(&store, &order).await["status"], "issued");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exemption_that_moloni_does_not_know_is_replaced_when_the_merchant_was_told() {
    let world = World::start().await;
    let store = world.open_store().await;
    let exempt = || {
        let mut order = orders::taxed(&[("BOOK", 1, 4_980)], 0, 0, "PT");
        let tax = order.lines[0].tax.as_mut().unwrap();
        tax.exemption_code = "M98".into();
        order
    };
    let order = exempt();
    let invoice = fails(&world, &store, &order).await;
    assert_eq!(invoice["problem"], "exemption_unknown");
    assert!(invoice["problem_text"].as_str().unwrap().contains("M98"));
    // Without a choice in the settings another try says the same.
    world.retry(&store, &invoice).await.expect(200);
    world.work().await;
    let again = world.invoice(&store, &order).await;
    assert_eq!(again["problem"], "exemption_unknown");
    // The choice lets what waits go on.
    let chosen = json!({"exemption_code": "M07"});
    world.configure(&store, chosen).await.expect(200);
    world.work().await;
    assert_eq!(world.invoice(&store, &order).await["status"], "issued");
    let full = world.moloni.full(store.company).await;
    assert_eq!(full[0]["products"][0]["exemption_reason"], "M07");
    // The next order is asked about too, and mended by another try alone.
    let invoice = fails(&world, &store, &exempt()).await;
    mended(&world, &store, &invoice).await;
    world.end().await;
}
