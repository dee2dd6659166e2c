//! A database and a virtual host of a test's own, and a little cast around them.

use std::env;
use std::time::{Duration, Instant};

use bus::{Consumer, Delivery, HandleError, Rabbit, Relay};
use db::{Db, DbConfig, EmbeddedMigrations, Schema, TenantTx, embed_migrations};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use events::Event;
use events::orders::v1::{Order, OrderCancelled, OrderPaid, OrderPlaced, RefundRequested};
use kernel::config::{Logins, derived_login};
use kernel::{OrderId, TenantId};
use secrecy::SecretString;
use testkit::broker::Broker;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

static MIGRATIONS: EmbeddedMigrations = embed_migrations!("tests/migrations");

/// Pauses between attempts: short, so that five take no time.
const DELAYS: [Duration; 4] = [
    Duration::from_millis(100),
    Duration::from_millis(150),
    Duration::from_millis(200),
    Duration::from_millis(250),
];

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(40);

diesel::table! {
    effect (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        subject -> Text,
    }
}

pub struct World {
    owner: String,
    name: String,
    pub broker: Broker,
    pub rabbit: Rabbit,
    /// The telling service.
    pub orders: Db,
    /// The hearing service.
    pub payments: Db,
    pub tenant: TenantId,
    pub shutdown: CancellationToken,
}

impl World {
    pub async fn new() -> Self {
        let world = Self::without_broker().await;
        world.make_broker().await;
        world
    }

    /// Connections are refused until [`World::make_broker`].
    pub async fn without_broker() -> Self {
        let broker = Broker::not_yet();
        let owner = env::var("DATABASE_URL").expect("DATABASE_URL is set");
        let name = format!("bus_{}", Uuid::now_v7().simple());
        execute(&owner, &format!("CREATE DATABASE {name}")).await;
        let url = SecretString::from(in_database(&owner, &name));
        let schemas = ["orders", "payments"].map(|name| Schema {
            name,
            migrations: &MIGRATIONS,
        });
        db::migrate(&url, &schemas).await.unwrap();
        let connect = |service| {
            Db::new(&DbConfig {
                url: service_url(&owner, &name, service),
                service,
                pool_size: 12,
            })
            .unwrap()
        };
        Self {
            rabbit: Rabbit::new(Logins::from(broker.url())).with_retry_delays(DELAYS),
            broker,
            orders: connect("orders"),
            payments: connect("payments"),
            tenant: TenantId::new(),
            shutdown: CancellationToken::new(),
            owner,
            name,
        }
    }

    /// The broker as `stores migrate` leaves it; again when something of it is gone.
    pub async fn make_broker(&self) {
        self.broker.create_for(&self.rabbit).await;
    }

    pub fn orders_url(&self) -> SecretString {
        service_url(&self.owner, &self.name, "orders")
    }

    /// The telling service with a pool of its own, as in another process.
    pub fn another_orders(&self) -> Db {
        let url = self.orders_url();
        Db::new(&DbConfig {
            url,
            service: "orders",
            pool_size: 2,
        })
        .unwrap()
    }

    /// `payments` with a handler that notes an effect for each order placed, once.
    pub fn consumer(&self) -> Consumer {
        Consumer::new("payments", self.payments.clone(), self.rabbit.clone())
            .with_projections()
            .on::<OrderPlaced, _>(note_once)
            .on::<OrderPaid, _>(ignore)
            .on::<OrderCancelled, _>(ignore)
            .on::<RefundRequested, _>(ignore)
    }

    pub fn start(&self, consumer: Consumer) -> tokio::task::JoinHandle<()> {
        tokio::spawn(consumer.run(self.shutdown.clone()))
    }

    pub fn relay(&self) -> tokio::task::JoinHandle<()> {
        let relay = Relay::new(self.orders.clone(), self.rabbit.clone());
        tokio::spawn(relay.run(self.shutdown.clone()))
    }

    /// Tells that an order was placed, in a transaction of its own; answers the order's id.
    pub async fn place(&self) -> OrderId {
        let event = self.placed();
        self.orders
            .tenant(self.tenant, async |tx| bus::emit(tx, &event).await)
            .await
            .unwrap();
        event.aggregate_id().parse().unwrap()
    }

    pub fn placed(&self) -> OrderPlaced {
        let order_id = OrderId::new().to_string();
        let order = Order {
            order_id,
            version: 1,
            ..Order::default()
        };
        OrderPlaced {
            tenant_id: self.tenant.to_string(),
            order: Some(order),
        }
    }

    /// All that was published is published once more.
    pub async fn tell_again(&self) {
        let tx = self.orders.begin_system("tell again in a test").await;
        let tx = tx.unwrap();
        diesel::sql_query("UPDATE outbox SET published_at = NULL")
            .execute(&mut tx.conn())
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn effects(&self) -> i64 {
        count(&self.payments, "SELECT count(*) AS n FROM effect").await
    }

    pub async fn unpublished(&self) -> i64 {
        count(
            &self.orders,
            "SELECT count(*) AS n FROM outbox WHERE published_at IS NULL",
        )
        .await
    }

    /// A statement on the server, outside the test's database.
    pub async fn run_outside(&self, sql: &str) {
        execute(&self.owner, &sql.replace("{database}", &self.name)).await;
    }

    pub async fn end(self) {
        self.shutdown.cancel();
        execute(
            &self.owner,
            &format!("DROP DATABASE {} WITH (FORCE)", self.name),
        )
        .await;
    }
}

/// What a question about all tenants' rows answers.
pub async fn count(db: &Db, sql: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let tx = db.begin_system("count in a test").await.unwrap();
    let count: Count = diesel::sql_query(sql)
        .get_result(&mut tx.conn())
        .await
        .unwrap();
    tx.rollback().await;
    count.n
}

/// Looks again and again until `done` says so.
pub async fn until(what: &str, done: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !done().await {
        assert!(began.elapsed() < PATIENCE, "waited too long until {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub async fn note_once(
    tx: &mut TenantTx,
    delivery: Delivery<OrderPlaced>,
) -> Result<(), HandleError> {
    if bus::first_delivery(tx, "payments.order_placed", delivery.id).await? {
        note(tx, delivery.message.aggregate_id()).await?;
    }
    Ok(())
}

pub async fn note(tx: &TenantTx, subject: &str) -> Result<(), db::Error> {
    diesel::insert_into(effect::table)
        .values((
            effect::tenant_id.eq(tx.tenant().uuid()),
            effect::id.eq(Uuid::now_v7()),
            effect::subject.eq(subject),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn ignore<E>(_: &mut TenantTx, _: Delivery<E>) -> Result<(), HandleError> {
    Ok(())
}

async fn execute(url: &str, sql: &str) {
    let mut connection = AsyncPgConnection::establish(url).await.unwrap();
    connection.batch_execute(sql).await.unwrap();
}

fn in_database(owner: &str, name: &str) -> String {
    let (place, _) = owner.rsplit_once('/').unwrap();
    format!("{place}/{name}")
}

fn service_url(owner: &str, name: &str, service: &str) -> SecretString {
    derived_login(&in_database(owner, name).into(), service)
}
