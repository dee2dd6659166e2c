//! From cart to order.

use events::orders::v1::{OrderPaid, OrderPlaced, OrderStatus, StockChanged};
use events::payments::v1::AccountChanged;
use kernel::ticket::PaymentTicket;
use reqwest::Method;
use serde_json::json;

use crate::cast::{Goods, Placed, account, address};
use crate::world::{Ask, World, euros};

#[tokio::test(flavor = "multi_thread")]
async fn a_cart_becomes_an_order_whose_goods_are_kept() {
    let world = World::start().await;
    let store = world.store().await;
    let (goods, more) = (Goods::at(4_990), Goods::at(1_010));
    world.sell(&store, &goods, 5).await;
    world.sell(&store, &more, 5).await;
    let (cart, _) = world.cart_with(&store, &goods, 2).await;
    let reply = world.put(&cart, &more, 1).await.expect(200);
    let total = reply.number("/total/amount");
    let changes = json!({ "tax_id": "501442600", "note": "Ring twice", "payment_method": "mb_way", "accepts_newsletter": true, "terms_version": "2026-01" });
    let placed = world.send(cart.checkout(total, changes)).await.expect(201);
    assert_eq!(placed.words("/status"), "pending_payment");
    assert_eq!(placed.number("/total/amount"), 10_990);
    assert_eq!(placed.number("/paid/amount"), 0);
    assert_eq!(placed.list("/lines").len(), 2);
    let path = format!("/api/orders/store/orders/{}", placed.words("/id"));
    assert_eq!(placed.location, Some(path));
    assert_eq!(world.stock(&store, &goods).await, (5, 2));
    assert_eq!(world.stock(&store, &more).await, (5, 1));

    let ticket = world
        .app
        .ticket_key
        .open(&placed.words("/payment_ticket"), world.app.clock.unix());
    let ticket: PaymentTicket = ticket.unwrap();
    assert_eq!(ticket.total.minor, 10_990);
    assert_eq!(ticket.order.to_string(), placed.words("/id"));
    assert_eq!(ticket.tenant, store.id);

    let order = Placed::of(&store, &placed);
    let seen = world.owner_sees(&order).await;
    assert_eq!(seen.words("/tax_id"), "501442600");
    assert_eq!(seen.words("/phone"), "+351912345678");
    assert_eq!(seen.words("/note"), "Ring twice");
    assert_eq!(seen.words("/payment_method"), "mb_way");
    assert_eq!(seen.body["billing_address"], seen.body["shipping_address"]);
    let own = world.shopper_sees(&order).await;
    for field in [
        "billing_address",
        "tax_id",
        "phone",
        "note",
        "payment_method",
    ] {
        assert_eq!(own.body[field], seen.body[field], "{field}");
    }
    assert_eq!(world.timeline(&order).await, ["placed"]);
    assert!(world.look(&cart).await.body["ordered"].as_bool().unwrap());

    let told: Vec<OrderPlaced> = world.told(store.id).await;
    let told = told[0].order.clone().unwrap();
    assert_eq!((told.number, told.version), (order.number.clone(), 1));
    assert_eq!(told.access_token, order.token, "for the link in mails");
    assert!(told.marketing_consent && !told.test);
    assert_eq!(
        world.told::<StockChanged>(store.id).await.len(),
        2 + 2,
        "counted and reserved"
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_shopper_sends_is_checked_field_by_field() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let (cart, _) = world.cart_with(&store, &goods, 1).await;
    let long = "x".repeat(1_001);
    let wrong = [
        (json!({ "email": "ana" }), "/email"),
        (json!({ "tax_id": "501442601" }), "/tax_id"),
        (json!({ "tax_id": "12345678" }), "/tax_id"),
        (json!({ "phone": "12" }), "/phone"),
        (json!({ "accepts_terms": false }), "/accepts_terms"),
        (json!({ "note": long }), "/note"),
        (json!({ "payment_method": "gold" }), "/payment_method"),
        (
            json!({ "expected_total": { "amount": 10.5, "currency": "EUR" } }),
            "/expected_total/amount",
        ),
        (
            json!({ "shipping_address": { "name": "" } }),
            "/shipping_address",
        ),
        (
            json!({ "shipping_address": address("1100") }),
            "/shipping_address/postcode",
        ),
        (
            json!({ "shipping_address": address("0999-123") }),
            "/shipping_address/postcode",
        ),
        (json!({ "total": 1 }), "/total"),
        (json!({ "tenant_id": "x" }), "/tenant_id"),
        (json!({ "status": "paid" }), "/status"),
    ];
    for (changes, field) in wrong {
        let refused = world.send(cart.checkout(1_000, changes.clone())).await;
        assert_eq!(refused.status, 422, "{changes}: {}", refused.text);
        let named = refused.wrong_fields();
        assert!(
            named.iter().any(|pointer| pointer.starts_with(field)),
            "{changes}: {named:?}"
        );
    }
    let mut abroad = address("28001");
    abroad["country"] = json!("ES");
    let refused = world
        .send(cart.checkout(1_000, json!({ "shipping_address": abroad })))
        .await;
    let refused = refused.problem(422, "address-not-served");
    assert_eq!(refused.wrong_fields(), ["/shipping_address/country"]);
    let body = cart.checkout(1_000, json!({})).body().cloned().unwrap();
    let ask = Ask::new(Method::POST, &store.slug, "/api/orders/store/checkout");
    let without_key = world.send(ask.json(body)).await;
    without_key.problem(400, "idempotency-key-required");
    assert_eq!(world.count("SELECT count(*) FROM \"order\"").await, 0);
    assert_eq!(world.stock(&store, &goods).await, (5, 0));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_cart_and_a_cart_that_was_ordered_cannot_be_ordered() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let empty = world.cart(&store).await;
    world
        .send(empty.checkout(0, json!({})))
        .await
        .problem(409, "cart-empty");
    let (cart, _) = world.cart_with(&store, &goods, 1).await;
    let placed = world
        .send(cart.checkout(1_000, json!({})))
        .await
        .expect(201);
    let again = cart.checkout(1_000, json!({})).key("another-click");
    let refused = world.send(again).await.problem(409, "cart-closed");
    assert_eq!(refused.words("/order_id"), placed.words("/id"));
    assert_eq!(refused.words("/order_number"), placed.words("/number"));
    let refused = world
        .put(&cart, &goods, 2)
        .await
        .problem(409, "cart-closed");
    assert_eq!(refused.words("/order_id"), placed.words("/id"));
    assert_eq!(world.stock(&store, &goods).await, (5, 1));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_price_that_was_shown_is_the_price_that_is_charged() {
    let world = World::start().await;
    let store = world.store().await;
    let mut goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let (cart, _) = world.cart_with(&store, &goods, 2).await;
    (goods.version, goods.price) = (2, 1_100);
    world.know(&store, &goods).await;
    let refused = world.send(cart.checkout(2_000, json!({}))).await;
    let refused = refused.problem(409, "total-changed");
    assert_eq!(refused.body["expected"], euros(2_000));
    assert_eq!(refused.body["total"], euros(2_200));
    let change = json!([{ "variant_id": goods.variant, "was": euros(1_000), "now": euros(1_100) }]);
    assert_eq!(refused.body["prices"], change);
    assert_eq!(world.stock(&store, &goods).await, (5, 0));
    for cheat in [
        json!({ "expected_total": euros(1) }),
        json!({ "expected_total": euros(-2_200) }),
        json!({ "expected_total": { "amount": 2_200, "currency": "USD" } }),
    ] {
        world
            .send(cart.checkout(0, cheat))
            .await
            .problem(409, "total-changed");
    }
    // The same key may be tried again: nothing was done under it.
    world
        .send(cart.checkout(2_200, json!({})))
        .await
        .expect(201);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_is_told_with_what_is_left() {
    let world = World::start().await;
    let store = world.store().await;
    let (goods, plenty) = (Goods::at(1_000), Goods::at(500));
    world.sell(&store, &goods, 3).await;
    world.sell(&store, &plenty, 100).await;
    let (first, _) = world.cart_with(&store, &goods, 2).await;
    let (second, _) = world.cart_with(&store, &goods, 2).await;
    world.put(&second, &plenty, 1).await.expect(200);
    world
        .send(first.checkout(2_000, json!({})))
        .await
        .expect(201);
    let refused = world.send(second.checkout(2_500, json!({}))).await;
    let refused = refused.problem(409, "out-of-stock");
    assert_eq!(refused.words("/variant_id"), goods.variant.to_string());
    assert_eq!(refused.number("/available"), 1);
    assert_eq!(
        world.stock(&store, &plenty).await,
        (100, 0),
        "all of a cart or nothing"
    );
    world.put(&second, &goods, 1).await.expect(200);
    world
        .send(second.checkout(1_500, json!({})))
        .await
        .expect(201);
    assert_eq!(world.stock(&store, &goods).await, (3, 3));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_free_order_is_paid_by_being_placed() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(0);
    world.sell(&store, &goods, 5).await;
    let (cart, _) = world.cart_with(&store, &goods, 2).await;
    let placed = world.send(cart.checkout(0, json!({}))).await.expect(201);
    assert_eq!(placed.words("/status"), "paid");
    assert!(
        placed.body.get("payment_ticket").is_none(),
        "nothing is to pay"
    );
    let order = Placed::of(&store, &placed);
    assert_eq!(world.timeline(&order).await, ["placed", "paid"]);
    let placed: Vec<OrderPlaced> = world.told(store.id).await;
    let paid: Vec<OrderPaid> = world.told(store.id).await;
    let (placed, paid) = (
        placed[0].order.clone().unwrap(),
        paid[0].order.clone().unwrap(),
    );
    assert!(
        placed.version < paid.version,
        "whoever hears both keeps the newer"
    );
    assert_eq!(paid.status(), OrderStatus::Paid);
    assert_eq!(paid.amount_due.unwrap().minor, 0);
    world
        .act(&order, "refund", json!({}))
        .await
        .problem(409, "order-not-paid");
    world.act(&order, "fulfil", json!({})).await.expect(200);
    world
        .act(&order, "cancel", json!({}))
        .await
        .problem(409, "order-paid");
    assert_eq!(world.stock(&store, &goods).await, (3, 0));
    // One that is not sent yet can be ended: there is no money to give back first.
    let other = world.order(&store, &goods, 1).await;
    let ended = world.act(&other, "cancel", json!({})).await.expect(200);
    assert_eq!(ended.words("/status"), "cancelled");
    assert_eq!(world.stock(&store, &goods).await, (3, 0));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_go_up_by_one_from_where_only_the_store_knows() {
    let world = World::start().await;
    let (store, other) = (world.store().await, world.store().await);
    let (goods, theirs) = (Goods::at(1_000), Goods::at(1_000));
    world.sell(&store, &goods, 100).await;
    world.sell(&other, &theirs, 100).await;
    let mut numbers = Vec::new();
    for _ in 0..4 {
        let number = world.order(&store, &goods, 1).await.number;
        numbers.push(number.parse::<i64>().unwrap());
    }
    assert!(
        numbers.windows(2).all(|pair| pair[1] == pair[0] + 1),
        "{numbers:?}"
    );
    assert!((10_000..=99_999).contains(&numbers[0]));
    let elsewhere = world.order(&other, &theirs, 1).await.number;
    assert_ne!(
        elsewhere,
        numbers[0].to_string(),
        "one store's start tells nothing of another's"
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_that_are_not_sent_leave_no_parcel() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods {
        is_sent: false,
        ..Goods::at(1_000)
    };
    world.sell(&store, &goods, 5).await;
    let rates = json!({ "rates": [{ "region": "PT", "price": euros(400) }] });
    let ask = world
        .admin(&store, Method::PUT, "/api/orders/admin/shipping")
        .json(rates);
    world.send(ask).await.expect(200);
    world.order(&store, &goods, 1).await;
    let told: Vec<OrderPlaced> = world.told(store.id).await;
    let order = told[0].order.clone().unwrap();
    assert_eq!(order.shipping_address, None);
    assert_eq!(order.shipping_total.unwrap().minor, 0);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_placed_with_test_money_says_so() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    for (version, live_mode) in [(3, false), (2, true)] {
        let news = AccountChanged {
            live_mode,
            ..account(&store, version)
        };
        world.hear_account(news).await;
    }
    world.order(&store, &goods, 1).await;
    let told: Vec<OrderPlaced> = world.told(store.id).await;
    assert!(
        told[0].order.as_ref().unwrap().test,
        "the newest word on the account counts"
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_can_pay_is_not_ordered() {
    let world = World::start().await;
    let store = world.new_store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let (cart, told) = world.cart_with(&store, &goods, 1).await;
    assert_eq!(told.body["can_checkout"], false);
    assert_eq!(told.words("/warnings/0/code"), "payments-not-ready");
    let refused = world.send(cart.checkout(1_000, json!({}))).await;
    refused.problem(409, "payments-not-ready");
    assert_eq!(world.stock(&store, &goods).await, (5, 0), "nothing is kept");

    world.hear_account(account(&store, 1)).await;
    assert_eq!(world.look(&cart).await.body["can_checkout"], true);
    world
        .send(cart.checkout(1_000, json!({})))
        .await
        .expect(201);

    let closed = AccountChanged {
        charges_enabled: false,
        ..account(&store, 2)
    };
    world.hear_account(closed).await;
    let (cart, _) = world.cart_with(&store, &goods, 1).await;
    let refused = world.send(cart.checkout(1_000, json!({}))).await;
    refused.problem(409, "payments-not-ready");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_total_that_the_provider_would_not_take_is_not_ordered() {
    let world = World::start().await;
    let store = world.store().await;
    for price in [49, 100_000_000] {
        let goods = Goods::at(price);
        world.sell(&store, &goods, 5).await;
        let (cart, told) = world.cart_with(&store, &goods, 1).await;
        assert_eq!(told.body["can_checkout"], false, "{price}");
        assert_eq!(told.words("/warnings/0/code"), "amount-out-of-range");
        let refused = world.send(cart.checkout(price, json!({}))).await;
        let refused = refused.problem(422, "amount-out-of-range");
        assert_eq!(refused.number("/least/amount"), 50);
        assert_eq!(world.stock(&store, &goods).await, (5, 0));
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_are_kept_longer_for_those_who_pay_by_multibanco() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let mut minutes = Vec::new();
    for method in ["card", "mb_way", "multibanco"] {
        let (cart, _) = world.cart_with(&store, &goods, 1).await;
        let changes = json!({ "payment_method": method });
        let placed = world.send(cart.checkout(1_000, changes)).await.expect(201);
        let at = |field: &str| {
            let text = placed.words(field);
            time::OffsetDateTime::parse(&text, &time::format_description::well_known::Rfc3339)
                .unwrap()
        };
        minutes.push((at("/reserved_until") - at("/placed_at")).whole_minutes());
    }
    assert_eq!(minutes, [30, 30, 120]);
    world.end().await;
}
