use serde_json::{Value, json};

use crate::shop::{HOST, Shop, problem, store};

const CONFIG: &str = "GET /api/tenants/store/config";
const DECLARE: &str = "POST /api/orders/store/withdrawals";

fn gated() -> (u16, Value) {
    let mut store = store();
    store["age_gate"] = json!({ "minimum_age": 18 });
    (200, store)
}

#[actix_web::test]
async fn the_language_of_a_private_page_is_changed_on_that_page() {
    let shop = Shop::open().await;
    shop.get("/cart?problem=quantity", "")
        .await
        .shows(&format!("href=\"http://{HOST}/en/cart?problem=quantity\""));
    shop.get("/en/account/sign-in", "")
        .await
        .shows(&format!("href=\"http://{HOST}/account/sign-in\""));
}

#[actix_web::test]
async fn a_page_that_is_not_there_says_so_in_its_title() {
    let shop = Shop::open().await;
    let page = shop.get("/en/nothing-here", "").await;
    assert_eq!(page.status, 404);
    page.shows("<title>This page does not exist · Loja</title>");
}

#[actix_web::test]
async fn the_gate_stands_before_the_shop_and_not_before_what_the_law_wants_seen() {
    let shop = Shop::open().await;
    shop.answers(CONFIG, gated());
    for path in ["/", "/products/galo", "/search?q=x", "/cart", "/account"] {
        let page = shop.get(path, "").await;
        page.shows("name=\"old_enough\"");
        assert_eq!(
            (page.status, page.header("cache-control")),
            (200, "no-store"),
            "{path}"
        );
    }
    for path in [
        "/terms",
        "/privacy",
        "/contact",
        "/withdrawal",
        "/robots.txt",
        "/sitemap.xml",
    ] {
        let page = shop.get(path, "").await;
        assert!(
            page.status == 200 && !page.html.contains("old_enough"),
            "{path}"
        );
    }
    let page = shop.post("/cart/add", "", "product=galo").await;
    assert_eq!(page.header("location"), "/");
}

#[actix_web::test]
async fn who_is_old_enough_goes_on_to_where_he_wanted_and_sees_the_page_of_everybody() {
    let shop = Shop::open().await;
    shop.answers(CONFIG, gated());
    let page = shop
        .post("/age", "", "old_enough=yes&next=%2Fsearch%3Fq%3Dx")
        .await;
    assert_eq!((page.status, page.header("location")), (303, "/search?q=x"));
    assert!(page.cookies()[0].starts_with("age=18; Path=/;"));
    let page = shop
        .post("/age", "", "old_enough=yes&next=%2F%2Fevil.example")
        .await;
    assert_eq!(page.header("location"), "/");
    let page = shop.post("/age", "", "next=%2F").await;
    assert_eq!((page.status, page.cookies().len()), (403, 0));
    let page = shop.get("/", "age=18").await;
    assert_eq!(
        (page.status, page.header("cache-control")),
        (200, "public, no-cache")
    );
    shop.get("/", "age=16").await.shows("name=\"old_enough\"");
}

#[actix_web::test]
async fn who_comes_to_another_of_the_stores_hosts_is_led_to_the_primary_one() {
    let shop = Shop::open().await;
    let (_, mut store) = gated();
    store["url"] = json!("https://loja.example.pt");
    shop.answers(CONFIG, (200, store));
    for (path, place) in [
        ("/", "https://loja.example.pt/"),
        ("/en/cart?a=b", "https://loja.example.pt/en/cart?a=b"),
        ("/pt/terms", "https://loja.example.pt/terms"),
        ("/robots.txt", "https://loja.example.pt/robots.txt"),
        ("/account", "https://loja.example.pt/account"),
    ] {
        let page = shop.get(path, "").await;
        assert_eq!(
            (page.status, page.header("location")),
            (301, place),
            "{path}"
        );
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
    }
    // What was begun here ends here.
    assert_ne!(shop.get("/checkout/done", "").await.status, 301);
}

#[actix_web::test]
async fn a_store_without_a_gate_has_none() {
    let shop = Shop::open().await;
    assert!(!shop.get("/", "").await.html.contains("old_enough"));
    assert_eq!(shop.post("/age", "", "old_enough=yes").await.status, 404);
}

