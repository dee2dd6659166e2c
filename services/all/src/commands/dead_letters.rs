//! Deliveries that could not be made to work.

use std::process::ExitCode;

use anyhow::bail;
use bus::parked;
use clap::Subcommand;
use http_kit::Platform;
use uuid::Uuid;

use crate::{say, services};

/// Deliveries that five attempts could not make work
#[derive(Subcommand)]
pub enum DeadLetters {
    /// The newest of each service
    List {
        #[arg(default_value = "all")]
        services: Vec<String>,
    },
    /// Everything that is known of one
    Show { service: String, id: Uuid },
    /// Delivers one again
    Replay { service: String, id: Uuid },
    /// Forgets one; what it told never takes effect
    Drop { service: String, id: Uuid },
}

const LIMIT: i64 = 50;

pub async fn run(platform: &Platform, command: DeadLetters) -> anyhow::Result<ExitCode> {
    let done = match command {
        DeadLetters::List { services } => return list(platform, &services).await,
        DeadLetters::Show { service, id } => return show(platform, &service, id).await,
        DeadLetters::Replay { service, id } => {
            let db = services::one(&service)?.db(platform)?;
            parked::replay(&db, &platform.rabbit, id).await?
        }
        DeadLetters::Drop { service, id } => {
            let db = services::one(&service)?.db(platform)?;
            parked::discard(&db, id).await?
        }
    };
    if !done {
        bail!("there is no such dead letter");
    }
    say::line("Done");
    Ok(ExitCode::SUCCESS)
}

async fn list(platform: &Platform, names: &[String]) -> anyhow::Result<ExitCode> {
    for service in services::named(names)? {
        for event in parked::list(&service.db(platform)?, LIMIT, None).await? {
            let (name, id, kind) = (service.name, event.id, event.event_type);
            say::line(format_args!(
                "{name}  {id}  {kind}  {}  {}",
                event.parked_at, event.error
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn show(platform: &Platform, service: &str, id: Uuid) -> anyhow::Result<ExitCode> {
    let db = services::one(service)?.db(platform)?;
    let Some(event) = parked::find(&db, id).await? else {
        bail!("there is no such dead letter")
    };
    say::line(format_args!("type      {}", event.event_type));
    say::line(format_args!("event     {}", event.event_id));
    say::line(format_args!("tenant    {}", event.tenant_id));
    say::line(format_args!(
        "parked    {} after {} attempts",
        event.parked_at, event.attempts
    ));
    say::line(format_args!("error     {}", event.error));
    say::line(format_args!("headers   {}", event.headers));
    say::line(format_args!(
        "payload   {} bytes of protobuf",
        event.payload.len()
    ));
    Ok(ExitCode::SUCCESS)
}
