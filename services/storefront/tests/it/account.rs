use serde_json::{Value, json};

use crate::shop::{Shop, problem};

const LOGIN: &str = "POST /api/orders/store/account/login";
const REFRESH: &str = "POST /api/orders/store/account/refresh";
const PROFILE: &str = "GET /api/orders/store/account";
const PASSWORD: &str = "PUT /api/orders/store/account/password";
const ORDERS: &str = "GET /api/orders/store/account/orders";

fn session(word: &str) -> Value {
    json!({
        "access_token": format!("access.{word}"), "token_type": "Bearer", "expires_in": 600, "refresh_token": word,
        "customer": { "id": "c", "email": "ana@example.pt", "first_name": "Ana", "last_name": "Sá" },
    })
}

fn orders() -> (u16, Value) {
    let order = json!({
        "id": "0190f0a0-0000-7000-8000-000000000001", "number": "1001", "status": "paid", "fulfilment": "unfulfilled",
        "total": { "amount": 8_470, "currency": "EUR" }, "refunded": { "amount": 0, "currency": "EUR" },
        "placed_at": "2026-11-29T10:00:00Z", "items": 2, "imported": false,
    });
    (200, json!({ "items": [order], "next": null }))
}

#[actix_web::test]
async fn signing_in_leads_to_where_one_came_from_and_keeps_the_tokens_from_scripts() {
    let shop = Shop::open().await;
    shop.get("/account/sign-in?next=/checkout", "")
        .await
        .shows("value=\"&#x2f;checkout\"");
    shop.answers(LOGIN, (200, session("word")));
    let form = "email=ana%40example.pt&password=+secret+word&next=%2Fcheckout";
    let page = shop.post("/account/sign-in", "", form).await;
    assert_eq!((page.status, page.header("location")), (303, "/checkout"));
    let cookies = page.cookies();
    assert!(cookies[0].starts_with("access=access.word; Path=/; Max-Age=580; SameSite=Lax"));
    assert!(cookies[1].starts_with("session=word;"));
    assert!(cookies.iter().all(|cookie| cookie.ends_with("; HttpOnly")));
    assert_eq!(
        shop.asked(LOGIN)[0].body["password"],
        " secret word",
        "spaces are part of it"
    );
    for elsewhere in [
        "%2F%2Fevil.example",
        "https%3A%2F%2Fevil.example",
        "%2F%5Cevil.example",
    ] {
        let form = format!("email=ana%40example.pt&password=x&next={elsewhere}");
        let page = shop.post("/account/sign-in", "", &form).await;
        assert_eq!(page.header("location"), "/account", "{elsewhere}");
    }
}

#[actix_web::test]
async fn what_is_wrong_stands_at_its_field_and_nothing_but_the_password_has_to_be_typed_again() {
    let shop = Shop::open().await;
    shop.answers(LOGIN, problem("invalid-credentials", 401));
    let page = shop
        .post(
            "/account/sign-in",
            "",
            "email=ana%40example.pt&password=wrong-one",
        )
        .await;
    assert_eq!(page.status, 422);
    page.shows("value=\"ana@example.pt\"");
    page.shows("O e-mail ou a palavra-passe não estão certos.");
    assert!(!page.html.contains("wrong-one"));
    let page = shop
        .post(
            "/account/register",
            "",
            "first_name=Ana&email=ana&password=short",
        )
        .await;
    assert_eq!(page.status, 422);
    for wanted in [
        "id=\"last_name-error\"",
        "id=\"email-error\"",
        "id=\"password-error\"",
        "value=\"Ana\"",
    ] {
        page.shows(wanted);
    }
    assert!(
        shop.asked("POST /api/orders/store/account/register")
            .is_empty()
    );
}

#[actix_web::test]
async fn a_form_of_another_place_signs_nobody_in_or_out() {
    let shop = Shop::open().await;
    let form = |path: &str| {
        actix_web::test::TestRequest::with_uri(path)
            .method(actix_web::http::Method::POST)
            .insert_header(("sec-fetch-site", "same-site"))
            .insert_header(("cookie", "session=word"))
    };
    for path in [
        "/account/sign-in",
        "/account/sign-out",
        "/account/data",
        "/withdrawal",
    ] {
        let page = shop
            .send(form(path), "email=a%40b.pt&password=12345678")
            .await;
        assert_eq!(page.status, 403, "{path}");
    }
    assert!(shop.asked(LOGIN).is_empty());
}

