//! Roles, schemas and extensions: what must exist before the first migration.

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use secrecy::SecretString;

use crate::{Error, connect};

/// Roles belong to the whole server: two databases that are set up at once may collide.
const ATTEMPTS: u32 = 5;

pub(super) async fn extensions(connection: &mut AsyncPgConnection) -> Result<(), Error> {
    let sql = "CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA public; \
               CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;";
    Ok(connection.batch_execute(sql).await?)
}

/// The schema and its two roles. `stores_<name>` is the service's login: it owns nothing and
/// bypasses nothing. `stores_<name>_system` crosses tenants; the login has to switch to it in a
/// transaction, and the owner is a member, so that a migration can move rows in spite of FORCE.
pub(super) async fn schema(
    connection: &mut AsyncPgConnection,
    owner_url: &SecretString,
    name: &str,
) -> Result<(), Error> {
    let password = scram_verifier(owner_url, name)?;
    let roles = format!(
        "DO $$ BEGIN
           IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stores_{name}') THEN
             CREATE ROLE stores_{name} LOGIN; END IF;
           IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stores_{name}_system') THEN
             CREATE ROLE stores_{name}_system NOLOGIN; END IF;
         END $$;
         ALTER ROLE stores_{name} LOGIN NOINHERIT NOCREATEDB NOCREATEROLE PASSWORD '{password}';
         ALTER ROLE stores_{name} SET search_path = {name}, public;
         ALTER ROLE stores_{name} SET statement_timeout = '5s';
         ALTER ROLE stores_{name} SET lock_timeout = '1s';
         ALTER ROLE stores_{name} SET idle_in_transaction_session_timeout = '10s';
         GRANT stores_{name}_system TO stores_{name}, CURRENT_USER;"
    );
    let mut attempt = 1;
    while let Err(error) = connection.batch_execute(&roles).await {
        if attempt == ATTEMPTS {
            return Err(Error::Schema(format!(
                "creating the roles of {name}: {error}"
            )));
        }
        attempt += 1;
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let schema = format!(
        "CREATE SCHEMA IF NOT EXISTS {name};
         GRANT USAGE ON SCHEMA {name} TO stores_{name}, stores_{name}_system;"
    );
    Ok(connection.batch_execute(&schema).await?)
}

/// What PostgreSQL stores of a password: the password itself never reaches its log.
fn scram_verifier(owner_url: &SecretString, name: &str) -> Result<String, Error> {
    let login = kernel::config::derived_login(owner_url, name);
    let login = connect::parse(&login)?;
    let password = login.get_password().unwrap_or_default();
    Ok(postgres_protocol::password::scram_sha_256(password))
}
