use crate::world::World;

const ONE: &str = "one.store.localhost:8080";

async fn allowed(world: &World, host: &str, origin: &str) -> Option<String> {
    let request = world
        .get(host, "/api/catalog/hello")
        .header("origin", origin);
    let response = request.send().await.unwrap();
    let vary = response.headers().get_all("vary").iter();
    assert!(
        vary.filter_map(|value| value.to_str().ok())
            .any(|text| text.contains("Origin"))
    );
    let credentials = response
        .headers()
        .contains_key("access-control-allow-credentials");
    let value = response.headers().get("access-control-allow-origin");
    assert_eq!(credentials, value.is_some());
    value.map(|value| value.to_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_pages_of_the_same_store_and_of_the_platform_may_read() {
    let world = World::start().await;
    for origin in [
        "http://one.store.localhost:8080",
        "http://shop.one.pt:8080",
        "http://store.localhost:8080",
        "http://admin.store.localhost:8080",
    ] {
        assert_eq!(allowed(&world, ONE, origin).await.as_deref(), Some(origin));
    }
    for origin in [
        "null",
        "http://two.store.localhost:8080",
        "http://one.store.localhost",
        "http://one.store.localhost:80800",
        "http://one.store.localhost:8081",
        "https://one.store.localhost:8080",
        "http://one.store.localhost:8080.evil.pt",
        "http://evil-one.store.localhost:8080",
        "http://one.store.localhost.evil.pt:8080",
        "http://evil.pt#one.store.localhost:8080",
        "http://user@one.store.localhost:8080",
        "http://nobody.store.localhost:8080",
        "file://one.store.localhost:8080",
        "",
    ] {
        assert_eq!(allowed(&world, ONE, origin).await, None, "{origin}");
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preflight_tells_the_methods_and_runs_nothing() {
    let world = World::start().await;
    let ask = |origin: &str| {
        world
            .request("OPTIONS", ONE, "/api/catalog/store/things")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
    };
    let good = ask("http://one.store.localhost:8080").send().await.unwrap();
    assert_eq!(good.status(), 204);
    assert_eq!(
        good.headers()["access-control-allow-methods"],
        "GET, POST, HEAD, OPTIONS"
    );
    assert!(good.headers().contains_key("access-control-allow-origin"));
    let headers = good.headers()["access-control-allow-headers"].to_str();
    let headers: Vec<&str> = headers.unwrap().split(", ").collect();
    for name in ["x-cart-token", "x-order-token", "x-tenant"] {
        assert!(headers.contains(&name), "{name}");
    }
    let bad = ask("http://evil.pt").send().await.unwrap();
    assert!(!bad.headers().contains_key("access-control-allow-origin"));
    world.stop().await;
}
