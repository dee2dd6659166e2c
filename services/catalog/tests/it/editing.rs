//! Products change, stop being sold, and go.

use events::catalog::v1::{ProductChanged, ProductStatus};
use serde_json::{Value, json};

use crate::bodies::{eur, product, rewritten, variant};
use crate::world::{PRODUCTS, World, path_of};

#[tokio::test(flavor = "multi_thread")]
async fn who_saw_an_old_version_is_shown_the_present_one() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let made = shop.product(json!({})).await;
    let path = path_of(PRODUCTS, &made);
    let titled = |title: &str| {
        let mut body = rewritten(&made);
        body["title"] = json!(title);
        body
    };
    let saved = shop.put(&path, 1, titled("Second")).await;
    assert_eq!(saved.header("etag"), "\"2\"");
    let saved = saved.expect(200);
    assert_eq!(
        (&saved["version"], &saved["slug"]),
        (&json!(2), &made["slug"])
    );
    for late in [
        shop.put(&path, 1, titled("Lost")).await,
        shop.delete(&path, 1).await,
    ] {
        assert_eq!(
            (late.status.as_u16(), late.code()),
            (412, "changed-meanwhile")
        );
        assert_eq!(late.body["current"], saved);
    }
    let crowd = ["A", "B", "C", "D"].map(|title| shop.put(&path, 2, titled(title)));
    let crowd = futures_util::future::join_all(crowd).await;
    let mut outcomes: Vec<_> = crowd.iter().map(|reply| reply.status.as_u16()).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, [200, 412, 412, 412]);
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variant_keeps_its_identity_through_its_changes() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let sized = |sku: &str, size: &str| variant(&json!({ "sku": sku, "option_values": [size] }));
    let body = product(json!({
        "options": [{ "name": "Size", "values": ["S", "M", "L"] }],
        "variants": [sized("S1", "S"), sized("M1", "M")],
    }));
    let made = shop.post(PRODUCTS, body).await.expect(201);
    let id = |view: &Value, at: usize| view["variants"][at]["id"].clone();
    let path = path_of(PRODUCTS, &made);
    let mut body = rewritten(&made);
    body["variants"] = json!([body["variants"][1], sized("L1", "L"), body["variants"][0]]);
    body["variants"][2]["sku"] = json!("S2");
    let saved = shop.put(&path, 1, body).await.expect(200);
    assert_eq!(id(&saved, 0), id(&made, 1));
    assert_eq!(
        id(&saved, 2),
        id(&made, 0),
        "by its id, although its SKU changed"
    );
    let mut body = rewritten(&saved);
    for variant in body["variants"].as_array_mut().unwrap() {
        variant.as_object_mut().unwrap().remove("id");
    }
    let again = shop.put(&path, 2, body).await.expect(200);
    assert_eq!(
        again["variants"], saved["variants"],
        "by its SKU, when no id is written"
    );
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_that_is_deleted_leaves_nothing_and_tells_it() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let category = shop.category("Replicas", None).await;
    let image = shop.image(crate::pictures::png(1)).await;
    let fields = json!({
        "slug": "m4", "category_ids": [category["id"]], "images": [{ "media_id": image["id"] }],
        "variants": [variant(&json!({ "sku": "M4", "price": eur(100) }))],
    });
    let made = shop.product(fields.clone()).await;
    let path = path_of(PRODUCTS, &made);
    assert_eq!(shop.delete(&path, 1).await.status, 204);
    assert_eq!(shop.get(&path).await.code(), "product-not-found");
    assert_eq!(shop.delete(&path, 1).await.status, 404);
    assert_eq!(
        shop.look("/api/catalog/store/products/m4").await.status,
        404
    );
    for table in [
        "product",
        "variant",
        "variant_stock",
        "product_card",
        "product_category",
        "product_media",
        "category_card",
        "search_term",
    ] {
        let rows = world.count(&format!("SELECT count(*) FROM {table}")).await;
        assert_eq!(rows, 0, "{table}");
    }
    let told = shop.told::<ProductChanged>().await;
    let last = told.last().unwrap();
    assert_eq!((told.len(), last.version, last.deleted), (2, 2, true));
    assert_eq!((last.slug.as_str(), last.variants.len()), ("m4", 1));
    let prices = "SELECT count(*) FROM variant_price WHERE price_minor IS NULL";
    assert_eq!(world.count(prices).await, 1, "not on sale from now on");
    // Its address, its SKU and its image are free.
    shop.product(fields).await;
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_told_with_the_whole_state_and_no_secret() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let fields = json!({
        "vendor": "Krytac", "tags": ["aeg"],
        "variants": [variant(&json!({
            "sku": "K1", "price": eur(20_000), "compare_at": eur(25_000), "cost": eur(9_876), "weight_grams": 2_500,
            "vat_class": "exempt", "exemption_code": "M07", "track_stock": false,
        }))],
    });
    let made = shop.product(fields).await;
    let mut body = rewritten(&made);
    body["status"] = json!("archived");
    let path = path_of(PRODUCTS, &made);
    shop.put(&path, 1, body).await.expect(200);
    let told = shop.told::<ProductChanged>().await;
    let [first, second] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!((first.version, first.status()), (1, ProductStatus::Active));
    assert_eq!(
        (second.version, second.status()),
        (2, ProductStatus::Archived)
    );
    let sold = &first.variants[0];
    assert_eq!(
        (sold.sku.as_str(), sold.price.as_ref().unwrap().minor),
        ("K1", 20_000)
    );
    assert_eq!(
        (sold.tax_class.as_str(), sold.exemption_code.as_str()),
        ("exempt", "M07")
    );
    assert_eq!(
        (sold.weight_grams, sold.track_stock, sold.active),
        (2_500, false, true)
    );
    assert_eq!(sold.cost, None, "what the merchant pays stays here");
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_price_shown_to_the_public_has_a_history() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let made = shop.product(json!({})).await;
    let path = path_of(PRODUCTS, &made);
    let mut body = rewritten(&made);
    let steps = [
        ("active", 4_990),
        ("active", 3_990),
        ("draft", 3_990),
        ("active", 3_990),
    ];
    for (version, (status, price)) in (1..).zip(steps) {
        body["status"] = json!(status);
        body["variants"][0]["price"] = eur(price);
        shop.put(&path, version, body.clone()).await.expect(200);
    }
    let history = "SELECT count(*) FROM (SELECT array_agg(price_minor ORDER BY from_at) AS prices
        FROM variant_price) AS h WHERE prices = ARRAY[4990, 3990, NULL, 3990]::bigint[]";
    assert_eq!(world.count(history).await, 1);
    world.end_untold().await;
}
