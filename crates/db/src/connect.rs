//! One connection to PostgreSQL, in the clear or over TLS as the URL asks.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use diesel_async::AsyncPgConnection;
use secrecy::{ExposeSecret, SecretString};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, Connection, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::Error;

pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// A host that vanishes sends no end: without these a statement would wait for it for hours.
const KEEPALIVE_AFTER: Duration = Duration::from_secs(10);
const KEEPALIVE_EVERY: Duration = Duration::from_secs(5);
const KEEPALIVES_UNANSWERED_MAX: u32 = 3;
const UNACKNOWLEDGED_TIME: Duration = Duration::from_secs(15);
/// A prepared statement is planned once. Left to itself the server plans each five times first, and some
/// each time for ever: those whose plan for any value looks dearer than one for the value at hand, such as a
/// list whose length it does not know. Every key of ours begins with the tenant, so that the plan for any
/// value is the plan for each. Source: PostgreSQL, `plan_cache_mode`.
const PLAN_ONCE: &str = "-c plan_cache_mode=force_generic_plan";

pub(crate) fn parse(url: &SecretString) -> Result<Config, Error> {
    let mut config = Config::from_str(url.expose_secret())
        .map_err(|_| Error::Unavailable("the URL of the database is not valid".to_owned()))?;
    config
        .connect_timeout(CONNECT_TIMEOUT)
        .keepalives_idle(KEEPALIVE_AFTER)
        .keepalives_interval(KEEPALIVE_EVERY)
        .keepalives_retries(KEEPALIVES_UNANSWERED_MAX)
        .tcp_user_timeout(UNACKNOWLEDGED_TIME);
    let options = match config.get_options() {
        Some(own) => format!("{PLAN_ONCE} {own}"),
        None => PLAN_ONCE.to_owned(),
    };
    config.options(options);
    if config.get_application_name().is_none() {
        config.application_name("stores");
    }
    Ok(config)
}

/// A connection for diesel; its background task ends with it.
pub(crate) async fn diesel_connection(config: &Config) -> Result<AsyncPgConnection, Error> {
    let adopted = if wants_tls(config) {
        let (client, connection) = config.connect(tls()?).await.map_err(unreachable)?;
        AsyncPgConnection::try_from_client_and_connection(client, connection).await
    } else {
        let (client, connection) = config.connect(NoTls).await.map_err(unreachable)?;
        AsyncPgConnection::try_from_client_and_connection(client, connection).await
    };
    adopted.map_err(|error| Error::Unavailable(error.to_string()))
}

/// A bare connection and what drives it.
pub(crate) async fn bare(config: &Config) -> Result<(Client, Driver), Error> {
    if wants_tls(config) {
        let (client, connection) = config.connect(tls()?).await.map_err(unreachable)?;
        Ok((client, Driver::Tls(Box::new(connection))))
    } else {
        let (client, connection) = config.connect(NoTls).await.map_err(unreachable)?;
        Ok((client, Driver::Clear(Box::new(connection))))
    }
}

type TlsStream = <MakeRustlsConnect as tokio_postgres::tls::MakeTlsConnect<Socket>>::Stream;

pub(crate) enum Driver {
    Clear(Box<Connection<Socket, tokio_postgres::tls::NoTlsStream>>),
    Tls(Box<Connection<Socket, TlsStream>>),
}

impl Driver {
    pub(crate) fn poll_message(
        &mut self,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<tokio_postgres::AsyncMessage, tokio_postgres::Error>>> {
        match self {
            Self::Clear(connection) => connection.poll_message(cx),
            Self::Tls(connection) => connection.poll_message(cx),
        }
    }
}

fn wants_tls(config: &Config) -> bool {
    matches!(config.get_ssl_mode(), SslMode::Require)
}

/// TLS with the certificates that the machine trusts (`SSL_CERT_FILE` names others).
fn tls() -> Result<MakeRustlsConnect, Error> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Unavailable(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn unreachable(error: tokio_postgres::Error) -> Error {
    let reason = error
        .as_db_error()
        .map(|refusal| refusal.message().to_owned());
    Error::Unavailable(reason.unwrap_or_else(|| error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_vanished_is_noticed() {
        let config = parse(&"postgres://shop@localhost/stores".into()).unwrap();
        assert!(config.get_keepalives());
        assert_eq!(config.get_keepalives_idle(), KEEPALIVE_AFTER);
        assert_eq!(config.get_keepalives_interval(), Some(KEEPALIVE_EVERY));
        assert_eq!(config.get_keepalives_retries(), Some(3));
        assert_eq!(config.get_tcp_user_timeout(), Some(&UNACKNOWLEDGED_TIME));
    }

    #[test]
    fn a_url_may_still_say_how_statements_are_planned() {
        let url = "postgres://shop@localhost/stores?options=-c%20plan_cache_mode%3Dauto";
        let config = parse(&url.into()).unwrap();
        let options = config.get_options().unwrap_or_default();
        assert!(options.starts_with(PLAN_ONCE), "{options}");
        assert!(options.ends_with("-c plan_cache_mode=auto"), "{options}");
    }
}
