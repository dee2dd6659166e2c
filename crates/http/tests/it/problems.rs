use std::io::{Read, Write};
use std::net::TcpStream;

use crate::world::{World, answer};

const ONE: &str = "one.store.localhost";

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_is_a_problem() {
    let world = World::start().await;
    let json = |request: reqwest::RequestBuilder, body: &str| {
        request
            .header("content-type", "application/json")
            .body(body.to_owned())
    };
    let post = |path| world.request("POST", ONE, path);
    let things = "/api/catalog/store/things";
    let cases = [
        (world.get(ONE, "/nothing"), 404, "unknown-route"),
        (
            world.get("nobody.store.localhost", "/api/catalog/store/name"),
            404,
            "unknown-store",
        ),
        (
            world.get("asleep.store.localhost", "/api/catalog/store/name"),
            503,
            "store-suspended",
        ),
        (
            world.get("gone.store.localhost", "/api/catalog/store/name"),
            410,
            "store-closed",
        ),
        (
            world.request("DELETE", ONE, things),
            405,
            "method-not-allowed",
        ),
        (
            world.request("TRACE", ONE, things),
            405,
            "method-not-allowed",
        ),
        (
            world.get(ONE, "/api/catalog/store/things/not-an-id"),
            404,
            "not-found",
        ),
        (
            world.get(ONE, "/api/catalog/store/things?limit=101"),
            400,
            "invalid-page",
        ),
        (
            world.get(ONE, "/api/catalog/store/things?price=0"),
            400,
            "invalid-query",
        ),
        (
            world.get(ONE, "/api/catalog/store/things?count=true"),
            400,
            "invalid-page",
        ),
        (
            world.get(ONE, "/api/catalog/store/things?after=forged"),
            400,
            "invalid-cursor",
        ),
        (post(things).body("{}"), 415, "unsupported-media-type"),
        (
            post(things).header("content-type", "text/plain").body("{}"),
            415,
            "unsupported-media-type",
        ),
        (json(post(things), "{"), 400, "malformed-json"),
        (
            json(post(things), r#"{"lines":[{"quantity":0}]}"#),
            422,
            "invalid-body",
        ),
        (
            json(post(things), r#"{"lines":[{"quantity":1}],"total":1}"#),
            422,
            "unknown-field",
        ),
        (
            world.get(ONE, "/api/catalog/fail/stock"),
            409,
            "out-of-stock",
        ),
        (
            world.get(ONE, "/api/catalog/fail/cause"),
            500,
            "internal-error",
        ),
        (
            world.get(ONE, "/api/catalog/fail/panic"),
            500,
            "internal-error",
        ),
        (
            world.get(ONE, "/api/catalog/fail/away"),
            503,
            "temporarily-unavailable",
        ),
    ];
    for (request, status, code) in cases {
        let (answered, body) = answer(request).await;
        assert_eq!(
            (answered, body["type"].as_str()),
            (status, Some(code)),
            "{body}"
        );
        assert!(!body.to_string().contains("canary"), "{body}");
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_field_is_named() {
    let world = World::start().await;
    let body = r#"{"lines":[{"quantity":1},{"quantity":"2"}]}"#;
    let request = world.request("POST", ONE, "/api/catalog/store/things");
    let (_, body) = answer(
        request
            .header("content-type", "application/json")
            .body(body),
    )
    .await;
    let error = &body["errors"][0];
    assert_eq!(error["pointer"], "/lines/1/quantity");
    assert_eq!(
        (&error["code"], &error["message"]),
        (&"wrong-type".into(), &"a whole number".into())
    );
    let (_, body) = answer(world.get(ONE, "/api/catalog/fail/stock")).await;
    assert_eq!(
        (body["detail"].as_str(), body["left"].as_u64()),
        (Some("only 2 are left"), Some(2))
    );
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_headers() {
    let world = World::start().await;
    for path in [
        "/api/catalog/hello",
        "/nothing",
        "/internal/live",
        "/api/catalog/fail/panic",
    ] {
        let response = world
            .get(ONE, path)
            .header("x-request-id", "outside-1234")
            .send()
            .await
            .unwrap();
        let header = |name: &str| {
            response
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(
            header("x-request-id").as_deref(),
            Some("outside-1234"),
            "{path}"
        );
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"));
        assert_eq!(
            header("cache-control").as_deref(),
            Some("no-store"),
            "{path}"
        );
        assert!(
            header("content-security-policy")
                .unwrap()
                .starts_with("default-src 'none'")
        );
        assert_eq!(header("server"), None);
        assert_eq!(header("x-powered-by"), None);
    }
    let forged = world
        .get(ONE, "/api/catalog/hello")
        .header("x-request-id", "<script>");
    let id = forged.send().await.unwrap().headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_ne!(id, "<script>");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_that_decide_may_come_once() {
    let world = World::start().await;
    for extra in [
        "Host: two.store.localhost\r\n",
        "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n",
    ] {
        let address = world.address();
        let request = format!(
            "GET /api/catalog/store/name HTTP/1.1\r\nHost: {ONE}\r\n{extra}Connection: close\r\n\r\n"
        );
        let text = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).unwrap();
            text
        });
        let text = text.await.unwrap();
        assert!(text.starts_with("HTTP/1.1 400"), "{text}");
    }
    world.stop().await;
}
