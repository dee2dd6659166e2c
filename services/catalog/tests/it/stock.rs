//! What orders says is to be had, and what shoppers are told of it.

use bus::Delivery;
use catalog::events::stock_changed;
use catalog::store::cards::{self, Filter, Sort, Wanted};
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
        cards::find_document(tx, slug).await
    });
    let found = found.await.unwrap().unwrap();
    json!(cards::complete(found).unwrap())
}

/// The first card of the list as it would be made now.
async fn card(shop: &Shop<'_>) -> Value {
    let wanted = Wanted {
        filter: Filter::default(),
        sort: Sort::Newest,
        after: None,
        rows: 1,
    };
    let listed = shop.world.db.read(shop.tenant, async |tx: &mut TenantTx| {
        cards::list_cards(tx, &wanted).await
    });
    let listed = listed.await.unwrap().pop().unwrap();
    json!(listed.into_card().unwrap())
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
        assert_eq!(card(&shop).await["available"], 7, "{order:?}");
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
async fn a_list_tells_item_number_and_stock_of_the_variant_that_the_page_shows_first() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let variants = ["XS", "S", "L"].map(|size| {
        let sku = format!("CAP-{size}");
        variant(&json!({ "sku": sku, "option_values": [size], "active": size != "XS" }))
    });
    let options = json!([{ "name": "Size", "values": ["XS", "S", "L"] }]);
    let made = shop
        .product(json!({ "slug": "cap", "options": options, "variants": variants }))
        .await;
    let told = async || {
        let card = card(&shop).await;
        let shown = page(&shop, "cap").await;
        let variants = shown["variants"].as_array().unwrap();
        let first = variants.iter().find(|one| one["in_stock"] == true);
        let first = first.unwrap_or(&variants[0]);
        for field in ["sku", "in_stock", "available"] {
            assert_eq!(card[field], first[field], "{field} as on the page");
        }
        (
            card["sku"].as_str().unwrap().to_owned(),
            card["available"].clone(),
        )
    };
    let of = |sku: &str| {
        let variants = made["variants"].as_array().unwrap();
        variants.iter().find(|one| one["sku"] == sku).unwrap()
    };
    assert_eq!(told().await, ("CAP-S".to_owned(), json!(0)));
    hear(&shop, said(&shop, of("CAP-XS"), 1, 9)).await;
    assert_eq!(told().await, ("CAP-S".to_owned(), json!(0)), "XS is hidden");
    hear(&shop, said(&shop, of("CAP-L"), 1, 4)).await;
    assert_eq!(told().await, ("CAP-L".to_owned(), json!(4)));
    hear(&shop, said(&shop, of("CAP-L"), 2, 3)).await;
    assert_eq!(told().await, ("CAP-L".to_owned(), json!(3)));
    hear(&shop, said(&shop, of("CAP-S"), 1, 70)).await;
    assert_eq!(told().await, ("CAP-S".to_owned(), json!(20)), "20 for more");
    let more = StockChanged {
        backorder: true,
        ..said(&shop, of("CAP-S"), 2, 0)
    };
    hear(&shop, more).await;
    assert_eq!(told().await, ("CAP-S".to_owned(), Value::Null));
    // What the merchant changes shows at once, too.
    let mut body = rewritten(&made);
    for one in body["variants"].as_array_mut().unwrap() {
        one["active"] = json!(one["sku"] == "CAP-L");
    }
    shop.put(&path_of(PRODUCTS, &made), 1, body)
        .await
        .expect(200);
    assert_eq!(told().await, ("CAP-L".to_owned(), json!(3)));
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
