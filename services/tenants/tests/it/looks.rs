//! A look is drafted, looked at, published and taken back.

use reqwest::Method;
use serde_json::{Value, json};
use time::Duration;

use crate::world::{Reply, Store, World};
use testkit::place::Place;
use testkit::until;

const CONFIG: &str = "/api/tenants/store/config";
const THEME: &str = "/api/tenants/admin/theme";

fn look(title: &str) -> Value {
    json!({
        "template": "tactical",
        "sections": {"home": [{"type": "hero", "settings": {"title": title, "limit": 8, "wide": true}}]},
        "tokens": {"primary": "#B7C34A"},
    })
}

/// A store's owner at the drawing board.
struct Designer<'w> {
    world: &'w World,
    store: Store,
    token: String,
}

impl<'w> Designer<'w> {
    async fn of(world: &'w World) -> Self {
        let (store, session) = world.signed_in().await;
        let token = session.text_at("access_token");
        Self {
            world,
            store,
            token,
        }
    }

    async fn read(&self, path: &str) -> Reply {
        let (store, token) = (&self.store, &self.token);
        self.world.get(&store.slug, path, Some(token)).await
    }

    async fn save(&self, seen: i64, look: Value) -> Reply {
        self.write(Method::PUT, THEME, seen, Some(look)).await
    }

    async fn publish(&self, seen: i64) -> Reply {
        let path = format!("{THEME}/publish");
        self.write(Method::POST, &path, seen, None).await
    }

    async fn roll_back(&self, seen: i64, number: i64) -> Reply {
        let path = format!("{THEME}/rollback");
        let body = json!({ "number": number });
        self.write(Method::POST, &path, seen, Some(body)).await
    }

    async fn write(&self, method: Method, path: &str, seen: i64, body: Option<Value>) -> Reply {
        let who = (&self.store, self.token.as_str());
        self.world.write(who, (method, path), seen, body).await
    }

    /// What everybody sees.
    async fn shown(&self) -> Reply {
        self.world.get(&self.store.slug, CONFIG, None).await
    }
}

