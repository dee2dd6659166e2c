//! What follows a payment: the fiscal document, the mails; and the move from another shop.

use std::time::Duration;

use anyhow::Context;
use journeys::client::Reply;
use journeys::inbox::Inbox;
use journeys::merchant::Store;
use journeys::moloni::Company;
use journeys::shopper::Shopper;
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

#[tokio::test]
async fn what_is_paid_is_invoiced_and_written_about_and_so_is_what_is_paid_back()
-> anyhow::Result<()> {
    let (store, product, company) = open_store().await?;
    let inbox = Inbox::from_environment()?;
    let (shopper, placed, total) = Shopper::buys(&store, &product).await?;
    shopper.until(&placed, "paid").await?;
    let invoice = store.issued(&placed, "invoice_receipt").await?;
    anyhow::ensure!(
        company.closed().await? == [total],
        "one document, to the cent"
    );
    let number = invoice.get("number").and_then(Value::as_str);
    let number = number.context("an issued document has a number")?;
    inbox.until(&shopper.email, number, 1).await?;
    store.refund(&placed.id, "refund").await?.expect(201)?;
    shopper.until(&placed, "refunded").await?;
    let credit = store.issued(&placed, "credit_note").await?;
    let mut sums = company.closed().await?;
    sums.sort_unstable();
    anyhow::ensure!(sums == [total, total], "an invoice and its credit note");
    let number = credit.get("number").and_then(Value::as_str);
    let number = number.context("an issued credit note has a number")?;
    inbox.until(&shopper.email, number, 1).await?;
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
