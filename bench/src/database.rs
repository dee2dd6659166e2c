//! A look at the rows of all stores in one service's schema, for what no answer tells.

use anyhow::Context;
use tokio_postgres::{Client, NoTls};

/// As the database's owner, in the service's role for work across tenants.
pub async fn of_service(service: &str) -> anyhow::Result<Client> {
    let url = std::env::var("DATABASE_URL").context("DATABASE_URL is not set")?;
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await?;
    // It ends with the client; what breaks it is told by the next query.
    tokio::spawn(connection);
    let role = format!("SET ROLE stores_{service}_system; SET search_path TO {service}");
    client.batch_execute(&role).await?;
    Ok(client)
}
