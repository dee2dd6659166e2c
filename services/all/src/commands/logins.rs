//! A service's own logins, for an environment that must not have the owner's.

use std::process::ExitCode;

use anyhow::Context;
use http_kit::Platform;
use secrecy::ExposeSecret;

use crate::{say, services};

/// Prints them as variables. They are secrets: let them go into a file or a secret store.
pub fn run(platform: &Platform, service: &str) -> anyhow::Result<ExitCode> {
    let name = services::one(service)?.name;
    let config = &platform.config;
    for (logins, variable) in [
        (&config.databases, "DATABASE_URL"),
        (&config.brokers, "RABBITMQ_URL"),
    ] {
        let login = logins
            .of(name)
            .with_context(|| format!("{variable} is not set"))?;
        let prefix = name.to_uppercase();
        say::line(format_args!(
            "{prefix}_{variable}={}",
            login.expose_secret()
        ));
    }
    Ok(ExitCode::SUCCESS)
}