fn title(config: &Reply) -> &Value {
    &config.body["theme"]["sections"]["home"][0]["settings"]["title"]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_seen_by_nobody_until_it_is_published_and_then_by_everybody_at_once() {
    let world = World::on(Place::start(&[tenants::MIGRATIONS]).await).await;
    let designer = Designer::of(&world).await;
    let first = designer.shown().await;
    assert_eq!(first.body["theme"]["sections"], Value::Null);
    assert_eq!(first.body["theme"]["tokens"], json!({}));
    let theme = designer.read(THEME).await;
    assert_eq!(
        (theme.etag.as_deref(), &theme.body["is_published"]),
        (Some("\"0\""), &json!(true))
    );
    let saved = designer.save(0, look("Olá")).await;
    assert_eq!(saved.status, 200, "{}", saved.text);
    assert_eq!(
        (saved.etag.as_deref(), &saved.body["is_published"]),
        (Some("\"1\""), &json!(false))
    );
    assert_eq!(designer.shown().await.text, first.text, "nobody sees it");
    let published = designer.publish(1).await;
    assert_eq!(published.status, 200, "{}", published.text);
    assert_eq!(published.body["published"]["number"], 1);
    until("everybody sees it", async || {
        let shown = designer.shown().await;
        (title(&shown) == "Olá" && shown.body["theme"]["tokens"]["primary"] == "#B7C34A")
            .then_some(())
    })
    .await;
    let again = designer.publish(1).await;
    assert_eq!(again.body["published"]["number"], 1, "once is enough");
    // Another template brings its own colours along.
    let other = json!({"template": "essential", "sections": null, "tokens": {}});
    let templates = designer.read("/api/tenants/admin/templates").await;
    let known = |item: &Value| item["key"] == "essential";
    assert!(
        templates.body["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(known)
    );
    designer.save(1, other).await;
    designer.publish(2).await;
    until("the store has the other template", async || {
        let shown = designer.shown().await;
        let is_new = shown.text_at("template") == "essential";
        (is_new && shown.body["theme"]["sections"].is_null()).then_some(())
    })
    .await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_somebody_else_saved_is_not_lost() {
    let world = World::start().await;
    let designer = Designer::of(&world).await;
    assert_eq!(designer.save(0, look("A")).await.status, 200);
    let late = designer.save(0, look("B")).await;
    assert_eq!(
        (late.status.as_u16(), late.code()),
        (412, "changed-meanwhile")
    );
    let current = &late.body["current"]["sections"]["home"][0]["settings"]["title"];
    assert_eq!(current, "A");
    for late in [designer.publish(0).await, designer.roll_back(0, 1).await] {
        assert_eq!(late.status, 412, "{}", late.text);
    }
    assert_eq!(
        designer.shown().await.body["theme"]["sections"],
        Value::Null
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused_by_its_place() {
    let world = World::start().await;
    let designer = Designer::of(&world).await;
    let nested = json!({"template": "tactical", "tokens": {"Bad Name": "x"}, "sections": {
        "home": [{"type": "hero", "settings": {"items": ["a"]}}]}});
    let refused = designer.save(0, nested).await;
    assert_eq!(refused.status, 422);
    let errors = refused.body["errors"].as_array().unwrap().iter();
    let pointers: Vec<_> = errors
        .map(|error| error["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(pointers, ["/sections/home/0/settings/items", "/tokens"]);
    let unknown = json!({"template": "baroque", "sections": null, "tokens": {}});
    let refused = designer.save(0, unknown).await;
    assert_eq!(refused.body["errors"][0]["pointer"], "/template");
    let pages = json!({"template": "tactical", "sections": {"home": [], "cart": []}, "tokens": {}});
    assert_eq!(
        designer.save(0, pages).await.status,
        422,
        "only home is composed"
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_version_is_shown_again_and_the_last_twenty_are_kept() {
    let world = World::start().await;
    let designer = Designer::of(&world).await;
    for number in 0..22 {
        let title = format!("Version {}", number + 1);
        designer.save(number, look(&title)).await;
        let published = designer.publish(number + 1).await;
        assert_eq!(published.body["published"]["number"], number + 1);
    }
    let versions = designer.read(&format!("{THEME}/versions")).await;
    let items = versions.body["items"].as_array().unwrap();
    assert_eq!(items.len(), 20);
    assert_eq!(
        (&items[0]["number"], &items[0]["is_shown"]),
        (&json!(22), &json!(true))
    );
    assert_eq!(items[19]["number"], 3);
    assert_eq!(designer.roll_back(22, 2).await.code(), "version-not-found");
    let back = designer.roll_back(22, 5).await;
    assert_eq!(back.status, 200, "{}", back.text);
    assert_eq!(back.body["published"]["number"], 23);
    assert_eq!(
        (&back.body["version"], &back.body["is_published"]),
        (&json!(23), &json!(true))
    );
    assert_eq!(title(&designer.shown().await), "Version 5");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_shows_the_draft_to_whoever_has_the_link_for_an_hour() {
    let world = World::start().await;
    let designer = Designer::of(&world).await;
    designer.save(0, look("Draft")).await;
    let link = world
        .post(
            &designer.store.slug,
            &format!("{THEME}/preview"),
            Some(&designer.token),
            Value::Null,
        )
        .await;
    assert_eq!(link.status, 200, "{}", link.text);
    let token = link.text_at("token");
    assert!(link.text_at("url").ends_with(&format!("/?preview={token}")));
    let path = format!("{CONFIG}?preview={token}");
    let seen = world.get(&designer.store.slug, &path, None).await;
    assert_eq!((seen.status.as_u16(), title(&seen)), (200, &json!("Draft")));
    assert_eq!(seen.etag, None);
    assert_eq!(
        designer.shown().await.body["theme"]["sections"],
        Value::Null
    );
    let other = world.store().await;
    for (host, path) in [
        (&other.slug, path.clone()),
        (&designer.store.slug, format!("{CONFIG}?preview={token}x")),
        (&designer.store.slug, format!("{CONFIG}?preview=nonsense")),
    ] {
        let refused = world.get(host, &path, None).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (403, "preview-expired")
        );
    }
    world.place.clock.advance(Duration::minutes(61));
    let late = world.get(&designer.store.slug, &path, None).await;
    assert_eq!(late.code(), "preview-expired");
    world.end().await;
}
