//! Bringing the schemas up to date: roles, the foundation's tables, then the service's own.

mod bootstrap;

use diesel::QueryDsl;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use secrecy::SecretString;

use crate::error::is_lost_connection;
use crate::{Db, Error, connect};

const FOUNDATION: EmbeddedMigrations = embed_migrations!("migrations");

/// The lock that keeps two `stores migrate` from working at the same time; any number would do.
const ADVISORY_LOCK: i64 = 0x7374_6f72_6573;

/// A service's schema: its name is the service's, its migrations start at 0100.
///
/// A crate that embeds migrations needs a `build.rs` that prints
/// `cargo:rerun-if-changed=migrations`.
#[derive(Clone, Copy)]
pub struct Schema {
    pub name: &'static str,
    pub migrations: &'static EmbeddedMigrations,
}

/// The foundation's migrations and then the service's, as one list.
struct Everything(&'static EmbeddedMigrations);

impl MigrationSource<Pg> for Everything {
    fn migrations(&self) -> diesel::migration::Result<Vec<Box<dyn Migration<Pg>>>> {
        let mut all = MigrationSource::<Pg>::migrations(&FOUNDATION)?;
        all.extend(MigrationSource::<Pg>::migrations(self.0)?);
        Ok(all)
    }
}

#[derive(Clone, Copy)]
enum Direction {
    Up,
    DownAndUp,
}

/// Creates what is missing: roles, schemas, extensions, tables. Safe to run at any time, from
/// several places at once, while the version before still runs.
///
/// `owner_url` logs in as the role that will own the tables. The roles of the services get the
/// passwords that [`kernel::config::Config::database_url_for`] derives from it.
///
/// # Errors
/// `Schema` with the migration that failed; what ran before it stays.
pub async fn migrate(owner_url: &SecretString, schemas: &[Schema]) -> Result<(), Error> {
    run(owner_url, schemas, Direction::Up).await
}

/// Takes every migration of the schema back and applies it again: the proof that `down.sql` is
/// right. All of its data is lost.
pub async fn redo(owner_url: &SecretString, schema: Schema) -> Result<(), Error> {
    run(owner_url, &[schema], Direction::DownAndUp).await
}

async fn run(
    owner_url: &SecretString,
    schemas: &[Schema],
    direction: Direction,
) -> Result<(), Error> {
    let config = connect::parse(owner_url)?;
    let mut connection = connect::diesel_connection(&config).await?;
    connection
        .batch_execute(&format!("SELECT pg_advisory_lock({ADVISORY_LOCK})"))
        .await?;
    // A change that waits for a lock makes everybody behind it wait too: better to fail.
    connection
        .batch_execute("SET statement_timeout = 0; SET lock_timeout = '10s'")
        .await?;
    bootstrap::extensions(&mut connection).await?;
    for schema in schemas {
        bootstrap::schema(&mut connection, owner_url, schema.name).await?;
        connection = apply(connection, *schema, direction).await?;
        let rights = format!(
            "GRANT SELECT ON {0}.__diesel_schema_migrations TO stores_{0}_system",
            schema.name
        );
        connection.batch_execute(&rights).await?;
    }
    connection
        .batch_execute(&format!("SELECT pg_advisory_unlock({ADVISORY_LOCK})"))
        .await?;
    Ok(())
}

/// diesel's harness is synchronous: it gets a thread of its own.
async fn apply(
    mut connection: AsyncPgConnection,
    schema: Schema,
    direction: Direction,
) -> Result<AsyncPgConnection, Error> {
    let name = schema.name;
    connection
        .batch_execute(&format!("SET search_path = {name}, public"))
        .await?;
    let work = tokio::task::spawn_blocking(move || {
        let mut harness: AsyncConnectionWrapper<AsyncPgConnection> = connection.into();
        if let Direction::DownAndUp = direction {
            harness.revert_all_migrations(Everything(schema.migrations))?;
        }
        for version in harness.run_pending_migrations(Everything(schema.migrations))? {
            tracing::info!(db.schema = name, db.migration = %version, "Applied {version} to {name}");
        }
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(harness.into_inner())
    });
    let outcome = work
        .await
        .map_err(|error| Error::Schema(error.to_string()))?;
    outcome.map_err(|error| Error::Schema(format!("migrating {name}: {error}")))
}

/// Refuses a schema that lacks a migration this program was built with.
///
/// A schema that is *newer* is accepted with a warning: migrations run before the new version
/// starts, and by the rule of expand and contract the version that still runs must live with
/// them. Refusing would turn every restart during a deploy into an outage.
///
/// # Errors
/// `Schema` names the migration that is missing.
pub async fn level(db: &Db, schema: Schema) -> Result<(), Error> {
    let (needed, applied) = (schema.versions()?, applied(db).await?);
    let name = schema.name;
    if let Some(missing) = needed.iter().find(|version| !applied.contains(version)) {
        return Err(Error::Schema(format!(
            "the schema {name} lacks migration {missing}: run `stores migrate` first"
        )));
    }
    if applied.iter().any(|version| !needed.contains(version)) {
        tracing::warn!(
            db.schema = name,
            "The schema {name} is newer than this program"
        );
    }
    Ok(())
}

/// The versions that have been applied to the service's schema.
async fn applied(db: &Db) -> Result<Vec<String>, Error> {
    diesel::table! {
        __diesel_schema_migrations (version) { version -> Text, }
    }
    db.system("check the schema's level", async |tx| {
        let versions = __diesel_schema_migrations::table
            .select(__diesel_schema_migrations::version)
            .load::<String>(&mut tx.conn())
            .await;
        versions.map_err(|error| match error {
            diesel::result::Error::DatabaseError(..) if !is_lost_connection(&error) => {
                Error::Schema(format!(
                    "the schema {} is not there: run `stores migrate` first",
                    db.service()
                ))
            }
            other => other.into(),
        })
    })
    .await
}

impl Schema {
    /// The versions it was built with, the foundation's first.
    pub fn versions(&self) -> Result<Vec<String>, Error> {
        let all = Everything(self.migrations).migrations();
        let all = all.map_err(|error| Error::Schema(error.to_string()))?;
        Ok(all
            .iter()
            .map(|migration| migration.name().version().to_string())
            .collect())
    }
}
