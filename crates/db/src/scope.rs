//! Transactions: the only way to a connection, and always inside somebody's scope.

use std::ops::Deref;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use deadpool::managed::{Object, Pool, PoolError};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::future::BoxFuture;
use kernel::TenantId;
use secrecy::SecretString;
use tokio::sync::{Notify, OwnedSemaphorePermit};

use crate::error::is_lost_connection;
use crate::pool::{Connections, pool};
use crate::turns::Turns;
use crate::{Error, connect};

/// In a transaction that a swallowed error has already broken, a bare COMMIT would roll back and
/// report success; the statement before it fails in that case.
const COMMIT: &str = "SET CONSTRAINTS ALL IMMEDIATE; COMMIT";

/// Where one service's schema is and how many connections it may hold.
#[derive(Clone)]
pub struct DbConfig {
    /// The login of the service's own role.
    pub url: SecretString,
    /// The schema, which is also the service's name.
    pub service: &'static str,
    pub pool_size: usize,
}

/// One service's database. Clones share the pool.
#[derive(Clone)]
pub struct Db {
    pool: Pool<Connections>,
    turns: Arc<Turns>,
    service: &'static str,
    wakes: Arc<Notify>,
    job_wakes: Arc<Notify>,
}

/// Whose rows a transaction may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One tenant's rows, read only.
    Read(TenantId),
    /// One tenant's rows.
    Tenant(TenantId),
    /// Every tenant's rows, for work on the platform itself; the reason is told to the server's log.
    System(&'static str),
}

impl Db {
    /// A pool; nothing is connected before it is needed.
    pub fn new(config: &DbConfig) -> Result<Self, Error> {
        let pool = pool(connect::parse(&config.url)?, config.pool_size)?;
        let (wakes, job_wakes) = Default::default();
        Ok(Self {
            pool,
            turns: Arc::new(Turns::of_pool(config.pool_size)),
            service: config.service,
            wakes,
            job_wakes,
        })
    }

