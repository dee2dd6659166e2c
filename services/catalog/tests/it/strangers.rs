//! Another store's things do not exist: not in a path, not in a body.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bodies::product;
use crate::pictures::png;
use crate::world::{CATEGORIES, MEDIA, PRODUCTS, World, path_of};

#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_another_store_leads_nowhere() {
    let world = World::start().await;
    let (a, b) = (world.store("alpha").await, world.store("beta").await);
    let category = b.category("Theirs", None).await;
    let image = b.image(png(1)).await;
    let fields = json!({ "slug": "theirs", "category_ids": [category["id"]], "images": [{ "media_id": image["id"] }] });
    let made = b.product(fields).await;
    let waiting = b.begin("image/png", 10).await;
    let before = world.dump().await;
    let rename = json!({ "name": "Ours" });
    let of_product = path_of(PRODUCTS, &made);
    let of_category = path_of(CATEGORIES, &category);
    for answer in [
        a.get(&of_product).await,
        a.put(&of_product, 1, product(json!({}))).await,
        a.delete(&of_product, 1).await,
        a.get(&of_category).await,
        a.put(&of_category, 1, rename).await,
        a.delete(&of_category, 1).await,
        a.get(&path_of(MEDIA, &image)).await,
        a.get(&path_of(MEDIA, &waiting)).await,
        a.complete(&waiting).await,
        a.complete(&image).await,
        a.look("/api/catalog/store/products/theirs").await,
        a.look("/api/catalog/store/products?category=theirs").await,
        a.look(image["sources"][0]["url"].as_str().unwrap()).await,
        a.get(&format!(
            "{PRODUCTS}?category_id={}",
            category["id"].as_str().unwrap()
        ))
        .await,
    ] {
        assert_eq!(answer.status, 404, "{}", answer.text());
    }
    let parts = [
        |id: &Value| json!({ "category_ids": [id] }),
        |id: &Value| json!({ "images": [{ "media_id": id }] }),
    ];
    for (theirs, part) in [&category["id"], &image["id"]].into_iter().zip(parts) {
        let theirs = a.post(PRODUCTS, product(part(theirs))).await;
        let nobodys = a
            .post(PRODUCTS, product(part(&json!(Uuid::now_v7()))))
            .await;
        assert_eq!(
            (theirs.status.as_u16(), theirs.faults()),
            (422, nobodys.faults())
        );
    }
    let theirs = a
        .post(
            CATEGORIES,
            json!({ "name": "Ours", "parent_id": category["id"] }),
        )
        .await;
    assert_eq!(theirs.faults(), [("/parent_id", "unknown")]);
    let sku = &made["variants"][0]["sku"];
    let same =
        json!({ "slug": "theirs", "variants": [crate::bodies::variant(&json!({ "sku": sku }))] });
    let variant = json!({ "variants": [crate::bodies::variant(&json!({ "id": made["variants"][0]["id"] }))] });
    let stolen = a.post(PRODUCTS, product(variant)).await;
    assert_eq!(stolen.faults(), [("/variants/0/id", "unknown")]);
    assert_eq!(
        world.dump().await,
        before,
        "nothing of either store has changed"
    );
    a.post(PRODUCTS, product(same)).await.expect(201);
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_read_changes_nothing() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let made = shop.product(json!({})).await;
    let path = path_of(PRODUCTS, &made);
    let viewer = shop.as_role(http_kit::Role::Viewer, shop.ask(0, Method::GET, &path));
    assert_eq!(crate::world::read(viewer).await.status, 200);
    let delete = shop
        .ask(0, Method::DELETE, &path)
        .header("if-match", "\"1\"");
    let refused = crate::world::read(shop.as_role(http_kit::Role::Viewer, delete)).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (403, "permission-missing")
    );
    world.end_untold().await;
}
