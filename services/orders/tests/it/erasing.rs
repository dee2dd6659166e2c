//! What goes with a customer later than the customer, and who hears of it.

use events::orders::v1::{CustomerErased, OrderForgotten};
use orders::jobs::forget_orders;
use reqwest::Method;
use serde_json::{Value, json};
use time::Duration;

use crate::cast::{Goods, Placed, Store, address};
use crate::customers::{Member, PASSWORD};
use crate::world::World;

const EMAIL: &str = "ana@example.pt";
/// Where the parcel goes; the invoice goes elsewhere.
const HOME: &str = "Rua do Ouro 1";
const OFFICE: &str = "Avenida da Liberdade 9";

impl World {
    /// An order with all that somebody may say of themselves.
    async fn order_of(&self, ana: &Member, goods: &Goods) -> Placed {
        let (cart, reply) = self.cart_with(&ana.store, goods, 1).await;
        let mut office = address("4000-001");
        office["line1"] = json!(OFFICE);
        let said = json!({ "email": EMAIL, "billing_address": office, "note": "ring twice" });
        let ask = cart.checkout(reply.number("/total/amount"), said);
        let reply = self.send(ask.bearer(&ana.access)).await.expect(201);
        Placed::of(&ana.store, &reply)
    }

    async fn erase(&self, ana: &Member) {
        let body = json!({ "password": PASSWORD });
        let ask = ana.ask(Method::DELETE, "").json(body);
        self.send(ask).await.expect(204);
    }

    /// The orders that others were told to forget, in the order of the telling.
    async fn forgotten(&self, store: &Store) -> Vec<String> {
        let told: Vec<OrderForgotten> = self.told(store.id).await;
        assert!(told.iter().all(|one| one.version > 0));
        told.into_iter().map(|one| one.order_id).collect()
    }

    async fn look_for_orders_to_forget(&self) {
        for _ in 0..2 {
            forget_orders::run(self.app.clone()).await.unwrap();
        }
    }

    async fn has(&self, placed: &Placed, is_whole: bool) {
        let seen = self.owner_sees(placed).await;
        for personal in [HOME, "+351912345678", "ring twice"] {
            assert_eq!(seen.text.contains(personal), is_whole, "{personal}");
        }
        for lawful in [OFFICE, "4000-001", "1100-148", "M4 carbine"] {
            assert!(seen.text.contains(lawful), "{lawful} in {}", seen.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_open_when_its_customer_was_erased_is_forgotten_when_it_is_over() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 9).await;
    let ana = world.member(&store, EMAIL).await;
    let over = world.order_of(&ana, &goods).await;
    world.act(&over, "cancel", json!({})).await.expect(200);
    let sent = world.order_of(&ana, &goods).await;
    let stuck = world.order_of(&ana, &goods).await;
    for paid in [&sent, &stuck] {
        world.pay(paid).await;
    }
    let of_bruno = world.member(&store, "bruno@example.pt").await;
    let of_bruno = world.order_of(&of_bruno, &goods).await;
    world.act(&of_bruno, "cancel", json!({})).await.expect(200);

    world.erase(&ana).await;
    let told: Vec<CustomerErased> = world.told(store.id).await;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].email.as_str(), told[0].customer_id.as_str()),
        (EMAIL, ana.id.as_str())
    );
    assert!(told[0].erased_at_us > 0);
    world.look_for_orders_to_forget().await;
    assert_eq!(
        world.forgotten(&store).await,
        std::slice::from_ref(&over.id)
    );
    world.has(&over, false).await;
    for whole in [&sent, &stuck, &of_bruno] {
        world.has(whole, true).await;
    }

    world.act(&sent, "fulfil", json!({})).await.expect(200);
    world.look_for_orders_to_forget().await;
    let both = [over.id.clone(), sent.id.clone()];
    assert_eq!(world.forgotten(&store).await, both);
    world.has(&sent, false).await;
    world.has(&stuck, true).await;

    // What is never sent is not kept for ever.
    world
        .place
        .clock
        .advance(forget_orders::KEPT + Duration::days(1));
    world.look_for_orders_to_forget().await;
    assert_eq!(world.forgotten(&store).await.len(), 3);
    world.has(&stuck, false).await;
    world.has(&of_bruno, true).await;
    let noted = "SELECT count(*) FROM order_to_forget";
    assert_eq!(world.count(noted).await, 0);
    let money: Value = world.owner_sees(&stuck).await.body["total"].clone();
    assert!(money["amount"].as_i64().unwrap() > 0);
    world.end().await;
}
