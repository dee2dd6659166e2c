use serde_json::Value;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn the_document_and_the_router_agree() {
    let world = World::start().await;
    let text = world
        .get("store.localhost", "/api/catalog/openapi.json")
        .send()
        .await
        .unwrap();
    let document: Value = text.json().await.unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = document["paths"].as_object().unwrap();
    let mut documented: Vec<String> = Vec::new();
    for (path, item) in paths {
        documented.extend(
            item.as_object()
                .unwrap()
                .keys()
                .map(|method| format!("{method} {path}")),
        );
    }
    let mut routed: Vec<String> = world
        .service
        .table()
        .map(|(method, path, ..)| format!("{} {path}", method.as_str().to_lowercase()))
        .collect();
    documented.sort();
    routed.sort();
    assert_eq!(documented, routed);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_tells_inputs_audience_and_problems() {
    let world = World::start().await;
    let document: Value = serde_json::from_slice(world.service.openapi()).unwrap();
    let put = &document["paths"]["/api/catalog/admin/things/{id}"]["put"];
    assert_eq!(
        (&put["x-audience"], &put["x-permission"]),
        (&"staff".into(), &"catalog.edit".into())
    );
    assert_eq!(put["tags"][0], "things");
    let names: Vec<&str> = put["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|p| p["name"].as_str())
        .collect();
    assert_eq!(names, ["X-Tenant", "id", "If-Match"]);
    for status in [
        "200", "401", "403", "404", "409", "410", "412", "422", "428", "429", "503",
    ] {
        let told = put["responses"][status]["description"].as_str();
        assert!(told.is_some_and(|words| !words.is_empty()), "{status}");
    }
    let post = &document["paths"]["/api/catalog/store/things"]["post"];
    assert!(post["responses"]["415"].is_object());
    assert_eq!(post["parameters"][0]["name"], "X-Cart-Token");
    let body = &post["requestBody"]["content"]["application/json"]["schema"]["$ref"];
    assert_eq!(body, "#/components/schemas/Order");
    for schema in ["Order", "Line", "View", "Problem", "FieldError"] {
        assert!(
            document["components"]["schemas"][schema].is_object(),
            "{schema}"
        );
    }
    let references = document.to_string();
    for part in references.split("#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(
            document["components"]["schemas"][name].is_object(),
            "{name} is missing"
        );
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_the_document_loads_nothing() {
    let world = World::start().await;
    let response = world
        .get("store.localhost", "/api/catalog/docs")
        .send()
        .await
        .unwrap();
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"));
    let html = response.text().await.unwrap();
    assert!(html.contains("/api/catalog/store/things/{id}") && !html.contains("<script"));
    let lines = "<code>lines</code> <small>list of object, required</small>";
    let quantity = "<code>quantity</code> <small>integer, required</small>";
    assert!(html.contains(lines) && html.contains(quantity), "{html}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_see_how_it_is() {
    let world = World::start().await;
    for (path, word) in [("/internal/live", "live"), ("/internal/ready", "ready")] {
        let state: Value = world
            .get("x", path)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        assert_eq!(state["status"], word);
    }
    assert_eq!(
        world
            .get("x", "/internal/metrics")
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    world.stop().await;
}
