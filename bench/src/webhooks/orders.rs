//! Orders that are paid at Stripe, of which nobody has been told yet.

use futures_util::{StreamExt, TryStreamExt, stream};
use journeys::merchant::{Product, Store};
use journeys::shopper::{Placed, Shopper};

const AT_ONCE: usize = 8;

pub struct Payment {
    pub shopper: Shopper,
    pub placed: Placed,
    pub account: String,
}

pub async fn pay(store: &Store, count: usize) -> anyhow::Result<Vec<Payment>> {
    let product = store.add_product(1_000_000).await?;
    stream::iter(0..count)
        .map(|_| pay_one(store, &product))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

async fn pay_one(store: &Store, product: &Product) -> anyhow::Result<Payment> {
    let shopper = Shopper::enter(store).await?;
    let cart = shopper.want(product, 1).await?.expect(200)?;
    let bought = shopper.buy(cart.number("/total/amount")?).await?;
    let placed = Placed::of(&bought.expect(201)?)?;
    let intent = shopper.pay(&placed).await?;
    store.stripe.choose(&intent, "card").await?;
    Ok(Payment {
        shopper,
        placed,
        account: intent.account,
    })
}
