//! Migrations, and what the database's catalogue says of them.

use stores::services;
use testkit::TestDb;
use testkit::catalogue;

fn all() -> Vec<db::Schema> {
    services::ALL.iter().map(|service| service.schema).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_table_view_key_or_index_of_any_service_leaks() {
    let database = TestDb::new(&all()).await;
    let names: Vec<_> = services::ALL.iter().map(|service| service.name).collect();
    catalogue::assert_walled(&database.owner_url(), &names).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_migration_can_be_undone_and_done_again() {
    let database = TestDb::new(&all()).await;
    for service in services::ALL {
        let before = columns(&database, service.name).await;
        db::redo(&database.owner_url(), service.schema)
            .await
            .unwrap();
        assert_eq!(
            columns(&database, service.name).await,
            before,
            "{}",
            service.name
        );
    }
    db::migrate(&database.owner_url(), &all())
        .await
        .expect("a second time does nothing");
}

async fn columns(database: &TestDb, schema: &str) -> Vec<String> {
    let sql = "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
        FROM information_schema.columns WHERE table_schema = $1 ORDER BY 1";
    let rows = database.owner().await.query(sql, &[&schema]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}
