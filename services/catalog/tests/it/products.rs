//! New products: what is accepted, and every way in which one is not.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bodies::{eur, product, variant};
use crate::world::{PRODUCTS, World, path_of};

fn shirt() -> Value {
    let sizes = ["S", "M"];
    let colours = ["Black", "Red"];
    let variants = colours.iter().flat_map(|colour| {
        sizes.iter().map(move |size| {
            variant(&json!({
                "sku": format!("TS-{colour}-{size}"),
                "option_values": [colour, size],
                "price": eur(1_990),
                "compare_at": eur(2_490),
                "cost": eur(700),
                "weight_grams": 180,
            }))
        })
    });
    product(json!({
        "title": "T-shirt técnica",
        "description_html": "<p>Leve.</p>",
        "vendor": "Helikon",
        "tags": ["verão"],
        "options": [
            { "name": "Colour", "values": colours },
            { "name": "Size", "values": sizes },
        ],
        "variants": variants.collect::<Vec<_>>(),
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_has_a_variant_for_each_choice_and_reads_as_it_was_written() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let answer = shop.post(PRODUCTS, shirt()).await;
    let location = answer.header("location").to_owned();
    let made = answer.expect(201);
    assert_eq!(made["slug"], "t-shirt-tecnica");
    assert_eq!(made["version"], 1);
    assert_eq!(made["variants"].as_array().unwrap().len(), 4);
    assert_eq!(made["variants"][3]["option_values"], json!(["Red", "M"]));
    assert_eq!(made["variants"][3]["cost"], eur(700));
    assert_eq!(made["variants"][3]["vat_class"], "standard");
    let read = shop.get(&location).await;
    assert_eq!(read.header("etag"), "\"1\"");
    assert_eq!(read.expect(200), made);
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_field_is_named_and_nothing_is_made() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let one = |fields: Value| json!({ "variants": [variant(&fields)] });
    let many = |n: usize| (0..n).map(|n| format!("{n}")).collect::<Vec<_>>();
    let colour = |values: Value| json!([{ "name": "Colour", "values": values }]);
    let cases = [
        (json!({ "title": "  " }), "/title", "length"),
        (json!({ "title": "x".repeat(201) }), "/title", "length"),
        (json!({ "title": "日本" }), "/slug", "missing"),
        (json!({ "slug": "Not A Slug" }), "/slug", "invalid"),
        (json!({ "status": "sold" }), "/status", "invalid"),
        (json!({ "vendor": "x".repeat(101) }), "/vendor", "too-long"),
        (
            json!({ "seo_title": "x".repeat(201) }),
            "/seo_title",
            "too-long",
        ),
        (
            json!({ "seo_description": "x".repeat(501) }),
            "/seo_description",
            "too-long",
        ),
        (
            json!({ "description_html": "x".repeat(70_000) }),
            "/description_html",
            "too-long",
        ),
        (json!({ "tags": many(51) }), "/tags", "too-many"),
        (json!({ "tags": ["good", " "] }), "/tags/1", "length"),
        (
            json!({ "category_ids": vec![Uuid::now_v7(); 2] }),
            "/category_ids",
            "duplicate",
        ),
        (
            json!({ "category_ids": ["x"] }),
            "/category_ids/0",
            "invalid",
        ),
        (
            json!({ "category_ids": [Uuid::now_v7()] }),
            "/category_ids/0",
            "unknown",
        ),
        (
            json!({ "images": [{ "media_id": Uuid::now_v7() }] }),
            "/images/0/media_id",
            "unknown",
        ),
        (
            json!({ "options": colour(json!([])) }),
            "/options/0/values",
            "length",
        ),
        (
            json!({ "options": colour(json!(["Red", "Red"])) }),
            "/options/0/values",
            "duplicate",
        ),
        (
            json!({ "options": colour(json!(["Red"])) }),
            "/variants/0/option_values",
            "invalid",
        ),
        (json!({ "variants": [] }), "/variants", "length"),
        (one(json!({ "sku": " " })), "/variants/0/sku", "invalid"),
        (
            one(json!({ "barcode": "4006381333932" })),
            "/variants/0/barcode",
            "invalid",
        ),
        (
            one(json!({ "price": eur(-1) })),
            "/variants/0/price",
            "invalid",
        ),
        (
            one(json!({ "price": { "amount": 1, "currency": "USD" } })),
            "/variants/0/price",
            "invalid",
        ),
        (
            one(json!({ "price": eur(100_000_000_000) })),
            "/variants/0/price",
            "invalid",
        ),
        (
            one(json!({ "price": { "amount": 19.99, "currency": "EUR" } })),
            "/variants/0/price/amount",
            "wrong-type",
        ),
        (
            one(json!({ "compare_at": eur(4_990) })),
            "/variants/0/compare_at",
            "invalid",
        ),
        (
            one(json!({ "cost": eur(-1) })),
            "/variants/0/cost",
            "invalid",
        ),
        (
            one(json!({ "weight_grams": -1 })),
            "/variants/0/weight_grams",
            "out-of-range",
        ),
        (
            one(json!({ "vat_class": "luxury" })),
            "/variants/0/vat_class",
            "invalid",
        ),
        (
            one(json!({ "vat_class": "exempt" })),
            "/variants/0/exemption_code",
            "invalid",
        ),
        (
            one(json!({ "vat_class": "exempt", "exemption_code": "M98" })),
            "/variants/0/exemption_code",
            "invalid",
        ),
        (
            one(json!({ "exemption_code": "M07" })),
            "/variants/0/exemption_code",
            "invalid",
        ),
        (
            one(json!({ "image_id": Uuid::now_v7() })),
            "/variants/0/image_id",
            "unknown",
        ),
        (
            one(json!({ "id": Uuid::now_v7() })),
            "/variants/0/id",
            "unknown",
        ),
        (
            one(json!({ "margin": 3 })),
            "/variants/0/margin",
            "unknown-field",
        ),
        (
            json!({ "tenant_id": Uuid::now_v7() }),
            "/tenant_id",
            "unknown-field",
        ),
        (json!({ "version": 7 }), "/version", "unknown-field"),
    ];
    for (fields, pointer, code) in cases {
        let answer = shop.post(PRODUCTS, product(fields.clone())).await;
        assert_eq!(answer.status, 422, "{fields}: {}", answer.text());
        let faults = answer.faults();
        assert!(faults.contains(&(pointer, code)), "{fields}: {faults:?}");
    }
    assert_eq!(world.count("SELECT count(*) FROM product").await, 0);
    assert_eq!(world.count("SELECT count(*) FROM outbox").await, 0);
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_faults_of_a_product_are_told_at_once() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let twin = variant(&json!({ "sku": "TWIN", "price": eur(-5) }));
    let body = product(json!({ "title": "", "variants": [twin, twin] }));
    let answer = shop.post(PRODUCTS, body).await;
    let mut faults = answer.faults();
    faults.sort_unstable();
    let all = [
        ("/slug", "missing"),
        ("/title", "length"),
        ("/variants/0/price", "invalid"),
        ("/variants/1/option_values", "duplicate"),
        ("/variants/1/price", "invalid"),
        ("/variants/1/sku", "duplicate"),
    ];
    assert_eq!(faults, all);
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_has_two_thousand_variants_at_most() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let body = |count: usize| {
        let values: Vec<_> = (0..count).map(|n| format!("v{n}")).collect();
        let options = json!([
            { "name": "A", "values": &values[..count.min(200)] },
            { "name": "B", "values": (0..11).map(|n| format!("w{n}")).collect::<Vec<_>>() },
        ]);
        let variants = (0..count).map(|n| {
            json!({ "sku": format!("S{n}"), "price": eur(1),
                "option_values": [format!("v{}", n % 200), format!("w{}", n / 200)] })
        });
        product(json!({ "options": options, "variants": variants.collect::<Vec<_>>() }))
    };
    let refused = shop.post(PRODUCTS, body(2_001)).await;
    assert_eq!(refused.faults(), [("/variants", "length")]);
    let made = shop.post(PRODUCTS, body(2_000)).await.expect(201);
    assert_eq!(made["variants"].as_array().unwrap().len(), 2_000);
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_ones_own_within_a_store_and_nobodys_beyond_it() {
    let world = World::start().await;
    let (a, b) = (world.store("alpha").await, world.store("beta").await);
    let body = |slug: &str, sku: &str| {
        let variants = [
            variant(&json!({ "sku": "FIRST" })),
            variant(&json!({ "sku": sku })),
        ];
        let options = json!([{ "name": "Size", "values": ["S", "M"] }]);
        let mut body = product(json!({ "slug": slug, "options": options, "variants": variants }));
        body["variants"][0]["option_values"] = json!(["S"]);
        body["variants"][1]["option_values"] = json!(["M"]);
        body
    };
    let mut other = body("second", "M4-BLK");
    other["variants"][0]["sku"] = json!("SECOND");
    a.post(PRODUCTS, body("m4", "M4-BLK")).await.expect(201);
    let refused = a.post(PRODUCTS, other).await;
    assert_eq!(refused.faults(), [("/variants/1/sku", "duplicate")]);
    let refused = a.product_named("m4").await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert_eq!(refused.faults(), [("/slug", "duplicate")]);
    b.post(PRODUCTS, body("m4", "M4-BLK")).await.expect(201);
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_was_not_asked_for_gets_a_number_when_it_is_taken() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let titled = || product(json!({ "title": "Réplica M4" }));
    for slug in ["replica-m4", "replica-m4-2", "replica-m4-3"] {
        let made = shop.post(PRODUCTS, titled()).await.expect(201);
        assert_eq!(made["slug"], slug);
    }
    let twins = (0..4).map(|_| shop.post(PRODUCTS, titled()));
    for twin in futures_util::future::join_all(twins).await {
        twin.expect(201);
    }
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_creation_is_one_product() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let body = product(json!({}));
    let twins = (0..4).map(|_| shop.post_as("one-intention", PRODUCTS, &body));
    let twins = futures_util::future::join_all(twins).await;
    assert!(twins.iter().all(|twin| twin.status == 201), "{twins:?}");
    assert!(twins.iter().all(|twin| twin.bytes == twins[0].bytes));
    let first = |twin: &&crate::world::Reply| twin.header("idempotent-replayed").is_empty();
    assert_eq!(twins.iter().filter(first).count(), 1);
    let other = product(json!({ "title": "Another" }));
    let reused = shop.post_as("one-intention", PRODUCTS, &other).await;
    assert_eq!(
        (reused.status.as_u16(), reused.code()),
        (422, "idempotency-key-reused")
    );
    assert_eq!(world.count("SELECT count(*) FROM product").await, 1);
    assert_eq!(world.count("SELECT products FROM store_usage").await, 1);
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_covers_so_many_products_variants_and_images() {
    let world = World::start().await;
    let limits = [
        ("limit.products", 2),
        ("limit.variants_per_product", 1),
        ("limit.media_per_product", 0),
    ];
    let shop = world.store_with("small", &limits).await;
    let mut two = product(json!({ "options": [{ "name": "Size", "values": ["S", "M"] }] }));
    two["variants"] = json!([
        variant(&json!({ "option_values": ["S"] })),
        variant(&json!({ "option_values": ["M"] })),
    ]);
    let imaged = product(json!({ "images": [{ "media_id": Uuid::now_v7() }] }));
    for (body, what) in [(two, "variants"), (imaged, "images")] {
        let refused = shop.post(PRODUCTS, body).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (402, "limit-reached")
        );
        assert_eq!(refused.body["what"], what);
    }
    // The limit holds although they come at once.
    let crowd = (0..6).map(|_| shop.post(PRODUCTS, product(json!({}))));
    let crowd = futures_util::future::join_all(crowd).await;
    let made: Vec<_> = crowd.iter().filter(|reply| reply.status == 201).collect();
    assert_eq!(made.len(), 2);
    assert!(
        crowd
            .iter()
            .all(|reply| [201, 402].contains(&reply.status.as_u16()))
    );
    // A product that goes makes room for another.
    let path = path_of(PRODUCTS, &made[0].body);
    assert_eq!(shop.delete(&path, 1).await.status, 204);
    shop.product(json!({})).await;
    assert_eq!(shop.post(PRODUCTS, product(json!({}))).await.status, 402);
    world.end_untold().await;
}

/// Nothing that could run, load, submit or pose as the page's own is left, in any place it is read.
#[tokio::test(flavor = "multi_thread")]
async fn descriptions_are_clean_by_the_time_they_are_written() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let corpus = [
        "<script>alert(1)</script>",
        "<ScRiPt src=//evil></sCrIpT>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='  java\tscript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<a href='vbscript:x'>x</a>",
        "<p style='background:url(javascript:alert(1))'>x</p>",
        "<p onclick=alert(1) onmouseover=alert(1)>x</p>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<object data=x></object><embed src=x>",
        "<form action=//evil><input name=a><button formaction=javascript:x>y</button></form>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<template><script>alert(1)</script></template>",
        "<a id=body name=cookie class=x>x</a>",
        "<base href=//evil><meta http-equiv=refresh content='0;url=//evil'><link rel=stylesheet href=//evil>",
        "<style>@import '//evil'</style>",
        "<video><source onerror=alert(1)></video>",
        "<details ontoggle=alert(1) open>x</details>",
        "&lt;script&gt;alert(1)&lt;/script&gt;<p>fine</p>",
    ];
    let evil = [
        "<script",
        "<img",
        "<svg",
        "<iframe",
        "<object",
        "<embed",
        "<form",
        "<input",
        "<button",
        "<math",
        "<style",
        "<template",
        "<base",
        "<meta",
        "<link",
        "<video",
        "<source",
        "<details",
        "<noscript",
        "javascript:",
        "vbscript:",
        "data:",
        "onerror=",
        "onload=",
        "onclick=",
        "onmouseover=",
        "ontoggle=",
        "style=",
        "srcdoc=",
        "id=",
        "name=",
        "class=",
        "formaction=",
    ];
    for text in corpus {
        let body = json!({ "description_html": text });
        let made = shop.product(body.clone()).await;
        let page = format!(
            "/api/catalog/store/products/{}",
            made["slug"].as_str().unwrap()
        );
        let page = shop.look(&page).await.expect(200);
        let category = json!({ "name": "C", "description_html": text });
        let category = shop
            .post(crate::world::CATEGORIES, category)
            .await
            .expect(201);
        for answer in [&made, &page, &category] {
            let html = answer["description_html"].as_str().unwrap().to_lowercase();
            for part in evil {
                assert!(!html.contains(part), "{text} became {html}");
            }
        }
    }
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_staff_does_is_told_to_the_audit_trail() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let made = shop.product(json!({ "title": "Before" })).await;
    let path = path_of(PRODUCTS, &made);
    let mut body = crate::bodies::rewritten(&made);
    body["title"] = json!("After");
    shop.put(&path, 1, body).await.expect(200);
    assert_eq!(shop.staff(Method::DELETE, &path, None).await.status, 428);
    assert_eq!(shop.delete(&path, 2).await.status, 204);
    let deeds = shop.deeds().await;
    let told: Vec<_> = deeds.iter().map(|deed| deed.action.as_str()).collect();
    assert_eq!(told, ["product.create", "product.update", "product.delete"]);
    let target = format!("product:{}", made["id"].as_str().unwrap());
    assert!(
        deeds
            .iter()
            .all(|deed| deed.target == target && deed.actor.starts_with("staff:"))
    );
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let (before, after) = (json(&deeds[1].before_json), json(&deeds[1].after_json));
    assert_eq!(
        (&before["title"], &after["title"]),
        (&json!("Before"), &json!("After"))
    );
    assert!(before["variants"].is_null(), "only what changed");
    assert_eq!(json(&deeds[2].before_json)["title"], "After");
    assert_eq!(deeds[2].after_json, "");
    world.end_untold().await;
}