#[actix_web::test]
async fn who_is_not_signed_in_is_asked_to_and_comes_back() {
    let shop = Shop::open().await;
    for path in [
        "/account",
        "/account/profile",
        "/account/addresses",
        "/account/data",
        "/account/export",
    ] {
        let page = shop.get(path, "").await;
        let wanted = format!("/account/sign-in?next={}", path.replace('/', "%2F"));
        assert_eq!(
            (page.status, page.header("location")),
            (303, wanted.as_str())
        );
        assert_eq!(page.header("cache-control"), "no-store");
    }
    assert_eq!(shop.get("/account/x.css", "session=word").await.status, 404);
}

#[actix_web::test]
async fn an_old_session_is_renewed_once_and_one_that_ended_is_forgotten() {
    let shop = Shop::open().await;
    shop.answers(REFRESH, (200, session("second")));
    shop.answers(ORDERS, orders());
    let page = shop.get("/account", "session=first").await;
    assert_eq!(page.status, 200, "{}", page.html);
    page.shows("84,70\u{a0}€");
    assert!(page.cookies()[1].starts_with("session=second;"));
    assert_eq!(shop.asked(ORDERS)[0].bearer, "Bearer access.second");
    // A second request of the same browser, which had not got the new word yet.
    shop.get("/account", "session=first").await;
    assert_eq!(shop.asked(REFRESH).len(), 1, "a word is used once");

    shop.answers(REFRESH, problem("session-ended", 401));
    shop.answers(ORDERS, problem("invalid-token", 401));
    let page = shop.get("/account", "access=a.b.c; session=other").await;
    assert_eq!(page.header("location"), "/account/sign-in?next=%2Faccount");
    assert!(
        page.cookies()
            .iter()
            .any(|cookie| cookie.starts_with("session=; Path=/; Max-Age=0"))
    );
}

#[actix_web::test]
async fn an_order_of_the_account_shows_its_invoice_to_whose_it_is() {
    let shop = Shop::open().await;
    let order = "GET /api/orders/store/orders/0190f0a0-0000-7000-8000-000000000001";
    let documents =
        "GET /api/invoicing/store/orders/0190f0a0-0000-7000-8000-000000000001/documents";
    let money = |amount: i64| json!({ "amount": amount, "currency": "EUR" });
    let whole = json!({
        "id": "0190f0a0-0000-7000-8000-000000000001", "number": "1001", "status": "paid",
        "fulfilment": "unfulfilled", "email": "ana@example.pt", "lines": [], "subtotal": money(7_980),
        "shipping": money(490), "tax": money(1_584), "total": money(8_470), "refunded": money(0),
        "placed_at": "2026-11-29T10:00:00Z", "tracking": null,
        "shipping_address": { "name": "Ana", "line1": "Rua 1", "postcode": "1100-148", "city": "Lisboa" },
    });
    let invoice = json!({ "id": "d", "kind": "invoice_receipt", "status": "issued", "number": "FR A/12",
        "total": money(8_470), "pdf_url": "https://loja.example/api/invoicing/store/documents/d/pdf?key=k" });
    shop.answers(order, (200, whole));
    shop.answers(documents, (200, json!({ "items": [invoice] })));
    let path = "/account/orders/0190f0a0-0000-7000-8000-000000000001";
    let page = shop.get(path, "access=a.b.c; session=word").await;
    assert_eq!(page.status, 200, "{}", page.html);
    page.shows("documents&#x2f;d&#x2f;pdf?key=k");
    page.shows("FR A&#x2f;12");
    assert_eq!(shop.asked(documents)[0].bearer, "Bearer a.b.c");
    assert_eq!(shop.get(path, "").await.status, 303, "one has to sign in");
}

