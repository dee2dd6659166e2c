//! A database of a test's own, and a job that notes what it did.

use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use db::{Db, DbConfig, EmbeddedMigrations, Schema, embed_migrations};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use jobs::{Job, JobError, Runner, Task};
use kernel::config::derived_login;
use kernel::{Clock, TenantId};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

static MIGRATIONS: EmbeddedMigrations = embed_migrations!("../bus/tests/migrations");
const PATIENCE: Duration = Duration::from_secs(20);

pub struct World {
    owner: String,
    name: String,
    pub db: Db,
    pub clock: Clock,
    pub tenant: TenantId,
    pub shutdown: CancellationToken,
    pub ran: Ran,
}

/// What jobs did: how often each way.
#[derive(Clone, Default)]
pub struct Ran(pub Arc<[AtomicU32; 3]>);

impl Ran {
    pub fn well(&self) -> u32 {
        self.0[0].load(Ordering::SeqCst)
    }

    pub fn badly(&self) -> u32 {
        self.0[1].load(Ordering::SeqCst)
    }

    pub fn begun(&self) -> u32 {
        self.0[2].load(Ordering::SeqCst)
    }
}

#[derive(Serialize, Deserialize)]
pub enum Work {
    Well,
    /// Fails until it has failed so often.
    Until(u32),
    Never,
    Hopeless,
    Forever,
    Panicking,
}

impl Job for Work {
    const KIND: &'static str = "work";
    const ATTEMPTS_MAX: u32 = 3;
}

pub async fn work(ran: Ran, task: Task<Work>) -> Result<(), JobError> {
    ran.0[2].fetch_add(1, Ordering::SeqCst);
    let fails = match task.job {
        Work::Well => false,
        Work::Until(enough) => task.attempt <= enough,
        Work::Never => true,
        Work::Hopeless => return Err(JobError::Park("no hope".to_owned())),
        Work::Forever => std::future::pending().await,
        Work::Panicking => panic!("a bug"),
    };
    ran.0[usize::from(fails)].fetch_add(1, Ordering::SeqCst);
    match fails {
        false => Ok(()),
        true => Err(anyhow::anyhow!("not this time").into()),
    }
}

impl World {
    pub async fn new() -> Self {
        let owner = env::var("DATABASE_URL").expect("DATABASE_URL is set");
        let name = format!("jobs_{}", Uuid::now_v7().simple());
        execute(&owner, &format!("CREATE DATABASE {name}")).await;
        let url = SecretString::from(format!("{}/{name}", owner.rsplit_once('/').unwrap().0));
        db::migrate(
            &url,
            &[Schema {
                name: "mail",
                migrations: &MIGRATIONS,
            }],
        )
        .await
        .unwrap();
        let url = derived_login(&url, "mail");
        let db = Db::new(&DbConfig {
            url,
            service: "mail",
            pool_size: 12,
        })
        .unwrap();
        Self {
            owner,
            name,
            db,
            clock: Clock::system(),
            tenant: TenantId::new(),
            shutdown: CancellationToken::new(),
            ran: Ran::default(),
        }
    }

    pub fn runner(&self) -> Runner {
        Runner::new(self.db.clone(), self.clock.clone()).on(self.ran.clone(), work)
    }

    pub fn start(&self, runner: Runner) -> JoinHandle<()> {
        tokio::spawn(runner.run(self.shutdown.clone()))
    }

    /// Queues in a transaction of its own; false when the key was known.
    pub async fn enqueue(&self, key: &str, work: Work) -> bool {
        let queued = self
            .db
            .tenant(self.tenant, async |tx| jobs::enqueue(tx, key, &work).await);
        queued.await.unwrap()
    }

    /// How many jobs some runner has in hand.
    pub async fn held(&self) -> i64 {
        use diesel_async::RunQueryDsl as _;

        let count =
            "(SELECT count(*) FROM job WHERE state = 'queued' AND locked_until IS NOT NULL)";
        let query = diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(count));
        let held = self
            .db
            .system("count jobs in hand", async |tx| {
                Ok::<i64, db::Error>(query.get_result(&mut tx.conn()).await?)
            })
            .await;
        held.unwrap()
    }

    /// Until when the job in hand is held.
    pub async fn held_until(&self) -> time::OffsetDateTime {
        use diesel_async::RunQueryDsl as _;

        let until = "(SELECT coalesce(max(locked_until), 'epoch') FROM job WHERE state = 'queued')";
        let query = diesel::select(diesel::dsl::sql::<diesel::sql_types::Timestamptz>(until));
        let held = self
            .db
            .system("look at the lease", async |tx| {
                Ok::<_, db::Error>(query.get_result(&mut tx.conn()).await?)
            })
            .await;
        held.unwrap()
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

async fn execute(url: &str, sql: &str) {
    let mut connection = AsyncPgConnection::establish(url).await.unwrap();
    connection.batch_execute(sql).await.unwrap();
}

/// Looks again and again until `done` says so.
pub async fn until(what: &str, done: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !done().await {
        assert!(began.elapsed() < PATIENCE, "waited too long until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
