//! The purchase, from the guide's curl to the refund, as it goes well and as it goes wrong.

use anyhow::Context;
use journeys::client::{Door, Reply};
use journeys::merchant::Store;
use journeys::shopper::{Placed, Shopper};
use journeys::stores;
use reqwest::Method;
use serde_json::{Value, json};

use crate::SERVICES;

/// A store with an account and a product of ten pieces.
async fn open_store() -> anyhow::Result<(Store, journeys::merchant::Product)> {
    let store = Store::provision().await?;
    store.connect_account().await?;
    let product = store.add_product(10).await?;
    Ok((store, product))
}

/// A shopper with an order of one piece, unpaid.
async fn order_one(
    store: &Store,
    product: &journeys::merchant::Product,
) -> anyhow::Result<(Shopper, Placed)> {
    let shopper = Shopper::enter(store).await?;
    shopper.want(product, 1).await?.expect(200)?;
    let total = shopper.cart().await?.number("/total/amount")?;
    let placed = Placed::of(&shopper.buy(total).await?.expect(201)?)?;
    Ok((shopper, placed))
}

#[tokio::test]
async fn the_platform_is_healthy_and_names_its_services() -> anyhow::Result<()> {
    let door = Door::from_environment()?;
    let ask = door.platform(Method::GET, "/api/health");
    let healthy = |reply: &Reply| (reply.text("/status").ok()? == "healthy").then(|| reply.clone());
    let reply = door
        .until("the platform being healthy", &ask, healthy)
        .await?;
    let text = reply.body.to_string();
    for service in SERVICES {
        anyhow::ensure!(text.contains(service), "{service} is not named in {text}");
    }
    let inside = door.platform(Method::GET, "/internal/metrics");
    anyhow::ensure!(
        door.insist(&inside).await?.status == 404,
        "what is internal stays inside"
    );
    Ok(())
}

#[tokio::test]
async fn a_shopper_declined_once_pays_and_is_refunded() -> anyhow::Result<()> {
    let (store, product) = open_store().await?;
    let page = store.door.store(
        &store.slug,
        Method::GET,
        &format!("/api/catalog/store/products/{}", product.slug),
    );
    let shown = |reply: &Reply| (reply.status == 200).then(|| reply.clone());
    let page = store
        .door
        .until("the product being shown", &page, shown)
        .await?;
    anyhow::ensure!(
        !page.body.to_string().contains("<script"),
        "typed HTML is cleaned"
    );
    let (shopper, placed) = order_one(&store, &product).await?;
    let intent = shopper.pay(&placed).await?;
    store.stripe.choose(&intent, "card_declined").await?;
    let again = shopper.pay(&placed).await?;
    anyhow::ensure!(
        again.id() == intent.id(),
        "a declined attempt goes on with its intent"
    );
    store.stripe.choose(&again, "card").await?;
    shopper.until(&placed, "paid").await?;
    anyhow::ensure!(
        store.stock(&product.variant).await? == (10, 1),
        "one piece is promised"
    );
    store.refund(&placed.id, "refund-1").await?.expect(201)?;
    anyhow::ensure!(
        store.refund(&placed.id, "refund-1").await?.replayed,
        "a repeat is a repeat"
    );
    let refunded = shopper.until(&placed, "refunded").await?;
    anyhow::ensure!(
        refunded.pointer("/refunded") == refunded.pointer("/total"),
        "all of it"
    );
    Ok(())
}

#[tokio::test]
async fn a_card_with_three_d_secure_is_paid_after_the_bank_said_yes() -> anyhow::Result<()> {
    let (store, product) = open_store().await?;
    let (shopper, placed) = order_one(&store, &product).await?;
    let intent = shopper.pay(&placed).await?;
    store.stripe.choose(&intent, "card_3ds").await?;
    shopper.until(&placed, "pending_payment").await?;
    store.stripe.choose(&intent, "approve").await?;
    shopper.until(&placed, "paid").await?;
    Ok(())
}

#[tokio::test]
async fn mb_way_is_paid_when_the_shopper_approves_later() -> anyhow::Result<()> {
    let (store, product) = open_store().await?;
    let (shopper, placed) = order_one(&store, &product).await?;
    let intent = shopper.pay(&placed).await?;
    store.stripe.choose(&intent, "mb_way").await?;
    shopper.until(&placed, "pending_payment").await?;
    store.stripe.choose(&intent, "approve").await?;
    shopper.until(&placed, "paid").await?;
    Ok(())
}

