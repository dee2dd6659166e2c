//! Images: from the presigned address to the published bytes.

use image::ImageFormat;
use kernel::MediaId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::pictures::{bomb, encoded, photograph, picture, png};
use crate::world::{MEDIA, Reply, World, path_of, read};

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_becomes_sizes_that_may_be_kept_for_ever() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let bytes = encoded(&picture(1, 1_000, 500), ImageFormat::Png);
    let begun = shop.begin("image/png", bytes.len()).await;
    assert_eq!(
        (&begun["state"], &begun["upload"]["method"]),
        (&json!("waiting"), &json!("PUT"))
    );
    assert_eq!(world.upload(&begun, bytes).await, 200);
    let ready = shop.complete(&begun).await.expect(200);
    assert_eq!(
        (&ready["state"], &ready["id"]),
        (&json!("ready"), &begun["id"])
    );
    assert_eq!(
        (&ready["width"], &ready["height"]),
        (&json!(1_000), &json!(500))
    );
    let sources = ready["sources"].as_array().unwrap();
    let names: Vec<_> = sources
        .iter()
        .map(|source| source["url"].as_str().unwrap())
        .collect();
    let base = format!("/api/catalog/store/media/{}", ready["id"].as_str().unwrap());
    let files = ["320.webp", "640.webp", "1000.jpg", "1000.webp"];
    assert_eq!(names, files.map(|file| format!("{base}/{file}")));
    for source in sources {
        let file = shop.look(source["url"].as_str().unwrap()).await;
        assert_eq!(file.status, 200);
        assert_eq!(file.header("content-type"), source["content_type"]);
        assert_eq!(
            file.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
        assert_eq!(
            file.header("content-security-policy"),
            "default-src 'none'; sandbox"
        );
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        let shown = image::load_from_memory(&file.bytes).unwrap();
        assert_eq!(
            json!([shown.width(), shown.height()]),
            json!([source["width"], source["height"]])
        );
    }
    for nothing in ["2000.webp", "320.png", "..%2F..%2Fuploads", "320.webp%00"] {
        assert_eq!(
            shop.look(&format!("{base}/{nothing}")).await.status,
            404,
            "{nothing}"
        );
    }
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_announced_is_checked_before_anything_is_sent() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    for (body, pointer) in [
        (
            json!({ "content_type": "image/svg+xml", "size": 10 }),
            "/content_type",
        ),
        (
            json!({ "content_type": "text/html", "size": 10 }),
            "/content_type",
        ),
        (json!({ "content_type": "image/png", "size": 0 }), "/size"),
        (json!({ "content_type": "image/png", "size": -1 }), "/size"),
        (
            json!({ "content_type": "image/png", "size": 20 * 1_024 * 1_024 + 1 }),
            "/size",
        ),
        (json!({ "content_type": "image/png" }), "/size"),
        (
            json!({ "content_type": "image/png", "size": 1, "state": "ready" }),
            "/state",
        ),
    ] {
        let refused = shop.post(MEDIA, body.clone()).await;
        assert_eq!(refused.status, 422, "{body}");
        assert_eq!(refused.faults()[0].0, pointer, "{body}");
    }
    assert_eq!(world.count("SELECT count(*) FROM media").await, 0);
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_takes_one_object_of_the_announced_length_and_type() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let bytes = png(1);
    let begun = shop.begin("image/png", bytes.len()).await;
    let mut longer = bytes.clone();
    longer.push(0);
    assert_eq!(world.upload(&begun, longer).await, 403, "another length");
    let mut typed = begun.clone();
    typed["upload"]["headers"]["content-type"] = json!("text/html");
    assert_eq!(
        world.upload(&typed, bytes.clone()).await,
        403,
        "another type"
    );
    typed["upload"]["headers"] = json!({});
    assert_eq!(world.upload(&typed, bytes.clone()).await, 403, "no type");
    let other = MediaId::new().to_string();
    let url = begun["upload"]["url"].as_str().unwrap();
    let moved = url.replace(begun["id"].as_str().unwrap(), &other);
    let mut moved_to = begun.clone();
    moved_to["upload"]["url"] = json!(moved);
    assert_eq!(
        world.upload(&moved_to, bytes.clone()).await,
        403,
        "another place"
    );
    assert_eq!(world.upload(&begun, bytes).await, 200);
    shop.complete(&begun).await.expect(200);
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_image_of_ours_is_refused() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let html = b"<!doctype html><script>alert(1)</script>".to_vec();
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec();
    let mut half = png(2);
    half.truncate(half.len() / 2);
    for (bytes, code) in [
        (html, "image-type"),
        (svg, "image-type"),
        (b"%PDF-1.7".to_vec(), "image-type"),
        (half, "image-damaged"),
        (b"\x89PNG\r\n\x1a\nrubbish".to_vec(), "image-damaged"),
        (b"GIF89a".to_vec(), "image-damaged"),
        (bomb(60_000, 60_000), "image-too-large"),
        (bomb(7_000, 7_000), "image-too-large"),
        (bomb(40_000, 1), "image-too-large"),
    ] {
        let begun = shop.begin("image/png", bytes.len()).await;
        assert_eq!(world.upload(&begun, bytes).await, 200);
        let refused = shop.complete(&begun).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, code));
        let looked = shop.get(&path_of(MEDIA, &begun)).await.expect(200);
        assert_eq!(looked["state"], "waiting");
        let body = json!({ "media_id": begun["id"] });
        let body = crate::bodies::product(json!({ "images": [body] }));
        let refused = shop.post(crate::world::PRODUCTS, body).await;
        assert_eq!(refused.faults(), [("/images/0/media_id", "unknown")]);
    }
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_read_no_further_than_its_limit() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let begun = shop.begin("image/png", 100).await;
    // Larger than any address would let in: as if the store did not keep to its signature.
    let id: MediaId = begun["id"].as_str().unwrap().parse().unwrap();
    let key = catalog::intake::upload_key(shop.tenant, id);
    let app = world.app().await;
    let huge = vec![0; 20 * 1_024 * 1_024 + 1];
    app.objects.put(&key, &huge, "image/png").await.unwrap();
    let refused = shop.complete(&begun).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (422, "image-too-large")
    );
    app.objects.delete(&key).await.unwrap();
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_rides_in_an_image_is_left_behind() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let mut polyglot = png(3);
    polyglot.extend_from_slice(b"<script>canary-7f3a</script>PK\x03\x04");
    let photograph = photograph("canary-7f3a of Lisbon, 38.7223 N 9.1393 W");
    for (bytes, kind, size) in [
        (polyglot, "image/png", [40, 30]),
        // By its EXIF it lies on its side: that is obeyed, and then forgotten.
        (photograph, "image/jpeg", [32, 64]),
    ] {
        let begun = shop.begin(kind, bytes.len()).await;
        assert_eq!(world.upload(&begun, bytes).await, 200);
        let ready = shop.complete(&begun).await.expect(200);
        assert_eq!(json!([ready["width"], ready["height"]]), json!(size));
        for source in ready["sources"].as_array().unwrap() {
            let file = shop.look(source["url"].as_str().unwrap()).await;
            assert!(!file.bytes.windows(11).any(|part| part == b"canary-7f3a"));
            assert!(
                !file
                    .bytes
                    .windows(4)
                    .any(|part| part == b"Exif" || part == b"EXIF")
            );
        }
    }
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_image_is_taken() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    for (seed, format, kind) in [
        (1, ImageFormat::Jpeg, "image/jpeg"),
        (2, ImageFormat::Png, "image/png"),
        (3, ImageFormat::Gif, "image/gif"),
        (4, ImageFormat::WebP, "image/webp"),
    ] {
        let bytes = encoded(&picture(seed, 40, 30), format);
        let begun = shop.begin(kind, bytes.len()).await;
        assert_eq!(world.upload(&begun, bytes).await, 200);
        let ready = shop.complete(&begun).await.expect(200);
        assert_eq!(ready["sources"].as_array().unwrap().len(), 2, "{kind}");
    }
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn completing_can_be_repeated_and_comes_after_the_upload() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let bytes = png(4);
    let begun = shop.begin("image/png", bytes.len()).await;
    let early = shop.complete(&begun).await;
    assert_eq!((early.status.as_u16(), early.code()), (409, "not-uploaded"));
    // An address that was lost or has run out is given anew.
    let looked = shop.get(&path_of(MEDIA, &begun)).await.expect(200);
    assert_eq!(world.upload(&looked, bytes).await, 200);
    let crowd = (0..4).map(|_| shop.complete(&begun));
    let crowd: Vec<Reply> = futures_util::future::join_all(crowd).await;
    let first = crowd[0].clone().expect(200);
    assert!(crowd.iter().all(|reply| reply.body == first), "{crowd:?}");
    assert_eq!(shop.complete(&begun).await.expect(200), first);
    let looked = shop.get(&path_of(MEDIA, &begun)).await.expect(200);
    assert!(looked["upload"].is_null() && looked["state"] == "ready");
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_content_is_one_image_in_a_store_and_another_in_the_next() {
    let world = World::start().await;
    let (a, b) = (world.store("alpha").await, world.store("beta").await);
    let first = a.image(png(5)).await;
    let mut waiting = Vec::new();
    for _ in 0..3 {
        let begun = a.begin("image/png", png(5).len()).await;
        assert_eq!(world.upload(&begun, png(5)).await, 200);
        waiting.push(begun);
    }
    let crowd = waiting.iter().map(|begun| a.complete(begun));
    for reply in futures_util::future::join_all(crowd).await {
        assert_eq!(reply.expect(200), first);
    }
    // The answer can be had again, and nothing of the upload is left.
    assert_eq!(a.complete(&waiting[0]).await.expect(200), first);
    let app = world.app().await;
    for begun in &waiting {
        let id: MediaId = begun["id"].as_str().unwrap().parse().unwrap();
        let key = catalog::intake::upload_key(a.tenant, id);
        assert!(
            app.objects.get(&key, 1_000_000).await.is_err(),
            "its upload is gone"
        );
    }
    let elsewhere = b.image(png(5)).await;
    assert_ne!(elsewhere["id"], first["id"]);
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_content_that_comes_twice_at_once_is_one_image() {
    let world = World::on(
        testkit::place::Place::without_broker(&[catalog::MIGRATIONS]).await,
        2,
    )
    .await;
    let shop = world.store("alpha").await;
    let mut waiting = Vec::new();
    for _ in 0..4 {
        let begun = shop.begin("image/png", png(6).len()).await;
        assert_eq!(world.upload(&begun, png(6)).await, 200);
        waiting.push(begun);
    }
    // On two instances, so that neither sees the other's work in memory.
    let crowd = waiting.iter().enumerate().map(|(at, begun)| {
        let path = format!("{}/complete", path_of(MEDIA, begun));
        read(shop.as_owner(shop.ask(at % 2, Method::POST, &path)))
    });
    let crowd = futures_util::future::join_all(crowd).await;
    let ids: Vec<Value> = crowd
        .into_iter()
        .map(|reply| reply.expect(200)["id"].clone())
        .collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let states = "SELECT count(*) FROM media WHERE state = ";
    assert_eq!(world.count(&format!("{states}'ready'")).await, 1);
    assert_eq!(world.count(&format!("{states}'duplicate'")).await, 3);
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_shows_its_images_in_every_size() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let (one, two) = (shop.image(png(8)).await, shop.image(png(9)).await);
    let images = json!([
        { "media_id": two["id"], "alt": "From behind" },
        { "media_id": one["id"], "alt": "From ahead" },
    ]);
    shop.product(json!({ "slug": "shown", "images": images }))
        .await;
    let page = shop
        .look("/api/catalog/store/products/shown")
        .await
        .expect(200);
    let shown = page["images"].as_array().unwrap();
    assert_eq!(
        (&shown[0]["id"], &shown[0]["alt"]),
        (&two["id"], &json!("From behind"))
    );
    assert_eq!(shown[1]["sources"], one["sources"]);
    let told = shop.told::<events::catalog::v1::ProductChanged>().await;
    assert_eq!(
        json!(told[0].image_url),
        two["sources"].as_array().unwrap().last().unwrap()["url"]
    );
    world.end_untold().await;
}
