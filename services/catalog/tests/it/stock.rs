//! What orders says is to be had, and what shoppers are told of it.

use bus::Delivery;
use catalog::events::stock_changed;
use db::TenantTx;
use events::catalog::v1::AvailabilityChanged;
use events::orders::v1::StockChanged;
use kernel::EventId;
use serde_json::{Value, json};

use crate::bodies::{rewritten, variant};
use crate::world::{PRODUCTS, Shop, World, path_of};

fn said(shop: &Shop<'_>, variant: &Value, version: i64, available: i64) -> StockChanged {
    StockChanged {
        tenant_id: shop.tenant.to_string(),
        variant_id: variant["id"].as_str().unwrap().to_owned(),
        version,
        available,
        tracked: true,
        ..StockChanged::default()
    }
}

async fn hear(shop: &Shop<'_>, message: StockChanged) {
    let delivery = Delivery {
        id: EventId::new(),
        tenant: shop.tenant,
        occurred_at: shop.world.place.clock.now(),
        message,
    };
    let heard = shop
        .world
        .db
        .tenant(shop.tenant, async |tx: &mut TenantTx| {
            stock_changed::handle(tx, delivery).await.unwrap();
            Ok::<_, db::Error>(())
        });
    heard.await.unwrap();
}

/// The product's page as it would be made now.
async fn page(shop: &Shop<'_>, slug: &str) -> Value {
    let found = shop.world.db.read(shop.tenant, async |tx: &mut TenantTx| {
        catalog::store::cards::find_document(tx, slug).await
    });
    let found = found.await.unwrap().unwrap();
    json!(catalog::store::cards::complete(found).unwrap())
}

async fn in_stock(shop: &Shop<'_>) -> i64 {
    shop.world
        .count("SELECT count(*) FROM product_card WHERE in_stock")
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn stock_that_is_told_twice_and_in_any_order_ends_the_same() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let made = shop.product(json!({ "slug": "counted" })).await;
    let sold = &made["variants"][0];
    assert_eq!(
        page(&shop, "counted").await["in_stock"],
        false,
        "before anything is known"
    );
    // 3 at first, sold out, then 7 more: 1, 2, 3; all orders of arrival, each told twice.
    for order in [
        [1, 2, 3],
        [3, 2, 1],
        [2, 3, 1],
        [1, 3, 2],
        [3, 1, 2],
        [2, 1, 3],
    ] {
        world.run(&shop, "DELETE FROM variant_stock").await;
        for version in order {
            let available = [3, 0, 7][usize::try_from(version).unwrap() - 1];
            for _ in 0..2 {
                hear(&shop, said(&shop, sold, version, available)).await;
            }
        }
        let shown = page(&shop, "counted").await;
        assert_eq!(shown["variants"][0]["available"], 7, "{order:?}");
        assert_eq!(
            (&shown["in_stock"], in_stock(&shop).await),
            (&json!(true), 1),
            "{order:?}"
        );
    }
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shoppers_caches_hear_of_it_only_when_what_they_tell_changes() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let made = shop.product(json!({})).await;
    let sold = &made["variants"][0];
    for (version, available) in [
        (1, 500),
        (2, 400),
        (3, 400),
        (4, 5),
        (5, 0),
        (6, -2),
        (7, 30),
    ] {
        hear(&shop, said(&shop, sold, version, available)).await;
    }
    let told = shop.told::<AvailabilityChanged>().await;
    let told: Vec<_> = told
        .iter()
        .map(|event| (event.version, event.in_stock))
        .collect();
    assert_eq!(told, [(1, true), (4, true), (5, false), (7, true)]);
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_counted_is_always_to_be_had() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let uncounted = variant(&json!({ "track_stock": false }));
    let made = shop
        .product(json!({ "slug": "free", "variants": [uncounted] }))
        .await;
    let sold = &made["variants"][0];
    let shown = page(&shop, "free").await;
    assert_eq!(
        (&shown["in_stock"], &shown["variants"][0]["in_stock"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(
        (&shown["variants"][0]["available"], in_stock(&shop).await),
        (&Value::Null, 1)
    );
    hear(&shop, said(&shop, sold, 1, 0)).await;
    assert_eq!(in_stock(&shop).await, 1, "although there are none");
    // Counted from now on: what is known of its stock decides at once.
    let mut body = rewritten(&made);
    body["variants"][0]["track_stock"] = json!(true);
    shop.put(&path_of(PRODUCTS, &made), 1, body)
        .await
        .expect(200);
    assert_eq!(
        (
            page(&shop, "free").await["in_stock"].clone(),
            in_stock(&shop).await
        ),
        (json!(false), 0)
    );
    let more = StockChanged {
        backorder: true,
        ..said(&shop, sold, 2, -3)
    };
    hear(&shop, more).await;
    assert_eq!(
        page(&shop, "free").await["variants"][0]["available"],
        Value::Null,
        "ordered for them"
    );
    assert_eq!(in_stock(&shop).await, 1);
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stock_of_what_is_gone_changes_nothing() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let made = shop.product(json!({})).await;
    let sold = made["variants"][0].clone();
    hear(&shop, said(&shop, &sold, 1, 5)).await;
    let mut body = rewritten(&made);
    body["variants"] = json!([variant(&json!({ "sku": "NEW" }))]);
    shop.put(&path_of(PRODUCTS, &made), 1, body)
        .await
        .expect(200);
    assert_eq!(world.count("SELECT count(*) FROM variant_stock").await, 0);
    hear(&shop, said(&shop, &sold, 2, 9)).await;
    assert_eq!(world.count("SELECT count(*) FROM variant_stock").await, 0);
    assert_eq!(in_stock(&shop).await, 0);
    world.end_untold().await;
}