#[tokio::test]
async fn a_double_click_is_one_order_and_one_charge() -> anyhow::Result<()> {
    let (store, product) = open_store().await?;
    let shopper = Shopper::enter(&store).await?;
    shopper.want(&product, 2).await?.expect(200)?;
    let total = shopper.cart().await?.number("/total/amount")?;
    let ask = shopper.buying(total);
    let clicks =
        futures_util::future::try_join_all((0..5).map(|_| store.door.insist(&ask))).await?;
    let bodies: Vec<&Value> = clicks.iter().map(|reply| &reply.body).collect();
    anyhow::ensure!(
        clicks.iter().all(|reply| reply.status == 201),
        "each click is answered: {bodies:?}"
    );
    anyhow::ensure!(
        bodies.windows(2).all(|pair| pair.first() == pair.last()),
        "with the same answer"
    );
    let other = store.door.insist(&shopper.buying(total + 1)).await?;
    anyhow::ensure!(
        other.status == 422,
        "the same key with another body is refused"
    );
    let placed = Placed::of(clicks.first().context("a click was answered")?)?;
    let intents = futures_util::future::try_join_all((0..4).map(|_| shopper.pay(&placed))).await?;
    anyhow::ensure!(
        intents
            .windows(2)
            .all(|pair| pair.first().map(|i| i.id()) == pair.last().map(|i| i.id())),
        "one intent"
    );
    anyhow::ensure!(
        store.stock(&product.variant).await? == (10, 2),
        "two pieces are promised, once"
    );
    Ok(())
}

#[tokio::test]
async fn a_hundred_want_five_and_five_get_one() -> anyhow::Result<()> {
    let store = Store::provision().await?;
    store.connect_account().await?;
    let product = store.add_product(5).await?;
    let shoppers = futures_util::future::try_join_all((0..100).map(|_| async {
        let shopper = Shopper::enter(&store).await?;
        shopper.want(&product, 1).await?.expect(200)?;
        Ok::<_, anyhow::Error>(shopper)
    }))
    .await?;
    let total = shoppers
        .first()
        .context("there are shoppers")?
        .cart()
        .await?
        .number("/total/amount")?;
    let replies =
        futures_util::future::try_join_all(shoppers.iter().map(|shopper| shopper.buy(total)))
            .await?;
    let won = replies.iter().filter(|reply| reply.status == 201).count();
    let lost = replies.iter().filter(|reply| {
        reply.status == 409 && reply.text("/type").is_ok_and(|code| code == "out-of-stock")
    });
    anyhow::ensure!(won == 5, "{won} got one");
    anyhow::ensure!(lost.count() == 95, "everybody else was told");
    anyhow::ensure!(
        store.stock(&product.variant).await? == (5, 5),
        "nothing is promised twice"
    );
    Ok(())
}

#[tokio::test]
async fn webhooks_that_come_twice_and_shuffled_change_nothing() -> anyhow::Result<()> {
    let (store, product) = open_store().await?;
    let (shopper, placed) = order_one(&store, &product).await?;
    let intent = shopper.pay(&placed).await?;
    store
        .stripe
        .lever("webhooks/rules", json!({ "duplicates": 2 }))
        .await?;
    store.stripe.choose(&intent, "card_declined").await?;
    store.stripe.choose(&intent, "card").await?;
    shopper.until(&placed, "paid").await?;
    store.stripe.lever("webhooks/rules", json!({})).await?;
    anyhow::ensure!(
        store.stock(&product.variant).await? == (10, 1),
        "one piece, once"
    );
    Ok(())
}

/// The rules that must always hold, over everything that all journeys did so far.
#[tokio::test]
async fn the_invariants_hold_among_all_of_it() -> anyhow::Result<()> {
    let (store, product) = open_store().await?;
    let (shopper, placed) = order_one(&store, &product).await?;
    let intent = shopper.pay(&placed).await?;
    store.stripe.choose(&intent, "card").await?;
    shopper.until(&placed, "paid").await?;
    // Other journeys are under way: what is unpublished or waiting now must be done in a moment.
    let mut last = String::new();
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while std::time::Instant::now() < until {
        match stores(&["invariants"]) {
            Ok(_) => return Ok(()),
            Err(error) => last = format!("{error:#}"),
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    anyhow::bail!("the invariants did not hold within a minute: {last}")
}
