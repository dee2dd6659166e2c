//! What people do during a trouble, and the end that every trouble must have.

use std::time::Duration;

use anyhow::Context;
use journeys::client::Reply;
use journeys::inbox::Inbox;
use journeys::shopper::{Placed, Shopper};
use journeys::stores;
use serde_json::Value;

use crate::deeds::{Deed, Ready, Scene};

/// What was done is through, and all rules hold, this long after a trouble has ended.
const RECOVERED_WITHIN: Duration = Duration::from_secs(60);

/// Everybody does what he came for, once each; a click that hangs is an answer too.
pub async fn go_on(scene: &Scene, ready: &Ready) -> anyhow::Result<Vec<(Deed, Reply)>> {
    let mut replies = Vec::new();
    for deed in Deed::ALL {
        let ask = scene.ask(ready, deed);
        replies.push((deed, scene.store.door.send(&ask).await?));
    }
    Ok(replies)
}

/// Both shoppers pay, have their document and their mail; and every rule holds.
pub async fn come_to_its_end(scene: &Scene, ready: &Ready) -> anyhow::Result<()> {
    let door = &scene.store.door;
    let again = scene.ask(ready, Deed::Checkout);
    let bought = |reply: &Reply| (reply.status == 201).then(|| reply.clone());
    let reply = door
        .until_within(RECOVERED_WITHIN, "the checkout", &again, bought)
        .await?;
    let bought = Placed::of(&reply)?;
    pay(scene, &ready.payer, &ready.placed).await?;
    pay(scene, &ready.buyer, &bought).await?;
    for (shopper, placed) in [(&ready.payer, &ready.placed), (&ready.buyer, &bought)] {
        let invoice = scene.store.issued(placed, "invoice_receipt").await?;
        let number = invoice.get("number").and_then(Value::as_str);
        let number = number.context("an issued document has a number")?;
        Inbox::from_environment()?
            .until(&shopper.email, number, 1)
            .await?;
    }
    rules_hold().await
}

/// Who has paid already pays no second time.
pub async fn pay(scene: &Scene, shopper: &Shopper, placed: &Placed) -> anyhow::Result<()> {
    let reply = scene.store.door.insist(&shopper.paying(placed)).await?;
    let is_paid = reply.status == 409 && reply.text("/type").is_ok_and(|code| code == "order-paid");
    if !is_paid {
        let intent = shopper.pay(placed).await?;
        scene.store.stripe.choose(&intent, "card").await?;
    }
    shopper.until(placed, "paid").await?;
    Ok(())
}

async fn rules_hold() -> anyhow::Result<()> {
    let mut last = String::new();
    let until = std::time::Instant::now() + RECOVERED_WITHIN;
    while std::time::Instant::now() < until {
        match stores(&["invariants"]) {
            Ok(_) => return Ok(()),
            Err(error) => last = format!("{error:#}"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    anyhow::bail!("the invariants did not hold within a minute: {last}")
}
