//! The commands of `stores`.

mod commands;
mod say;
pub mod services;

use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use http_kit::{Platform, Roles};
use kernel::{Clock, Config};

pub use commands::demo;
use commands::{
    audit, broker, checks, dead_letters, doctor, logins, replay, reseal, sysadmin, tenant, theme,
};

/// Virtual Stores: the services in one program, and what operators do with them.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answers requests and works beside them: `all`, or the services named
    Serve {
        #[arg(required = true)]
        services: Vec<String>,
        /// Only answers requests; another process does the work
        #[arg(long)]
        without_work: bool,
    },
    /// Works (consumers, relay, jobs) without answering requests
    Work {
        #[arg(default_value = "all")]
        services: Vec<String>,
    },
    /// Brings the database up to date and prepares the broker; safe at any time, from several places
    /// at once
    Migrate,
    /// Loads plans, addons and templates, and makes the first sysadmin; harmless when repeated
    Seed {
        /// Also a store to look at, with a known login. Never in production
        #[arg(long)]
        demo: bool,
    },
    #[command(subcommand)]
    Tenant(tenant::Tenant),
    #[command(subcommand)]
    Sysadmin(sysadmin::Sysadmin),
    /// Checks what must always hold, in every service
    Invariants,
    /// Looks at every setting and every part the platform needs, and says what to do
    Doctor,
    #[command(subcommand)]
    Events(replay::Events),
    #[command(subcommand)]
    DeadLetters(dead_letters::DeadLetters),
    #[command(subcommand)]
    Audit(audit::Audit),
    #[command(subcommand)]
    Broker(broker::Broker),
    /// Seals with the first of SEALING_KEYS what another of them sealed; safe at any time, and again
    Reseal,
    #[command(subcommand)]
    Theme(theme::Theme),
    /// Prints a service's own logins to database and broker, for an environment without the owner's
    Logins { service: String },
}

/// Runs one command.
///
/// # Errors
/// What an operator has to know; the text says what was being done.
pub async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match &cli.command {
        Command::Doctor => return doctor::run().await,
        // Whoever makes a theme has a store's address and no settings.
        Command::Theme(theme) => match theme::run(theme)? {},
        _ => {}
    }
    let config = Config::from_process()
        .context("the settings are not complete; `stores doctor` explains")?;
    // A command for a person says what it has to say itself; its output may be piped.
    let logs = matches!(
        cli.command,
        Command::Serve { .. } | Command::Work { .. } | Command::Migrate
    );
    let telemetry = logs
        .then(|| telemetry::init(&config, &process_name(&cli.command)))
        .transpose()?;
    let platform = Platform::new(config, Clock::system());
    let outcome = dispatch(&platform, cli.command).await;
    if let Some(telemetry) = telemetry {
        telemetry.shutdown();
    }
    outcome
}

/// Under which a collector shows this process: a service that is alone in it has its own name.
fn process_name(command: &Command) -> String {
    let services = match command {
        Command::Serve { services, .. } | Command::Work { services } => services.as_slice(),
        _ => &[],
    };
    match services {
        [only] if only != "all" => format!("stores-{only}"),
        _ => "stores".to_owned(),
    }
}

async fn dispatch(platform: &Platform, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve {
            services,
            without_work,
        } => {
            let roles = if without_work {
                Roles::SERVE
            } else {
                Roles::ALL
            };
            serve(platform, &services, roles).await
        }
        Command::Work { services } => serve(platform, &services, Roles::WORK).await,
        Command::Migrate => checks::migrate(platform).await,
        Command::Seed { demo } => {
            sysadmin::seed(platform).await?;
            if demo {
                demo::run(platform).await
            } else {
                Ok(ExitCode::SUCCESS)
            }
        }
        Command::Tenant(command) => tenant::run(platform, command).await,
        Command::Sysadmin(command) => sysadmin::run(platform, command).await,
        Command::Invariants => checks::invariants(platform).await,
        Command::Doctor => doctor::run().await,
        Command::Theme(theme) => match theme::run(&theme)? {},
        Command::Events(command) => replay::run(platform, command).await,
        Command::DeadLetters(command) => dead_letters::run(platform, command).await,
        Command::Audit(command) => audit::run(platform, command).await,
        Command::Broker(command) => broker::run(platform, &command),
        Command::Reseal => reseal::run(platform).await,
        Command::Logins { service } => logins::run(platform, &service),
    }
}

async fn serve(platform: &Platform, names: &[String], roles: Roles) -> anyhow::Result<ExitCode> {
    let mut parts = Vec::new();
    for service in services::named(names)? {
        parts.push(
            (service.build)(platform)
                .await
                .with_context(|| format!("starting {}", service.name))?,
        );
    }
    http_kit::serve(platform, parts, roles).await?;
    Ok(ExitCode::SUCCESS)
}
