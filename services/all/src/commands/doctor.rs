//! Every setting and every part the platform needs, and what to do where one is missing.

use std::process::ExitCode;
use std::time::Duration;

use http_kit::Platform;
use kernel::{Clock, Config};
use secrecy::ExposeSecret;

use crate::{say, services};

const PATIENCE: Duration = Duration::from_secs(5);

/// One thing that was looked at: fine, or what is wrong and what to do.
struct Finding {
    what: String,
    wrong: Option<(String, &'static str)>,
}

pub async fn run() -> anyhow::Result<ExitCode> {
    let config = match Config::from_process() {
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
    let storage = &platform.config.storage;
    let scheme = if storage.use_ssl { "https" } else { "http" };
    let storage_url = format!("{scheme}://{}", storage.endpoint);
    findings.push(
        answers(
            "object storage",
            &storage_url,
            "start the S3 server, or correct MINIO_ENDPOINT",
        )
        .await,
    );
    let stripe = &platform.config.stripe.api_base;
    findings.push(answers("Stripe", stripe, "check the way out, or STRIPE_API_BASE").await);
    findings.push(sysadmin(&platform).await);
    Ok(tell(&findings))
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
