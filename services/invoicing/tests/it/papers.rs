//! A store without a fiscal provider gives proformas.

use events::invoicing::v1::{DocumentIssued, DocumentKind};
use reqwest::Method;
use serde_json::{Value, json};

use crate::orders;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_store_without_moloni_gives_a_marked_proforma() {
    let world = World::start().await;
    let store = world.store().await;
    let mut order = orders::paid(&[("M4-BLK", 2, 3_980)], 490);
    let paper = world.invoiced(&store, &order).await;
    assert_eq!(
        (&paper["kind"], &paper["provider"]),
        (&json!("proforma"), &json!("platform"))
    );
    assert_eq!(
        (&paper["status"], &paper["has_pdf"]),
        (&json!("issued"), &json!(true))
    );
    assert_eq!(paper["atcud"], Value::Null);
    let path = format!(
        "/api/invoicing/admin/documents/{}/pdf",
        paper["id"].as_str().unwrap()
    );
    let file = world
        .admin(&store, Method::GET, &path, Value::Null)
        .await
        .expect(200);
    assert!(file.bytes.starts_with(b"%PDF"));
    let told = world.told::<DocumentIssued>(&store).await;
    let document = told[0].document.clone().unwrap();
    assert_eq!(document.kind(), DocumentKind::Proforma);
    assert!(document.pdf_url.contains("key="));
    // It is no fiscal document, so nothing corrects it.
    let refund = orders::was_refunded(&mut order, 1_990, &[(0, 1, 1_990)]);
    world.hear_refunded(&store, &refund).await;
    world.work().await;
    let queue = world.queue(&store, "").await;
    assert_eq!(queue["items"].as_array().unwrap().len(), 1);
    world.end().await;
}
