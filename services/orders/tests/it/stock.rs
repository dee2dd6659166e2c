//! Stock and its ledger, as the store's staff keeps them.

use events::orders::v1::{ActionRecorded, StockChanged};
use futures_util::future::join_all;
use kernel::VariantId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::cast::{Goods, Store};
use crate::world::{Ask, Reply, World};

impl World {
    fn shelf(&self, store: &Store, goods: &Goods) -> Ask {
        self.admin(
            store,
            Method::PUT,
            &format!("/api/orders/admin/stock/{}", goods.variant),
        )
    }

    async fn adjust(&self, store: &Store, goods: &Goods, change: i64, reason: &str) -> Reply {
        let path = format!("/api/orders/admin/stock/{}/adjustments", goods.variant);
        let ask = self.admin(store, Method::POST, &path);
        let key = VariantId::new().to_string();
        self.send(
            ask.key(&key)
                .json(json!({ "change": change, "reason": reason })),
        )
        .await
    }

    async fn ledger(&self, store: &Store, goods: &Goods) -> Vec<Value> {
        let path = format!(
            "/api/orders/admin/stock/{}/movements?limit=100",
            goods.variant
        );
        let reply = self.send(self.admin(store, Method::GET, &path)).await;
        reply.expect(200).list("/items")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_in_the_ledger_and_the_ledger_adds_up() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.know(&store, &goods).await;
    assert_eq!(
        world.stock(&store, &goods).await,
        (0, 0),
        "a new variant has none"
    );
    world
        .adjust(&store, &goods, 10, "delivery")
        .await
        .expect(200);
    world.adjust(&store, &goods, -3, "broken").await.expect(200);
    world.count_stock(&store, &goods, 8).await;
    let placed = world.paid_order(&store, &goods, 2).await;
    world.act(&placed, "fulfil", json!({})).await.expect(200);
    let ended = world.order(&store, &goods, 1).await;
    world.act(&ended, "cancel", json!({})).await.expect(200);

    let ledger = world.ledger(&store, &goods).await;
    let told: Vec<_> = ledger
        .iter()
        .rev()
        .map(|entry| {
            let text = |field: &str| entry[field].as_str().unwrap().to_owned();
            let number = |field: &str| entry[field].as_i64().unwrap();
            (
                text("kind"),
                number("on_hand"),
                number("reserved"),
                text("reason"),
            )
        })
        .collect();
    let line = |kind: &str, on_hand, reserved, reason: &str| {
        (kind.to_owned(), on_hand, reserved, reason.to_owned())
    };
    assert_eq!(
        told,
        [
            line("received", 10, 0, "delivery"),
            line("corrected", -3, 0, "broken"),
            line("corrected", 1, 0, "stocktake"),
            line("reserved", 0, 2, ""),
            line("sold", -2, -2, ""),
            line("reserved", 0, 1, ""),
            line("released", 0, -1, ""),
        ]
    );
    assert_eq!(ledger[3]["order_id"], json!(placed.id));
    assert_eq!(ledger[6]["actor"], json!(format!("staff:{}", store.owner)));
    assert_eq!(world.stock(&store, &goods).await, (6, 0));
    let events: Vec<StockChanged> = world.told(store.id).await;
    let last = events.last().unwrap();
    assert_eq!(
        (last.on_hand, last.reserved, last.available, last.tracked),
        (6, 0, 6, true)
    );
    assert_eq!(last.product_id, goods.product.to_string());
    assert!(
        events
            .windows(2)
            .all(|pair| pair[0].version < pair[1].version)
    );
    let path = format!("/api/orders/admin/stock?sku={}", goods.sku.to_lowercase());
    let found = world.send(world.admin(&store, Method::GET, &path)).await;
    assert_eq!(
        found.expect(200).list("/items").len(),
        1,
        "in whatever case"
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_promised_cannot_be_taken_off_the_shelf() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    world.order(&store, &goods, 3).await;
    let fewer = world
        .shelf(&store, &goods)
        .json(json!({ "on_hand": 2, "reason": "stocktake" }));
    let refused = world.send(fewer).await.problem(409, "stock-promised");
    assert_eq!(refused.number("/reserved"), 3);
    world
        .adjust(&store, &goods, -3, "broken")
        .await
        .problem(409, "stock-promised");
    let below = world
        .adjust(&store, &goods, -6, "broken")
        .await
        .problem(422, "out-of-range");
    assert_eq!(below.wrong_fields(), ["/change"]);
    world.count_stock(&store, &goods, 3).await;
    assert_eq!(world.stock(&store, &goods).await, (3, 3));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_have_bounds_and_reasons() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.know(&store, &goods).await;
    let wrong = [
        (json!({ "on_hand": -1, "reason": "x" }), "/on_hand"),
        (json!({ "on_hand": 10_000_001, "reason": "x" }), "/on_hand"),
        (json!({ "on_hand": 1, "reason": "" }), "/reason"),
        (json!({ "on_hand": 1 }), "/reason"),
        (
            json!({ "on_hand": 1, "reason": "x".repeat(201) }),
            "/reason",
        ),
        (
            json!({ "on_hand": 1, "reason": "x", "reserved": 0 }),
            "/reserved",
        ),
        (json!({ "on_hand": "1", "reason": "x" }), "/on_hand"),
    ];
    for (body, field) in wrong {
        let refused = world
            .send(world.shelf(&store, &goods).json(body.clone()))
            .await;
        assert_eq!(refused.status, 422, "{body}: {}", refused.text);
        // A field that is missing is named by where it is missing from.
        let named = refused.wrong_fields();
        let told = named == [field] || refused.text.contains("missing field `reason`");
        assert!(told, "{body}: {}", refused.text);
    }
    world.adjust(&store, &goods, 0, "nothing").await.expect(422);
    world
        .adjust(&store, &goods, 10_000_001, "delivery")
        .await
        .expect(422);
    world
        .adjust(&store, &goods, 10_000_000, "delivery")
        .await
        .expect(200);
    world
        .adjust(&store, &goods, 1, "delivery")
        .await
        .problem(422, "out-of-range");
    let nobodys = Goods {
        variant: VariantId::new(),
        ..goods
    };
    let body = json!({ "on_hand": 1, "reason": "x" });
    let refused = world.send(world.shelf(&store, &nobodys).json(body)).await;
    refused.problem(404, "variant-not-found");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_made_on_an_old_picture_is_refused_with_the_new_one() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.know(&store, &goods).await;
    let first = world.count_stock(&store, &goods, 5).await;
    let tag = first.etag.unwrap();
    assert_eq!(tag, format!("\"{}\"", first.body["version"]));
    world.order(&store, &goods, 1).await;
    let body = json!({ "on_hand": 9, "reason": "stocktake" });
    let ask = |tag: &str| {
        world
            .shelf(&store, &goods)
            .header("if-match", tag)
            .json(body.clone())
    };
    let refused = world
        .send(ask(&tag))
        .await
        .problem(412, "changed-meanwhile");
    assert_eq!(refused.number("/current/reserved"), 1);
    let now = format!("\"{}\"", refused.number("/current/version"));
    world.send(ask(&now)).await.expect(200);
    world
        .send(ask("nonsense"))
        .await
        .problem(400, "invalid-if-match");
    assert_eq!(world.stock(&store, &goods).await, (9, 1));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn adjustments_at_once_all_count() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.know(&store, &goods).await;
    let came = join_all((0..10).map(|_| world.adjust(&store, &goods, 3, "delivery"))).await;
    came.into_iter().for_each(|reply| {
        reply.expect(200);
    });
    assert_eq!(world.stock(&store, &goods).await, (30, 0));
    assert_eq!(world.ledger(&store, &goods).await.len(), 10);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stock_is_listed_under_its_names_a_page_at_a_time() {
    let world = World::start().await;
    let (store, other) = (world.store().await, world.store().await);
    for on_hand in 0..5 {
        world.sell(&store, &Goods::at(1_000), on_hand).await;
    }
    world.sell(&other, &Goods::at(1_000), 99).await;
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/orders/admin/stock?limit=2&count=true&after={after}");
        let page = world
            .send(world.admin(&store, Method::GET, &path))
            .await
            .expect(200);
        assert_eq!(page.number("/count"), 5);
        seen.extend(page.list("/items"));
        match page.body["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    let on_hand: Vec<_> = seen
        .iter()
        .map(|item| item["on_hand"].as_i64().unwrap())
        .collect();
    assert_eq!(on_hand, [0, 1, 2, 3, 4], "by age, each once, nobody else's");
    assert!(
        seen.iter()
            .all(|item| item["title"] == "M4 carbine" && item["variant_title"] == "Black")
    );
    let bad = world.admin(
        &store,
        Method::GET,
        "/api/orders/admin/stock?after=nonsense",
    );
    world.send(bad).await.problem(400, "invalid-cursor");
    let unknown = world.admin(&store, Method::GET, "/api/orders/admin/stock?colour=red");
    world.send(unknown).await.problem(400, "invalid-query");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changed_the_stock_is_told_with_before_and_after() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let told: Vec<ActionRecorded> = world.told(store.id).await;
    assert_eq!(told.len(), 1);
    let action = told[0].action.clone().unwrap();
    assert_eq!(action.action, "stock.change");
    assert_eq!(action.actor, format!("staff:{}", store.owner));
    assert_eq!(action.target, format!("variant:{}", goods.variant));
    let before: Value = serde_json::from_str(&action.before_json).unwrap();
    let after: Value = serde_json::from_str(&action.after_json).unwrap();
    assert_eq!(
        (&before["on_hand"], &after["on_hand"]),
        (&json!(0), &json!(5))
    );
    assert!(after.get("reserved").is_none(), "only what changed");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_fills_the_shelves_of_a_new_store_once() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    let ensure = || orders::operator::ensure_stock(&world.app, store.id, goods.variant, 7);
    assert!(ensure().await.unwrap(), "before the variant is heard of");
    assert!(!ensure().await.unwrap());
    world.know(&store, &goods).await;
    assert_eq!(world.stock(&store, &goods).await, (7, 0));
    let placed = world.paid_order(&store, &goods, 2).await;
    world.act(&placed, "fulfil", json!({})).await.expect(200);
    assert!(!ensure().await.unwrap(), "what was sold stays sold");
    assert_eq!(world.stock(&store, &goods).await, (5, 0));
    let events: Vec<StockChanged> = world.told(store.id).await;
    assert_eq!(events[0].available, 7);
    assert_eq!(events.last().unwrap().product_id, goods.product.to_string());
    let twins = futures_util::join!(
        orders::operator::ensure_stock(&world.app, store.id, VariantId::new(), 3),
        orders::operator::ensure_stock(&world.app, store.id, VariantId::new(), 3)
    );
    assert!(twins.0.unwrap() && twins.1.unwrap());
    let less = orders::operator::ensure_stock(&world.app, store.id, VariantId::new(), -1).await;
    assert!(less.is_err());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_little_is_goes_with_every_word_of_a_shelf() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.know(&store, &goods).await;
    let watched = json!({ "on_hand": 9, "reason": "stocktake", "low_stock_threshold": 3 });
    let shelf = world
        .send(world.shelf(&store, &goods).json(watched))
        .await
        .expect(200);
    assert_eq!(shelf.number("/low_stock_threshold"), 3);
    // Whoever only counts leaves it as it was.
    let counted = world.count_stock(&store, &goods, 4).await;
    assert_eq!(counted.number("/low_stock_threshold"), 3);
    world.paid_order(&store, &goods, 2).await;
    let told = world.told::<StockChanged>(store.id).await;
    let of_the_sale = told.iter().find(|told| told.available == 2).unwrap();
    assert_eq!(of_the_sale.low_stock_threshold, 3);
    let below = json!({ "on_hand": 9, "reason": "stocktake", "low_stock_threshold": -1 });
    let refused = world.send(world.shelf(&store, &goods).json(below)).await;
    assert_eq!(refused.expect(422).wrong_fields(), ["/low_stock_threshold"]);
    world.end().await;
}
