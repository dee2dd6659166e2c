use std::time::{Duration, Instant};

use db::{Db, DbConfig, Error};
use diesel_async::RunQueryDsl;
use kernel::TenantId;
use testkit::TestDb;

use crate::sample::{SCHEMA, create_thing, list_names, visible_names};

async fn create(db: &Db, tenant: TenantId, name: &str) -> Result<(), Error> {
    db.tenant(tenant, async |tx| create_thing(tx, name).await)
        .await
}

#[tokio::test]
async fn a_tenant_sees_its_own_rows_even_when_the_query_forgets_to_ask() {
    let base = TestDb::new(&[SCHEMA]).await;
    let (db, a, b) = (base.db("sample"), TenantId::new(), TenantId::new());
    create(&db, a, "of a").await.unwrap();
    create(&db, b, "of b").await.unwrap();
    assert_eq!(list_names(&db, a).await, ["of a"]);
    assert_eq!(list_names(&db, b).await, ["of b"]);
    assert!(list_names(&db, TenantId::new()).await.is_empty());
    let all = db
        .system("counting in a test", async |tx| {
            visible_names(tx.as_tenant(a)).await
        })
        .await;
    assert_eq!(all.unwrap(), ["of a", "of b"]);
}

#[tokio::test]
async fn a_connection_carries_no_scope_into_the_next_transaction() {
    let base = TestDb::new(&[SCHEMA]).await;
    let config = DbConfig {
        url: base.url("sample"),
        service: "sample",
        pool_size: 1,
    };
    let (db, a) = (Db::new(&config).unwrap(), TenantId::new());
    create(&db, a, "of a").await.unwrap();
    db.system("looking in a test", async |tx| {
        visible_names(tx.as_tenant(a)).await
    })
    .await
    .unwrap();
    assert!(list_names(&db, TenantId::new()).await.is_empty());
    assert_eq!(list_names(&db, a).await, ["of a"]);
}

#[tokio::test]
async fn an_error_undoes_the_work_and_keeps_the_connection() {
    let base = TestDb::new(&[SCHEMA]).await;
    let config = DbConfig {
        url: base.url("sample"),
        service: "sample",
        pool_size: 1,
    };
    let (db, a) = (Db::new(&config).unwrap(), TenantId::new());
    let before = backend(&db, a).await;
    let outcome = db
        .tenant(a, async |tx| {
            create_thing(tx, "undone").await?;
            Err::<(), _>(Error::Unavailable("as the test wants".to_owned()))
        })
        .await;
    assert!(outcome.is_err());
    assert!(list_names(&db, a).await.is_empty());
    assert_eq!(backend(&db, a).await, before);
}

#[tokio::test]
async fn a_swallowed_error_is_not_reported_as_committed() {
    let base = TestDb::new(&[SCHEMA]).await;
    let (db, a) = (base.db("sample"), TenantId::new());
    let outcome = db
        .tenant(a, async |tx| {
            create_thing(tx, "kept?").await?;
            let twin = create_thing(tx, "kept?").await;
            assert!(twin.unwrap_err().is_unique_violation("thing_name"));
            Ok::<_, Error>(())
        })
        .await;
    assert!(outcome.is_err());
    assert!(list_names(&db, a).await.is_empty());
}

#[tokio::test]
async fn a_dropped_transaction_is_undone_and_its_connection_never_used_again() {
    let base = TestDb::new(&[SCHEMA]).await;
    let config = DbConfig {
        url: base.url("sample"),
        service: "sample",
        pool_size: 1,
    };
    let (db, a) = (Db::new(&config).unwrap(), TenantId::new());
    let before = backend(&db, a).await;
    let stuck = db.tenant(a, async |tx| {
        create_thing(tx, "half done").await?;
        std::future::pending::<Result<(), Error>>().await
    });
    assert!(
        tokio::time::timeout(Duration::from_millis(300), stuck)
            .await
            .is_err()
    );
    assert!(list_names(&db, a).await.is_empty());
    assert_ne!(backend(&db, a).await, before);
}

