//! A process dies at each step of a purchase, and of what follows it; its supervisor starts it again.

use anyhow::Context;
use journeys::inbox::Inbox;
use journeys::merchant::Store;
use journeys::moloni::Company;
use journeys::processes::{kill_service, wait_ready};
use journeys::shopper::{Placed, Shopper};
use serde_json::Value;

/// Kills every service before every step, in turn, and expects the same end.
#[tokio::test]
async fn a_purchase_survives_the_death_of_any_service_at_any_step() -> anyhow::Result<()> {
    let _alone = crate::ALONE.lock().await;
    for service in ["tenants", "catalog", "orders", "payments"] {
        purchase_with_deaths(service)
            .await
            .with_context(|| format!("while {service} dies"))?;
    }
    Ok(())
}

async fn purchase_with_deaths(service: &str) -> anyhow::Result<()> {
    let store = Store::provision().await?;
    die(service).await?;
    store.connect_account().await?;
    die(service).await?;
    let product = store.add_product(3).await?;
    die(service).await?;
    let shopper = Shopper::enter(&store).await?;
    shopper.want(&product, 1).await?.expect(200)?;
    let total = shopper.cart().await?.number("/total/amount")?;
    // In the middle of the checkout: the click is repeated under its key until it is answered.
    let (killed, reply) = tokio::join!(async { kill_service(service) }, shopper.buy(total));
    wait_ready(service, killed?).await?;
    let placed = Placed::of(&reply?.expect(201)?)?;
    let intent = shopper.pay(&placed).await?;
    die(service).await?;
    let again = shopper.pay(&placed).await?;
    anyhow::ensure!(again.id() == intent.id(), "one intent, whatever dies");
    // While the webhook arrives.
    let (killed, chosen) = tokio::join!(
        async { kill_service(service) },
        store.stripe.choose(&intent, "card")
    );
    chosen?;
    wait_ready(service, killed?).await?;
    shopper.until(&placed, "paid").await?;
    let killed = kill_service(service)?;
    store
        .refund(&placed.id, "refund-after-death")
        .await?
        .expect(201)?;
    wait_ready(service, killed).await?;
    shopper.until(&placed, "refunded").await?;
    // What was paid back before it was sent is for sale again.
    anyhow::ensure!(
        store.stock(&product.variant).await? == (3, 0),
        "the stock is right"
    );
    Ok(())
}

async fn die(service: &str) -> anyhow::Result<()> {
    let killed = kill_service(service)?;
    wait_ready(service, killed).await
}

/// Invoicing and mail die while the order is paid: the same end, nothing twice.
#[tokio::test]
async fn the_chain_survives_the_death_of_its_services() -> anyhow::Result<()> {
    let _alone = crate::ALONE.lock().await;
    let store = Store::provision().await?;
    store.connect_account().await?;
    let company = Company::connect(&store).await?;
    let product = store.add_product(10).await?;
    let inbox = Inbox::from_environment()?;
    for (nth, service) in ["invoicing", "mail", "orders", "payments"]
        .into_iter()
        .enumerate()
    {
        let (killed, bought) = tokio::join!(
            async { kill_service(service) },
            Shopper::buys(&store, &product)
        );
        wait_ready(service, killed?).await?;
        let (shopper, placed, total) = bought.with_context(|| format!("while {service} dies"))?;
        shopper.until(&placed, "paid").await?;
        let again = kill_service(service)?;
        wait_ready(service, again).await?;
        let invoice = store.issued(&placed, "invoice_receipt").await?;
        let sums = company.closed().await?;
        anyhow::ensure!(
            sums == vec![total; nth + 1],
            "one document an order: {sums:?}"
        );
        let number = invoice.get("number").and_then(Value::as_str);
        let number = number.context("an issued document has a number")?;
        inbox.until(&shopper.email, number, 1).await?;
    }
    Ok(())
}
