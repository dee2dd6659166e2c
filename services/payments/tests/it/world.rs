//! The service on a free port, a Stripe beside it, stores, and people who ask.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration as StdDuration, Instant};

use db::Schema;
use events::Event;
use http_kit::auth::{Subject, TokenAudience, TokenIssuer};
use http_kit::{Role, Roles, Running};
use kernel::ticket::PaymentTicket;
use kernel::{Currency, Money, OrderId, PaymentId, SessionId, TenantId};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;

use crate::stripe::{self, Paying, Stripe};
use testkit::place::Place;
use testkit::until;

/// The platform's part in the tests' stores: 1.5 %.
pub const FEE_BPS: i64 = 150;
/// A loaded machine makes a service busy more than once.
const BUSY_MAX: usize = 20;

pub struct World {
    pub place: Place,
    pub stripe: Stripe,
    pub app: payments::App,
    client: reqwest::Client,
    running: Running,
    made: AtomicU32,
}

#[derive(Clone, Debug)]
pub struct Store {
    pub id: TenantId,
    pub slug: String,
    /// Empty until it is connected.
    pub account: String,
}

/// A placed order, as its shopper holds it.
#[derive(Clone, Debug)]
pub struct Order {
    pub id: OrderId,
    pub total: Money,
    pub ticket: String,
}

/// An answer, read.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub body: Value,
    pub text: String,
    pub retry_after: Option<String>,
}

impl Reply {
    pub fn code(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }

    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
}

impl World {
    pub async fn start() -> Self {
        Self::with(&[payments::MIGRATIONS], &[]).await
    }

    pub async fn with(schemas: &[Schema], settings: &[(&str, &str)]) -> Self {
        let stripe = Stripe::start().await;
        let mut all = vec![
            ("STRIPE_API_BASE", stripe.base.as_str()),
            ("STRIPE_SECRET_KEY", stripe::KEY),
            ("STRIPE_PUBLIC_KEY", stripe::PUBLIC_KEY),
            ("STRIPE_WEBHOOK_SECRET", stripe::SECRET),
            ("STRIPE_CONNECT_WEBHOOK_SECRET", stripe::CONNECT_SECRET),
        ];
        all.extend_from_slice(settings);
        let place = Place::with(schemas, &all).await;
        let foundation = place.platform.foundation(payments::MIGRATIONS).await;
        let app = payments::App::new(&place.platform, &foundation.unwrap()).unwrap();
        let parts = vec![payments::build(&place.platform).await.unwrap()];
        let running = Running::start(&place.platform, parts, Roles::ALL).unwrap();
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(StdDuration::from_secs(30))
            .build()
            .unwrap();
        let world = Self {
            place,
            stripe,
            app,
            client,
            running,
            made: AtomicU32::new(0),
        };
        world.listen().await;
        world
    }

    /// Stripe's events come to the service.
    pub async fn listen(&self) {
        let url = self.url("/api/webhooks/stripe");
        let urls = json!({ "platform": url, "connect": url });
        self.stripe.lever("webhooks/urls", urls).await;
    }

    /// Only events of these types come.
    pub async fn listen_to(&self, types: &[&str]) {
        let url = self.url("/api/webhooks/stripe");
        let urls = json!({ "platform": url, "connect": url, "types": types });
        self.stripe.lever("webhooks/urls", urls).await;
    }

