//! What shoppers read.

use serde_json::{Value, json};

use crate::bodies::{eur, product, variant};
use crate::world::{PRODUCTS, Shop, World, read};

const SHELF: &str = "/api/catalog/store/products";

async fn titles(shop: &Shop<'_>, query: &str) -> Vec<String> {
    let list = shop.look(&format!("{SHELF}?{query}")).await.expect(200);
    let items = list["items"].as_array().unwrap().iter();
    items
        .map(|item| item["title"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn shoppers_see_what_is_on_sale_and_nothing_else() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    for status in ["draft", "archived"] {
        shop.product(json!({ "title": status, "slug": status, "status": status }))
            .await;
    }
    let hidden = variant(&json!({ "active": false }));
    shop.product(json!({ "title": "hidden", "slug": "hidden", "variants": [hidden] }))
        .await;
    let variants = json!([
        variant(
            &json!({ "sku": "SHOWN", "option_values": ["Red"], "price": eur(1_000), "cost": eur(123_456) })
        ),
        variant(
            &json!({ "sku": "SECRET-SKU", "option_values": ["Secret"], "price": eur(1), "active": false })
        ),
    ]);
    let options = json!([{ "name": "Colour", "values": ["Red", "Secret"] }]);
    let fields =
        json!({ "title": "shown", "slug": "shown", "options": options, "variants": variants });
    shop.product(fields).await;
    let list = shop.look(SHELF).await;
    let page = shop.look(&format!("{SHELF}/shown")).await;
    for answer in [&list, &page] {
        let text = answer.text();
        for secret in [
            "123456",
            "cost",
            "Secret",
            "SECRET-SKU",
            "draft",
            "hidden",
            "archived",
            "tenant",
        ] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
    let page = page.expect(200);
    assert_eq!(
        (&page["price"], &page["price_max"]),
        (&eur(1_000), &eur(1_000))
    );
    assert_eq!(
        page["options"],
        json!([{ "name": "Colour", "values": ["Red"] }])
    );
    let mut fields: Vec<_> = page
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    fields.sort_unstable();
    let public = [
        "categories",
        "changed_at",
        "created_at",
        "description_html",
        "id",
        "images",
        "in_stock",
        "options",
        "price",
        "price_max",
        "seo_description",
        "seo_title",
        "slug",
        "tags",
        "title",
        "variants",
        "vendor",
    ];
    assert_eq!(fields, public, "a new field is a decision");
    let mut fields: Vec<_> = page["variants"][0]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    fields.sort_unstable();
    let public = [
        "available",
        "barcode",
        "id",
        "image_id",
        "in_stock",
        "option_values",
        "price",
        "sku",
        "title",
        "weight_grams",
    ];
    assert_eq!(fields, public);
    assert_eq!(list.ids().len(), 1);
    for slug in ["draft", "archived", "hidden", "nothing"] {
        assert_eq!(
            shop.look(&format!("{SHELF}/{slug}")).await.code(),
            "product-not-found"
        );
    }
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_sorted_and_read_page_by_page() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let top = shop.category("Top", None).await;
    for (title, price) in [
        ("Óculos", 300),
        ("Botas", 100),
        ("Mira", 200),
        ("Alvo", 200),
        ("Zebra", 200),
    ] {
        let variants = json!([variant(&json!({ "price": eur(price) }))]);
        shop.product(json!({ "title": title, "variants": variants, "category_ids": [top["id"]] }))
            .await;
    }
    for of in ["", "&category=top"] {
        for (sort, expected) in [
            ("title", ["Alvo", "Botas", "Mira", "Óculos", "Zebra"]),
            ("newest", ["Zebra", "Alvo", "Mira", "Botas", "Óculos"]),
            ("price", ["Botas", "Mira", "Alvo", "Zebra", "Óculos"]),
            ("-price", ["Óculos", "Zebra", "Alvo", "Mira", "Botas"]),
        ] {
            let mut seen = Vec::new();
            let mut path = format!("{SHELF}?sort={sort}&limit=2{of}");
            loop {
                let page = shop.look(&path).await.expect(200);
                seen.extend(
                    page["items"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|item| item["title"].clone()),
                );
                match page["next"].as_str() {
                    Some(next) => path = format!("{SHELF}?sort={sort}&limit=2{of}&after={next}"),
                    None => break,
                }
            }
            assert_eq!(seen, expected, "{sort}{of}");
        }
    }
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_narrowed_by_price_tag_stock_and_category() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let top = shop.category("Top", None).await;
    let put = async |title: &str, price: i64, fields: Value| {
        let mut fields = fields;
        fields["title"] = json!(title);
        fields["variants"] = json!([variant(
            &json!({ "price": eur(price), "track_stock": fields["track"] != json!(true) })
        )]);
        fields.as_object_mut().unwrap().remove("track");
        shop.product(fields).await;
    };
    put("Cheap", 100, json!({ "tags": ["red"], "track": true })).await;
    put(
        "Dear",
        900,
        json!({ "tags": ["red", "blue"], "category_ids": [top["id"]] }),
    )
    .await;
    put(
        "Counted",
        500,
        json!({ "track": true, "category_ids": [top["id"]] }),
    )
    .await;
    put("Sold out", 500, json!({})).await;
    for (query, expected) in [
        ("price_min=200", vec!["Counted", "Dear", "Sold out"]),
        ("price_max=500&price_min=101", vec!["Counted", "Sold out"]),
        ("tag=red", vec!["Cheap", "Dear"]),
        ("tag=blue&price_max=100", vec![]),
        ("in_stock=true", vec!["Cheap", "Counted"]),
        ("in_stock=false", vec!["Dear", "Sold out"]),
        ("category=top", vec!["Counted", "Dear"]),
        ("category=top&in_stock=true", vec!["Counted"]),
        ("category=top&tag=red&price_min=900", vec!["Dear"]),
        ("category=top&price_min=901", vec![]),
    ] {
        assert_eq!(
            titles(&shop, &format!("sort=title&{query}")).await,
            expected,
            "{query}"
        );
    }
    for (query, status) in [
        ("sort=cost", 400),
        ("price_min=x", 400),
        ("limit=0", 400),
        ("limit=101", 400),
        ("after=%00", 400),
        ("supplier=x", 400),
        ("category=none", 404),
    ] {
        assert_eq!(
            shop.look(&format!("{SHELF}?{query}")).await.status,
            status,
            "{query}"
        );
    }
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_has_a_tag_and_comes_in_the_form_that_is_wanted() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let text = "<p>Metal inteiro.</p>".repeat(200);
    shop.product(json!({ "slug": "long", "description_html": text }))
        .await;
    let path = format!("{SHELF}/long");
    let ask = async |header: &'static str, value: &str| {
        read(
            shop.ask(0, reqwest::Method::GET, &path)
                .header(header, value),
        )
        .await
    };
    let plain = shop.look(&path).await;
    assert_eq!(plain.header("cache-control"), "public, max-age=5");
    assert_eq!(plain.header("vary"), "Accept-Encoding, Accept-Language");
    assert!(plain.header("content-encoding").is_empty());
    let mut tags = vec![plain.header("etag").to_owned()];
    for coding in ["gzip", "br"] {
        let answer = ask("accept-encoding", coding).await;
        assert_eq!(answer.header("content-encoding"), coding);
        assert!(answer.bytes.len() * 4 < plain.bytes.len());
        tags.push(answer.header("etag").to_owned());
    }
    tags.dedup();
    assert_eq!(tags.len(), 3, "each form has its own: {tags:?}");
    for tag in &tags {
        let unchanged = ask("if-none-match", tag).await;
        assert_eq!((unchanged.status.as_u16(), unchanged.bytes.len()), (304, 0));
    }
    assert_eq!(ask("if-none-match", "\"other\"").await.status, 200);
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_is_struck_through_and_a_range_is_a_range() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let variants = json!([
        variant(&json!({ "option_values": ["S"], "price": eur(1_990), "compare_at": eur(2_990) })),
        variant(&json!({ "option_values": ["L"], "price": eur(2_490) })),
    ]);
    let options = json!([{ "name": "Size", "values": ["S", "L"] }]);
    shop.post(
        PRODUCTS,
        product(json!({ "options": options, "variants": variants })),
    )
    .await
    .expect(201);
    let list = shop.look(SHELF).await.expect(200);
    let card = &list["items"][0];
    assert_eq!(
        (&card["price"], &card["price_max"]),
        (&eur(1_990), &eur(2_490))
    );
    assert_eq!(
        (&card["compare_at"], &card["variant_count"]),
        (&eur(2_990), &json!(2))
    );
    assert!(card["variant_id"].is_null(), "there is something to choose");
    world.end_untold().await;
}
