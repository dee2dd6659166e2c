//! The database's own catalogue as a judge: every table, view, function, key and index of a schema,
//! so that a new one is covered by itself.

use diesel::sql_types::Text;
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

#[derive(QueryableByName)]
struct Fault {
    #[diesel(sql_type = Text)]
    fault: String,
}

/// Tables that say `platform: reason` belong to no tenant; `__diesel_schema_migrations` is the
/// migrations' own. Everything else is a tenant's.
const TABLES: &str = "tables AS (
    SELECT c.oid, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relowner, c.reloptions,
      coalesce(obj_description(c.oid, 'pg_class'), '') LIKE 'platform: %' AS platform
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname <> '__diesel_schema_migrations')";

/// Each answers one line per fault. `$1` is the schema.
const RULES: &[&str] = &[
    "SELECT relname || ' has no forced row-level security' AS fault FROM tables
     WHERE relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)",
    "SELECT relname || ' is a tenant''s table without tenant_id, or says nothing of being the platform''s' AS fault
     FROM tables t WHERE relkind IN ('r', 'p') AND NOT platform AND NOT EXISTS
       (SELECT 1 FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'tenant_id' AND a.attnotnull)",
    "SELECT relname || ' is readable by others than the service''s roles: ' || g.grantee AS fault
     FROM tables t JOIN information_schema.role_table_grants g ON g.table_schema = $1 AND g.table_name = t.relname
     WHERE g.grantee NOT IN ('stores_' || $1, 'stores_' || $1 || '_system')
       AND g.grantee <> (SELECT rolname FROM pg_roles WHERE pg_roles.oid = t.relowner)",
    "SELECT relname || ' lets the service ' || g.privilege_type AS fault
     FROM tables t JOIN information_schema.role_table_grants g ON g.table_schema = $1 AND g.table_name = t.relname
     WHERE g.grantee = 'stores_' || $1 AND (g.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
       OR (t.platform AND g.privilege_type <> 'SELECT'))",
    "SELECT relname || ' is owned by a role that services log in as' AS fault FROM tables JOIN pg_roles r ON r.oid = relowner
     WHERE r.rolname LIKE 'stores\\_%' AND r.rolname IN (SELECT 'stores_' || nspname FROM pg_namespace)",
    "SELECT 'policy ' || p.polname || ' of ' || relname || ' lets more in than the transaction''s tenant' AS fault
     FROM tables t JOIN pg_policy p ON p.polrelid = t.oid
     WHERE relkind IN ('r', 'p') AND NOT platform AND p.polname <> 'system'
       AND pg_get_expr(p.polqual, p.polrelid) NOT LIKE '(tenant_id = (NULLIF(current_setting(''app.tenant_id''%'",
    "SELECT relname || ' has no policy that checks what is written' AS fault FROM tables t
     WHERE relkind IN ('r', 'p') AND NOT platform AND NOT EXISTS (SELECT 1 FROM pg_policy p
       WHERE p.polrelid = t.oid AND p.polname = 'tenant' AND p.polwithcheck IS NOT NULL)",
    "SELECT relname || ' is a view that does not ask as its reader' AS fault FROM tables
     WHERE relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)",
    "SELECT relname || ' is a materialized view: no policy can protect it' AS fault FROM tables WHERE relkind = 'm'",
    "SELECT 'index ' || i.relname || ' on ' || t.relname || ' is unique over all tenants: its error tells of others' AS fault
     FROM tables t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid
     WHERE t.relkind IN ('r', 'p') AND NOT t.platform AND x.indisunique AND NOT EXISTS (SELECT 1 FROM pg_attribute a
       WHERE a.attrelid = t.oid AND a.attname = 'tenant_id' AND a.attnum = ANY (x.indkey::smallint[]))",
    "SELECT 'primary key of ' || t.relname || ' does not start with tenant_id' AS fault
     FROM tables t JOIN pg_index x ON x.indrelid = t.oid AND x.indisprimary
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
     WHERE t.relkind IN ('r', 'p') AND NOT t.platform AND a.attname <> 'tenant_id'",
    "SELECT 'foreign key ' || f.conname || ' can point at another tenant''s row' AS fault
     FROM tables t JOIN pg_constraint f ON f.conrelid = t.oid AND f.contype = 'f' JOIN tables o ON o.oid = f.confrelid
     WHERE NOT t.platform AND NOT o.platform AND NOT EXISTS (SELECT 1
       FROM unnest(f.conkey, f.confkey) AS pair (own, other)
       JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = pair.own AND a.attname = 'tenant_id'
       JOIN pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = pair.other AND b.attname = 'tenant_id')",
    "SELECT 'function ' || p.proname || ' runs with its owner''s rights' AS fault FROM pg_proc p
     JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = $1 AND p.prosecdef",
];

/// What is wrong with the walls of a schema; nothing when they hold.
///
/// # Panics
/// When the catalogue cannot be read.
pub async fn faults(connection: &mut AsyncPgConnection, schema: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for rule in RULES {
        let asked = sql_query(format!("WITH {TABLES} {rule}")).bind::<Text, _>(schema);
        let found: Vec<Fault> = asked.load(connection).await.expect("the rule can be asked");
        faults.extend(found.into_iter().map(|found| format!("{schema}: {}", found.fault)));
    }
    faults
}

#[derive(QueryableByName)]
pub struct Table {
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub kind: String,
}

/// Every table and view of a schema: `tenant` or `platform`.
///
/// # Panics
/// When the catalogue cannot be read.
pub async fn tables(connection: &mut AsyncPgConnection, schema: &str) -> Vec<Table> {
    let sql = format!(
        "WITH {TABLES} SELECT relname::text AS name, CASE WHEN platform THEN 'platform' ELSE 'tenant' END AS kind
         FROM tables WHERE relkind IN ('r', 'p', 'v', 'm') ORDER BY 1"
    );
    let asked = sql_query(sql).bind::<Text, _>(schema);
    asked.load(connection).await.expect("the catalogue can be read")
}