#[actix_web::test]
async fn a_withdrawal_takes_two_steps_and_ends_with_a_receipt() {
    let shop = Shop::open().await;
    shop.get("/withdrawal?order=1001", "")
        .await
        .shows("value=\"1001\"");
    let who = "order_number=1001&email=ana%40example.pt&name=Ana&key=0190f0a0-0000-7000-8000-000000000001";
    let page = shop.post("/withdrawal", "", who).await;
    assert_eq!(page.status, 200);
    page.shows("Confirmar livre resolução");
    assert!(
        shop.asked(DECLARE).is_empty(),
        "nothing is declared by the first step"
    );
    shop.post("/withdrawal", "", &format!("{who}&back=yes"))
        .await
        .shows("value=\"ana@example.pt\"");
    let received = json!({ "id": "w", "order_number": "1001", "lines": [], "whole_order": true,
        "received_at": "2026-11-30T08:00:00Z", "refund_by": "2026-12-14" });
    shop.answers(DECLARE, (201, received));
    let page = shop
        .post("/withdrawal", "", &format!("{who}&confirmed=yes"))
        .await;
    assert_eq!(
        (page.status, page.header("location")),
        (303, "/withdrawal/receipt")
    );
    let wanted = json!({ "order_number": "1001", "email": "ana@example.pt", "name": "Ana" });
    assert_eq!(shop.asked(DECLARE)[0].body, wanted);
    let cookie = page.cookies()[0].split(';').next().unwrap().to_owned();
    let page = shop.get("/withdrawal/receipt", &cookie).await;
    page.shows("30&#x2f;11&#x2f;2026 08:00 UTC");
    page.shows("14&#x2f;12&#x2f;2026");
    assert_eq!(
        shop.get("/withdrawal/receipt", "").await.header("location"),
        "/withdrawal"
    );
}

#[actix_web::test]
async fn an_order_that_does_not_belong_to_the_address_is_told_without_saying_which_is_wrong() {
    let shop = Shop::open().await;
    shop.answers(DECLARE, problem("order-not-found", 404));
    let page = shop
        .post(
            "/withdrawal",
            "",
            "order_number=9&email=a%40b.pt&name=Ana&confirmed=yes",
        )
        .await;
    assert_eq!(page.status, 422);
    page.shows("com este número e este e-mail");
    page.shows("value=\"a@b.pt\"");
}

#[actix_web::test]
async fn who_goes_back_and_declares_something_else_is_asked_before_it_is_a_second_declaration() {
    const KEY: &str = "0190f0a0-0000-7000-8000-000000000001";
    let shop = Shop::open().await;
    let form = format!(
        "order_number=1001&email=a%40b.pt&name=Ana&part=yes&statement=x&key={KEY}&confirmed=yes"
    );
    for (code, status, said) in [
        ("idempotency-key-reused", 422, "Já enviou uma desistência"),
        ("too-many-withdrawals", 409, "já não se podem enviar"),
    ] {
        shop.answers(DECLARE, problem(code, status));
        let page = shop.post("/withdrawal", "", &form).await;
        assert_eq!(page.status, 422, "{code}");
        page.shows(said);
        page.shows("value=\"1001\"");
        assert!(
            !page.html.contains(KEY),
            "sent again it has a name of its own"
        );
    }
}

#[actix_web::test]
async fn a_home_page_is_what_its_merchant_composed() {
    let shop = Shop::open().await;
    let mut own = store();
    own["theme"] = json!({ "sections": { "home": [
        { "type": "words", "settings": { "title": "Feito <à mão>", "text": "Um." } },
        { "type": "carousel", "settings": {} },
    ]}, "tokens": { "primary": "#123456" } });
    shop.answers(CONFIG, (200, own));
    let page = shop.get("/", "").await;
    page.shows("Feito &lt;à mão&gt;");
    page.shows("--primary:#123456;");
    assert!(!page.html.contains("class=\"opening\""));
}

#[actix_web::test]
async fn a_draft_is_shown_in_the_panel_kept_nowhere_and_only_with_its_word() {
    let shop = Shop::open().await;
    let page = shop.get("/?preview=word", "").await;
    assert_eq!(page.status, 200);
    assert_eq!(
        (page.header("cache-control"), page.header("x-robots-tag")),
        ("no-store", "noindex")
    );
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("frame-ancestors 'self' http://store.example;"),
        "{policy}"
    );
    page.shows("href=\"/?preview=word\"");
    let page = shop.get("/", "").await;
    assert!(
        page.header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );
    assert!(!page.html.contains("preview"));
    shop.answers(CONFIG, problem("preview-expired", 403));
    assert_eq!(shop.get("/?preview=old", "").await.status, 403);
}