    /// Stripe's events go nowhere from now on; those on their way have arrived and were applied.
    pub async fn go_deaf(&self) {
        until("what was on its way has arrived", async || {
            let deliveries = self.stripe.look("deliveries").await;
            let mut deliveries = deliveries.as_array().unwrap().iter();
            let is_over = deliveries.all(|delivery| delivery["state"] != "waiting");
            is_over.then_some(())
        })
        .await;
        self.until_quiet().await;
        let urls = json!({ "platform": "", "connect": "" });
        self.stripe.lever("webhooks/urls", urls).await;
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.address("payments").unwrap())
    }

    /// Both clocks move: ours and Stripe's.
    pub fn advance(&self, by: Duration) {
        self.place.clock.advance(by);
        self.stripe.clock.advance(by);
    }

    pub fn number(&self) -> u32 {
        self.made.fetch_add(1, Ordering::Relaxed)
    }

    /// A store that payments has heard of, without an account.
    pub async fn store(&self) -> Store {
        let (id, slug) = (TenantId::new(), format!("shop{}", self.number()));
        let sql = format!(
            "SET ROLE stores_payments_system;
             INSERT INTO payments.tenant_view (tenant_id, slug, name, status, hosts, country, locale,
               currency, plan, template_id, application_fee_bps, entitlements, version)
             VALUES ('{id}', '{slug}', 'Shop', 'active', '{{}}', 'PT', 'pt-PT', 'EUR', 'business',
               'tactical', {FEE_BPS}, '{{}}', 1)"
        );
        let owner = self.place.database.owner().await;
        owner.batch_execute(&sql).await.unwrap();
        Store {
            id,
            slug,
            account: String::new(),
        }
    }

    /// A store that can be paid.
    pub async fn open_store(&self) -> Store {
        let mut store = self.store().await;
        self.admin(&store, Method::POST, "/api/payments/admin/account")
            .await
            .expect(200);
        store.account = self.account_at_stripe(&store).await;
        self.stripe
            .lever(&format!("accounts/{}/complete", store.account), json!({}))
            .await;
        until("the store's account is active", async || {
            let reply = self
                .admin(&store, Method::GET, "/api/payments/admin/account")
                .await;
            (reply.body["status"] == "active").then_some(())
        })
        .await;
        store
    }

    /// The newest account that Stripe has for a store.
    pub async fn account_at_stripe(&self, store: &Store) -> String {
        let all = self.stripe.connected_accounts().await;
        let id = store.id.to_string();
        let own = all
            .iter()
            .rev()
            .find(|account| account["metadata"]["tenant_id"] == id);
        let own = own.expect("Stripe has an account for the store");
        own["id"].as_str().unwrap().to_owned()
    }

    pub fn token(&self, tenant: TenantId, role: Role) -> String {
        let audience = if role.is_platform() {
            TokenAudience::Sysadmin
        } else {
            TokenAudience::Staff
        };
        let issuer = TokenIssuer::new(&self.place.platform.config, self.place.clock.clone());
        let subject = Subject {
            id: Uuid::now_v7(),
            session: SessionId::new(),
            tenant,
            role,
            perms_version: 1,
            audience,
        };
        issuer.unwrap().issue(&subject).token
    }

    /// As every client does, asks again when the service is busy for a moment.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        for _ in 0..BUSY_MAX {
            let reply = read(request.try_clone().unwrap()).await;
            if !matches!(reply.code(), "busy" | "temporarily-unavailable") {
                return reply;
            }
        }
        read(request).await
    }
}

async fn read(request: reqwest::RequestBuilder) -> Reply {
    let answer = request.send().await.unwrap();
    let retry_after = answer.headers().get("retry-after");
    let retry_after = retry_after.map(|value| value.to_str().unwrap().to_owned());
    let status = answer.status();
    let text = answer.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Reply {
        status,
        body,
        text,
        retry_after,
    }
}

impl World {
    pub fn ask(&self, method: Method, slug: &str, path: &str) -> reqwest::RequestBuilder {
        let base = &self.place.platform.config.base_domain;
        let host = if slug.is_empty() {
            base.clone()
        } else {
            format!("{slug}.{base}")
        };
        self.client
            .request(method, self.url(path))
            .header("host", host)
    }

    /// As the store's owner.
    pub async fn admin(&self, store: &Store, method: Method, path: &str) -> Reply {
        let token = self.token(store.id, Role::Owner);
        self.send(self.ask(method, &store.slug, path).bearer_auth(token))
            .await
    }

    /// As a sysadmin.
    pub async fn sysadmin(&self, method: Method, path: &str, body: Value) -> Reply {
        let token = self.token(TenantId::PLATFORM, Role::Sysadmin);
        let request = self.ask(method, "", path).bearer_auth(token);
        let request = match body {
            Value::Null => request,
            body => request.json(&body),
        };
        self.send(request).await
    }

    pub fn order(&self, store: &Store, minor: i64) -> Order {
        self.order_until(store, minor, Duration::hours(1))
    }