#[actix_web::test]
async fn words_that_an_answer_gives_are_not_overwritten_by_those_of_a_session_renewed_for_it() {
    let shop = Shop::open().await;
    shop.answers(REFRESH, (200, session("second")));
    shop.answers(PROFILE, (200, session("second")["customer"].clone()));
    shop.answers(PASSWORD, (200, session("third")));
    let form = "is_password=yes&current_password=palavra-antiga&new_password=palavra-nova";
    let page = shop.post("/account/profile", "session=first", form).await;
    assert_eq!(
        (page.status, page.header("location")),
        (303, "/account/profile?done=password"),
        "{}",
        page.html
    );
    assert_eq!(shop.asked(PASSWORD)[0].bearer, "Bearer access.second");
    let cookies = page.cookies();
    let words: Vec<_> = cookies.iter().filter_map(|c| c.split(';').next()).collect();
    assert_eq!(words, ["access=access.third", "session=third"]);
}

#[actix_web::test]
async fn signing_out_ends_the_session_and_takes_everything_of_the_customer_from_the_browser() {
    let shop = Shop::open().await;
    shop.answers("POST /api/orders/store/account/logout", (204, Value::Null));
    let page = shop
        .post("/account/sign-out", "access=a.b.c; session=word", "")
        .await;
    assert_eq!(page.status, 303);
    let asked = shop.asked("POST /api/orders/store/account/logout");
    assert_eq!(asked[0].body, json!({ "refresh_token": "word" }));
    for name in ["access=;", "session=;", "order=;"] {
        assert!(
            page.cookies().iter().any(|cookie| cookie.starts_with(name)),
            "{name}"
        );
    }
}

#[actix_web::test]
async fn a_link_of_a_mail_is_used_by_a_button_and_not_by_being_opened() {
    let shop = Shop::open().await;
    let page = shop.get("/account/verify?token=abc", "").await;
    page.shows("name=\"token\" value=\"abc\"");
    assert!(
        shop.asked("POST /api/orders/store/account/verify")
            .is_empty()
    );
    shop.answers("POST /api/orders/store/account/verify", (200, session("w")));
    let sent = "token=abc&password=palavra-passe";
    let page = shop.post("/account/verify", "", sent).await;
    assert_eq!(page.header("location"), "/account?done=verified");
    shop.answers(
        "POST /api/orders/store/account/verify",
        problem("invalid-account-token", 401),
    );
    let page = shop.post("/account/verify", "", sent).await;
    assert_eq!(page.status, 401);
    page.shows("Esta ligação já foi usada");
}

#[actix_web::test]
async fn a_wrong_password_does_not_delete_the_account_and_the_right_one_does() {
    let shop = Shop::open().await;
    let account = "DELETE /api/orders/store/account";
    shop.answers(account, problem("wrong-password", 422));
    let page = shop
        .post("/account/data", "access=a.b.c; session=w", "password=x")
        .await;
    assert_eq!(page.status, 422);
    page.shows("id=\"password-error\"");
    shop.answers(account, (204, Value::Null));
    let page = shop
        .post("/account/data", "access=a.b.c; session=w", "password=right")
        .await;
    assert_eq!(page.header("location"), "/account/sign-in?done=deleted");
    assert_eq!(shop.asked(account)[1].body, json!({ "password": "right" }));
}

#[actix_web::test]
async fn the_profile_is_sent_as_the_service_wants_it() {
    let shop = Shop::open().await;
    let profile = json!({ "id": "c", "email": "ana@example.pt", "first_name": "Ana", "last_name": "Sá", "nif": null, "marketing_consent": true });
    shop.answers(PROFILE, (200, profile.clone()));
    shop.answers("PATCH /api/orders/store/account", (200, profile));
    let signed_in = "access=a.b.c; session=w";
    shop.get("/account/profile", signed_in)
        .await
        .shows("value=\"Sá\"");
    let page = shop
        .post(
            "/account/profile",
            signed_in,
            "first_name=Ana&last_name=Luz&nif=123456780",
        )
        .await;
    assert_eq!(page.status, 422);
    page.shows("id=\"nif-error\"");
    let page = shop
        .post(
            "/account/profile",
            signed_in,
            "first_name=Ana&last_name=Luz&nif=",
        )
        .await;
    assert_eq!(page.header("location"), "/account/profile?done=saved");
    let sent = &shop.asked("PATCH /api/orders/store/account")[0].body;
    let wanted =
        json!({ "first_name": "Ana", "last_name": "Luz", "nif": null, "marketing_consent": false });
    assert_eq!(*sent, wanted);
}
