//! Schemas, roles and migrations: `stores migrate`.

use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::pg::Pg;
use diesel_async::{
    AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use kernel::config::app_password;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::{Db, Error};

const FOUNDATION: EmbeddedMigrations = embed_migrations!("migrations");

/// Only one `stores migrate` at a time: the key of a session's advisory lock.
const MIGRATION_LOCK: i64 = 0x5354_4f52_4553;
const ROLE_ATTEMPTS: u32 = 20;

/// A service's schema: its name and the migrations above the foundation.
#[derive(Clone, Copy)]
pub struct Schema {
    pub name: &'static str,
    pub migrations: &'static EmbeddedMigrations,
}

#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error("the database cannot be reached: {0}")]
    Connect(#[from] diesel::ConnectionError),
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
    #[error("schema {schema}: {cause}")]
    Migration { schema: &'static str, cause: String },
    #[error("DATABASE_URL is not a URL")]
    Url,
}

/// The foundation's migrations and a service's, as one series.
struct Series(&'static EmbeddedMigrations);

impl MigrationSource<Pg> for Series {
    fn migrations(&self) -> diesel::migration::Result<Vec<Box<dyn Migration<Pg>>>> {
        let mut all = MigrationSource::<Pg>::migrations(&FOUNDATION)?;
        all.extend(MigrationSource::<Pg>::migrations(self.0)?);
        Ok(all)
    }
}

/// Brings every schema to the newest migration: roles, schemas, tables, rights. Safe to repeat and
/// to start twice at once. Needs a multi-threaded runtime.
pub async fn migrate(owner_url: &SecretString, schemas: &[Schema]) -> Result<(), MigrateError> {
    let mut owner = connect(owner_url).await?;
    owner
        .batch_execute(&format!("SELECT pg_advisory_lock({MIGRATION_LOCK})"))
        .await?;
    for schema in schemas {
        ensure_roles(&mut owner, owner_url, schema.name).await?;
        owner.batch_execute(&schema_sql(schema.name)).await?;
    }
    drop(owner);
    for schema in schemas {
        apply(owner_url, *schema, |harness, series| {
            harness.run_pending_migrations(series).map(|_| ())
        })
        .await?;
    }
    Ok(())
}

/// Takes every migration of the schema back and applies it again: the proof that `down.sql` is right.
pub async fn redo(owner_url: &SecretString, schema: Schema) -> Result<(), MigrateError> {
    apply(owner_url, schema, |harness, series| {
        harness.revert_all_migrations(Series(series.0))?;
        harness.run_pending_migrations(series).map(|_| ())
    })
    .await
}

/// Refuses a schema that lacks a migration this program was built with.
///
/// A schema that is ahead is accepted: while a release is switched, the old version runs on the new
/// schema, and migrations are written so that it can (expand first, remove a release later).
pub async fn level(db: &Db, schema: Schema) -> Result<(), Error> {
    let needed = Series(schema.migrations).migrations().ok().and_then(|all| {
        all.iter()
            .map(|migration| migration.name().version().to_string())
            .max()
    });
    let found = db
        .system("check the schema's level", async |tx| {
            let newest = diesel::dsl::sql::<diesel::sql_types::Nullable<diesel::sql_types::Text>>(
                "SELECT max(version) FROM __diesel_schema_migrations",
            );
            Ok::<Option<String>, Error>(newest.get_result(&mut tx.conn()).await?)
        })
        .await;
    let found = match found {
        Ok(found) => found.unwrap_or_default(),
        Err(Error::Query(_)) => "none".to_owned(),
        Err(error) => return Err(error),
    };
    match needed {
        Some(needed) if found == "none" || found < needed => Err(Error::SchemaTooOld {
            schema: schema.name,
            found,
            needed,
        }),
        _ => Ok(()),
    }
}

async fn connect(url: &SecretString) -> Result<AsyncPgConnection, diesel::ConnectionError> {
    AsyncPgConnection::establish(url.expose_secret()).await
}

async fn apply(
    owner_url: &SecretString,
    schema: Schema,
    work: impl FnOnce(
        &mut AsyncMigrationHarness<AsyncPgConnection>,
        Series,
    ) -> diesel::migration::Result<()>,
) -> Result<(), MigrateError> {
    let mut connection = connect(owner_url).await?;
    let path = format!(
        "SET search_path TO {}, public; SELECT pg_advisory_lock({MIGRATION_LOCK})",
        schema.name
    );
    connection.batch_execute(&path).await?;
    let mut harness = AsyncMigrationHarness::new(connection);
    let fail = |cause: Box<dyn std::error::Error + Send + Sync>| MigrateError::Migration {
        schema: schema.name,
        cause: cause.to_string(),
    };
    tokio::task::block_in_place(|| work(&mut harness, Series(schema.migrations))).map_err(fail)?;
    let mut connection = harness.into_inner();
    let name = schema.name;
    let rights =
        format!("GRANT SELECT ON {name}.__diesel_schema_migrations TO stores_{name}_system");
    connection.batch_execute(&rights).await?;
    Ok(())
}

/// The service's login role, which owns nothing, and the role it takes for work across tenants.
///
/// Roles belong to the whole cluster, and PostgreSQL refuses two changes of one role at the same
/// moment ("tuple concurrently updated"); so what is already right is left alone, and the rest is
/// tried again.
async fn ensure_roles(
    owner: &mut AsyncPgConnection,
    owner_url: &SecretString,
    service: &str,
) -> Result<(), MigrateError> {
    let url = Url::parse(owner_url.expose_secret()).map_err(|_| MigrateError::Url)?;
    let role = format!("stores_{service}");
    let password = app_password(url.password().unwrap_or(""), &role);
    let sql = roles_sql(&role, &password);
    let mut attempt = 0;
    loop {
        match owner.batch_execute(&sql).await {
            Ok(()) => return Ok(()),
            Err(error) if attempt < ROLE_ATTEMPTS && is_concurrent(&error) => {
                attempt += 1;
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn is_concurrent(error: &diesel::result::Error) -> bool {
    let text = error.to_string();
    text.contains("concurrently updated")
        || text.contains("already exists")
        || text.contains("duplicate key")
}

fn roles_sql(role: &str, password: &str) -> String {
    // The mark changes with the password's first digits and with this text, never telling either.
    let mark = app_password(password, "mark of version 1");
    format!(
        "DO $$ BEGIN
           IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
             CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT NOCREATEDB NOCREATEROLE;
           END IF;
           IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}_system') THEN
             CREATE ROLE {role}_system NOLOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT;
           END IF;
           IF NOT pg_has_role('{role}', '{role}_system', 'MEMBER') THEN
             GRANT {role}_system TO {role};
           END IF;
           IF shobj_description((SELECT oid FROM pg_roles WHERE rolname = '{role}'), 'pg_authid')
              IS DISTINCT FROM '{mark}' THEN
             ALTER ROLE {role} PASSWORD '{password}';
             ALTER ROLE {role} SET statement_timeout = '5s';
             ALTER ROLE {role} SET lock_timeout = '1s';
             ALTER ROLE {role} SET idle_in_transaction_session_timeout = '15s';
             ALTER ROLE {role} SET search_path = {path}, public;
             COMMENT ON ROLE {role} IS '{mark}';
           END IF;
         END $$",
        path = role.trim_start_matches("stores_"),
    )
}

fn schema_sql(service: &str) -> String {
    format!(
        "CREATE SCHEMA IF NOT EXISTS {service};
         CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;
         CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
         REVOKE CREATE ON SCHEMA public FROM PUBLIC;
         GRANT USAGE ON SCHEMA {service} TO stores_{service}, stores_{service}_system"
    )
}

/// For error messages and tests: the versions a schema was built with.
impl Schema {
    pub fn versions(&self) -> Vec<MigrationVersion<'static>> {
        let all = Series(self.migrations).migrations().unwrap_or_default();
        all.iter()
            .map(|migration| migration.name().version().as_owned())
            .collect()
    }
}
