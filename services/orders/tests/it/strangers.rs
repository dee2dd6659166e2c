//! Nobody reaches what is not theirs: by an id in a path or a body, by another's word, by being nobody.

use http_kit::Role;
use kernel::OrderId;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::cast::{Goods, Placed, Store};
use crate::world::{Ask, Reply, World};

impl World {
    /// Every row of a store, as one word.
    async fn everything_of(&self, store: &Store) -> String {
        let owner = self.place.database.all_stores("orders").await;
        let tables = "SELECT table_name::text FROM information_schema.columns
            WHERE table_schema = 'orders' AND column_name = 'tenant_id' ORDER BY 1";
        let mut all = String::new();
        for table in owner.query(tables, &[]).await.unwrap() {
            let table: String = table.get(0);
            let sql = format!(
                "SELECT coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '-')
                 FROM \"{table}\" t WHERE tenant_id = $1::text::uuid"
            );
            let sum: String = owner
                .query_one(&sql, &[&store.id.to_string()])
                .await
                .unwrap()
                .get(0);
            all.push_str(&format!("{table} {sum}\n"));
        }
        all
    }

    async fn read(
        &self,
        store: &Store,
        order: &str,
        token: Option<&str>,
        bearer: Option<&str>,
    ) -> Reply {
        let path = format!("/api/orders/store/orders/{order}");
        let mut ask = Ask::new(Method::GET, &store.slug, path);
        if let Some(token) = token {
            ask = ask.header("x-order-token", token);
        }
        if let Some(bearer) = bearer {
            ask = ask.bearer(bearer);
        }
        self.send(ask).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_another_store_exists_and_nothing_of_it_changes() {
    let world = World::start().await;
    let (mine, theirs) = (world.store().await, world.store().await);
    let (own, goods) = (Goods::at(1_000), Goods::at(1_000));
    world.sell(&mine, &own, 9).await;
    world.sell(&theirs, &goods, 9).await;
    let paid = world.paid_order(&theirs, &goods, 1).await;
    let open = world.order(&theirs, &goods, 1).await;
    let (cart, _) = world.cart_with(&theirs, &goods, 1).await;
    let before = world.everything_of(&theirs).await;

    let order = format!("/api/orders/admin/orders/{}", paid.id);
    let waiting = format!("/api/orders/admin/orders/{}", open.id);
    let shelf = format!("/api/orders/admin/stock/{}", goods.variant);
    let (count, change) = (
        json!({ "on_hand": 1, "reason": "x" }),
        json!({ "change": 1, "reason": "x" }),
    );
    let admin = [
        (Method::GET, order.clone(), json!({})),
        (Method::POST, format!("{order}/refund"), json!({})),
        (Method::POST, format!("{order}/fulfil"), json!({})),
        (
            Method::PUT,
            format!("{order}/tracking"),
            json!({ "tracking": "CTT 1" }),
        ),
        (Method::POST, format!("{waiting}/cancel"), json!({})),
        (Method::PUT, shelf.clone(), count),
        (Method::POST, format!("{shelf}/adjustments"), change),
        (Method::GET, format!("{shelf}/movements"), json!({})),
    ];
    for (method, path, body) in admin {
        let ask = world
            .admin(&mine, method.clone(), &path)
            .key("k")
            .json(body);
        let refused = world.send(ask).await;
        assert_eq!(refused.status, 404, "{method} {path}: {}", refused.text);
    }
    let lists = ["orders?count=true", "stock?count=true"];
    for list in lists {
        let path = format!("/api/orders/admin/{list}");
        let page = world
            .send(world.admin(&mine, Method::GET, &path))
            .await
            .expect(200);
        assert!(!page.text.contains(&theirs.id.to_string()));
        assert!(!page.text.contains(&paid.id) && !page.text.contains(&goods.variant.to_string()));
    }
    let search = format!("/api/orders/admin/orders?q={}", paid.number);
    let found = world
        .send(world.admin(&mine, Method::GET, &search))
        .await
        .expect(200);
    assert!(!found.text.contains(&paid.id));

    let here = crate::cast::Cart {
        slug: mine.slug.clone(),
        ..cart.clone()
    };
    let line = format!("/lines/{}", own.variant);
    world
        .send(here.ask(Method::GET, ""))
        .await
        .problem(404, "cart-not-found");
    let put = here.ask(Method::PUT, &line).json(json!({ "quantity": 1 }));
    world.send(put).await.problem(404, "cart-not-found");
    world
        .send(here.checkout(1_000, json!({})))
        .await
        .problem(404, "cart-not-found");
    // A cart of one's own, with another store's cart or variant in the body.
    let (own_cart, _) = world.cart_with(&mine, &own, 1).await;
    let foreign_cart = own_cart.checkout(1_000, json!({ "cart_id": cart.id }));
    world
        .send(foreign_cart)
        .await
        .problem(404, "cart-not-found");
    world
        .add(&own_cart, &goods, 1)
        .await
        .problem(404, "variant-not-found");
    world
        .read(&mine, &paid.id, Some(&paid.token), None)
        .await
        .problem(404, "order-not-found");
    let ticket = format!("/api/orders/store/orders/{}/ticket", open.id);
    let ticket = Ask::new(Method::POST, &mine.slug, ticket).header("x-order-token", &open.token);
    world.send(ticket).await.problem(404, "order-not-found");

    assert_eq!(world.everything_of(&theirs).await, before, "not a byte");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guests_order_opens_with_its_word_and_nothing_else() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 9).await;
    let (mine, other) = (
        world.order(&store, &goods, 1).await,
        world.order(&store, &goods, 1).await,
    );
    let seen = world
        .read(&store, &mine.id, Some(&mine.token), None)
        .await
        .expect(200);
    assert!(seen.body.get("token").is_none() && seen.body.get("payment_ticket").is_none());
    let customer = world.token(store.id, Role::Customer);
    let short = mine.token[..42].to_owned();
    let attempts = [
        (None, None),
        (Some(other.token.as_str()), None),
        (Some(short.as_str()), None),
        (Some(""), None),
        (None, Some(customer.as_str())),
    ];
    for (token, bearer) in attempts {
        let refused = world.read(&store, &mine.id, token, bearer).await;
        refused.problem(404, "order-not-found");
    }
    let nobodys = OrderId::new().to_string();
    let refused = world.read(&store, &nobodys, Some(&mine.token), None).await;
    refused.problem(404, "order-not-found");
    let path = format!("/api/orders/store/orders/{}/ticket", mine.id);
    let without = Ask::new(Method::POST, &store.slug, &path);
    world.send(without).await.problem(404, "order-not-found");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_reads_their_own_orders_and_no_one_elses() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 9).await;
    let (ana, bruno) = (Uuid::now_v7(), Uuid::now_v7());
    let token = |id| world.token_of(store.id, Role::Customer, id);
    let (cart, _) = world.cart_with(&store, &goods, 1).await;
    let ask = cart.checkout(1_000, json!({})).bearer(&token(ana));
    let placed = Placed::of(&store, &world.send(ask).await.expect(201));
    world
        .read(&store, &placed.id, None, Some(&token(ana)))
        .await
        .expect(200);
    world
        .read(&store, &placed.id, Some(&placed.token), None)
        .await
        .expect(200);
    let refused = world
        .read(&store, &placed.id, None, Some(&token(bruno)))
        .await;
    refused.problem(404, "order-not-found");
    let elsewhere = world.store().await;
    let foreign = world.token_of(elsewhere.id, Role::Customer, ana);
    world
        .read(&store, &placed.id, None, Some(&foreign))
        .await
        .problem(401, "invalid-token");
    world.end().await;
}

