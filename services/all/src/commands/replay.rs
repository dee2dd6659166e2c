//! Events that were told, told again.

use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use http_kit::Platform;
use kernel::TenantId;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::{say, services};

/// Events between services
#[derive(Subcommand)]
pub enum Events {
    /// Tells published events of the last 7 days again; consumers skip what they know
    Replay(Replay),
}

#[derive(Args)]
pub struct Replay {
    /// The service that told them
    #[arg(long)]
    from: String,
    /// Only to this service; to all that hear them when absent
    #[arg(long)]
    to: Option<String>,
    /// Only this type, such as catalog.product_changed.v1; may be given several times
    #[arg(long = "type")]
    types: Vec<String>,
    /// Only of this store: its slug or its id
    #[arg(long)]
    tenant: Option<String>,
    /// Only what was told since, such as 2026-11-24T12:00:00Z
    #[arg(long, value_parser = instant)]
    since: Option<OffsetDateTime>,
}

pub async fn run(platform: &Platform, command: Events) -> anyhow::Result<ExitCode> {
    let Events::Replay(replay) = command;
    let db = services::one(&replay.from)?.db(platform)?;
    if let Some(to) = &replay.to {
        services::one(to)?;
    }
    let tenant = match &replay.tenant {
        Some(name) => Some(named(platform, name).await?),
        None => None,
    };
    let selection = bus::Selection {
        types: replay.types,
        tenant,
        since: replay.since,
        published_before: None,
        to: replay.to,
    };
    let told = bus::replay(&db, &platform.rabbit, &selection).await?;
    say::line(format_args!("Told {told} events of {} again", replay.from));
    Ok(ExitCode::SUCCESS)
}

/// The store of an id or a slug.
async fn named(platform: &Platform, name: &str) -> anyhow::Result<TenantId> {
    if let Ok(id) = name.parse() {
        return Ok(id);
    }
    let (_, app) = tenants::operator::app(platform).await?;
    let found = tenants::operator::find_by_slug(&app, name).await?;
    found.with_context(|| format!("there is no store {name}"))
}

fn instant(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|_| "an instant looks like 2026-11-24T12:00:00Z".to_owned())
}
