//! One purchase is one trace, over the services and the broker.

use journeys::merchant::Store;
use journeys::moloni::Company;
use journeys::shopper::{Placed, Shopper};
use journeys::traces::Trace;
use serde_json::Value;

/// Who has a part in a purchase: the shelf hears of the stock, and payment, invoice and mails follow.
const PARTS: [&str; 5] = [
    "stores-orders",
    "stores-catalog",
    "stores-payments",
    "stores-invoicing",
    "stores-mail",
];

/// What came over the broker is in it: also what follows the provider's webhook, which knows of no trace.
#[tokio::test]
async fn a_checkout_and_what_comes_of_it_are_one_trace_that_tells_nobody_s_secrets()
-> anyhow::Result<()> {
    let store = Store::provision().await?;
    store.connect_account().await?;
    Company::connect(&store).await?;
    let product = store.add_product(10).await?;
    let shopper = Shopper::enter(&store).await?;
    shopper.want(&product, 1).await?.expect(200)?;
    let total = shopper.cart().await?.number("/total/amount")?;
    let trace = Trace::begin()?;
    let ask = shopper.buying(total).header("traceparent", &trace.parent());
    let placed = Placed::of(&store.door.insist(&ask).await?.expect(201)?)?;
    let intent = shopper.pay(&placed).await?;
    store.stripe.choose(&intent, "card").await?;
    shopper.until(&placed, "paid").await?;
    let spans = trace.until(&PARTS).await?;
    let told = Value::Array(spans).to_string();
    for secret in [&shopper.email, &placed.token, &placed.ticket] {
        anyhow::ensure!(!told.contains(secret.as_str()), "{secret} is told");
    }
    Ok(())
}
