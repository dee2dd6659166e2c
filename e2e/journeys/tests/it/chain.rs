//! What follows a payment: the fiscal document, the mails; and the move from another shop.

use std::time::Duration;

use anyhow::Context;
use journeys::client::Reply;
use journeys::inbox::Inbox;
use journeys::merchant::Store;
use journeys::moloni::Company;
use journeys::processes::{kill_service, wait_ready};
use journeys::shopper::{Placed, Shopper};
use journeys::stores;
use reqwest::Method;
use serde_json::{Value, json};

/// A store that sells and issues documents.
async fn open_store() -> anyhow::Result<(Store, journeys::merchant::Product, Company)> {
    let store = Store::provision().await?;
    store.connect_account().await?;
    let company = Company::connect(&store).await?;
    let product = store.add_product(10).await?;
    Ok((store, product, company))
}

/// The order's document of this kind, once it counts.
async fn issued(store: &Store, placed: &Placed, kind: &str) -> anyhow::Result<Value> {
    let ask = store.ask(Method::GET, "/api/invoicing/admin/documents?limit=100");
    let found = |reply: &Reply| {
        let items = reply.body.get("items")?.as_array()?;
        let text = |item: &Value, name: &str| item.get(name).and_then(Value::as_str) == Some(kind);
        let of = |item: &&Value| {
            item.get("order_id").and_then(Value::as_str) == Some(&placed.id)
                && text(item, "kind")
                && item.get("status").and_then(Value::as_str) == Some("issued")
        };
        items.iter().find(of).cloned()
    };
    store
        .door
        .until(&format!("the {kind} of {}", placed.number), &ask, found)
        .await
}

/// What Moloni has closed: sums in cents.
async fn closed(company: &Company) -> anyhow::Result<Vec<i64>> {
    let documents = company.documents().await?;
    let closed = documents
        .iter()
        .filter(|document| document.get("status").and_then(Value::as_i64) == Some(1));
    let cents = closed.map(|document| {
        let value = document.get("net_value").context("a document has a sum")?;
        let text = value.as_f64().context("a sum is a number")?;
        Ok((text * 100.0).round().to_string().parse()?)
    });
    cents.collect()
}

async fn buy_and_pay(
    store: &Store,
    product: &journeys::merchant::Product,
) -> anyhow::Result<(Shopper, Placed, i64)> {
    let shopper = Shopper::enter(store).await?;
    shopper.want(product, 1).await?.expect(200)?;
    let total = shopper.cart().await?.number("/total/amount")?;
    let placed = Placed::of(&shopper.buy(total).await?.expect(201)?)?;
    let intent = shopper.pay(&placed).await?;
    store.stripe.choose(&intent, "card").await?;
    Ok((shopper, placed, total))
}

#[tokio::test]
async fn what_is_paid_is_invoiced_and_written_about_and_so_is_what_is_paid_back()
-> anyhow::Result<()> {
    let (store, product, company) = open_store().await?;
    let inbox = Inbox::from_environment()?;
    let (shopper, placed, total) = buy_and_pay(&store, &product).await?;
    shopper.until(&placed, "paid").await?;
    let invoice = issued(&store, &placed, "invoice_receipt").await?;
    anyhow::ensure!(
        closed(&company).await? == [total],
        "one document, to the cent"
    );
    let number = invoice.get("number").and_then(Value::as_str);
    let number = number.context("an issued document has a number")?;
    inbox.until(&shopper.email, number, 1).await?;
    store.refund(&placed.id, "refund").await?.expect(201)?;
    shopper.until(&placed, "refunded").await?;
    let credit = issued(&store, &placed, "credit_note").await?;
    let mut sums = closed(&company).await?;
    sums.sort_unstable();
    anyhow::ensure!(sums == [total, total], "an invoice and its credit note");
    let number = credit.get("number").and_then(Value::as_str);
    let number = number.context("an issued credit note has a number")?;
    inbox.until(&shopper.email, number, 1).await?;
    Ok(())
}

/// Invoicing and mail die while the order is paid: the same end, nothing twice.
#[tokio::test]
async fn the_chain_survives_the_death_of_its_services() -> anyhow::Result<()> {
    let (store, product, company) = open_store().await?;
    let inbox = Inbox::from_environment()?;
    for (nth, service) in ["invoicing", "mail", "orders", "payments"]
        .into_iter()
        .enumerate()
    {
        let (killed, bought) = tokio::join!(
            async { kill_service(service) },
            buy_and_pay(&store, &product)
        );
        wait_ready(service, killed?).await?;
        let (shopper, placed, total) = bought.with_context(|| format!("while {service} dies"))?;
        shopper.until(&placed, "paid").await?;
        let again = kill_service(service)?;
        wait_ready(service, again).await?;
        let invoice = issued(&store, &placed, "invoice_receipt").await?;
        let sums = closed(&company).await?;
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

/// The guide's curl, on the shop that the stand-in plays; the second time nothing is written.
#[tokio::test]
async fn a_shop_comes_over_and_a_second_time_nothing_changes() -> anyhow::Result<()> {
    let store = Store::provision().await?;
    let shop = std::env::var("OUTBOUND_ALLOWED").context("OUTBOUND_ALLOWED is not set")?;
    let token = stores(&["sysadmin", "token"])?;
    let mut applied = Vec::new();
    for _ in 0..2 {
        let ask = store
            .door
            .platform(Method::POST, "/api/migration/woocommerce/import")
            .bearer(&token)
            .json(json!({
                "wc_url": format!("http://{shop}"), "wc_consumer_key": "ck_simulator",
                "wc_consumer_secret": "cs_simulator", "tenant": store.slug,
            }));
        let begun = store
            .door
            .until("the import being taken", &ask, |reply| {
                (reply.status == 202).then(|| reply.clone())
            })
            .await?;
        let path = format!("/api/migration/admin/imports/{}", begun.text("/id")?);
        let ask = store.ask(Method::GET, &path);
        let ended = |reply: &Reply| {
            let state = reply.text("/state").ok()?;
            ["completed", "failed"]
                .contains(&state.as_str())
                .then(|| reply.clone())
        };
        let patience = Duration::from_secs(300);
        let what = "the import's end";
        let import = store.door.until_within(patience, what, &ask, ended).await?;
        anyhow::ensure!(import.text("/state")? == "completed", "{}", import.body);
        let counts = import.body.get("counts").and_then(Value::as_array);
        let sum = |name: &str| -> i64 {
            let counts = counts.into_iter().flatten();
            counts
                .filter_map(|count| count.get(name).and_then(Value::as_i64))
                .sum()
        };
        applied.push(sum("sent"));
    }
    let [first, second] = applied.as_slice() else {
        anyhow::bail!("two imports were made")
    };
    anyhow::ensure!(*first > 0, "something came");
    anyhow::ensure!(*second == 0, "{second} records were sent again");
    Ok(())
}