/// What a shopper is shown has no more in it than a shopper needs.
#[tokio::test(flavor = "multi_thread")]
async fn answers_to_shoppers_have_no_more_in_them_than_they_need() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 4_321).await;
    let placed = world.order(&store, &goods, 1).await;
    let (cart, reply) = world.cart_with(&store, &goods, 1).await;
    for text in [
        reply.text,
        world.look(&cart).await.text,
        world.shopper_sees(&placed).await.text,
    ] {
        for hidden in [
            "4321",
            "4320",
            "on_hand",
            "reserved\"",
            "token_hash",
            "tenant",
            "product_version",
        ] {
            assert!(!text.contains(hidden), "{hidden} in {text}");
        }
    }
    world.end().await;
}

/// What opens a cart or an order stands in no table of ours.
#[tokio::test(flavor = "multi_thread")]
async fn the_words_that_open_things_are_kept_as_hashes() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 9).await;
    let (cart, reply) = world.cart_with(&store, &goods, 1).await;
    let total = reply.number("/total/amount");
    let placed = world
        .send(cart.checkout(total, json!({})))
        .await
        .expect(201);
    let placed = Placed::of(&store, &placed);
    for (table, word) in [
        ("cart", &cart.token),
        ("\"order\"", &placed.token),
        ("timeline_entry", &placed.token),
    ] {
        let rows = format!("SELECT count(*) FROM {table} t WHERE t::text LIKE '%{word}%'");
        assert_eq!(world.count(&rows).await, 0, "{table}");
    }
    world.end().await;
}
