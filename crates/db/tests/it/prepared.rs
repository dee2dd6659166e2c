//! Statements are prepared once a connection, and lists of ids come in few texts.

use db::{Db, DbConfig, Prepare, TenantTx, one_of};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use kernel::TenantId;
use testkit::TestDb;
use uuid::Uuid;

use crate::sample::{SCHEMA, create_thing, list_names, thing};

/// A pool of one, so that there is one connection's worth of statements; the database goes with its
/// first half.
async fn one_connection() -> (TestDb, Db) {
    let base = TestDb::new(&[SCHEMA]).await;
    let config = DbConfig {
        url: base.url("sample"),
        service: "sample",
        pool_size: 1,
    };
    let db = Db::new(&config).unwrap();
    (base, db)
}

async fn count_kept(tx: &TenantTx, beginning: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let sql = format!(
        "SELECT count(*) AS n FROM pg_prepared_statements WHERE statement LIKE '{beginning}%'"
    );
    let count: Count = diesel::sql_query(sql)
        .get_result(&mut tx.conn())
        .await
        .unwrap();
    count.n
}

/// Adds to the names.
async fn rename(tx: &TenantTx, ids: &[Uuid], name: &str) -> usize {
    diesel::update(thing::table)
        .filter(thing::tenant_id.eq(tx.tenant().uuid()))
        .filter(one_of(thing::id, ids))
        .set(thing::name.eq(thing::name.concat(name)))
        .prepared()
        .execute(&mut tx.conn())
        .await
        .unwrap()
}

async fn ids(tx: &TenantTx) -> Vec<Uuid> {
    let ids = thing::table.select(thing::id).order(thing::id);
    ids.load(&mut tx.conn()).await.unwrap()
}

#[tokio::test]
async fn an_update_stays_prepared() {
    let (_base, db) = one_connection().await;
    let tenant = TenantId::new();
    for name in ["a", "b", "c"] {
        db.tenant(tenant, async |tx| create_thing(tx, name).await)
            .await
            .unwrap();
    }
    let kept = db.tenant(tenant, async |tx| {
        let ids = ids(tx).await;
        for name in ["d", "e", "f"] {
            assert_eq!(rename(tx, &ids[..1], name).await, 1);
        }
        Ok::<_, db::Error>(count_kept(tx, "UPDATE").await)
    });
    assert_eq!(kept.await.unwrap(), 1);
    assert_eq!(list_names(&db, tenant).await, ["adef", "b", "c"]);
}

#[tokio::test]
async fn lists_of_three_and_four_are_one_text_and_an_empty_one_finds_nothing() {
    let (_base, db) = one_connection().await;
    let tenant = TenantId::new();
    let kept = db.tenant(tenant, async |tx| {
        for name in ["a", "b", "c", "d", "e"] {
            create_thing(tx, name).await?;
        }
        let ids = ids(tx).await;
        assert_eq!(rename(tx, &[], "x").await, 0);
        assert_eq!(rename(tx, &ids[..3], "x").await, 3);
        assert_eq!(rename(tx, &ids[..4], "x").await, 4);
        Ok::<_, db::Error>(count_kept(tx, "UPDATE").await)
    });
    assert_eq!(kept.await.unwrap(), 2);
    assert_eq!(
        list_names(&db, tenant).await,
        ["axx", "bxx", "cxx", "dx", "e"]
    );
}

#[tokio::test]
async fn an_insert_of_many_rows_is_not_kept() {
    let (_base, db) = one_connection().await;
    let tenant = TenantId::new();
    let kept = db.tenant(tenant, async |tx| {
        for count in [1, 1, 2, 40, 41] {
            let rows: Vec<_> = (0..count)
                .map(|_| {
                    let id = Uuid::now_v7();
                    (
                        thing::tenant_id.eq(tx.tenant().uuid()),
                        thing::id.eq(id),
                        thing::name.eq(format!("{:x}", id.as_u128() & 0xffff_ffff_ffff)),
                    )
                })
                .collect();
            diesel::insert_into(thing::table)
                .values(rows)
                .prepared_for(count)
                .execute(&mut tx.conn())
                .await?;
        }
        Ok::<_, db::Error>(count_kept(tx, "INSERT").await)
    });
    assert_eq!(kept.await.unwrap(), 2);
}
