//! Whatever happens to orders, in whatever order: money and goods add up. The rules alone are tried with
//! many more steps beside them; here the service itself takes them, with its tables and its locks.

use events::payments::v1::{Refund, RefundFailed, RefundSucceeded};
use kernel::{Currency, Money};
use orders::events as hear;
use orders::jobs::expire_reservations;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use time::Duration;

use crate::cast::{Goods, Placed, Store};
use crate::world::{Reply, World, euros};

const STEPS: usize = 160;

struct Play {
    world: World,
    store: Store,
    goods: Vec<Goods>,
    orders: Vec<Placed>,
    dice: SmallRng,
}

impl Play {
    async fn start(seed: u64) -> Self {
        let world = World::start().await;
        let store = world.store().await;
        let goods = vec![
            Goods::at(1_000),
            Goods::at(333),
            Goods {
                tracked: false,
                ..Goods::at(50)
            },
        ];
        for one in &goods {
            world.sell(&store, one, 12).await;
        }
        Self {
            world,
            store,
            goods,
            orders: Vec::new(),
            dice: SmallRng::seed_from_u64(seed),
        }
    }

    fn any(&mut self) -> Option<Placed> {
        let count = self.orders.len();
        let at = (count > 0).then(|| self.dice.random_range(0..count))?;
        self.orders.get(at).cloned()
    }

    /// A step that the service takes or refuses; what it answers with is a matter of other tests.
    async fn step(&mut self) {
        match self.dice.random_range(0..100) {
            0..20 => self.place().await,
            20..40 => self.pay().await,
            40..48 => self.act("cancel", json!({})).await,
            48..62 => self.ask_back().await,
            62..80 => self.refund_ends().await,
            80..90 => self.act("fulfil", json!({})).await,
            90..94 => self.time_passes().await,
            _ => self.count().await,
        }
    }

    async fn place(&mut self) {
        let at = self.dice.random_range(0..self.goods.len());
        let quantity = self.dice.random_range(1..4);
        let cart = self.world.cart(&self.store).await;
        let reply = self.world.put(&cart, &self.goods[at], quantity).await;
        if reply.status != 200 {
            return;
        }
        let total = reply.number("/total/amount");
        let reply = self.world.send(cart.checkout(total, json!({}))).await;
        if reply.status == 201 {
            self.orders.push(Placed::of(&self.store, &reply));
        }
    }

    async fn pay(&mut self) {
        if let Some(placed) = self.any() {
            self.world.pay(&placed).await;
        }
    }

    async fn act(&mut self, action: &str, body: Value) {
        if let Some(placed) = self.any() {
            let reply = self.world.act(&placed, action, body).await;
            assert!(reply.status.as_u16() < 500, "{action}: {}", reply.text);
        }
    }

    async fn ask_back(&mut self) {
        let minor = self.dice.random_range(1..1_500);
        let body = if self.dice.random_bool(0.3) {
            json!({})
        } else {
            json!({ "amount": euros(minor) })
        };
        self.act("refund", body).await;
    }

    /// Payments tells the end of a refund, perhaps twice, perhaps the wrong way round.
    async fn refund_ends(&mut self) {
        let Some(placed) = self.any() else { return };
        let refunds = self.world.owner_sees(&placed).await.list("/refunds");
        if refunds.is_empty() {
            return;
        }
        let at = self.dice.random_range(0..refunds.len());
        let refund = Refund {
            refund_id: refunds[at]["id"].as_str().unwrap().to_owned(),
            version: self.dice.random_range(1..4),
            order_id: placed.id.clone(),
            amount: Some(
                Money::new(
                    refunds[at]["amount"]["amount"].as_i64().unwrap(),
                    Currency::EUR,
                )
                .into(),
            ),
            ..Refund::default()
        };
        let (tenant_id, refund) = (self.store.id.to_string(), Some(refund));
        let heard = if self.dice.random_bool(0.7) {
            let event = RefundSucceeded {
                tenant_id,
                refund,
                ..RefundSucceeded::default()
            };
            self.world.hear(event, hear::refunds::succeeded).await
        } else {
            let event = RefundFailed {
                tenant_id,
                refund,
                ..RefundFailed::default()
            };
            self.world.hear(event, hear::refunds::failed).await
        };
        heard.expect("a refund that was asked for fits");
    }

    async fn time_passes(&mut self) {
        self.world
            .place
            .clock
            .advance(Duration::minutes(self.dice.random_range(1..40)));
        expire_reservations::run(self.world.app.clone())
            .await
            .unwrap();
    }

    async fn count(&mut self) {
        let at = self.dice.random_range(0..self.goods.len());
        let goods = self.goods[at].clone();
        let path = format!("/api/orders/admin/stock/{}", goods.variant);
        let body = json!({ "on_hand": self.dice.random_range(0..20), "reason": "stocktake" });
        let ask = self
            .world
            .admin(&self.store, reqwest::Method::PUT, &path)
            .json(body);
        let reply = self.world.send(ask).await;
        assert!(matches!(reply.status.as_u16(), 200 | 409), "{}", reply.text);
    }

    /// No order was sent unpaid, and none gave back more than it was paid.
    async fn looks_right(&self) {
        for placed in &self.orders {
            let seen = self.world.owner_sees(placed).await;
            let (paid, back) = (seen.number("/paid/amount"), seen.number("/refunded/amount"));
            let leaving = back + seen.number("/refunding/amount");
            assert!(back <= paid, "{}", seen.text);
            assert!(leaving - crossed(&seen) <= paid, "{}", seen.text);
            let is_sent = seen.words("/fulfilment") == "fulfilled";
            assert!(!is_sent || paid == placed.total, "{}", seen.text);
        }
    }
}

/// What was thought to have failed and went through after all. Others may have been asked for in its
/// place: the provider refuses what is then too much.
fn crossed(seen: &Reply) -> i64 {
    let failed: Vec<Value> = seen
        .list("/timeline")
        .into_iter()
        .filter(|entry| entry["kind"] == "refund_failed")
        .map(|entry| entry["detail"]["refund_id"].clone())
        .collect();
    seen.list("/refunds")
        .iter()
        .filter(|refund| refund["status"] == "succeeded" && failed.contains(&refund["id"]))
        .filter_map(|refund| refund["amount"]["amount"].as_i64())
        .sum()
}

async fn play(seed: u64) {
    println!("seed {seed}");
    let mut play = Play::start(seed).await;
    for step in 0..STEPS {
        play.step().await;
        if step % 8 == 0 {
            play.world.holds().await;
        }
    }
    play.looks_right().await;
    assert!(play.orders.len() > 5, "something was sold");
    play.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_order_of_steps_loses_money_or_goods() {
    play(1).await;
}

/// In these a refund fails, others are asked for in its place, and then it succeeds after all.
#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_succeeds_after_others_took_its_place_counts() {
    play(7_242_529_586_273_968_768).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_does_another_order_of_steps() {
    play(rand::random()).await;
}