    /// An order whose ticket is good for a while.
    pub fn order_until(&self, store: &Store, minor: i64, life: Duration) -> Order {
        let (id, total) = (OrderId::new(), Money::new(minor, Currency::EUR));
        let ticket = self.ticket(store.id, id, total, life);
        Order { id, total, ticket }
    }

    pub fn ticket(&self, tenant: TenantId, order: OrderId, total: Money, life: Duration) -> String {
        let ticket = PaymentTicket {
            tenant,
            order,
            order_number: "1001".into(),
            total,
            email: "ana@example.pt".parse().unwrap(),
            expires_at: (self.place.clock.now() + life).unix_timestamp(),
            traceparent: None,
        };
        self.place.platform.config.ticket_key.sign(&ticket)
    }

    pub async fn begin(&self, store: &Store, ticket: &str) -> Reply {
        let request = self
            .ask(Method::POST, &store.slug, "/api/payments/store/intents")
            .json(&json!({ "ticket": ticket }));
        self.send(request).await
    }

    /// The payment form of an order.
    pub async fn form(&self, store: &Store, order: &Order) -> Paying {
        let reply = self.begin(store, &order.ticket).await.expect(200);
        Paying::of(&reply.body)
    }

    /// How the shopper's page sees the payment.
    pub async fn current(&self, store: &Store, order: &Order) -> Reply {
        let path = "/api/payments/store/intents/current";
        let ask = self.ask(Method::GET, &store.slug, path);
        self.send(ask.header("x-payment-ticket", &order.ticket))
            .await
    }

    /// An order that was paid by card, and how.
    pub async fn paid(&self, store: &Store, minor: i64) -> (Order, Paying) {
        let order = self.order(store, minor);
        let paying = self.form(store, &order).await;
        self.stripe.choose(&paying, "card").await;
        self.until_status(store, &paying, "succeeded").await;
        (order, paying)
    }

    /// What staff sees of a payment.
    pub async fn payment(&self, store: &Store, paying: &Paying) -> Value {
        let path = format!("/api/payments/admin/payments/{}", paying.payment);
        self.admin(store, Method::GET, &path).await.expect(200).body
    }

    pub async fn until_status(&self, store: &Store, paying: &Paying, status: &str) -> Value {
        until(&format!("the payment is {status}"), async || {
            let payment = self.payment(store, paying).await;
            (payment["status"] == status).then_some(payment)
        })
        .await
    }

    /// Waits until a payment is as `fits` wants it.
    pub async fn until_payment(
        &self,
        store: &Store,
        paying: &Paying,
        what: &str,
        fits: impl Fn(&Value) -> bool,
    ) -> Value {
        until(what, async || {
            let payment = self.payment(store, paying).await;
            fits(&payment).then_some(payment)
        })
        .await
    }

    /// Posts bytes to the webhook endpoint.
    pub async fn webhook(&self, signature: Option<&str>, body: &[u8]) -> Reply {
        let mut request = self.client.post(self.url("/api/webhooks/stripe"));
        if let Some(signature) = signature {
            request = request.header("stripe-signature", signature);
        }
        self.send(request.body(body.to_vec())).await
    }

    /// Posts an event as Stripe would, signed for the stores' endpoint.
    pub async fn deliver(&self, event: &Value) -> Reply {
        let body = event.to_string().into_bytes();
        let time = self.place.clock.unix();
        let signature = stripe::signature(stripe::CONNECT_SECRET, time, &body);
        self.webhook(Some(&signature), &body).await
    }

    /// What became of an event, once something did.
    pub async fn outcome(&self, event: &str) -> Value {
        until(&format!("{event} is dealt with"), async || {
            let found = self.event(event).await?;
            (found["state"] != "received").then_some(found)
        })
        .await
    }

    /// A stored event.
    pub async fn event(&self, id: &str) -> Option<Value> {
        let list = self
            .sysadmin(Method::GET, "/api/payments/sysadmin/webhooks", Value::Null)
            .await
            .expect(200);
        let items = list.body["items"].as_array().unwrap().clone();
        items.into_iter().find(|event| event["event_id"] == id)
    }

