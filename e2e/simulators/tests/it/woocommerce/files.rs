use super::world::Shop;
use image::{GenericImageView as _, ImageReader};
use serde_json::json;
use std::io::Cursor;

async fn file(shop: &Shop, name: &str) -> reqwest::Response {
    let url = format!("{}/wp-content/uploads/2024/01/{name}", shop.origin);
    shop.client.get(url).send().await.unwrap()
}

#[tokio::test]
async fn pictures_are_pictures_of_their_kind_and_each_its_own() {
    let shop = Shop::open().await;
    let mut drawn = Vec::new();
    for (name, kind) in [
        ("camisa.jpg", "image/jpeg"),
        ("oculos.png", "image/png"),
        ("polo.webp", "image/webp"),
        ("single.gif", "image/gif"),
    ] {
        let answer = file(&shop, name).await;
        assert_eq!(answer.headers()["content-type"], kind, "{name}");
        let bytes = answer.bytes().await.unwrap();
        let picture = ImageReader::new(Cursor::new(&bytes))
            .with_guessed_format()
            .unwrap()
            .decode()
            .unwrap();
        assert_eq!(picture.dimensions(), (640, 480), "{name}");
        assert!(!drawn.contains(&bytes), "{name}");
        assert_eq!(
            file(&shop, name).await.bytes().await.unwrap(),
            bytes,
            "{name} stays the same"
        );
        drawn.push(bytes);
    }
}

#[tokio::test]
async fn some_pictures_are_missing_pages_or_too_large() {
    let shop = Shop::open().await;
    assert_eq!(file(&shop, "falta-1.jpg").await.status(), 404);
    let page = file(&shop, "pagina-1.jpg").await;
    assert_eq!(page.headers()["content-type"], "image/jpeg");
    assert!(page.text().await.unwrap().starts_with("<!doctype html>"));
    let huge = file(&shop, "enorme-1.jpg").await;
    assert!(huge.content_length().unwrap() > 80_000_000);
    let bomb = file(&shop, "bomba-1.png").await.bytes().await.unwrap();
    assert!(bomb.len() < 100);
    let size = ImageReader::new(Cursor::new(&bomb))
        .with_guessed_format()
        .unwrap()
        .into_dimensions();
    assert_eq!(size.unwrap(), (60_000, 60_000));
}

#[tokio::test]
async fn every_address_that_a_product_names_is_served() {
    let shop = Shop::open().await;
    let mut good = 0;
    let mut seen = std::collections::BTreeSet::new();
    for product in shop.all("/products?_fields=images").await {
        for image in product["images"].as_array().unwrap() {
            let src = image["src"].as_str().unwrap().to_owned();
            assert!(src.starts_with(&shop.origin), "{src}");
            if seen.insert(src.clone())
                && shop.client.get(&src).send().await.unwrap().status() == 200
            {
                good += 1;
            }
        }
    }
    assert_eq!(seen.len() - good, 1, "one is missing");
}

#[tokio::test]
async fn a_picture_can_lie_at_an_address_that_nobody_should_open() {
    let shop = Shop::open().await;
    let id = shop.product("VS-POLO").await["id"].clone();
    let src = "http://169.254.169.254/latest/meta-data/";
    let images = json!([{"id": 1, "src": src, "name": "x", "alt": ""}]);
    shop.edit(
        json!({"do": "change", "resource": "products", "id": id, "patch": {"images": images}}),
    )
    .await;
    assert_eq!(shop.product("VS-POLO").await["images"][0]["src"], src);
    shop.fault(
        json!({"kind": "redirect", "path": "*/camisa.jpg", "location": "http://127.0.0.1:1/"}),
    )
    .await;
    let moved = file(&shop, "camisa.jpg").await;
    assert_eq!(
        (moved.status().as_u16(), &moved.headers()["location"]),
        (302, &"http://127.0.0.1:1/".parse().unwrap())
    );
}
