//! A database of the test's own on the server that runs beside the checkout.

use std::env;

use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use secrecy::SecretString;
use uuid::Uuid;

/// Erased with the value.
pub struct Database {
    /// The owner's login to the server's own database.
    server: String,
    name: String,
}

impl Database {
    /// An empty one, with the schemas' migrations applied.
    ///
    /// # Panics
    /// When no server runs: `deploy/local/stack.sh infra up` starts it and writes the variables.
    pub async fn create(schemas: &[db::Schema]) -> Self {
        let server = env::var("DATABASE_URL")
            .unwrap_or_else(|_| panic!("DATABASE_URL is not set: start the infrastructure first"));
        let database = Self { server, name: format!("test_{}", Uuid::now_v7().simple()) };
        execute(&database.server, &format!("CREATE DATABASE {}", database.name)).await;
        db::migrate(&database.url(), schemas).await.expect("the migrations apply");
        database
    }

    /// The owner's login.
    pub fn url(&self) -> SecretString {
        self.text().into()
    }

    /// Runs statements as the owner.
    pub async fn execute(&self, sql: &str) {
        execute(&self.text(), sql).await;
    }

    /// A connection as the owner.
    pub async fn connect(&self) -> AsyncPgConnection {
        AsyncPgConnection::establish(&self.text()).await.expect("the server lets its owner in")
    }

    fn text(&self) -> String {
        let place = self.server.rsplit_once('/').map_or(self.server.as_str(), |(place, _)| place);
        format!("{place}/{}", self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // A test's runtime may be ending: this needs one of its own.
        let erased = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.expect("a runtime can be made");
            runtime.block_on(execute(&server, &format!("DROP DATABASE {name} WITH (FORCE)")));
        });
        let _ = erased.join();
    }
}

async fn execute(url: &str, sql: &str) {
    let connection = AsyncPgConnection::establish(url).await;
    let mut connection = connection.expect("the server lets its owner in");
    connection.batch_execute(sql).await.expect("the statement is right");
}
