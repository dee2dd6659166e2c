//! One store's documents do not exist for another.

use events::orders::v1::Order;
use http_kit::Role;
use kernel::CustomerId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::orders;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn another_stores_documents_do_not_exist() {
    let world = World::start().await;
    let (a, b) = (world.open_store().await, world.open_store().await);
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    let invoice = world.invoiced(&a, &order).await;
    let id = invoice["id"].as_str().unwrap();
    for (method, path) in [
        (Method::GET, format!("/api/invoicing/admin/documents/{id}")),
        (
            Method::GET,
            format!("/api/invoicing/admin/documents/{id}/pdf"),
        ),
        (
            Method::POST,
            format!("/api/invoicing/admin/documents/{id}/retry"),
        ),
    ] {
        let hidden = world
            .admin(&b, method, &path, Value::Null)
            .await
            .expect(404);
        assert_eq!(hidden.code(), "document-not-found", "{path}");
    }
    assert_eq!(world.queue(&b, "").await["items"], json!([]));
    // The address of A's file at B's door, with A's word.
    let url = url::Url::parse(invoice["pdf_url"].as_str().unwrap()).unwrap();
    let path = format!("{}?{}", url.path(), url.query().unwrap());
    world.get(&a, &path).await.expect(200);
    world.get(&b, &path).await.expect(404);
    world.get(&a, url.path()).await.expect(404);
    world
        .get(&a, &format!("{}?key=forged", url.path()))
        .await
        .expect(404);
    // A's token at B's door.
    let token = world.token(a.id, Role::Owner);
    let at_b = world.ask(Method::GET, &b.slug, "/api/invoicing/admin/documents");
    assert_eq!(world.send(at_b.bearer_auth(&token)).await.status, 403);
    for role in [Role::Viewer, Role::Catalog, Role::Fulfilment] {
        let token = world.token(a.id, role);
        let request = world.ask(Method::GET, &a.slug, "/api/invoicing/admin/documents");
        assert_eq!(
            world.send(request.bearer_auth(token)).await.status,
            403,
            "{role}"
        );
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shopper_sees_his_own_orders_documents_only() {
    let world = World::start().await;
    let (a, b) = (world.open_store().await, world.open_store().await);
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    world
        .moloni
        .refuse("5 eac_id", "/v1/invoiceReceipts/insert/")
        .await;
    let invoice = world.invoiced(&a, &order).await;
    assert_eq!(invoice["status"], "failed");
    let path = format!("/api/invoicing/store/orders/{}/documents", order.order_id);
    let ask = async |store: &crate::world::Store, token: &str| {
        let request = world.ask(Method::GET, &store.slug, &path);
        world.send(request.header("x-order-token", token)).await
    };
    let seen = ask(&a, orders::TOKEN).await.expect(200);
    assert_eq!(seen.body["items"][0]["status"], "pending");
    assert_eq!(seen.body["items"][0]["pdf_url"], Value::Null);
    assert!(seen.body["items"][0].get("problem").is_none());
    world.retry(&a, &invoice).await.expect(200);
    world.work().await;
    let seen = ask(&a, orders::TOKEN).await.expect(200);
    assert_eq!(seen.body["items"][0]["status"], "issued");
    assert!(
        seen.body["items"][0]["pdf_url"]
            .as_str()
            .unwrap()
            .contains("key=")
    );
    for token in ["", "forged"] {
        assert_eq!(ask(&a, token).await.status, 404);
    }
    assert_eq!(ask(&b, orders::TOKEN).await.status, 404);
    assert_eq!(world.get(&a, &path).await.status, 404);
    // An order that has no word is opened by none.
    let mut wordless = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    wordless.access_token = String::new();
    world.hear_paid(&a, &wordless).await;
    let path = format!(
        "/api/invoicing/store/orders/{}/documents",
        wordless.order_id
    );
    let request = world
        .ask(Method::GET, &a.slug, &path)
        .header("x-order-token", "");
    assert_eq!(world.send(request).await.status, 404);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guests_order_shows_its_documents_to_the_customer_who_claimed_it() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (ana, bruno) = (CustomerId::new(), CustomerId::new());
    let seen = async |order: &Order, customer: CustomerId| {
        let path = format!("/api/invoicing/store/orders/{}/documents", order.order_id);
        let request = world.ask(Method::GET, &store.slug, &path);
        let token = world.customer_token(store.id, customer);
        world.send(request.bearer_auth(token)).await
    };
    let claimed = |order: &Order| Order {
        version: order.version + 1,
        customer_id: ana.to_string(),
        ..order.clone()
    };
    let order = orders::paid(&[("M4-BLK", 1, 4_980)], 0);
    world.invoiced(&store, &order).await;
    assert_eq!(seen(&order, ana).await.code(), "order-not-found");
    for _ in 0..2 {
        world.hear_claimed(&store, &claimed(&order)).await;
    }
    // What is told late does not take it away again.
    world.hear_paid(&store, &order).await;
    world.work().await;
    let documents = seen(&order, ana).await.expect(200);
    let items = documents.body["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["status"], "issued");
    assert!(items[0]["pdf_url"].as_str().unwrap().contains("key="));
    assert_eq!(seen(&order, bruno).await.code(), "order-not-found");

    // Heard of before its payment was.
    let early = orders::paid(&[("M4-BLK", 1, 2_490)], 0);
    world.hear_claimed(&store, &claimed(&early)).await;
    world.hear_paid(&store, &early).await;
    world.work().await;
    let documents = seen(&early, ana).await.expect(200);
    assert_eq!(documents.body["items"].as_array().unwrap().len(), 1);

    // Claimed before it was paid: there is nothing to see until it is.
    let unpaid = Order {
        paid_at_us: 0,
        ..orders::paid(&[("M4-BLK", 1, 990)], 0)
    };
    let theirs = claimed(&unpaid);
    world.hear_claimed(&store, &theirs).await;
    assert_eq!(seen(&unpaid, ana).await.code(), "order-not-found");
    let paid = Order {
        version: theirs.version + 1,
        ..theirs
    };
    world.hear_paid(&store, &paid).await;
    seen(&unpaid, ana).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stores_of_one_company_share_its_series() {
    let world = World::start().await;
    let a = world.open_store().await;
    let mut b = world.connected().await;
    b.company = a.company;
    world.configure(&b, json!({})).await.expect(200);
    let orders: Vec<_> = (0..6)
        .map(|n| orders::paid(&[("M4-BLK", 1, 1_000 + n)], 0))
        .collect();
    for (n, order) in orders.iter().enumerate() {
        let store = if n % 2 == 0 { &a } else { &b };
        world.hear_paid(store, order).await;
    }
    tokio::join!(world.work(), world.work());
    for _ in 0..6 {
        world.advance(time::Duration::seconds(10));
        world.work().await;
    }
    let made = world.moloni.documents(a.company).await;
    assert_eq!(made.len(), 6);
    assert!(made.iter().all(|one| one["status"] == 1), "{made:?}");
    world.end().await;
}
