//! The wall, tried: a row of tenant A and one of B in every table, then as the service's role every
//! way to the wrong one. All of it in one transaction of the owner, which is rolled back.

use tokio_postgres::{Client, Transaction};

use super::Violation;

const A: &str = "aaaaaaaa-0000-7000-8000-000000000001";
const B: &str = "bbbbbbbb-0000-7000-8000-000000000002";

/// What PostgreSQL answers to a missing right and to a row that a policy refuses.
const REFUSED: &str = "42501";

struct Table {
    name: String,
    platform: bool,
    columns: Vec<Column>,
}

struct Column {
    name: String,
    sample: Option<String>,
}

/// What an attempt came to.
enum Outcome {
    Rows(u64),
    Refused,
    Failed(String),
}

pub(super) async fn check(client: &mut Client, schema: &str) -> Vec<Violation> {
    let mut tx = client
        .transaction()
        .await
        .expect("a transaction can be opened");
    let tables = tables(&tx, schema).await;
    free_of_rules(&tx, schema).await;
    let mut violations = Vec::new();
    for table in &tables {
        let found = if table.platform {
            try_platform(&mut tx, schema, table).await
        } else {
            try_tenants(&mut tx, schema, table).await
        };
        violations.extend(found.into_iter().map(|rule| Violation {
            object: format!("{schema}: {}", table.name),
            rule,
        }));
    }
    tx.rollback()
        .await
        .expect("a transaction can be rolled back");
    violations
}

/// Made-up rows fit no CHECK and no foreign key. Those are not what is tried here.
async fn free_of_rules(tx: &Transaction<'_>, schema: &str) {
    let sql = format!(
        "DO $$ DECLARE k record; BEGIN
           FOR k IN SELECT conrelid::regclass AS target, conname FROM pg_constraint
             WHERE connamespace = '{schema}'::regnamespace AND contype IN ('c', 'f', 'x')
               AND conparentid = 0 AND conrelid <> 0 ORDER BY contype DESC
           LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', k.target, k.conname); END LOOP;
           FOR k IN SELECT oid::regclass AS target FROM pg_class
             WHERE relnamespace = '{schema}'::regnamespace AND relkind IN ('r', 'p')
           LOOP EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', k.target); END LOOP;
         END $$;
         GRANT stores_{schema}, stores_{schema}_system TO CURRENT_USER"
    );
    tx.batch_execute(&sql)
        .await
        .expect("the owner may change its tables");
}

async fn tables(tx: &Transaction<'_>, schema: &str) -> Vec<Table> {
    let sql = "SELECT c.relname::text, coalesce(obj_description(c.oid) ~ '^platform: ', false),
          array_agg(a.attname::text ORDER BY a.attnum),
          array_agg(CASE WHEN t.typcategory = 'A' THEN 'array' ELSE t.typname::text END ORDER BY a.attnum)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
        WHERE c.relnamespace = $1::text::regnamespace AND c.relkind IN ('r', 'p')
          AND c.relname <> '__diesel_schema_migrations'
          AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = ''
          AND a.attnotnull
        GROUP BY c.oid, c.relname ORDER BY c.relname";
    let rows = tx
        .query(sql, &[&schema])
        .await
        .expect("the catalogue can be read");
    let table = |row: &tokio_postgres::Row| {
        let (names, types): (Vec<String>, Vec<String>) = (row.get(2), row.get(3));
        let columns = names.into_iter().zip(types);
        Table {
            name: row.get(0),
            platform: row.get(1),
            columns: columns
                .map(|(name, kind)| Column {
                    name,
                    sample: sample(&kind),
                })
                .collect(),
        }
    };
    rows.iter().map(table).collect()
}

/// A value of the type as SQL, different each time where the type has room for it.
fn sample(kind: &str) -> Option<String> {
    let sql = match kind {
        "uuid" => "gen_random_uuid()",
        "text" | "varchar" | "citext" => "gen_random_uuid()::text",
        "bpchar" | "char" => "left(md5(random()::text), 1)",
        "int2" | "int4" | "int8" | "numeric" | "float4" | "float8" => "trunc(random() * 32000)",
        "bool" => "true",
        "timestamptz" | "timestamp" => "now() + random() * interval '1 year'",
        "date" => "current_date + trunc(random() * 30000)::int",
        "interval" => "interval '1 second'",
        "json" | "jsonb" => "'{}'",
        "bytea" => "decode(md5(random()::text), 'hex')",
        "array" => "'{}'",
        "inet" | "cidr" => "'192.0.2.1'",
        "tsvector" => "''",
        _ => return None,
    };
    Some(sql.to_owned())
}

