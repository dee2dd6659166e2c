//! Search as shoppers type.

use serde_json::json;

use crate::bodies::variant;
use crate::world::{Shop, World};

const NOTHING: [&str; 0] = [];

async fn find(shop: &Shop<'_>, words: &str) -> Vec<String> {
    let base = shop.ask(0, reqwest::Method::GET, "/api/catalog/store/search");
    let found = crate::world::read(base.query(&[("q", words)]))
        .await
        .expect(200);
    let items = found["items"].as_array().unwrap().iter();
    items
        .map(|item| item["title"].as_str().unwrap().to_owned())
        .collect()
}

async fn stocked(world: &World) -> Shop<'_> {
    let shop = world.store("alpha").await;
    let coded =
        |sku: &str, barcode: &str| json!([variant(&json!({ "sku": sku, "barcode": barcode }))]);
    for fields in [
        json!({ "title": "Óculos de proteção", "vendor": "Bollé", "description_html": "<p>Para o capacete.</p>" }),
        json!({ "title": "Capacete FAST", "tags": ["cabeça"], "variants": coded("CAP-FAST-01", "4006381333931") }),
        json!({ "title": "Capacete MICH", "variants": coded("CAP-MICH-02", "5601234567892") }),
        json!({ "title": "Carregador M4", "variants": coded("MAG120", "96385074") }),
        json!({ "title": "Camisola preta", "vendor": "Mango" }),
    ] {
        shop.product(fields).await;
    }
    shop.product(json!({ "title": "Capacete por estrear", "status": "draft" }))
        .await;
    shop
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_found_without_accents_endings_and_case() {
    let world = World::start().await;
    let shop = stocked(&world).await;
    for words in [
        "óculos",
        "OCULOS",
        "oculo",
        "óculos de proteção",
        "protecao oculos",
        "bolle",
    ] {
        assert_eq!(find(&shop, words).await, ["Óculos de proteção"], "{words}");
    }
    let helmets = find(&shop, "capacetes").await;
    assert_eq!(
        helmets,
        ["Capacete MICH", "Capacete FAST", "Óculos de proteção"],
        "what it is called comes first"
    );
    assert_eq!(find(&shop, "capacete cabeça").await, ["Capacete FAST"]);
    assert_eq!(
        find(&shop, "capacete camisola").await,
        NOTHING,
        "every word counts"
    );
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_word_may_be_unfinished() {
    let world = World::start().await;
    let shop = stocked(&world).await;
    let mut typed = String::new();
    for letter in "carregador".chars() {
        typed.push(letter);
        let found = find(&shop, &typed).await;
        assert!(
            found.contains(&"Carregador M4".to_owned()),
            "{typed}: {found:?}"
        );
    }
    assert_eq!(find(&shop, "capacete mi").await, ["Capacete MICH"]);
    assert_eq!(find(&shop, "capacete m").await[0], "Capacete MICH");
    assert_eq!(find(&shop, "camisola pret").await, ["Camisola preta"]);
    assert_eq!(
        find(&shop, "ca").await.len(),
        5,
        "and what has it in its text comes last"
    );
    // A space says that the word is whole.
    assert_eq!(find(&shop, "mango ").await, ["Camisola preta"]);
    let whole = find(&shop, "carr ").await;
    assert!(
        !whole.is_empty() && find(&shop, "carr").await == ["Carregador M4"],
        "a near one: {whole:?}"
    );
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_found_whole_and_by_their_beginning() {
    let world = World::start().await;
    let shop = stocked(&world).await;
    for code in [
        "CAP-FAST-01",
        "cap-fast-01",
        "cap-fa",
        "4006381333931",
        "40063813",
    ] {
        assert_eq!(find(&shop, code).await, ["Capacete FAST"], "{code}");
    }
    for code in ["MAG120", "mag120 ", "mag1", "96385074"] {
        assert_eq!(find(&shop, code).await[0], "Carregador M4", "{code}");
    }
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typing_errors_are_forgiven() {
    let world = World::start().await;
    let shop = stocked(&world).await;
    for (words, first) in [
        ("capasete", "Capacete MICH"),
        ("carregaodr", "Carregador M4"),
        ("camizola preta", "Camisola preta"),
        ("camisola prta", "Camisola preta"),
    ] {
        assert_eq!(
            find(&shop, words).await.first().map(String::as_str),
            Some(first),
            "{words}"
        );
    }
    assert_eq!(find(&shop, "xyzzyq").await, NOTHING);
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_another_store_or_off_the_shelf_is_found() {
    let world = World::start().await;
    let shop = stocked(&world).await;
    let other = world.store("beta").await;
    for words in [
        "capacete",
        "CAP-FAST-01",
        "4006381333931",
        "capasete",
        "cap",
    ] {
        assert_eq!(find(&other, words).await, NOTHING, "{words}");
    }
    assert!(
        !find(&shop, "estrear")
            .await
            .iter()
            .any(|title| title.contains("estrear"))
    );
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_that_changes_is_found_by_its_new_words_only() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let made = shop.product(json!({ "title": "Lanterna" })).await;
    let mut body = crate::bodies::rewritten(&made);
    body["title"] = json!("Bússola");
    let path = crate::world::path_of(crate::world::PRODUCTS, &made);
    shop.put(&path, 1, body).await.expect(200);
    assert_eq!(find(&shop, "bussola").await, ["Bússola"]);
    assert_eq!(find(&shop, "lanterna").await, NOTHING);
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_queries_are_answered_and_too_long_ones_refused() {
    let world = World::start().await;
    let shop = stocked(&world).await;
    let long = "x".repeat(100);
    for words in [
        "'; DROP TABLE product; --",
        "%",
        "_",
        "\\",
        "a & b | !c",
        "\u{0}",
        "日本",
        "((",
        "de",
        "🙂",
        long.as_str(),
        "o a e de para com um uma que",
    ] {
        let base = shop.ask(0, reqwest::Method::GET, "/api/catalog/store/search");
        let answer = crate::world::read(base.query(&[("q", words)])).await;
        assert!(
            [200, 400, 422].contains(&answer.status.as_u16()),
            "{words:?}: {}",
            answer.text()
        );
    }
    for (query, status) in [
        ("q=", 422),
        ("q=%20%20", 422),
        ("", 400),
        (&*format!("q={long}x"), 422),
        ("q=a&limit=0", 400),
        ("q=a&limit=101", 400),
        ("q=a&page=2", 400),
    ] {
        let answer = shop
            .look(&format!("/api/catalog/store/search?{query}"))
            .await;
        assert_eq!(answer.status, status, "{query}: {}", answer.text());
    }
    assert_eq!(
        find(&shop, "capacete").await.len(),
        3,
        "everything is still there"
    );
    world.end_untold().await;
}
