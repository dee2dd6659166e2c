//! Stores share caches, queues and a bucket, and notice nothing of each other there.

use bus::{emit, parked};
use db::TenantTx;
use events::payments::v1::{Payment, PaymentSucceeded};
use kernel::{EventId, Money, PaymentId, TenantId};
use prost::Message as _;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use url::Url;

use crate::platform::{Everything, Reply};
use crate::rows;
use crate::shops::{Shop, picture};
use testkit::until;

/// Reads that have the same address in every store.
const SHARED: [&str; 5] = [
    "/api/tenants/store/config",
    "/api/catalog/store/products",
    "/api/catalog/store/products/m4-carbine",
    "/api/catalog/store/categories",
    "/api/catalog/store/search?q=carbine",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_warm_for_one_store_is_not_answered_at_anothers() {
    let all = Everything::start().await;
    let (a, b) = tokio::join!(
        Shop::open(&all.ground, &all.a),
        Shop::open(&all.ground, &all.b)
    );
    let read = async |shop: &Shop<'_>, path: &str, tag: Option<&str>| {
        let ask = shop.guest(Method::GET, path);
        let ask = match tag {
            Some(tag) => ask.header("if-none-match", tag),
            None => ask,
        };
        all.json(ask).await
    };
    for path in SHARED {
        let warm = read(&a, path, None).await.expect(200);
        let again = read(&a, path, None).await.expect(200);
        assert_eq!(tag(&warm), tag(&again), "{path} is kept");
        let other = read(&b, path, None).await.expect(200);
        assert_tells_only(&a, &b, &warm, path);
        assert_tells_only(&b, &a, &other, path);
        // What one store's visitor has in hand is not "the same" at the other's.
        assert_eq!(
            read(&b, path, Some(&tag(&warm))).await.status,
            200,
            "{path}"
        );
        assert_eq!(
            read(&a, path, Some(&tag(&warm))).await.status,
            304,
            "{path}"
        );
    }
    all.end().await;
}

fn tag(reply: &Reply) -> String {
    reply.headers["etag"].to_str().unwrap().to_owned()
}

/// The answer has something of the one shop and nothing of the other.
fn assert_tells_only(of: &Shop<'_>, other: &Shop<'_>, reply: &Reply, path: &str) {
    let names = |shop: &Shop<'_>| {
        let kinds = [
            "tenants",
            "products",
            "variants",
            "media",
            "categories",
            "category",
        ];
        let names = kinds.iter().flat_map(|kind| shop.ids[kind].clone());
        names.collect::<Vec<_>>()
    };
    let told = |shop: &Shop<'_>| names(shop).iter().any(|name| reply.text.contains(name));
    assert!(told(of) && !told(other), "{path}: {}", reply.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_names_another_stores_order_is_parked_and_changes_nothing() {
    let all = Everything::start().await;
    let shop = Shop::open(&all.ground, &all.b).await;
    let before = rows::settled(&all.ground, shop.tenant()).await;
    let order = shop.ids["orders"][1].clone();
    let paid = |tenant: TenantId| PaymentSucceeded {
        tenant_id: tenant.to_string(),
        payment: Some(Payment {
            payment_id: PaymentId::new().to_string(),
            order_id: order.clone(),
            amount: Some(Money::new(5_489, "EUR".parse().unwrap()).into()),
            version: 9,
            ..Payment::default()
        }),
        succeeded_at_us: 1,
    };
    // A genuine event of the one store that names the other's order.
    let payments = all.place.database.db("payments");
    let told = payments.tenant(all.a.id, async |tx: &mut TenantTx| {
        emit(tx, &paid(all.a.id)).await
    });
    told.await.unwrap();
    // An envelope of the one store around an event of the other.
    let forged = paid(all.b.id).encode_to_vec();
    let owner = all.place.database.all_stores("payments").await;
    let insert = "INSERT INTO outbox (tenant_id, id, type, aggregate_id, version, payload, occurred_at)
        VALUES ($1::text::uuid, $2::text::uuid, 'payments.payment_succeeded.v1', 'x', 9, $3, now())";
    let (tenant, id) = (all.a.id.to_string(), EventId::new().to_string());
    owner
        .execute(insert, &[&tenant, &id, &forged])
        .await
        .unwrap();
    let orders = all.place.database.db("orders");
    let listed = until("both are parked", async || {
        let listed = parked::list(&orders, 10, None).await.unwrap();
        (listed.len() == 2).then_some(listed)
    })
    .await;
    assert!(
        listed
            .iter()
            .all(|entry| entry.tenant_id == all.a.id.uuid()),
        "{listed:?}"
    );
    assert!(
        listed
            .iter()
            .any(|entry| entry.error.contains("another tenant")),
        "{listed:?}"
    );
    let after = rows::settled(&all.ground, shop.tenant()).await;
    assert_eq!(rows::differences(&before, &after), Vec::<String>::new());
    all.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_address_opens_its_own_place_in_the_bucket_only() {
    let all = Everything::start().await;
    let begin = async |shop: &Shop<'_>| {
        let body = serde_json::json!({"content_type": "image/png", "size": picture().len()});
        let ask = shop.owner(Method::POST, "/api/catalog/admin/media");
        let begun = all.json(ask.keyed().json(body)).await.expect(201);
        Url::parse(&begun.at("/upload/url")).unwrap()
    };
    let (a, b) = tokio::join!(
        Shop::open(&all.ground, &all.a),
        Shop::open(&all.ground, &all.b)
    );
    let (own, other) = (begin(&a).await, begin(&b).await);
    assert!(
        own.path().contains(&format!("/uploads/{}/", a.tenant())),
        "{own}"
    );
    let status = async |method: Method, url: Url| {
        let request = all.client.request(method, url);
        let request = request.header("content-type", "image/png");
        request.body(picture()).send().await.unwrap().status()
    };
    // Ours signs for ours only: not for the other's upload, nor for what the other has published.
    let mut edited = vec![own.clone(); 3];
    edited[0].set_path(other.path());
    let bucket = own.path().split('/').nth(1).unwrap();
    let published = format!(
        "/{bucket}/media/{}/{}/{}",
        b.tenant(),
        b.id("media"),
        b.id("file")
    );
    edited[1].set_path(&published);
    let longer = own
        .query()
        .unwrap()
        .replace("X-Amz-Expires=900", "X-Amz-Expires=90000");
    edited[2].set_query(Some(&longer));
    assert_ne!(own, edited[2], "the address says how long it is good");
    for url in edited {
        assert_eq!(
            status(Method::PUT, url.clone()).await,
            StatusCode::FORBIDDEN,
            "{url}"
        );
    }
    assert_eq!(
        status(Method::GET, own.clone()).await,
        StatusCode::FORBIDDEN,
        "for PUT only"
    );
    // And without a signature nothing is to be had at all.
    for path in [own.path().to_owned(), published] {
        let mut bare = own.clone();
        bare.set_query(None);
        bare.set_path(&path);
        assert_eq!(
            status(Method::GET, bare).await,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    assert_eq!(status(Method::PUT, own).await, StatusCode::OK);
    let told: Value = all
        .json(a.owner(Method::GET, "/api/catalog/admin/products"))
        .await
        .body;
    assert!(
        !told.to_string().contains("X-Amz"),
        "no address of this kind is ever stored"
    );
    all.end().await;
}
