//! The schema: walled, and undone and done again without a trace.

use testkit::TestDb;
use testkit::catalogue;

#[tokio::test(flavor = "multi_thread")]
async fn no_table_key_or_index_leaks() {
    let database = TestDb::new(&[mail::MIGRATIONS]).await;
    catalogue::assert_walled(&database.owner_url(), &["mail"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_migration_can_be_undone_and_done_again() {
    let database = TestDb::new(&[mail::MIGRATIONS]).await;
    let before = columns(&database).await;
    db::redo(&database.owner_url(), mail::MIGRATIONS)
        .await
        .unwrap();
    assert_eq!(columns(&database).await, before);
    catalogue::assert_walled(&database.owner_url(), &["mail"]).await;
}

async fn columns(database: &TestDb) -> Vec<String> {
    let sql = "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
          || ' ' || coalesce(column_default, '')
        FROM information_schema.columns WHERE table_schema = 'mail'
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'mail'
        UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
          WHERE connamespace = 'mail'::regnamespace
        ORDER BY 1";
    let rows = database.owner().await.query(sql, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}
