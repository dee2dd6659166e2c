//! Migrations, what the database's catalogue says of them, and what the code believes of it.

use std::collections::BTreeSet;
use std::path::Path;

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
        let before = everything(&database, service.name).await;
        db::redo(&database.owner_url(), service.schema)
            .await
            .unwrap();
        let after = everything(&database, service.name).await;
        assert_eq!(after, before, "{}", service.name);
    }
    db::migrate(&database.owner_url(), &all())
        .await
        .expect("a second time does nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tables_are_as_the_code_believes() {
    let database = TestDb::new(&all()).await;
    for service in services::ALL {
        let (real, believed) = (
            columns(&database, service.name).await,
            believed(service.name),
        );
        assert!(believed.len() > 20, "{}: {believed:?}", service.name);
        // A column that only SQL speaks of need not be believed.
        let wrong: Vec<_> = believed.difference(&real).collect();
        assert!(wrong.is_empty(), "{}: {wrong:#?}", service.name);
    }
}

/// Columns, indexes, constraints and policies, in words.
async fn everything(database: &TestDb, schema: &str) -> Vec<String> {
    let sql = "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
          || ' ' || coalesce(column_default, '')
        FROM information_schema.columns WHERE table_schema = $1
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = $1
        UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
          WHERE connamespace = to_regnamespace($1)
        UNION ALL SELECT concat_ws(' ', tablename, policyname, roles, cmd, qual, with_check)
          FROM pg_policies WHERE schemaname = $1
        ORDER BY 1";
    let rows = database.owner().await.query(sql, &[&schema]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// `table.column type`, with the names that PostgreSQL has for types. A `char(3)` is read as a text.
async fn columns(database: &TestDb, schema: &str) -> BTreeSet<String> {
    let sql =
        "SELECT concat(table_name, '.', column_name, ' ', replace(udt_name, 'bpchar', 'text'),
          CASE is_nullable WHEN 'YES' THEN ' or null' END)
        FROM information_schema.columns WHERE table_schema = $1";
    let rows = database.owner().await.query(sql, &[&schema]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// The same words, from diesel's macros in the service's `schema.rs`.
fn believed(service: &str) -> BTreeSet<String> {
    let services = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let file = services.join(service).join("src/store/schema.rs");
    let text = std::fs::read_to_string(&file).expect("every service has a schema.rs");
    let (mut columns, mut table, mut renamed) = (BTreeSet::new(), "", None);
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("#[sql_name = \"") {
            renamed = Some(name.trim_end_matches("\"]"));
        } else if let Some((name, _)) = line.split_once(" (")
            && line.ends_with('{')
        {
            table = renamed.take().unwrap_or(name);
        } else if let Some((name, kind)) = line.trim_end_matches(',').split_once(" -> ") {
            let name = renamed.take().unwrap_or(name);
            columns.insert(format!("{table}.{name} {}", words_of(kind)));
        }
    }
    columns
}

fn words_of(kind: &str) -> String {
    if let Some(kind) = inner(kind, "Nullable") {
        return format!("{} or null", words_of(kind));
    }
    if let Some(kind) = inner(kind, "Array") {
        return format!("_{}", words_of(kind));
    }
    match kind {
        "BigInt" => "int8".to_owned(),
        "Integer" => "int4".to_owned(),
        "SmallInt" => "int2".to_owned(),
        "Binary" => "bytea".to_owned(),
        "Bpchar" => "text".to_owned(),
        kind => kind.to_lowercase(),
    }
}

fn inner<'a>(kind: &'a str, outer: &str) -> Option<&'a str> {
    kind.strip_prefix(outer)?
        .strip_prefix('<')?
        .strip_suffix('>')
}
