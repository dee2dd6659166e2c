//! A database of the test's own: a copy of one that was migrated once for this test binary.

use std::env;
use std::time::Duration;

use db::{Db, DbConfig, Schema};
use kernel::config::derived_login;
use kernel::{Clock, EventId};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tokio_postgres::{Client, NoTls};

/// The lock under which templates are made and old databases are dropped; any number would do.
const ADVISORY_LOCK: i64 = 0x7465_7374;

/// A database that nobody uses is forgotten after this many seconds.
const FORGOTTEN_AFTER: i64 = 3_600;

/// How often a copy is tried while the server still ends the migration's session.
const ATTEMPTS: u32 = 40;

const POOL_SIZE: usize = 8;

/// Gone with the value. Roles belong to the server: all copies share the services' logins.
pub struct TestDb {
    server: String,
    name: String,
}

impl TestDb {
    /// # Panics
    /// When no server runs: `deploy/local/stack.sh infra up` starts it and writes the variables.
    pub async fn new(schemas: &[Schema]) -> Self {
        let server =
            env::var("DATABASE_URL").expect("DATABASE_URL is set: start the infrastructure");
        let client = connect(&server).await;
        let lock = format!("SELECT pg_advisory_lock({ADVISORY_LOCK})");
        client
            .batch_execute(&lock)
            .await
            .expect("the lock can be waited for");
        drop_forgotten(&client).await;
        let template = template(&client, &server, schemas).await;
        let name = format!(
            "test_{}_{}",
            Clock::system().unix(),
            EventId::new().uuid().simple()
        );
        copy(&client, &template, &name).await;
        Self { server, name }
    }

    /// The login that owns the tables.
    pub fn owner_url(&self) -> SecretString {
        in_database(&self.server, &self.name)
    }

    /// The login of one service's role.
    pub fn url(&self, service: &str) -> SecretString {
        derived_login(&self.owner_url(), service)
    }

    /// One service's pool.
    pub fn db(&self, service: &'static str) -> Db {
        let url = self.url(service);
        Db::new(&DbConfig {
            url,
            service,
            pool_size: POOL_SIZE,
        })
        .expect("the URL is valid")
    }

    /// A connection as the owner, for looking and for damage.
    pub async fn owner(&self) -> Client {
        connect(self.owner_url().expose_secret()).await
    }

    /// A connection to the rows of every store in a service's schema, for looking and for damage.
    ///
    /// # Panics
    /// When there is no such service.
    pub async fn all_stores(&self, service: &str) -> Client {
        let client = self.owner().await;
        let everything = format!("SET ROLE stores_{service}_system; SET search_path TO {service}");
        client
            .batch_execute(&everything)
            .await
            .expect("the service has a role for all stores");
        client
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // A test's runtime cannot be waited on from within: the thread has its own. A database
        // that stays is dropped by a later run.
        let end = move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let _ = runtime.map(|runtime| {
                runtime.block_on(async {
                    let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                    let _ = connect(&server).await.batch_execute(&sql).await;
                });
            });
        };
        let _ = std::thread::spawn(end).join();
    }
}

/// A bare connection; its driver ends with the client.
///
/// # Panics
/// When the server refuses.
pub async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .expect("the database can be reached");
    tokio::spawn(connection);
    client
}

/// The database to copy, migrated now unless this very test binary has already done so.
async fn template(client: &Client, server: &str, schemas: &[Schema]) -> String {
    let prefix = format!("template_{}_", fingerprint(schemas));
    let known = "SELECT datname::text FROM pg_database WHERE starts_with(datname::text, $1)";
    if let Some(row) = client
        .query_opt(known, &[&prefix])
        .await
        .expect("databases can be listed")
    {
        return row.get(0);
    }
    let building = format!("test_{}_building", Clock::system().unix());
    let create = format!("CREATE DATABASE {building}");
    client
        .batch_execute(&create)
        .await
        .expect("the owner may create databases");
    db::migrate(&in_database(server, &building), schemas)
        .await
        .expect("the migrations apply");
    let name = format!("{prefix}{}", Clock::system().unix());
    patiently(
        client,
        &format!("ALTER DATABASE {building} RENAME TO {name}"),
    )
    .await;
    name
}

async fn copy(client: &Client, template: &str, name: &str) {
    patiently(
        client,
        &format!("CREATE DATABASE {name} TEMPLATE {template}"),
    )
    .await;
}

/// PostgreSQL neither copies nor renames a database while a session on it is ending.
async fn patiently(client: &Client, sql: &str) {
    for _ in 1..ATTEMPTS {
        match client.batch_execute(sql).await {
            Ok(()) => return,
            Err(error) if error.code().is_some_and(|code| code.code() == "55006") => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(error) => panic!("{sql}: {error:?}"),
        }
    }
    panic!("{sql}: the database stays in use");
}

/// Old copies and templates of earlier builds; names end in or contain the second they were made.
async fn drop_forgotten(client: &Client) {
    let forgotten = "SELECT datname::text FROM pg_database d
        WHERE datname ~ '^(test|template)_'
          AND substring(datname from '_([0-9]{10})(_|$)')::bigint < $1
          AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = d.datname)";
    let before = Clock::system().unix() - FORGOTTEN_AFTER;
    for row in client
        .query(forgotten, &[&before])
        .await
        .expect("databases can be listed")
    {
        let name: String = row.get(0);
        // Another run may be quicker.
        let _ = client
            .batch_execute(&format!("DROP DATABASE IF EXISTS {name}"))
            .await;
    }
}

/// Changes with the schemas and with every build of the test: an edited migration is seen.
fn fingerprint(schemas: &[Schema]) -> String {
    let mut hash = Sha256::new();
    for schema in schemas {
        hash.update(schema.name);
        let versions = schema.versions().expect("migrations have versions");
        versions.iter().for_each(|version| hash.update(version));
    }
    let binary = env::current_exe().expect("a test runs from a file");
    let built = binary
        .metadata()
        .and_then(|file| file.modified())
        .expect("files have a time");
    hash.update(binary.as_os_str().as_encoded_bytes());
    hash.update(format!("{built:?}"));
    hex::encode(hash.finalize().get(..8).unwrap_or_default())
}

fn in_database(server: &str, name: &str) -> SecretString {
    let (place, rest) = server.rsplit_once('/').expect("the URL names a database");
    let query = rest
        .split_once('?')
        .map_or(String::new(), |(_, query)| format!("?{query}"));
    SecretString::from(format!("{place}/{name}{query}"))
}
