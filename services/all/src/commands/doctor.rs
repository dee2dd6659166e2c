//! Every setting and every part the platform needs, and what to do where one is missing.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Duration;

use http_kit::Platform;
use invoicing::clients::moloni::Moloni;
use kernel::config::{ConfigErrors, Storage};
use kernel::{Clock, Config};
use mail::clients::Transport;
use secrecy::ExposeSecret;

use crate::{say, services};

const PATIENCE: Duration = Duration::from_secs(5);

/// One thing that was looked at: fine, or what is wrong and what to do.
struct Finding {
    what: String,
    wrong: Option<(String, &'static str)>,
}

pub async fn run() -> anyhow::Result<ExitCode> {
    let config = match complete() {
        Ok(config) => config,
        Err(errors) => {
            say::line(format_args!("wrong  settings\n{errors}"));
            say::line("       .env.example explains each variable");
            return Ok(ExitCode::FAILURE);
        }
    };
    let platform = Platform::new(config, Clock::system());
    let mut findings = vec![found("settings", Ok(()), "")];
    for service in services::ALL {
        findings.push(database(&platform, service).await);
    }
    findings.push(redis(&platform).await);
    for service in services::ALL {
        findings.push(rabbitmq(&platform, service.name).await);
    }
    if let Some(storage) = &platform.config.storage {
        let todo = "start the S3 server, or correct MINIO_ENDPOINT";
        findings.push(answers("object storage", &storage_url(storage), todo).await);
    }
    if let Some(stripe) = &platform.config.stripe {
        let todo = "check the way out, or STRIPE_API_BASE";
        findings.push(answers("Stripe", &stripe.api_base, todo).await);
    }
    findings.extend(moloni(&platform.config).await);
    findings.extend(mails(&platform.config).await);
    findings.push(sysadmin(&platform).await);
    Ok(tell(&findings))
}

/// The settings, with what any of the services needs of them.
fn complete() -> Result<Config, ConfigErrors> {
    let config = Config::from_process()?;
    let missing = services::ALL
        .iter()
        .filter_map(|service| config.check_service(service.name).err());
    let missing: BTreeSet<String> = missing.flat_map(|errors| errors.0).collect();
    if missing.is_empty() {
        Ok(config)
    } else {
        Err(ConfigErrors(missing.into_iter().collect()))
    }
}

fn tell(findings: &[Finding]) -> ExitCode {
    for Finding { what, wrong } in findings {
        match wrong {
            None => say::line(format_args!("fine   {what}")),
            Some((why, todo)) => say::line(format_args!("wrong  {what}: {why}\n       {todo}")),
        }
    }
    let well = findings.iter().all(|finding| finding.wrong.is_none());
    if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn found(what: impl Into<String>, outcome: Result<(), String>, todo: &'static str) -> Finding {
    Finding {
        what: what.into(),
        wrong: outcome.err().map(|why| (why, todo)),
    }
}

/// Runs a look with patience, and not for ever.
async fn look<T, E: std::fmt::Display>(
    looking: impl Future<Output = Result<T, E>>,
) -> Result<(), String> {
    match tokio::time::timeout(PATIENCE, looking).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer within five seconds".to_owned()),
    }
}

async fn database(platform: &Platform, service: &services::Service) -> Finding {
    let outcome = match service.db(platform) {
        Ok(db) => look(db::level(&db, service.schema)).await,
        Err(error) => Err(error.to_string()),
    };
    let todo = "run `stores migrate`; when it cannot connect, check DATABASE_URL";
    found(format!("database of {}", service.name), outcome, todo)
}

async fn redis(platform: &Platform) -> Finding {
    let ping = async {
        let client = redis::Client::open(platform.config.redis_url.expose_secret())?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        redis::cmd("PING")
            .query_async::<String>(&mut connection)
            .await
    };
    found(
        "Redis",
        look(ping).await,
        "start Redis, or correct REDIS_URL; without it limits count per process",
    )
}

async fn rabbitmq(platform: &Platform, service: &str) -> Finding {
    let outcome = look(platform.rabbit.check(service)).await;
    found(
        format!("RabbitMQ for {service}"),
        outcome,
        "start RabbitMQ, or correct RABBITMQ_URL; events wait in the database meanwhile",
    )
}

/// Any answer over HTTP will do: who may ask what is not the question here.
async fn answers(what: &str, url: &str, todo: &'static str) -> Finding {
    found(what, look(reqwest::get(url)).await, todo)
}

/// As the services' own clients read the endpoint: with a scheme of its own, or by the setting.
fn storage_url(storage: &Storage) -> String {
    let scheme = if storage.use_ssl { "https" } else { "http" };
    if storage.endpoint.contains("://") {
        storage.endpoint.clone()
    } else {
        format!("{scheme}://{}", storage.endpoint)
    }
}

/// Where it is configured: that it answers, and takes the platform's key.
async fn moloni(config: &Config) -> Option<Finding> {
    let settings = config.moloni.as_ref()?;
    let outcome = match Moloni::new(settings) {
        Ok(client) => look(client.check()).await,
        Err(error) => Err(error.to_string()),
    };
    let todo = "check the way out, MOLONI_API_BASE, MOLONI_CLIENT_ID and MOLONI_CLIENT_SECRET";
    Some(found("Moloni", outcome, todo))
}

/// Where there is a way for mails: that it is open. None is sent.
async fn mails(config: &Config) -> Option<Finding> {
    let (what, outcome) = match Transport::of(config) {
        Ok(Transport::None) => return None,
        Ok(transport) => {
            let name = transport.name().unwrap_or_default();
            (format!("mails by {name}"), look(transport.check()).await)
        }
        Err(error) => ("mails".to_owned(), Err(error.to_string())),
    };
    let todo = "check the way out, and SMTP_URL or ZEPTOMAIL_API_KEY; mails wait meanwhile";
    Some(found(what, outcome, todo))
}

async fn sysadmin(platform: &Platform) -> Finding {
    let outcome = async {
        let (_, app) = tenants::operator::app(platform).await?;
        tenants::operator::has_sysadmin(&app).await
    };
    let outcome = match outcome.await {
        Ok(true) => Ok(()),
        Ok(false) => Err("there is none".to_owned()),
        Err(error) => Err(error.to_string()),
    };
    found("a sysadmin", outcome, "run `stores seed`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_object_store_is_found_as_the_services_find_it() {
        let url = |endpoint: &str, use_ssl| {
            storage_url(&Storage {
                endpoint: endpoint.to_owned(),
                public_endpoint: String::new(),
                access_key: "key".to_owned().into(),
                secret_key: "secret".to_owned().into(),
                bucket: "stores".to_owned(),
                use_ssl,
                cdn_base_url: None,
            })
        };
        assert_eq!(url("minio:9000", false), "http://minio:9000");
        assert_eq!(url("s3.example", true), "https://s3.example");
        assert_eq!(url("https://s3.example", false), "https://s3.example");
    }
}