    /// The open differences by kind.
    pub async fn breaks(&self) -> Vec<Value> {
        let path = "/api/payments/sysadmin/breaks";
        let list = self.sysadmin(Method::GET, path, Value::Null).await;
        list.expect(200).body["items"].as_array().unwrap().clone()
    }

    /// Everything of a type that the store's payments told, in its order.
    pub async fn told<E: Event>(&self, tenant: TenantId) -> Vec<E> {
        let sql = format!(
            "SELECT payload FROM payments.outbox WHERE tenant_id = '{tenant}' AND type = '{}' ORDER BY id",
            E::TYPE
        );
        let owner = self.place.database.all_stores("payments").await;
        let rows = owner.query(&sql, &[]).await.unwrap();
        rows.iter()
            .map(|row| E::decode(row.get::<_, &[u8]>(0)).unwrap())
            .collect()
    }

    /// What the ledger holds of a payment, by account.
    pub async fn ledger(&self, paying: &Paying) -> Vec<(String, i64)> {
        let id: PaymentId = paying.payment.parse().unwrap();
        let sql = format!(
            "SELECT account, sum(amount_minor)::bigint FROM payments.ledger_entry
             WHERE payment_id = '{id}' GROUP BY account HAVING sum(amount_minor) <> 0
             ORDER BY account"
        );
        let owner = self.place.database.all_stores("payments").await;
        let rows = owner.query(&sql, &[]).await.unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    }

    /// Nothing waits any more: no event, no refund, no intent to be given up.
    pub async fn until_quiet(&self) {
        let (began, patience) = (Instant::now(), StdDuration::from_secs(30));
        while let waiting @ [_, ..] = self.waiting().await.as_slice() {
            assert!(began.elapsed() < patience, "still waiting: {waiting:#?}");
            tokio::time::sleep(StdDuration::from_millis(20)).await;
        }
    }

    async fn waiting(&self) -> Vec<String> {
        let sql = "SELECT concat_ws(' ', event_id, type, account, attempts, note, retry_at)
              FROM payments.webhook_event WHERE state = 'received'
            UNION ALL SELECT concat_ws(' ', id, origin, attempts, retry_at)
              FROM payments.refund WHERE status = 'requested'
            UNION ALL SELECT concat_ws(' ', kind, payload, attempts, last_error, run_at)
              FROM payments.job WHERE state = 'queued' AND kind = 'cancel_intent'";
        let owner = self.place.database.all_stores("payments").await;
        let rows = owner.query(sql, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Whose an account is or was, as the database knows it.
    pub async fn tenant_of_account(&self, account: &str) -> Option<TenantId> {
        let found = self
            .app
            .db
            .system("a test asks whose an account is", async |tx| {
                payments::store::accounts::find_tenant(tx, account).await
            });
        found.await.unwrap()
    }

    /// Forgets the events that failed for good, as a person does who has looked at them.
    pub async fn give_up_failed(&self) {
        let sql = "SET ROLE stores_payments_system;
            UPDATE payments.webhook_event SET state = 'ignored' WHERE state = 'failed'";
        let owner = self.place.database.owner().await;
        owner.batch_execute(sql).await.unwrap();
    }

    /// Every rule holds, and Stripe was spoken to as its document says.
    pub async fn end(self) {
        self.end_with_breaks(&[]).await;
    }

    /// The same with these kinds of differences open, which the test wanted.
    pub async fn end_with_breaks(self, kinds: &[&str]) {
        self.until_quiet().await;
        let open: Vec<String> = self
            .breaks()
            .await
            .iter()
            .map(|open| open["kind"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(open, kinds, "open differences");
        // Nothing is published without a broker; the open differences were just compared.
        let expected = [
            "I7 every event was published",
            "I7 no difference with Stripe is open",
        ];
        let found = payments::invariants::check(&self.app.db).await.unwrap();
        let broken: Vec<_> = found
            .into_iter()
            .filter(|(rule, rows)| *rows > 0 && !expected.contains(rule))
            .collect();
        assert!(broken.is_empty(), "{broken:?}");
        self.stripe.conforms().await;
        self.running.stop().await;
    }
}
