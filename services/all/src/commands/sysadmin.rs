//! The first sysadmin, and tokens for the guide's curls.

use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use http_kit::Platform;
use kernel::Email;
use secrecy::ExposeSecret;

use crate::say;

/// The platform's own people
#[derive(Subcommand)]
pub enum Sysadmin {
    /// Prints an access token of the first sysadmin, and nothing else
    Token,
}

pub async fn run(platform: &Platform, command: Sysadmin) -> anyhow::Result<ExitCode> {
    match command {
        Sysadmin::Token => {
            let (_, app) = tenants::operator::app(platform).await?;
            say::line(tenants::operator::sysadmin_token(&app).await?);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Plans, addons, templates, and the first sysadmin when there is none.
pub async fn seed(platform: &Platform) -> anyhow::Result<()> {
    let (_, app) = tenants::operator::app(platform).await?;
    let loaded = tenants::seed::load(&app.db).await?;
    say::line(format_args!(
        "Loaded {} plans, {} addons, {} inclusions, {} entitlements, {} templates; what was there stayed",
        loaded.plans, loaded.addons, loaded.inclusions, loaded.entitlements, loaded.templates
    ));
    let configured = platform.config.sysadmin.clone();
    let password = configured
        .as_ref()
        .and_then(|sysadmin| sysadmin.password.clone());
    let email = match configured {
        Some(sysadmin) => sysadmin.email,
        None => default_email(&platform.config.base_domain)?,
    };
    let made = tenants::operator::ensure_sysadmin(&app, &email, password.as_ref()).await?;
    match made
        .as_ref()
        .map(|made| (&made.email, &made.generated_password))
    {
        Some((email, Some(password))) => say::line(format_args!(
            "The first sysadmin is {email} with the password {} (shown this once)",
            password.expose_secret()
        )),
        Some((email, None)) => say::line(format_args!("The first sysadmin is {email}")),
        None => say::line("There is a sysadmin already"),
    }
    Ok(())
}

fn default_email(base_domain: &str) -> anyhow::Result<Email> {
    format!("sysadmin@{base_domain}")
        .parse()
        .context("SYSADMIN_EMAIL is not set")
}
