//! Carts: what is in them, what they cost, and what a shopper is told.

use http_kit::Role;
use kernel::{CartId, VariantId};
use reqwest::Method;
use serde_json::{Value, json};
use time::Duration;

use crate::cast::{Cart, FUNCHAL, Goods};
use crate::world::{Ask, Reply, World, euros};

/// The codes of the warnings of the only line.
fn warnings(reply: &Reply) -> Vec<String> {
    let told = reply.list("/lines/0/warnings");
    let code = |warning: &Value| warning["code"].as_str().unwrap().to_owned();
    told.iter().map(code).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_of_a_cart_has_all_totals() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_230);
    world.sell(&store, &goods, 100).await;
    let rates = json!({ "rates": [
        { "region": "PT", "price": euros(492), "free_from": euros(10_000) },
        { "region": "PT-30", "price": euros(900) },
    ] });
    let shipping = world.admin(&store, Method::PUT, "/api/orders/admin/shipping");
    world.send(shipping.json(rates)).await.expect(200);

    let ask = Ask::new(Method::POST, &store.slug, "/api/orders/store/carts");
    let made = world.send(ask).await.expect(201);
    assert_eq!(made.number("/total/amount"), 0);
    assert_eq!(made.body["can_checkout"], false, "nothing is in it");
    let cart = Cart {
        slug: store.slug.clone(),
        id: made.words("/id"),
        token: made.words("/token"),
        key: "one".into(),
    };
    assert_eq!(
        made.location,
        Some(format!("/api/orders/store/carts/{}", cart.id))
    );

    let added = world.add(&cart, &goods, 2).await.expect(200);
    let again = world.add(&cart, &goods, 1).await.expect(200);
    assert_eq!(added.number("/lines/0/quantity"), 2);
    assert_eq!(again.list("/lines").len(), 1, "one line a variant");
    assert_eq!(again.number("/lines/0/quantity"), 3);
    assert_eq!(again.number("/lines/0/unit_price/amount"), 1_230);
    assert_eq!(again.number("/lines/0/total/amount"), 3_690);
    assert_eq!(again.number("/subtotal/amount"), 3_690);
    assert_eq!(again.number("/shipping/amount"), 492);
    assert_eq!(again.number("/total/amount"), 4_182);
    assert_eq!(again.number("/tax/amount"), 690 + 92, "23 % within each");
    assert_eq!(again.number("/taxes/0/rate_bps"), 2_300);
    assert_eq!(again.number("/taxes/0/net/amount"), 3_000 + 400);
    assert_eq!(again.body["can_checkout"], true);
    assert!(
        again.body.get("token").is_none(),
        "told once, when the cart is made"
    );
    assert_eq!(
        world.look(&cart).await.body,
        again.body,
        "a look changes nothing"
    );

    let many = world.put(&cart, &goods, 9).await.expect(200);
    assert_eq!(many.number("/shipping/amount"), 0, "free from 100 euros");
    let there = json!({ "country": "PT", "postcode": FUNCHAL });
    let there = world
        .send(cart.ask(Method::PUT, "/destination").json(there))
        .await;
    let there = there.expect(200);
    assert_eq!(there.words("/region"), "PT-30");
    assert_eq!(there.number("/shipping/amount"), 900);
    assert_eq!(there.number("/taxes/0/rate_bps"), 2_200);

    let path = format!("/lines/{}", goods.variant);
    let removed = world
        .send(cart.ask(Method::DELETE, &path))
        .await
        .expect(200);
    assert_eq!(removed.list("/lines").len(), 0);
    assert_eq!(removed.number("/total/amount"), 0);
    world
        .send(cart.ask(Method::DELETE, &path))
        .await
        .expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shopper_is_told_when_price_stock_or_sale_changed() {
    let world = World::start().await;
    let store = world.store().await;
    let mut goods = Goods::at(1_000);
    world.sell(&store, &goods, 50).await;
    let (cart, fresh) = world.cart_with(&store, &goods, 10).await;
    assert_eq!(warnings(&fresh), [""; 0]);

    (goods.version, goods.price) = (2, 900);
    world.know(&store, &goods).await;
    let cheaper = world.look(&cart).await;
    assert_eq!(warnings(&cheaper), ["price-changed"]);
    assert_eq!(cheaper.number("/lines/0/warnings/0/was/amount"), 1_000);
    assert_eq!(cheaper.number("/lines/0/warnings/0/now/amount"), 900);
    assert_eq!(
        cheaper.words("/lines/0/warnings/0/message"),
        "O preço mudou de 10,00\u{a0}€ para 9,00\u{a0}€."
    );
    assert_eq!(
        cheaper.number("/total/amount"),
        9_000,
        "today's price counts"
    );
    let english = cart.ask(Method::GET, "").header("accept-language", "en");
    let english = world.send(english).await;
    assert_eq!(
        english.words("/lines/0/warnings/0/message"),
        "The price changed from €10.00 to €9.00."
    );
    let touched = world.put(&cart, &goods, 10).await.expect(200);
    assert_eq!(warnings(&touched), [""; 0], "seen and confirmed");

    world.count_stock(&store, &goods, 4).await;
    let few = world.look(&cart).await;
    assert_eq!(warnings(&few), ["only-n-left"]);
    assert_eq!(few.number("/lines/0/warnings/0/available"), 4);
    assert_eq!(few.body["can_checkout"], false);
    world.count_stock(&store, &goods, 0).await;
    assert_eq!(warnings(&world.look(&cart).await), ["out-of-stock"]);

    (goods.version, goods.is_active) = (3, false);
    world.know(&store, &goods).await;
    let gone = world.look(&cart).await;
    assert_eq!(warnings(&gone), ["no-longer-sold"]);
    assert_eq!(
        gone.number("/total/amount"),
        0,
        "what is not sold costs nothing"
    );
    let refused = world.put(&cart, &goods, 1).await;
    let refused = refused.problem(409, "not-for-sale");
    assert_eq!(refused.words("/variant_id"), goods.variant.to_string());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cart_holds_no_more_than_there_is() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let (cart, _) = world.cart_with(&store, &goods, 4).await;
    for refused in [
        world.add(&cart, &goods, 2).await,
        world.put(&cart, &goods, 6).await,
    ] {
        let refused = refused.problem(409, "out-of-stock");
        assert_eq!(refused.number("/available"), 5);
    }
    assert_eq!(world.look(&cart).await.number("/lines/0/quantity"), 4);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quantities_below_one_and_above_the_limit_are_refused() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 10_000_000).await;
    let cart = world.cart(&store).await;
    let wrong = [
        json!(0),
        json!(-1),
        json!(10_000),
        json!(i64::MAX),
        json!(1.5),
        json!("1"),
        json!(null),
    ];
    for quantity in wrong {
        let body = json!({ "variant_id": goods.variant, "quantity": quantity });
        let refused = world
            .send(cart.ask(Method::POST, "/lines").json(body))
            .await;
        assert_eq!(refused.status, 422, "{quantity}: {}", refused.text);
        assert_eq!(refused.wrong_fields(), ["/quantity"], "{quantity}");
    }
    world.put(&cart, &goods, 9_999).await.expect(200);
    let refused = world.add(&cart, &goods, 1).await;
    refused.problem(422, "quantity-too-large");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cart_has_at_most_a_hundred_lines() {
    let world = World::start().await;
    let store = world.store().await;
    let cart = world.cart(&store).await;
    let mut last = Goods::at(1);
    for line in 0..101 {
        last = Goods::at(1 + line);
        world.sell(&store, &last, 1).await;
        let reply = world.add(&cart, &last, 1).await;
        if line < 100 {
            reply.expect(200);
        } else {
            reply.problem(422, "cart-too-many-lines");
        }
    }
    let first = world.look(&cart).await.words("/lines/0/variant_id");
    let path = format!("/lines/{first}");
    world
        .send(cart.ask(Method::DELETE, &path))
        .await
        .expect(200);
    world.add(&cart, &last, 1).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_only_we_decide_are_refused() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let cart = world.cart(&store).await;
    for field in ["price", "total", "tenant_id", "unit_price", "tax"] {
        let mut body = json!({ "variant_id": goods.variant, "quantity": 1 });
        body[field] = json!(1);
        let refused = world
            .send(cart.ask(Method::POST, "/lines").json(body))
            .await;
        assert_eq!(refused.status, 422, "{field}: {}", refused.text);
        assert_eq!(refused.wrong_fields(), [format!("/{field}")]);
    }
    assert_eq!(world.look(&cart).await.list("/lines").len(), 0);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cart_opens_with_its_own_word_only() {
    let world = World::start().await;
    let (store, other) = (world.store().await, world.store().await);
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let (mine, _) = world.cart_with(&store, &goods, 1).await;
    let theirs = world.cart(&store).await;
    let token_of_none = Cart {
        token: "x".repeat(43),
        ..mine.clone()
    };
    let token_of_another = Cart {
        token: theirs.token.clone(),
        ..mine.clone()
    };
    let other_store = Cart {
        slug: other.slug.clone(),
        ..mine.clone()
    };
    let nobodys = Cart {
        id: CartId::new().to_string(),
        ..mine.clone()
    };
    for stranger in [token_of_none, token_of_another, other_store, nobodys] {
        let line = format!("/lines/{}", goods.variant);
        let place = json!({ "country": "PT", "postcode": FUNCHAL });
        let asks = [
            stranger.ask(Method::GET, ""),
            stranger
                .ask(Method::PUT, &line)
                .json(json!({ "quantity": 2 })),
            stranger.ask(Method::DELETE, &line),
            stranger.ask(Method::PUT, "/destination").json(place),
            stranger.checkout(1_000, json!({})),
        ];
        for ask in asks {
            world.send(ask).await.problem(404, "cart-not-found");
        }
    }
    let path = format!("/api/orders/store/carts/{}", mine.id);
    let without_word = Ask::new(Method::GET, &store.slug, &path);
    world
        .send(without_word.clone())
        .await
        .problem(404, "cart-not-found");
    let customer = world.token(store.id, Role::Customer);
    let signed_in = without_word.bearer(&customer);
    let refused = world.send(signed_in).await;
    refused.problem(404, "cart-not-found");
    assert_eq!(world.look(&mine).await.number("/lines/0/quantity"), 1);
    world.end().await;
}

/// A guest's cart has no owner, and neither has a guest: that makes nobody its owner.
#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_opens_a_cart_like_the_header_and_absence_opens_none() {
    let world = World::start().await;
    let store = world.store().await;
    let cart = world.cart(&store).await;
    let path = format!("/api/orders/store/carts/{}", cart.id);
    let ask = || Ask::new(Method::GET, &store.slug, &path);
    let cookie = ask().header("cookie", format!("a=b; __Host-cart={}; c=d", cart.token));
    world.send(cookie).await.expect(200);
    for nothing in ["__Host-cart=", "__Host-cart=null", "cart=x"] {
        let refused = world.send(ask().header("cookie", nothing)).await;
        refused.problem(404, "cart-not-found");
    }
    let empty = world.send(ask().header("x-cart-token", "")).await;
    empty.problem(404, "cart-not-found");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn anothers_variant_does_not_exist() {
    let world = World::start().await;
    let (store, other) = (world.store().await, world.store().await);
    let theirs = Goods::at(1_000);
    world.sell(&other, &theirs, 5).await;
    let cart = world.cart(&store).await;
    world
        .add(&cart, &theirs, 1)
        .await
        .problem(404, "variant-not-found");
    world
        .put(&cart, &theirs, 1)
        .await
        .problem(404, "variant-not-found");
    let nobodys = Goods {
        variant: VariantId::new(),
        ..theirs
    };
    world
        .add(&cart, &nobodys, 1)
        .await
        .problem(404, "variant-not-found");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_priced_in_another_currency_is_not_for_sale() {
    let world = World::start().await;
    let store = world.store().await;
    let mut goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let (cart, _) = world.cart_with(&store, &goods, 1).await;
    (goods.version, goods.currency) = (2, "USD");
    world.know(&store, &goods).await;
    let told = world.look(&cart).await;
    assert_eq!(warnings(&told), ["no-longer-sold"]);
    assert_eq!(told.body["can_checkout"], false);
    world
        .add(&cart, &goods, 1)
        .await
        .problem(409, "not-for-sale");
    let refused = world.send(cart.checkout(1_000, json!({}))).await;
    refused.problem(409, "not-for-sale");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sum_beyond_all_money_is_refused_and_the_cart_stays_usable() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(i64::MAX / 2);
    world.sell(&store, &goods, 100).await;
    let (cart, _) = world.cart_with(&store, &goods, 1).await;
    let refused = world.put(&cart, &goods, 3).await;
    refused.problem(422, "amount-too-large");
    assert_eq!(world.look(&cart).await.number("/lines/0/quantity"), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_is_not_served_is_named_at_its_field() {
    let world = World::start().await;
    let store = world.store().await;
    let cart = world.cart(&store).await;
    let places = [
        ("PT", "0999-001", "/postcode"),
        ("PT", "1100148", "/postcode"),
        ("ES", "28001", "/country"),
    ];
    for (country, postcode, field) in places {
        let body = json!({ "country": country, "postcode": postcode });
        let refused = world
            .send(cart.ask(Method::PUT, "/destination").json(body))
            .await;
        let refused = refused.problem(422, "address-not-served");
        assert_eq!(refused.wrong_fields(), [field], "{country} {postcode}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cart_that_nobody_touches_for_a_month_is_forgotten() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 5).await;
    let (idle, _) = world.cart_with(&store, &goods, 1).await;
    world.place.clock.advance(Duration::days(29));
    let (fresh, _) = world.cart_with(&store, &goods, 1).await;
    orders::jobs::forget_carts::run(world.app.clone())
        .await
        .unwrap();
    world.look(&idle).await;
    world.place.clock.advance(Duration::days(2));
    for _ in 0..2 {
        orders::jobs::forget_carts::run(world.app.clone())
            .await
            .unwrap();
        let gone = world.send(idle.ask(Method::GET, "")).await;
        gone.problem(404, "cart-not-found");
        world.look(&fresh).await;
    }
    world.end().await;
}