    pub fn service(&self) -> &'static str {
        self.service
    }

    /// Told after every commit that wrote events; the relay of this process waits for it.
    pub fn wakes(&self) -> Arc<Notify> {
        self.wakes.clone()
    }

    /// Told after every commit that queued jobs; the runner of this process waits for it.
    pub fn job_wakes(&self) -> Arc<Notify> {
        self.job_wakes.clone()
    }

    /// Runs `work` inside `tenant`'s scope: committed when it answers `Ok`, rolled back otherwise.
    pub async fn tenant<T, E: From<Error>>(
        &self,
        tenant: TenantId,
        work: impl AsyncFnOnce(&mut TenantTx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = TenantTx::new(self.begin(Scope::Tenant(tenant)).await?, tenant);
        let outcome = work(&mut tx).await;
        finish(tx.tx, outcome).await
    }

    /// Like [`Db::tenant`] for work that only reads.
    pub async fn read<T, E: From<Error>>(
        &self,
        tenant: TenantId,
        work: impl AsyncFnOnce(&mut TenantTx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = TenantTx::new(self.begin(Scope::Read(tenant)).await?, tenant);
        match work(&mut tx).await {
            Ok(value) => {
                tx.tx.leave("COMMIT").await?;
                Ok(value)
            }
            Err(error) => {
                tx.rollback().await;
                Err(error)
            }
        }
    }

    /// Runs `work` across tenants. Only the relay, the consumers' bookkeeping, jobs and sysadmin
    /// routes have a reason to.
    pub async fn system<T, E: From<Error>>(
        &self,
        reason: &'static str,
        work: impl AsyncFnOnce(&mut SystemTx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = self.begin_system(reason).await?;
        let outcome = work(&mut tx).await;
        finish(tx.inner.tx, outcome).await
    }

    /// A tenant's transaction in two steps, for tasks that must be `Send`.
    pub async fn begin_tenant(&self, tenant: TenantId) -> Result<TenantTx, Error> {
        Ok(TenantTx::new(
            self.begin(Scope::Tenant(tenant)).await?,
            tenant,
        ))
    }

    /// A system transaction in two steps, for tasks that must be `Send`.
    pub async fn begin_system(&self, reason: &'static str) -> Result<SystemTx, Error> {
        let tx = self.begin(Scope::System(reason)).await?;
        Ok(SystemTx {
            inner: TenantTx::new(tx, TenantId::PLATFORM),
        })
    }

    /// Takes a connection and sends the opening statements, without waiting for their answer: it
    /// arrives before the first query's, and is looked at when the transaction ends.
    async fn begin(&self, scope: Scope) -> Result<Tx, Error> {
        let waited = Instant::now();
        let turn = match &scope {
            Scope::Tenant(tenant) | Scope::Read(tenant) => Some(
                self.turns
                    .take(*tenant)
                    .await
                    .inspect_err(|_| self.count_refusal())?,
            ),
            Scope::System(_) => None,
        };
        let connection = self.pool.get().await.map_err(|error| {
            self.count_refusal();
            match error {
                PoolError::Backend(error) => error,
                PoolError::Timeout(_) => Error::Unavailable("no free connection in time".into()),
                other => Error::Unavailable(other.to_string()),
            }
        })?;
        metrics::histogram!("db_pool_wait_seconds", "service" => self.service)
            .record(waited.elapsed().as_secs_f64());
        let connection = Arc::new(connection);
        let opening = opening_statements(scope, self.service);
        let shared = connection.clone();
        let mut opened: BoxFuture<'static, _> =
            Box::pin(async move { (&mut &**shared).batch_execute(&opening).await });
        let opened = match futures_util::poll!(&mut opened) {
            std::task::Poll::Ready(answer) => {
                answer?;
                None
            }
            std::task::Poll::Pending => Some(opened),
        };
        let opened = Mutex::new(opened);
        let (wakes, job_wakes) = (self.wakes.clone(), self.job_wakes.clone());
        let (emitted, queued) = (false, false);
        Ok(Tx {
            connection: Some(connection),
            opened,
            emitted,
            queued,
            wakes,
            job_wakes,
            _turn: turn,
        })
    }

    fn count_refusal(&self) {
        metrics::counter!("db_pool_refusals_total", "service" => self.service).increment(1);
    }
}

/// The scope as SQL. A tenant id prints as a UUID and nothing else, so it cannot break out; a
/// setting made with `SET LOCAL` ends with the transaction and, unlike `set_config()`, also
/// reaches the workers of a Citus cluster.
fn opening_statements(scope: Scope, service: &str) -> String {
    match scope {
        Scope::Read(tenant) => format!("BEGIN READ ONLY; SET LOCAL app.tenant_id = '{tenant}'"),
        Scope::Tenant(tenant) => format!("BEGIN; SET LOCAL app.tenant_id = '{tenant}'"),
        Scope::System(reason) => {
            let reason = reason.replace('\'', "");
            format!(
                "BEGIN; SET LOCAL ROLE stores_{service}_system; SET LOCAL app.reason = '{reason}'"
            )
        }
    }
}

async fn finish<T, E: From<Error>>(tx: Tx, outcome: Result<T, E>) -> Result<T, E> {
    match outcome {
        Ok(value) => {
            tx.commit().await?;
            Ok(value)
        }
        Err(error) => {
            tx.rollback().await;
            Err(error)
        }
    }
}

/// An open transaction. Dropping it closes its connection, and the server rolls back.
pub struct Tx {
    /// Empty only after the end.
    connection: Option<Arc<Object<Connections>>>,
    /// The answer to the opening statements. Behind a mutex that is never locked, so that a
    /// transaction can be shared between a task's queries (`Sync`) and the task stays `Send`.
    opened: Mutex<Option<BoxFuture<'static, diesel::QueryResult<()>>>>,
    emitted: bool,
    queued: bool,
    wakes: Arc<Notify>,
    job_wakes: Arc<Notify>,
    /// Given up after the connection: the tenant's next transaction finds it free.
    _turn: Option<OwnedSemaphorePermit>,
}

impl Tx {
    /// The connection, for diesel's `load(&mut tx.conn())`. Several queries on it may be in flight
    /// at once (`futures_util::try_join!`); the server runs them in the order of their first poll.
    pub fn conn(&self) -> &AsyncPgConnection {
        self.connection
            .as_ref()
            .expect("a transaction in use has not ended")
    }

    /// Says that this transaction wrote events, so that the relay is woken after the commit.
    pub fn mark_emitted(&mut self) {
        self.emitted = true;
    }

    /// Says that this transaction queued jobs, so that the runner is woken after the commit.
    pub fn mark_queued(&mut self) {
        self.queued = true;
    }

    /// Keeps the work. Fails when the scope could not be opened: then nothing was kept.
    pub async fn commit(mut self) -> Result<(), Error> {
        self.check_opened().await?;
        match self.conn().batch_execute_ref(COMMIT).await {
            Ok(()) => {}
            Err(error) if is_lost_connection(&error) => return Err(Error::CommitUnknown(error)),
            Err(error) => return Err(error.into()),
        }
        self.connection = None;
        if self.emitted {
            self.wakes.notify_one();
        }
        if self.queued {
            self.job_wakes.notify_one();
        }
        Ok(())
    }

    /// Undoes the work; a connection that cannot even do that is closed.
    pub async fn rollback(self) {
        // The caller has a failure to tell already.
        let _ = self.leave("ROLLBACK").await;
    }

    /// Ends where there is nothing to keep, without waiting for the server to say so: whoever uses the
    /// connection next speaks after that. Fails when the scope could not be opened: then what was read
    /// is worth nothing.
    async fn leave(mut self, word: &str) -> Result<(), Error> {
        self.check_opened().await?;
        let ended = {
            let mut leaving = std::pin::pin!(self.conn().batch_execute_ref(word));
            futures_util::poll!(&mut leaving)
        };
        if !matches!(ended, std::task::Poll::Ready(Err(_))) {
            self.connection = None;
        }
        Ok(())
    }

    async fn check_opened(&mut self) -> Result<(), Error> {
        match self.opened.get_mut().ok().and_then(Option::take) {
            Some(opened) => Ok(opened.await?),
            None => Ok(()),
        }
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        self.opened = Mutex::new(None);
        // Out of the pool and closed: another request must never find this transaction open.
        if let Some(connection) = self.connection.take().and_then(Arc::into_inner) {
            drop(Object::take(connection));
        }
    }
}

/// `batch_execute` on a shared connection.
trait BatchExecute {
    async fn batch_execute_ref(&self, sql: &str) -> diesel::QueryResult<()>;
}

impl BatchExecute for AsyncPgConnection {
    async fn batch_execute_ref(&self, sql: &str) -> diesel::QueryResult<()> {
        (&mut &*self).batch_execute(sql).await
    }
}

/// A transaction in one tenant's scope.
pub struct TenantTx {
    tx: Tx,
    tenant: TenantId,
}

impl TenantTx {
    fn new(tx: Tx, tenant: TenantId) -> Self {
        Self { tx, tenant }
    }

    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    pub fn conn(&self) -> &AsyncPgConnection {
        self.tx.conn()
    }

    pub fn mark_emitted(&mut self) {
        self.tx.mark_emitted();
    }

    pub fn mark_queued(&mut self) {
        self.tx.mark_queued();
    }

    pub async fn commit(self) -> Result<(), Error> {
        self.tx.commit().await
    }

    pub async fn rollback(self) {
        self.tx.rollback().await;
    }
}

/// A transaction across tenants.
pub struct SystemTx {
    inner: TenantTx,
}

impl SystemTx {
    /// The same transaction, for functions that work for one tenant (`bus::emit`, a query): what
    /// creates a store touches the platform's rows and the store's, all or nothing. The rights stay
    /// the system's, so only the queries' own `tenant_id` predicates narrow what they see.
    pub fn as_tenant(&mut self, tenant: TenantId) -> &mut TenantTx {
        self.inner.tenant = tenant;
        &mut self.inner
    }

    pub fn mark_emitted(&mut self) {
        self.inner.mark_emitted();
    }

    pub fn mark_queued(&mut self) {
        self.inner.mark_queued();
    }

    pub async fn commit(self) -> Result<(), Error> {
        self.inner.commit().await
    }

    pub async fn rollback(self) {
        self.inner.rollback().await;
    }
}

impl Deref for SystemTx {
    type Target = Tx;
    fn deref(&self) -> &Tx {
        &self.inner.tx
    }
}
