//! One store's payments do not exist for another.

use http_kit::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn another_stores_payment_does_not_exist() {
    let world = World::start().await;
    let (a, b) = (world.open_store().await, world.open_store().await);
    let (order, paying) = world.paid(&a, 4_990).await;
    let path = format!("/api/payments/admin/payments/{}", paying.payment);
    let hidden = world.admin(&b, Method::GET, &path).await;
    assert_eq!(
        (hidden.status.as_u16(), hidden.code()),
        (404, "payment-not-found")
    );
    let list = world
        .admin(&b, Method::GET, "/api/payments/admin/payments")
        .await;
    assert_eq!(list.body["items"], json!([]));
    assert_eq!(world.current(&b, &order).await.status, 404);
    assert_eq!(world.begin(&b, &order.ticket).await.status, 404);
    let accounts =
        [&a, &b].map(|store| world.admin(store, Method::GET, "/api/payments/admin/account"));
    for reply in futures_util::future::join_all(accounts).await {
        let text = reply.expect(200).text;
        assert!(
            !text.contains("acct_"),
            "an account's id is Stripe's and ours"
        );
    }
    // A's token at B's door, and a sysadmin's routes for nobody else.
    let token = world.token(a.id, Role::Owner);
    let at_b = world.ask(Method::GET, &b.slug, "/api/payments/admin/payments");
    assert_eq!(world.send(at_b.bearer_auth(&token)).await.status, 403);
    for path in [
        "/api/payments/sysadmin/webhooks",
        "/api/payments/sysadmin/breaks",
    ] {
        let request = world.ask(Method::GET, "", path).bearer_auth(&token);
        assert_eq!(world.send(request).await.status, 401, "{path}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stores_that_sell_at_once_keep_their_money_apart() {
    let world = World::start().await;
    let stores = [
        world.open_store().await,
        world.open_store().await,
        world.open_store().await,
    ];
    let sales = stores.iter().enumerate().flat_map(|(n, store)| {
        let minor = 1_000 * (i64::try_from(n).unwrap() + 1);
        (0..4).map(move |_| (store, minor))
    });
    let sold = sales.map(|(store, minor)| world.paid(store, minor));
    let sold = futures_util::future::join_all(sold).await;
    assert_eq!(sold.len(), 12);
    for (n, store) in stores.iter().enumerate() {
        let minor = 1_000 * (i64::try_from(n).unwrap() + 1);
        let effects = world.stripe.effects(&store.account).await;
        assert_eq!(effects.charges.len(), 4);
        assert!(
            effects
                .charges
                .iter()
                .all(|charge| charge["amount"] == minor)
        );
        let path = "/api/payments/admin/payments?limit=2";
        let page = world.admin(store, Method::GET, path).await.expect(200);
        let items = page.body["items"].as_array().unwrap();
        assert!(
            items
                .iter()
                .all(|payment: &Value| payment["amount"]["amount"] == minor)
        );
        assert_eq!(items.len(), 2);
        let next = page.body["next"].as_str().unwrap();
        let rest = world
            .admin(store, Method::GET, &format!("{path}&after={next}"))
            .await
            .expect(200);
        assert_eq!(rest.body["items"].as_array().unwrap().len(), 2);
    }
    world.end().await;
}
