//! Who buys, and what opens a store at Moloni: none of it is in a log line or a span, whatever goes wrong.

use std::sync::Arc;

use events::common::v1::Address;
use invoicing::clients::s3::Objects;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::logs;

use crate::orders;
use crate::world::{LATER, Store, World};

/// Tax numbers that no other test has; what they are in is a person's.
const NIF: &str = "268123454";
const OTHER_NIF: &str = "513370005";
const INSERT: &str = "/v1/invoiceReceipts/insert/";

fn order() -> events::orders::v1::Order {
    let mut order = orders::paid(&[("CANARY-SKU", 2, 4_980)], 490);
    order.email = "canary.pessoa@example.pt".into();
    order.note = "canary-note\n2026-01-01 ERROR forged".into();
    order.access_token = "canary-word".into();
    let address = Address {
        name: "Canary Pessoa".into(),
        company: "Canary Lda".into(),
        line1: "Rua canary 7".into(),
        line2: "canary\u{1b}[31m".into(),
        city: "Canary-cidade".into(),
        postcode: "1100-148".into(),
        country: "PT".into(),
        phone: "+351912canary".into(),
        tax_id: NIF.into(),
        ..Address::default()
    };
    order.shipping_address = Some(address.clone());
    order.billing_address = Some(address);
    order
}

/// The store's tokens, as they are in use now.
async fn tokens(world: &World, store: &Store) -> [String; 2] {
    let owner = world.place.database.all_stores("invoicing").await;
    let sql = format!(
        "SELECT tokens FROM invoicing.connection WHERE tenant_id = '{}'",
        store.id
    );
    let sealed: Vec<u8> = owner.query_one(&sql, &[]).await.unwrap().get(0);
    let place = format!("invoicing.connection.tokens/{}", store.id);
    let plain = world.app.sealer.open(&place, &sealed).unwrap();
    let pair: Value = serde_json::from_slice(&plain).unwrap();
    ["access", "refresh"].map(|name| pair[name].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_buyer_token_or_key_is_in_the_log_or_in_a_span() {
    logs::keep(&["invoicing"]);
    let mut world = World::start().await;
    let store = world.open_store().await;
    let mut secrets = tokens(&world, &store).await.to_vec();
    // Calls that fail in every way: their addresses hold the token, their bodies the buyer.
    for (kind, when, path) in [
        ("reset", "before", "/v1/customers/insert/"),
        ("garbage", "before", "/v1/customers/insert/"),
        ("html502", "before", "/v1/products/insert/"),
        ("cut", "after", INSERT),
        ("error500", "before", "/v1/invoiceReceipts/update/"),
        ("html502", "before", "/v1/grant/"),
    ] {
        world.moloni.fault(kind, when, path).await;
    }
    let mut sold = order();
    world.hear_paid(&store, &sold).await;
    // Long enough for each to be met, and for the pair to be refreshed meanwhile.
    for _ in 0..10 {
        world.work().await;
        world.advance(LATER);
        secrets.extend(tokens(&world, &store).await);
    }
    let invoice = world.invoice(&store, &sold).await;
    assert_eq!(invoice["status"], "issued", "{invoice}");
    // Refusals name what they do not like.
    let mut other = order();
    other.billing_address.as_mut().unwrap().tax_id = OTHER_NIF.into();
    for (code, path) in [("5 vat", "/v1/customers/insert/"), ("5 eac_id", INSERT)] {
        world.moloni.refuse(code, path).await;
        let refused = world.invoiced(&store, &other).await;
        assert_eq!(refused["needs"], "merchant", "{refused}");
        world.retry(&store, &refused).await.expect(200);
    }
    let refund = orders::was_refunded(&mut sold, 1_000, &[]);
    world.hear_refunded(&store, &refund).await;
    world.work().await;
    let forged = "code=canary-code&state=canary-state&error_description=canary";
    world
        .come_back("__Host-moloni=canary-cookie", forged)
        .await
        .expect(303);
    // Who reads a document shows a word that opens it.
    let path = format!("/api/invoicing/store/orders/{}/documents", sold.order_id);
    let request = world.ask(Method::GET, &store.slug, &path);
    let list = world
        .send(request.header("x-order-token", "canary-word"))
        .await
        .expect(200);
    let url = list.body["items"][0]["pdf_url"].as_str().unwrap();
    let (path, word) = url.split_once("?key=").unwrap();
    let at = path.find("/api/").unwrap();
    world
        .get(&store, &format!("{}?key={word}", &path[at..]))
        .await;
    secrets.push(word.to_owned());
    // The object store is away: the keys of its objects hold the words that open them.
    let mut config = (*world.place.platform.config).clone();
    config.storage.as_mut().unwrap().endpoint = "127.0.0.1:1".into();
    world.app.objects = Arc::new(Objects::new(&config).unwrap());
    let kept = world.invoiced(&store, &order()).await;
    assert_eq!(kept["has_pdf"], false);
    let id = kept["id"].as_str().unwrap().parse().unwrap();
    secrets.push(invoicing::links::word(&world.app, store.id, id));
    world.moloni.revoke().await;
    world.invoiced(&store, &order()).await;
    let connection = "/api/invoicing/admin/connection";
    let lost = world
        .admin(&store, Method::GET, connection, Value::Null)
        .await;
    assert_eq!(lost.body["state"], json!("lost"));
    world.end().await;

    for told in [
        "A store's access to Moloni is lost",
        "A document's PDF is not to be had yet",
    ] {
        assert!(logs::kept().contains(told), "{told}");
    }
    let others = [
        "canary",
        "Canary",
        "CANARY",
        NIF,
        OTHER_NIF,
        "simulator-secret",
    ];
    secrets.extend(others.map(str::to_owned));
    let words: Vec<&str> = secrets.iter().map(String::as_str).collect();
    let lines = logs::lines_with(&words);
    assert!(lines.is_empty(), "{} lines: {lines:#?}", lines.len());
}
