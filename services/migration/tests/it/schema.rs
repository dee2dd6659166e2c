//! The schema itself: what the code believes of it, and what stands around it.

use std::collections::BTreeSet;

use testkit::{TestDb, catalogue};

const BELIEVED: &str = include_str!("../../src/store/schema.rs");

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaks_between_stores() {
    let database = TestDb::new(&[migration::MIGRATIONS]).await;
    catalogue::assert_walled(&database.owner_url(), &["migration"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_migration_can_be_undone_and_done_again() {
    let database = TestDb::new(&[migration::MIGRATIONS]).await;
    let before = columns(&database).await;
    db::redo(&database.owner_url(), migration::MIGRATIONS)
        .await
        .unwrap();
    assert_eq!(columns(&database).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tables_are_as_the_code_believes() {
    let database = TestDb::new(&[migration::MIGRATIONS]).await;
    let real = columns(&database).await;
    let believed = believed();
    assert!(believed.len() > 50, "{believed:?}");
    let wrong: Vec<_> = believed.difference(&real).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let tables: BTreeSet<_> = believed.iter().map(|column| table_of(column)).collect();
    let unknown: Vec<_> = real
        .iter()
        .filter(|column| tables.contains(table_of(column)) && !believed.contains(*column))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

fn table_of(column: &str) -> &str {
    column.split('.').next().unwrap_or(column)
}

/// `table.column type` of every `table!`.
fn believed() -> BTreeSet<String> {
    let mut table = "";
    let mut columns = BTreeSet::new();
    for line in BELIEVED.lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (")
            && line.ends_with('{')
        {
            table = name;
        } else if let Some((column, kind)) = line.trim_end_matches(',').split_once(" -> ") {
            columns.insert(format!("{table}.{column} {kind}"));
        }
    }
    columns
}

async fn columns(database: &TestDb) -> BTreeSet<String> {
    let sql = "SELECT table_name || '.' || column_name || ' ' ||
          CASE WHEN is_nullable = 'YES' THEN 'Nullable<' || kind || '>' ELSE kind END
        FROM (SELECT *, CASE WHEN left(udt_name, 1) = '_' THEN 'Array<' || initcap(substr(udt_name, 2)) || '>'
          ELSE initcap(udt_name) END AS kind FROM information_schema.columns) AS c
        WHERE table_schema = 'migration'";
    let rows = database.owner().await.query(sql, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}
