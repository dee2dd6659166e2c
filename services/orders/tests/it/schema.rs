//! The schema: behind the wall, undoable, and as diesel sees it.

use testkit::{TestDb, catalogue};
use tokio_postgres::Client;

const DIESEL: &str = include_str!("../../src/store/schema.rs");

#[tokio::test(flavor = "multi_thread")]
async fn no_table_leaks_from_store_to_store() {
    let database = TestDb::new(&[orders::MIGRATIONS]).await;
    catalogue::assert_walled(&database.owner_url(), &["orders"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_migrations_can_be_undone_and_done_again() {
    let database = TestDb::new(&[orders::MIGRATIONS]).await;
    let before = columns(&database.owner().await).await;
    db::redo(&database.owner_url(), orders::MIGRATIONS)
        .await
        .unwrap();
    assert_eq!(columns(&database.owner().await).await, before);
    db::migrate(&database.owner_url(), &[orders::MIGRATIONS])
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tables_are_as_diesel_sees_them() {
    let database = TestDb::new(&[orders::MIGRATIONS]).await;
    let there = columns(&database.owner().await).await;
    let seen = columns_of_diesel();
    assert!(seen.len() > 80, "the file was read");
    let foundation = [
        "outbox",
        "inbox",
        "parked",
        "job",
        "tenant_view",
        "revoked_session",
        "staff_view",
        "idempotency_key",
        "audit_entry",
        "__diesel_schema_migrations",
    ];
    let own: Vec<String> = there
        .into_iter()
        .filter(|column| {
            !foundation
                .iter()
                .any(|table| column.starts_with(&format!("{table}.")))
        })
        .collect();
    assert_eq!(seen, own);
}

async fn columns(owner: &Client) -> Vec<String> {
    let sql = "SELECT table_name || '.' || column_name || ' '
          || CASE data_type WHEN 'character' THEN 'text' ELSE data_type END || ' ' || is_nullable
        FROM information_schema.columns WHERE table_schema = 'orders'";
    let rows = owner.query(sql, &[]).await.unwrap();
    let mut columns: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    columns.sort();
    columns
}

/// The same words, from diesel's macros.
fn columns_of_diesel() -> Vec<String> {
    let mut columns = Vec::new();
    let (mut table, mut sql_name) = (String::new(), None);
    for line in DIESEL.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("#[sql_name = \"") {
            sql_name = Some(name.trim_end_matches("\"]").to_owned());
        } else if line.ends_with(") {") {
            let name = line.split(' ').next().unwrap().to_owned();
            table = sql_name.take().unwrap_or(name);
        } else if let Some((name, kind)) = line.trim_end_matches(',').split_once(" -> ") {
            columns.push(format!("{table}.{name} {}", words_of(kind)));
        }
    }
    columns.sort();
    columns
}

fn words_of(kind: &str) -> String {
    let (kind, nullable) = match kind.strip_prefix("Nullable<") {
        Some(inner) => (inner.trim_end_matches('>'), "YES"),
        None => (kind, "NO"),
    };
    let words = match kind {
        "Uuid" => "uuid",
        "Text" => "text",
        "BigInt" => "bigint",
        "Integer" => "integer",
        "Bool" => "boolean",
        "Jsonb" => "jsonb",
        "Bytea" => "bytea",
        "Timestamptz" => "timestamp with time zone",
        "Date" => "date",
        "Array<Text>" | "Array<Uuid>" => "ARRAY",
        other => panic!("{other} has no words yet"),
    };
    format!("{words} {nullable}")
}
