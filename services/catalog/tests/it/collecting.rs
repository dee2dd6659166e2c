//! Images that nobody needs are forgotten, and no others.

use catalog::jobs::collect_media;
use kernel::MediaId;
use serde_json::{Value, json};
use time::Duration;

use crate::bodies::rewritten;
use crate::pictures::png;
use crate::world::{MEDIA, PRODUCTS, Shop, World, path_of};

async fn exists(shop: &Shop<'_>, image: &Value) -> bool {
    shop.get(&path_of(MEDIA, image)).await.status == 200
}

/// Whether anything of it is left in the object store.
async fn has_files(app: &catalog::App, shop: &Shop<'_>, image: &Value) -> bool {
    let id: MediaId = image["id"].as_str().unwrap().parse().unwrap();
    let upload = catalog::intake::upload_key(shop.tenant, id);
    let file = catalog::intake::file_key(shop.tenant, id, "40.webp");
    let get = async |key: &str| app.objects.get(key, 1_000_000).await.is_ok();
    get(&upload).await || get(&file).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_nobody_completes_is_forgotten_after_a_day() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let app = world.app().await;
    let abandoned = shop.begin("image/png", png(1).len()).await;
    assert_eq!(world.upload(&abandoned, png(1)).await, 200);
    let empty = shop.begin("image/png", 10).await;
    world.place.clock.advance(Duration::hours(23));
    let fresh = shop.begin("image/png", 10).await;
    collect_media::run(app.clone()).await.unwrap();
    assert!(exists(&shop, &abandoned).await && has_files(&app, &shop, &abandoned).await);
    world.place.clock.advance(Duration::hours(2));
    for _ in 0..2 {
        collect_media::run(app.clone()).await.unwrap();
        assert!(!exists(&shop, &abandoned).await && !exists(&shop, &empty).await);
        assert!(!has_files(&app, &shop, &abandoned).await);
        assert!(exists(&shop, &fresh).await);
    }
    let late = shop.complete(&abandoned).await;
    assert_eq!(
        (late.status.as_u16(), late.code()),
        (404, "media-not-found")
    );
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_of_no_product_is_kept_for_a_week() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let app = world.app().await;
    let (used, unused, left) = (
        shop.image(png(1)).await,
        shop.image(png(2)).await,
        shop.image(png(3)).await,
    );
    let image = |image: &Value| json!({ "media_id": image["id"] });
    let made = shop
        .product(json!({ "images": [image(&used), image(&left)] }))
        .await;
    world.place.clock.advance(Duration::days(6));
    let mut body = rewritten(&made);
    body["images"] = json!([image(&used)]);
    shop.put(&path_of(PRODUCTS, &made), 1, body)
        .await
        .expect(200);
    world.place.clock.advance(Duration::days(2));
    for _ in 0..2 {
        collect_media::run(app.clone()).await.unwrap();
        assert!(exists(&shop, &used).await && has_files(&app, &shop, &used).await);
        assert!(!exists(&shop, &unused).await && !has_files(&app, &shop, &unused).await);
        assert!(
            exists(&shop, &left).await,
            "it left its product two days ago"
        );
    }
    world.place.clock.advance(Duration::days(6));
    collect_media::run(app.clone()).await.unwrap();
    assert!(!exists(&shop, &left).await && exists(&shop, &used).await);
    assert_eq!(shop.delete(&path_of(PRODUCTS, &made), 2).await.status, 204);
    world.place.clock.advance(Duration::days(8));
    collect_media::run(app.clone()).await.unwrap();
    assert!(!exists(&shop, &used).await, "its product is gone");
    // What was forgotten may come again.
    shop.image(png(1)).await;
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn content_that_comes_again_gives_an_unused_image_more_time() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let app = world.app().await;
    let first = shop.image(png(1)).await;
    world.place.clock.advance(Duration::days(6));
    let begun = shop.begin("image/png", png(1).len()).await;
    assert_eq!(world.upload(&begun, png(1)).await, 200);
    assert_eq!(shop.complete(&begun).await.expect(200)["id"], first["id"]);
    world.place.clock.advance(Duration::days(6));
    collect_media::run(app.clone()).await.unwrap();
    assert!(exists(&shop, &first).await);
    assert_eq!(
        world.count("SELECT count(*) FROM media").await,
        1,
        "the duplicate is forgotten"
    );
    world.place.clock.advance(Duration::days(2));
    collect_media::run(app).await.unwrap();
    assert!(!exists(&shop, &first).await);
    world.end_untold().await;
}

/// The collector and a merchant who saves a product with the image: one of them comes first, and
/// either way no product shows what is not there.
#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_is_just_being_used_is_not_collected() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let app = world.app().await;
    for round in 0..10 {
        let image = shop.image(png(round)).await;
        world.place.clock.advance(Duration::days(8));
        let fields = json!({ "images": [{ "media_id": image["id"] }] });
        let body = crate::bodies::product(fields);
        let (saved, collected) =
            futures_util::join!(shop.post(PRODUCTS, body), collect_media::run(app.clone()));
        collected.unwrap();
        match saved.status.as_u16() {
            201 => assert!(exists(&shop, &image).await && has_files(&app, &shop, &image).await),
            422 => assert_eq!(saved.faults(), [("/images/0/media_id", "unknown")]),
            other => panic!("{other}: {}", saved.text()),
        }
    }
    world.end_untold().await;
}
