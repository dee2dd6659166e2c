//! Refresh tokens: one family a session, once each.

use reqwest::Method;
use serde_json::json;
use time::Duration;

use crate::world::{Ask, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_works_once_and_its_copy_ends_the_family() {
    let world = World::start().await;
    let (store, first) = world.signed_in().await;
    let second = world.refresh(&store, &first.refresh_token()).await;
    assert_eq!(second.status, 200, "{}", second.text);
    assert!(
        world
            .is_let_in(&store, &second.text_at("access_token"))
            .await
    );
    world.place.clock.advance(Duration::seconds(3));
    assert_eq!(
        world.refresh(&store, &first.refresh_token()).await.code(),
        "session-ended"
    );
    assert_eq!(
        world.refresh(&store, &second.refresh_token()).await.status,
        401,
        "the whole family"
    );
    assert!(
        !world
            .is_let_in(&store, &second.text_at("access_token"))
            .await
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_refreshes_with_its_cookie_alone_and_only_from_its_own_page() {
    let world = World::start().await;
    let (store, first) = world.signed_in().await;
    let refresh = async |site: &str| {
        let cookie = format!("__Host-refresh={}", first.refresh_token());
        world
            .send(Ask {
                method: Method::POST,
                host: world.host(&store.slug),
                path: "/api/auth/refresh",
                token: None,
                body: None,
                headers: vec![("cookie", cookie), ("sec-fetch-site", site.to_owned())],
            })
            .await
    };
    assert_eq!(refresh("same-site").await.code(), "session-ended");
    let refreshed = refresh("same-origin").await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.text);
    assert!(
        world
            .is_let_in(&store, &refreshed.text_at("access_token"))
            .await
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_refreshes_at_once_keep_one_family() {
    let world = World::start().await;
    let (store, first) = world.signed_in().await;
    let token = first.refresh_token();
    let (one, two) =
        futures_util::join!(world.refresh(&store, &token), world.refresh(&store, &token));
    assert_eq!(
        (one.status.as_u16(), two.status.as_u16()),
        (200, 200),
        "nobody is locked out"
    );
    world.place.clock.advance(Duration::seconds(10));
    let goes_on = world.refresh(&store, &one.refresh_token()).await;
    assert_eq!(goes_on.status, 200);
    world.place.clock.advance(Duration::seconds(10));
    assert_eq!(
        world.refresh(&store, &two.refresh_token()).await.status,
        401,
        "the other branch is dead"
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_everywhere() {
    let world = World::start().await;
    let (store, session) = world.signed_in().await;
    let token = session.text_at("access_token");
    let out = world
        .post(&store.slug, "/api/auth/logout", Some(&token), json!({}))
        .await;
    assert_eq!(out.status, 204);
    assert!(out.cookie.unwrap().contains("Max-Age=0"));
    assert!(!world.is_let_in(&store, &token).await);
    assert_eq!(
        world.refresh(&store, &session.refresh_token()).await.status,
        401
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_does_not_live_for_ever() {
    let world = World::start().await;
    let (store, session) = world.signed_in().await;
    let mut token = session.refresh_token();
    for _ in 0..3 {
        world.place.clock.advance(Duration::days(29));
        let next = world.refresh(&store, &token).await;
        assert_eq!(next.status, 200);
        token = next.refresh_token();
    }
    world.place.clock.advance(Duration::days(4));
    assert_eq!(world.refresh(&store, &token).await.status, 401);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_is_the_hosts_own_and_no_form_can_use_it() {
    let world = World::start().await;
    let (store, session) = world.signed_in().await;
    let cookie = session.cookie.clone().unwrap();
    for part in [
        "__Host-refresh=",
        "HttpOnly",
        "Secure",
        "SameSite=Strict",
        "Path=/",
    ] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    let with_cookie = async |body, kind: Option<&'static str>| {
        let mut headers = vec![(
            "cookie",
            format!("__Host-refresh={}", session.refresh_token()),
        )];
        headers.extend(kind.map(|kind| ("content-type", kind.to_owned())));
        let (host, path) = (world.host(&store.slug), "/api/auth/refresh");
        world
            .send(Ask {
                method: Method::POST,
                host,
                path,
                token: None,
                body,
                headers,
            })
            .await
    };
    assert_eq!(with_cookie(None, Some("text/plain")).await.status, 415);
    assert_eq!(
        with_cookie(None, Some("application/x-www-form-urlencoded"))
            .await
            .status,
        415
    );
    assert_eq!(with_cookie(Some(json!({})), None).await.status, 200);
    world.end().await;
}
