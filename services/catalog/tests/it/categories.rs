//! The tree of categories, and where products stand in it.

use events::catalog::v1::{CategoryChanged, ProductChanged};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{CATEGORIES, PRODUCTS, World, path_of};
use testkit::until;

fn written(category: &Value) -> Value {
    let mut body = category.clone();
    for ours in ["id", "version"] {
        body.as_object_mut().unwrap().remove(ours);
    }
    body
}

fn below(category: &Value, parent: &Value) -> Value {
    let mut body = written(category);
    body["parent_id"] = parent["id"].clone();
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_category_is_renamed_moved_and_described() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let top = shop.category("Réplicas", None).await;
    assert_eq!(top["slug"], "replicas");
    let child = shop.category("Pistolas", Some(&top)).await;
    let other = shop.category("Roupa", None).await;
    let path = path_of(CATEGORIES, &child);
    let mut body = below(&child, &other);
    body["name"] = json!("Pistols");
    body["position"] = json!(3);
    body["seo_title"] = json!("Pistols for all");
    body["description_html"] = json!("<p onclick=x>All</p>");
    let saved = shop.put(&path, 1, body).await;
    assert_eq!(saved.header("etag"), "\"2\"");
    let saved = saved.expect(200);
    assert_eq!(
        (&saved["slug"], &saved["parent_id"]),
        (&json!("pistolas"), &other["id"])
    );
    assert_eq!(saved["description_html"], "<p>All</p>");
    assert_eq!(shop.get(&path).await.expect(200), saved);
    let late = shop.put(&path, 1, written(&child)).await;
    assert_eq!(
        (late.status.as_u16(), late.code()),
        (412, "changed-meanwhile")
    );
    assert_eq!(late.body["current"], saved);
    let told = shop.told::<CategoryChanged>().await;
    let last = told.last().unwrap();
    assert_eq!(
        (last.version, last.name.as_str(), last.position),
        (2, "Pistols", 3)
    );
    assert_eq!(json!(last.parent_id), other["id"]);
    let deeds = shop.deeds().await;
    assert_eq!(deeds.last().unwrap().action, "category.update");
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_field_of_a_category_is_named() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    shop.category("Taken", None).await;
    for (body, pointer, code) in [
        (json!({}), "/name", "missing"),
        (json!({ "name": "" }), "/name", "invalid"),
        (json!({ "name": "   " }), "/name", "length"),
        (json!({ "name": "x".repeat(101) }), "/name", "invalid"),
        (json!({ "name": "日本" }), "/slug", "missing"),
        (
            json!({ "name": "New", "slug": "taken" }),
            "/slug",
            "duplicate",
        ),
        (json!({ "name": "New", "slug": "-" }), "/slug", "invalid"),
        (
            json!({ "name": "New", "parent_id": Uuid::now_v7() }),
            "/parent_id",
            "unknown",
        ),
        (
            json!({ "name": "New", "position": "first" }),
            "/position",
            "wrong-type",
        ),
        (
            json!({ "name": "New", "description_html": "x".repeat(70_000) }),
            "/description_html",
            "too-long",
        ),
        (
            json!({ "name": "New", "version": 2 }),
            "/version",
            "unknown-field",
        ),
    ] {
        let answer = shop.post(CATEGORIES, body.clone()).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.text());
        assert_eq!(answer.faults(), [(pointer, code)], "{body}");
    }
    let numbered = shop.category("Taken", None).await;
    assert_eq!(numbered["slug"], "taken-2");
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tree_stays_a_tree_although_two_move_at_once() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let a = shop.category("A", None).await;
    let b = shop.category("B", None).await;
    let (path_a, path_b) = (path_of(CATEGORIES, &a), path_of(CATEGORIES, &b));
    let itself = shop.put(&path_a, 1, below(&a, &a)).await;
    assert_eq!(itself.faults(), [("/parent_id", "invalid")]);
    let moves = futures_util::join!(
        shop.put(&path_a, 1, below(&a, &b)),
        shop.put(&path_b, 1, below(&b, &a))
    );
    let mut outcomes = [moves.0.status.as_u16(), moves.1.status.as_u16()];
    outcomes.sort_unstable();
    assert_eq!(
        outcomes,
        [200, 422],
        "one would be below the other and above it"
    );
    let mut parent = shop.category("1", None).await;
    for depth in 2..=8 {
        parent = shop.category(&depth.to_string(), Some(&parent)).await;
    }
    let deeper = json!({ "name": "9", "parent_id": parent["id"] });
    let deeper = shop.post(CATEGORIES, deeper).await;
    assert_eq!(deeper.faults(), [("/parent_id", "invalid")]);
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_has_a_thousand_categories_also_when_they_come_at_once() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let fill = format!(
        "INSERT INTO category SELECT '{}', gen_random_uuid(), 1, NULL, n, 'c-' || n, 'C', '', '', '', now()
         FROM generate_series(1, 998) AS n",
        shop.tenant
    );
    world.run(&shop, &fill).await;
    let crowd = (0..5).map(|n| shop.post(CATEGORIES, json!({ "name": format!("New {n}") })));
    let crowd = futures_util::future::join_all(crowd).await;
    let mut outcomes: Vec<_> = crowd.iter().map(|reply| reply.status.as_u16()).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, [201, 201, 409, 409, 409]);
    assert_eq!(world.count("SELECT count(*) FROM category").await, 1_000);
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_a_category_has_what_is_below_it_and_follows_every_move() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let top = shop.category("Top", None).await;
    let mid = shop.category("Mid", Some(&top)).await;
    let leaf = shop.category("Leaf", Some(&mid)).await;
    let other = shop.category("Other", None).await;
    let made = shop
        .product(json!({ "category_ids": [leaf["id"], mid["id"]] }))
        .await;
    shop.product(json!({ "category_ids": [leaf["id"]], "status": "draft" }))
        .await;
    // The database is asked, not the cache: nobody tells of changes here.
    let lists = async || {
        let sql = format!(
            "SELECT count(*) FROM category_card cc JOIN category c ON c.tenant_id = cc.tenant_id AND c.id = cc.category_id
             WHERE cc.product_id = '{}' AND c.slug = ",
            made["id"].as_str().unwrap()
        );
        let mut names = Vec::new();
        for name in ["top", "mid", "leaf", "other"] {
            if world.count(&format!("{sql}'{name}'")).await == 1 {
                names.push(name);
            }
        }
        names.join(" ")
    };
    assert_eq!(lists().await, "top mid leaf");
    let moved = shop
        .put(&path_of(CATEGORIES, &mid), 1, below(&mid, &other))
        .await;
    moved.expect(200);
    assert_eq!(lists().await, "mid leaf other");
    let listed = shop
        .look("/api/catalog/store/products?category=other")
        .await;
    assert_eq!(listed.ids(), [made["id"].as_str().unwrap()]);
    assert!(
        shop.look("/api/catalog/store/products?category=top")
            .await
            .ids()
            .is_empty()
    );
    let nobodys = shop.look("/api/catalog/store/products?category=none").await;
    assert_eq!(nobodys.code(), "category-not-found");
    let mut body = crate::bodies::rewritten(&made);
    body["category_ids"] = json!([top["id"]]);
    shop.put(&path_of(PRODUCTS, &made), 1, body)
        .await
        .expect(200);
    assert_eq!(lists().await, "top");
    world.end_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_in_a_deleted_category_moves_up() {
    let world = World::told().await;
    let shop = world.store("alpha").await;
    let top = shop.category("Top", None).await;
    let mid = shop.category("Mid", Some(&top)).await;
    let leaf = shop.category("Leaf", Some(&mid)).await;
    let inside = shop.product(json!({ "category_ids": [mid["id"]] })).await;
    let both = shop
        .product(json!({ "category_ids": [top["id"], mid["id"]] }))
        .await;
    let deep = shop.product(json!({ "category_ids": [leaf["id"]] })).await;
    let path = path_of(CATEGORIES, &mid);
    assert_eq!(shop.delete(&path, 7).await.status, 412);
    assert_eq!(shop.delete(&path, 1).await.status, 204);
    assert_eq!(shop.delete(&path, 1).await.status, 404);
    let child = shop.get(&path_of(CATEGORIES, &leaf)).await.expect(200);
    assert_eq!(
        (&child["parent_id"], &child["version"]),
        (&top["id"], &json!(2))
    );
    let categories = async |product: &Value| {
        let view = shop.get(&path_of(PRODUCTS, product)).await.expect(200);
        (
            view["category_ids"].clone(),
            view["version"].as_i64().unwrap(),
        )
    };
    // A job tells of the products themselves.
    until("both products are told", async || {
        let versions = (categories(&inside).await.1, categories(&both).await.1);
        (versions == (2, 2)).then_some(())
    })
    .await;
    assert_eq!(categories(&inside).await.0, json!([top["id"]]));
    assert_eq!(categories(&both).await.0, json!([top["id"]]));
    assert_eq!(categories(&deep).await, (json!([leaf["id"]]), 1));
    let told = shop.told::<ProductChanged>().await;
    let last = told
        .iter()
        .rfind(|event| json!(event.product_id) == inside["id"])
        .unwrap();
    assert_eq!(
        (json!(last.category_ids), last.version),
        (json!([top["id"]]), 2)
    );
    let gone = shop.told::<CategoryChanged>().await;
    let gone = gone.iter().find(|event| event.deleted).unwrap();
    assert_eq!(
        (json!(gone.category_id), gone.version),
        (mid["id"].clone(), 2)
    );
    // At the root there is nothing above: a product stays, outside every category.
    assert_eq!(shop.delete(&path_of(CATEGORIES, &top), 1).await.status, 204);
    until("both products are told again", async || {
        let both = (categories(&inside).await, categories(&both).await);
        (both == ((json!([]), 3), (json!([]), 3))).then_some(())
    })
    .await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn telling_products_twice_is_a_version_more_and_no_harm() {
    let world = World::start().await;
    let shop = world.store("alpha").await;
    let made = shop.product(json!({})).await;
    let app = world.app().await;
    let id: kernel::ProductId = made["id"].as_str().unwrap().parse().unwrap();
    let gone = kernel::ProductId::new();
    for _ in 0..2 {
        let task = jobs::Task {
            tenant: shop.tenant,
            id: Uuid::now_v7(),
            attempt: 1,
            job: catalog::jobs::tell_products::TellProducts {
                products: vec![id, gone],
            },
        };
        catalog::jobs::tell_products::run(app.clone(), task)
            .await
            .unwrap();
    }
    let told = shop.told::<ProductChanged>().await;
    let versions: Vec<_> = told.iter().map(|event| event.version).collect();
    assert_eq!(versions, [1, 2, 3]);
    assert_eq!(told[0].variants, told[2].variants);
    world.end_untold().await;
}
