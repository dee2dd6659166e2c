//! What the broker must hold: brought to it by `migrate`, or shown for those who bring it themselves.

use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use bus::Rabbit;
use clap::Subcommand;
use http_kit::Platform;
use reqwest::{StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};

use crate::{say, services};

/// The broker's logins, permissions and queues
#[derive(Subcommand)]
pub enum Broker {
    /// Prints them as RabbitMQ imports them: `rabbitmqctl import_definitions`, or `load_definitions`
    Definitions,
}

pub fn run(platform: &Platform, command: &Broker) -> anyhow::Result<ExitCode> {
    let Broker::Definitions = command;
    let definitions = platform.rabbit.definitions_with_owner()?;
    say::line(format_args!("{definitions:#}"));
    Ok(ExitCode::SUCCESS)
}

/// Makes what is missing through the broker's management; without it, looks whether all is there.
pub async fn prepare(platform: &Platform) -> anyhow::Result<()> {
    let config = &platform.config;
    match (config.brokers.owner(), &config.rabbitmq_management_url) {
        (Some(owner), Some(management)) => send(&platform.rabbit, owner, management).await?,
        (None, Some(_)) => bail!("RABBITMQ_URL, the owner's login, is not set"),
        (_, None) => {}
    }
    for service in services::ALL {
        let complete = platform.rabbit.check(service.name).await;
        complete.with_context(|| {
            format!(
                "the broker is not ready for {}; set RABBITMQ_MANAGEMENT_URL, such as \
                 http://rabbitmq:15672, or import what `stores broker definitions` prints",
                service.name
            )
        })?;
    }
    Ok(())
}

async fn send(
    rabbit: &Rabbit,
    owner: &SecretString,
    management: &SecretString,
) -> anyhow::Result<()> {
    let answer = reqwest::Client::new()
        .post(definitions_address(owner, management)?)
        .json(&rabbit.definitions()?)
        .send()
        .await
        // The address holds a password.
        .map_err(reqwest::Error::without_url)
        .context("asking the broker's management at RABBITMQ_MANAGEMENT_URL")?;
    match answer.status() {
        status if status.is_success() => Ok(()),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            bail!("the broker's management refuses the owner: its user needs the tag administrator")
        }
        status => {
            let reason = answer.text().await.unwrap_or_default();
            bail!("the broker's management answered {status}: {reason}")
        }
    }
}

/// Who logs in there is the broker's owner, unless the management's address names somebody else.
fn definitions_address(owner: &SecretString, management: &SecretString) -> anyhow::Result<Url> {
    let mut url = Url::parse(management.expose_secret()).context("RABBITMQ_MANAGEMENT_URL")?;
    if url.username().is_empty() {
        let owner = Url::parse(owner.expose_secret()).context("RABBITMQ_URL")?;
        let named = url.set_username(owner.username());
        named
            .and_then(|()| url.set_password(owner.password()))
            .map_err(|()| anyhow!("RABBITMQ_MANAGEMENT_URL names no host"))?;
    }
    let path = format!("{}/api/definitions", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(management: &str) -> String {
        let owner = SecretString::from("amqp://stores:p%40ss@rabbit/stores");
        let url = definitions_address(&owner, &SecretString::from(management));
        url.unwrap().to_string()
    }

    #[test]
    fn the_owner_asks_the_management_unless_it_has_a_login_of_its_own() {
        for (management, expected) in [
            (
                "http://rabbit:15672",
                "http://stores:p%40ss@rabbit:15672/api/definitions",
            ),
            (
                "https://a:b@host/rabbit/",
                "https://a:b@host/rabbit/api/definitions",
            ),
        ] {
            assert_eq!(address(management), expected);
        }
    }
}