impl Table {
    /// An INSERT of a made-up row of this tenant, or the column for which nothing can be made up.
    fn insert(&self, schema: &str, tenant: &str) -> Result<String, String> {
        let names: Vec<&str> = self
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        let mut values = Vec::new();
        for column in &self.columns {
            match (&column.sample, column.name.as_str()) {
                (_, "tenant_id") => values.push(format!("'{tenant}'")),
                (Some(sample), _) => values.push(sample.clone()),
                (None, name) => return Err(format!("no value is known for its column {name}")),
            }
        }
        Ok(format!(
            "INSERT INTO {schema}.{} ({}) VALUES ({})",
            self.name,
            names.join(", "),
            values.join(", ")
        ))
    }
}

async fn try_platform(tx: &mut Transaction<'_>, schema: &str, table: &Table) -> Vec<String> {
    let insert = match table.insert(schema, A) {
        Ok(insert) => insert,
        Err(gap) => return vec![gap],
    };
    let name = format!("{schema}.{}", table.name);
    let mut found = Vec::new();
    for sql in [insert, format!("DELETE FROM {name}")] {
        if !matches!(attempt(tx, schema, Some(A), &sql).await, Outcome::Refused) {
            found.push(format!("the service's login is not refused: {sql}"));
        }
    }
    found
}

async fn try_tenants(tx: &mut Transaction<'_>, schema: &str, table: &Table) -> Vec<String> {
    let (of_a, of_b) = match (table.insert(schema, A), table.insert(schema, B)) {
        (Ok(of_a), Ok(of_b)) => (of_a, of_b),
        (Err(gap), _) | (_, Err(gap)) => return vec![gap],
    };
    let role = format!("SET LOCAL ROLE stores_{schema}_system; {of_a}; {of_b}; RESET ROLE");
    if let Err(error) = tx.batch_execute(&format!("SAVEPOINT rows; {role}")).await {
        tx.batch_execute("ROLLBACK TO rows")
            .await
            .expect("a savepoint can be returned to");
        let reason = error
            .as_db_error()
            .map_or(error.to_string(), |e| e.message().to_owned());
        return vec![format!("no row can be made up: {reason}")];
    }
    let name = format!("{schema}.{}", table.name);
    let select = format!("SELECT tenant_id FROM {name}");
    let update = format!("UPDATE {name} SET tenant_id = tenant_id");
    let (delete, theirs) = (
        format!("DELETE FROM {name}"),
        format!("WHERE tenant_id = '{B}'"),
    );
    let (delete_theirs, update_theirs) =
        (format!("{delete} {theirs}"), format!("{update} {theirs}"));
    let mut found = Vec::new();
    let nothing = [&select, &update, &delete, &of_a, &of_b].map(|sql| (None, sql));
    let select_theirs = format!("{select} {theirs}");
    let foreign = [&select_theirs, &update_theirs, &delete_theirs, &of_b].map(|sql| (Some(A), sql));
    for (scope, sql) in nothing.into_iter().chain(foreign) {
        match attempt(tx, schema, scope, sql).await {
            Outcome::Rows(0) | Outcome::Refused => {}
            Outcome::Rows(_) => {
                found.push(format!("in the scope {scope:?} this reaches rows: {sql}"))
            }
            Outcome::Failed(reason) => found.push(format!("{sql} fails oddly: {reason}")),
        }
    }
    let give_away = format!("UPDATE {name} SET tenant_id = '{B}'");
    if !matches!(
        attempt(tx, schema, Some(A), &give_away).await,
        Outcome::Refused
    ) {
        found.push("a tenant's row can be given to another tenant".to_owned());
    }
    // The attempts would prove nothing if the tenant could not even reach its own row.
    if !matches!(
        attempt(tx, schema, Some(A), &select).await,
        Outcome::Rows(1)
    ) {
        found.push("a tenant does not reach exactly its own row".to_owned());
    }
    tx.batch_execute("ROLLBACK TO rows")
        .await
        .expect("a savepoint can be returned to");
    found
}

/// Runs one statement as the service's login and undoes it.
async fn attempt(
    tx: &mut Transaction<'_>,
    schema: &str,
    scope: Option<&str>,
    sql: &str,
) -> Outcome {
    let point = tx
        .savepoint("attempt")
        .await
        .expect("a savepoint can be made");
    let scope = scope.unwrap_or_default();
    let enter = format!("SET LOCAL ROLE stores_{schema}; SET LOCAL app.tenant_id = '{scope}'");
    point
        .batch_execute(&enter)
        .await
        .expect("the owner may act as the service");
    let outcome = match point.execute(sql, &[]).await {
        Ok(rows) => Outcome::Rows(rows),
        Err(error) if error.code().is_some_and(|code| code.code() == REFUSED) => Outcome::Refused,
        Err(error) => Outcome::Failed(error.to_string()),
    };
    point
        .rollback()
        .await
        .expect("a savepoint can be returned to");
    outcome
}
