//! A shop's customers: what they declared, and where they live.

use db::TenantTx;
use orders::store::addresses::{self, AddressRow};
use orders::store::past::{self, CustomerRow};
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::Shop;

impl Shop<'_> {
    /// A withdrawal from the guest's order, and an address of a customer.
    pub(super) async fn keep_customers(&mut self) {
        let path = format!("/api/orders/store/orders/{}", self.id("orders"));
        let ask = self.guest(Method::GET, &path);
        let order = self
            .ground
            .json(ask.header("x-order-token", self.order_word.clone()));
        let order = order.await.expect(200);
        self.order_number = order.at("/number");
        self.remember("lines", &order.at("/lines/0/id"));
        let body = json!({
            "order_number": self.order_number, "name": "Ana",
            "email": format!("guest@{}.example", self.store.slug),
        });
        let ask = self.guest(Method::POST, "/api/orders/store/withdrawals");
        let made = self.ground.json(ask.keyed().json(body)).await.expect(201);
        self.remember("withdrawals", &made.at("/id"));
        let address = self.keep_address().await;
        self.remember("addresses", &address.to_string());
    }

    async fn keep_address(&self) -> Uuid {
        let (tenant, now) = (self.tenant().uuid(), self.ground.place.clock.now());
        let address = json!({
            "name": "Rita", "company": "", "line1": "Rua do Ouro 2", "line2": "", "city": "Lisboa",
            "postcode": "1100-148", "country": "PT",
        });
        let email = format!("rita@{}.example", self.store.slug);
        let customer = CustomerRow {
            tenant_id: tenant,
            id: Uuid::now_v7(),
            email: email.clone(),
            email_key: email,
            username: String::new(),
            first_name: "Rita".into(),
            last_name: "Silva".into(),
            guest: false,
            groups: Vec::new(),
            marketing_consent: false,
            billing: None,
            shipping: None,
            created_at: now,
            old_password: None,
        };
        let row = AddressRow {
            tenant_id: tenant,
            id: Uuid::now_v7(),
            customer_id: customer.id,
            is_default: true,
            address,
            created_at: now,
        };
        let db = self.ground.place.database.db("orders");
        let kept = db.tenant(self.tenant(), async |tx: &mut TenantTx| {
            past::save_customer(tx, &customer).await?;
            addresses::create(tx, &row).await
        });
        kept.await.unwrap();
        row.id
    }
}
