//! Goods that an operator puts on a store's shelves.

use std::io::Cursor;

use catalog::domain::category;
use catalog::domain::image::ImageType;
use catalog::domain::product::{Draft, ProductOption, Status, VariantDraft, VatClass};
use catalog::operator::{self, Good, Picture, Review};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use kernel::{Currency, Money};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use crate::world::{PRODUCTS, Shop, World};

fn picture(red: u8, shows: &str) -> Picture {
    let pixels = RgbImage::from_pixel(400, 400, Rgb([red, 90, 40]));
    let mut png = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(pixels)
        .write_to(&mut png, ImageFormat::Png)
        .unwrap();
    Picture {
        content: png.into_inner().leak(),
        kind: ImageType::Png,
        alt: format!("Mug, {shows}"),
        shows: Some(shows.into()),
    }
}

fn variant(sku: &str, colour: &str) -> VariantDraft {
    VariantDraft {
        id: None,
        sku: sku.parse().unwrap(),
        barcode: None,
        option_values: vec![colour.into()],
        price: Money::new(990, Currency::EUR),
        compare_at: Some(Money::new(1_290, Currency::EUR)),
        cost: None,
        weight_grams: 190,
        vat_class: VatClass::Standard,
        exemption_code: None,
        active: true,
        track_stock: true,
        image: None,
    }
}

fn mug(now: OffsetDateTime) -> Good {
    let colours = ["White", "Green"];
    Good {
        draft: Draft {
            slug: "mug".parse().ok(),
            title: "Mug".into(),
            description_html: "<p>For a fire.</p>".into(),
            status: Status::Active,
            vendor: "Fonte".into(),
            tags: Vec::new(),
            seo_title: String::new(),
            seo_description: String::new(),
            options: vec![ProductOption {
                name: "Colour".into(),
                values: colours.map(str::to_owned).into(),
            }],
            variants: vec![variant("MUG-1", "White"), variant("MUG-2", "Green")],
            categories: Vec::new(),
            images: Vec::new(),
        },
        category: "kitchen".into(),
        pictures: vec![picture(200, "White"), picture(20, "Green")],
        listed_at: now - Duration::days(60),
        cut_at: Some(now - Duration::days(5)),
        reviews: vec![Review {
            rating: 5,
            reviewer: "Ana".into(),
            email: "ana@mail.example".into(),
            body_html: "<p>Good.</p><script>1</script>".into(),
            created_at: now - Duration::days(3),
        }],
    }
}

fn kitchen() -> category::Draft {
    category::Draft {
        name: "Kitchen".into(),
        slug: "kitchen".parse().ok(),
        parent: None,
        position: 1,
        description_html: String::new(),
        seo_title: String::new(),
        seo_description: String::new(),
    }
}

async fn properties(shop: &Shop<'_>, id: &str) -> serde_json::Value {
    let path = format!("/api/catalog/store/products/{id}/properties");
    shop.look(&path).await.body
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operators_goods_are_put_on_the_shelf_once() {
    let world = World::start().await;
    let shop = world.store("demo").await;
    let app = world.app().await;
    let good = mug(app.clock.now());
    let fill = async || {
        operator::ensure_category(&app, shop.tenant, kitchen())
            .await
            .unwrap();
        let made = operator::ensure_good(&app, shop.tenant, Currency::EUR, &good).await;
        made.unwrap()
    };
    let first = fill().await;
    assert_eq!(first.len(), 2);
    let page = shop.look("/api/catalog/store/products/mug").await;
    let variants = page.body["variants"].as_array().unwrap();
    for (at, variant) in variants.iter().enumerate() {
        assert_eq!(variant["image_id"], page.body["images"][at]["id"]);
    }
    assert_eq!(page.body["price"]["amount"], 990);
    assert_eq!(page.body["compare_at"], json!(null));
    assert_eq!(page.body["categories"][0]["slug"], "kitchen");
    let file = page.body["images"][0]["sources"][0]["url"]
        .as_str()
        .unwrap();
    assert_eq!(shop.look(file).await.status, 200);
    let shown = world.count("SELECT count(*) FROM variant_price").await;
    assert_eq!(shown, 4, "each was listed at one price and cut to another");
    let id = page.body["id"].as_str().unwrap();
    let said = shop
        .look(&format!("/api/catalog/store/products/{id}/reviews"))
        .await;
    assert_eq!(said.body["items"][0]["body_html"], "<p>Good.</p>");
    let whole = "/api/catalog/store/products/mug?include=reviews,properties,related";
    let whole = shop.look(whole).await.body;
    assert_eq!(whole["reviews"], said.body, "as it is told by itself");
    assert_eq!(whole["properties"], properties(&shop, id).await);
    assert_eq!(whole["related"], json!([]), "it is the only one");
    assert_eq!(page.body.get("reviews"), None, "nobody asked for them");
    let refused = shop
        .look("/api/catalog/store/products/mug?include=secrets")
        .await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.body["errors"][0]["pointer"], "/include");
    let offered = operator::list_offered(&app, shop.tenant, &first).await;
    assert_eq!(offered.unwrap().len(), 2);

    let dump = world.dump().await;
    assert_eq!(fill().await, first);
    assert_eq!(world.dump().await, dump, "a second time changes nothing");
    // What somebody changed stays.
    let path = format!("{PRODUCTS}/{id}");
    let mut body = crate::bodies::rewritten(&shop.get(&path).await.expect(200));
    (body["slug"], body["title"]) = (json!("another"), json!("Another"));
    shop.put(&path, 2, body).await.expect(200);
    assert_eq!(fill().await, first);
    assert_eq!(shop.get(&path).await.expect(200)["title"], "Another");
    assert_eq!(world.count("SELECT count(*) FROM product").await, 1);
    world.end_untold().await;
}