#[tokio::test]
async fn a_read_cannot_write() {
    let base = TestDb::new(&[SCHEMA]).await;
    let (db, a) = (base.db("sample"), TenantId::new());
    let outcome = db
        .read(a, async |tx| {
            diesel::sql_query("DELETE FROM thing")
                .execute(&mut tx.conn())
                .await?;
            Ok::<_, Error>(())
        })
        .await;
    assert!(
        outcome
            .unwrap_err()
            .to_string()
            .contains("read-only transaction")
    );
}

#[tokio::test]
async fn a_scope_that_cannot_be_opened_lets_nothing_through() {
    let base = TestDb::new(&[SCHEMA]).await;
    let a = TenantId::new();
    create(&base.db("sample"), a, "of a").await.unwrap();
    // The role exists, the right to it does not: SET LOCAL ROLE fails and the query behind it runs
    // into a failed transaction.
    let config = DbConfig {
        url: base.url("sample"),
        service: "nobody",
        pool_size: 1,
    };
    let db = Db::new(&config).unwrap();
    let outcome = db
        .system("trying", async |tx| visible_names(tx.as_tenant(a)).await)
        .await;
    assert!(matches!(outcome, Err(Error::Query(_))));
}

#[tokio::test]
async fn a_full_pool_refuses_after_half_a_second() {
    let base = TestDb::new(&[SCHEMA]).await;
    let config = DbConfig {
        url: base.url("sample"),
        service: "sample",
        pool_size: 1,
    };
    let (db, a) = (Db::new(&config).unwrap(), TenantId::new());
    let held = db.begin_tenant(a).await.unwrap();
    let asked = Instant::now();
    let refused = create(&db, a, "late").await.unwrap_err();
    assert!(refused.is_unavailable());
    assert!((400..1_500).contains(&asked.elapsed().as_millis()));
    held.rollback().await;
    create(&db, a, "in time").await.unwrap();
}

#[tokio::test]
async fn a_killed_session_costs_one_request_and_not_the_next() {
    let base = TestDb::new(&[SCHEMA]).await;
    let config = DbConfig {
        url: base.url("sample"),
        service: "sample",
        pool_size: 1,
    };
    let (db, a) = (Db::new(&config).unwrap(), TenantId::new());
    let pid = backend(&db, a).await;
    let owner = base.owner().await;
    let tx = db.begin_tenant(a).await.unwrap();
    visible_names(&tx).await.unwrap();
    owner
        .batch_execute(&format!("SELECT pg_terminate_backend({pid})"))
        .await
        .unwrap();
    let lost = tx.commit().await.unwrap_err();
    assert!(lost.is_unavailable(), "{lost}");
    create(&db, a, "afterwards").await.unwrap();
}

#[tokio::test]
async fn spawned_work_can_hold_a_transaction() {
    let base = TestDb::new(&[SCHEMA]).await;
    let (db, a) = (base.db("sample"), TenantId::new());
    let worker = db.clone();
    let work = tokio::spawn(async move {
        let mut tx = worker.begin_tenant(a).await?;
        create_thing(&mut tx, "from a task").await?;
        tx.commit().await
    });
    work.await.unwrap().unwrap();
    assert_eq!(list_names(&db, a).await, ["from a task"]);
}

#[tokio::test]
async fn the_relay_is_woken_by_a_commit_and_not_by_a_rollback() {
    let base = TestDb::new(&[SCHEMA]).await;
    let (db, a) = (base.db("sample"), TenantId::new());
    let wakes = db.wakes();
    let mut tx = db.begin_tenant(a).await.unwrap();
    tx.mark_emitted();
    tx.rollback().await;
    let soon = Duration::from_millis(50);
    assert!(tokio::time::timeout(soon, wakes.notified()).await.is_err());
    let mut tx = db.begin_tenant(a).await.unwrap();
    tx.mark_emitted();
    tx.commit().await.unwrap();
    assert!(tokio::time::timeout(soon, wakes.notified()).await.is_ok());
}

async fn backend(db: &Db, tenant: TenantId) -> i32 {
    diesel::define_sql_function! { fn pg_backend_pid() -> diesel::sql_types::Integer; }
    let pid = db
        .read(tenant, async |tx| {
            let pid = diesel::select(pg_backend_pid())
                .get_result::<i32>(&mut tx.conn())
                .await?;
            Ok::<_, Error>(pid)
        })
        .await;
    pid.unwrap()
}
