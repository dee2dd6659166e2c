//! Many shoppers at the same moment.

use futures_util::future::join_all;
use serde_json::json;

use crate::cast::{Cart, Goods, Store};
use crate::world::{Reply, World};

const SHOPPERS: usize = 200;
const PIECES: i64 = 20;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_want_twenty_and_twenty_get_them() {
    let world = World::start().await;
    let (store, calm) = (world.store().await, world.store().await);
    let (goods, theirs) = (Goods::at(1_000), Goods::at(500));
    world.sell(&store, &goods, PIECES).await;
    world.sell(&calm, &theirs, 1_000).await;
    let carts = carts_of(&world, &store, &goods, SHOPPERS).await;
    let neighbours = carts_of(&world, &calm, &theirs, 10).await;

    let clicks = carts
        .iter()
        .map(|cart| world.send(cart.checkout(1_000, json!({}))));
    let beside = neighbours
        .iter()
        .map(|cart| world.send(cart.checkout(500, json!({}))));
    let (answers, others) = futures_util::join!(join_all(clicks), join_all(beside));
    let refused = answers.iter().filter(|reply| reply.status != 201);
    let refused: Vec<_> = refused.map(Reply::code).collect();
    assert!(
        refused.iter().all(|code| *code == "out-of-stock"),
        "nobody is refused but for want of stock, and nobody waits in vain: {refused:?}"
    );

    let of = |status: u16| {
        answers
            .iter()
            .filter(|reply| reply.status == status)
            .count()
    };
    assert_eq!(of(201), usize::try_from(PIECES).unwrap());
    assert_eq!(of(409), SHOPPERS - usize::try_from(PIECES).unwrap());
    let losers = answers.iter().filter(|reply| reply.status == 409);
    let told = |reply: &&Reply| reply.code() == "out-of-stock" && reply.body["available"] == 0;
    assert_eq!(
        losers.filter(told).count(),
        SHOPPERS - usize::try_from(PIECES).unwrap()
    );
    assert!(
        others.iter().all(|reply| reply.status == 201),
        "the neighbours are served"
    );
    assert_eq!(world.stock(&store, &goods).await, (PIECES, PIECES));
    assert_eq!(world.stock(&calm, &theirs).await, (1_000, 10));
    world.end().await;
}

/// More than one store may have under way of other requests: checkouts wait in a queue of their own.
#[tokio::test(flavor = "multi_thread")]
async fn four_hundred_want_what_is_there_for_all_and_all_get_it() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 400).await;
    let carts = carts_of(&world, &store, &goods, 400).await;
    let clicks = carts
        .iter()
        .map(|cart| world.send(cart.checkout(1_000, json!({}))));
    for reply in join_all(clicks).await {
        assert_eq!(reply.status, 201, "{}", reply.text);
    }
    assert_eq!(world.stock(&store, &goods).await, (400, 400));
    world.end().await;
}

/// Carts that want different things of the same shelves, in every order: nothing waits crosswise.
#[tokio::test(flavor = "multi_thread")]
async fn carts_that_overlap_are_each_served_whole_or_not_at_all() {
    let world = World::start().await;
    let store = world.store().await;
    let shelves: Vec<Goods> = (0..4).map(|at| Goods::at(100 + at)).collect();
    for goods in &shelves {
        world.sell(&store, goods, 12).await;
    }
    let mut carts = Vec::new();
    for at in 0..40_usize {
        let cart = world.cart(&store).await;
        let mut total = 0;
        for step in 0..3 {
            let goods = &shelves[(at * 7 + step * (1 + at % 3)) % 4];
            let reply = world
                .put(&cart, goods, 1 + i64::try_from(at % 2).unwrap())
                .await
                .expect(200);
            total = reply.number("/total/amount");
        }
        carts.push((cart, total));
    }
    let clicks = carts
        .iter()
        .map(|(cart, total)| world.send(cart.checkout(*total, json!({}))));
    let answers = join_all(clicks).await;
    assert!(
        answers
            .iter()
            .all(|reply| matches!(reply.status.as_u16(), 201 | 409))
    );
    assert!(answers.iter().any(|reply| reply.status == 201));
    assert!(answers.iter().any(|reply| reply.code() == "out-of-stock"));
    world.end().await;
}

/// Another process sells from the same shelves at the same moment.
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_do_not_sell_the_same_piece() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 10).await;
    let carts = carts_of(&world, &store, &goods, 40).await;
    let parts = vec![orders::build(&world.place.platform).await.unwrap()];
    let second =
        http_kit::Running::start(&world.place.platform, parts, http_kit::Roles::SERVE).unwrap();
    let address = second.address("orders").unwrap().to_string();
    let clicks = carts.iter().enumerate().map(|(at, cart)| {
        let ask = cart.checkout(1_000, json!({}));
        let ask = if at % 2 == 0 { ask } else { ask.at(&address) };
        world.send(ask)
    });
    let answers = join_all(clicks).await;
    let won = answers.iter().filter(|reply| reply.status == 201).count();
    let lost = answers
        .iter()
        .filter(|reply| reply.code() == "out-of-stock")
        .count();
    assert_eq!((won, lost), (10, 30));
    assert_eq!(world.stock(&store, &goods).await, (10, 10));
    second.stop().await;
    world.end().await;
}

/// A few at a time: how they are made is not what is tried here.
async fn carts_of(world: &World, store: &Store, goods: &Goods, count: usize) -> Vec<Cart> {
    let mut carts = Vec::new();
    while carts.len() < count {
        let some = (0..4).map(|_| world.cart_with(store, goods, 1));
        carts.extend(join_all(some).await.into_iter().map(|(cart, _)| cart));
    }
    carts.truncate(count);
    carts
}
