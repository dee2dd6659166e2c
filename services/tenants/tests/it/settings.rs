//! What a store says of itself.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::World;

const SETTINGS: &str = "/api/tenants/admin/settings";

fn whole() -> Value {
    json!({
        "name": " Loja ", "contact_email": "Loja@Example.PT", "contact_phone": "912 345 678",
        "tax_number": "123456789", "legal_name": "Loja, Lda.",
        "address": {"line1": "Rua do Ouro 1", "line2": null, "postcode": "1100-148",
            "city": "Lisboa", "country": "PT"},
        "complaints_book_url": "https://www.livroreclamacoes.pt/Inicio/",
        "dispute_body": {"name": "CNIACC", "url": "https://www.cniacc.pt/"},
        "minimum_age": 18,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_store_says_of_itself_is_seen_by_everybody_at_once() {
    let world = World::start().await;
    let (store, session) = world.signed_in().await;
    let token = session.text_at("access_token");
    let first = world
        .get(&store.slug, "/api/tenants/store/config", None)
        .await;
    assert_eq!(first.body["age_gate"], Value::Null);
    assert_eq!(first.body["legal"]["legal_name"], Value::Null);
    let read = world.get(&store.slug, SETTINGS, Some(&token)).await;
    assert_eq!(
        (read.status.as_u16(), &read.body["version"]),
        (200, &json!(1))
    );
    let who = (&store, token.as_str());
    let saved = world
        .write(who, (Method::PUT, SETTINGS), 1, Some(whole()))
        .await;
    assert_eq!(saved.status, 200, "{}", saved.text);
    assert_eq!(saved.etag.as_deref(), Some("\"2\""));
    assert_eq!(saved.text_at("name"), "Loja");
    let shown = world
        .get(&store.slug, "/api/tenants/store/config", None)
        .await;
    assert_eq!(shown.body["age_gate"], json!({"minimum_age": 18}));
    assert_eq!(
        shown.body["contact"],
        json!({"email": "loja@example.pt", "phone": "+351912345678"})
    );
    let legal = json!({
        "legal_name": "Loja, Lda.", "tax_number": "123456789",
        "address": whole()["address"], "complaints_book_url": whole()["complaints_book_url"],
        "dispute_body": whole()["dispute_body"],
    });
    assert_eq!(shown.body["legal"], legal);
    let same = world
        .write(who, (Method::PUT, SETTINGS), 2, Some(whole()))
        .await;
    assert_eq!(same.etag.as_deref(), Some("\"2\""), "nothing changed");
    let late = world
        .write(who, (Method::PUT, SETTINGS), 1, Some(whole()))
        .await;
    assert_eq!(
        (late.status.as_u16(), &late.body["current"]["name"]),
        (412, &json!("Loja"))
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_setting_is_named() {
    let world = World::start().await;
    let (store, session) = world.signed_in().await;
    let token = session.text_at("access_token");
    let tries = [
        ("/name", json!("  ")),
        ("/contact_email", json!("nobody")),
        ("/contact_phone", json!("12")),
        ("/tax_number", json!("123456780")),
        ("/legal_name", json!("a\nb")),
        ("/address/line1", json!("")),
        ("/address/country", json!("ZZ")),
        ("/complaints_book_url", json!("javascript:alert(1)")),
        ("/dispute_body/url", json!("http://x.pt\" onclick=\"")),
        ("/minimum_age", json!(0)),
    ];
    for (pointer, value) in tries {
        let mut body = whole();
        *body.pointer_mut(pointer).unwrap() = value;
        let who = (&store, token.as_str());
        let refused = world
            .write(who, (Method::PUT, SETTINGS), 1, Some(body))
            .await;
        assert_eq!(refused.status, 422, "{pointer}: {}", refused.text);
        assert_eq!(refused.body["errors"][0]["pointer"], pointer);
    }
    world.end().await;
}
