//! Stores from the command line.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use http_kit::Platform;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tenants::domain::new_tenant::Asked;

use crate::say;

/// Stores
#[derive(Subcommand)]
pub enum Tenant {
    /// Provisions a store and prints how its owner gets in
    Create(Create),
    /// Lists stores, the newest first: id, slug, status and name
    List(List),
}

#[derive(Args)]
pub struct List {
    /// Part of the slug or of the name
    part: Option<String>,
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..=10_000))]
    limit: i64,
}

#[derive(Args)]
pub struct Create {
    /// The DNS label under which the store answers
    slug: String,
    /// What the store is called
    #[arg(long)]
    name: String,
    /// The owner's address
    #[arg(long)]
    email: String,
    #[arg(long, default_value = "starter")]
    plan: String,
    #[arg(long, default_value = "essential")]
    template: String,
    /// Such as PT
    #[arg(long)]
    country: Option<String>,
    /// Such as pt-PT
    #[arg(long)]
    locale: Option<String>,
    /// Such as EUR
    #[arg(long)]
    currency: Option<String>,
    #[arg(long)]
    tax_number: Option<String>,
    #[arg(long)]
    trial_days: Option<i64>,
}

pub async fn run(platform: &Platform, command: Tenant) -> anyhow::Result<ExitCode> {
    let (_, app) = tenants::operator::app(platform).await?;
    match command {
        Tenant::Create(create) => self::create(&app, create).await,
        Tenant::List(list) => self::list(&app, &list).await,
    }
}

async fn list(app: &tenants::App, wanted: &List) -> anyhow::Result<ExitCode> {
    let part = wanted.part.as_deref();
    for row in tenants::operator::list(app, part, wanted.limit).await? {
        say::line(format_args!(
            "{}  {}  {}  {}",
            row.tenant_id, row.slug, row.status, row.name
        ));
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(app: &tenants::App, create: Create) -> anyhow::Result<ExitCode> {
    let made = tenants::operator::create_tenant(app, &asked(create)).await?;
    let url = app.url_of(&made.tenant.slug);
    let printed = json!({
        "id": made.tenant.tenant_id,
        "slug": made.tenant.slug,
        "url": url,
        "admin_email": made.admin_email,
        "admin_temp_password": made.admin_temp_password.expose_secret(),
    });
    say::line(format_args!("{printed:#}"));
    Ok(ExitCode::SUCCESS)
}

fn asked(create: Create) -> Asked {
    let optional = |text: Option<String>| text.map_or(Value::Null, Value::String);
    Asked {
        name: create.name.into(),
        slug: create.slug.into(),
        email: create.email.into(),
        plan: create.plan.into(),
        template_id: create.template.into(),
        country: optional(create.country),
        locale: optional(create.locale),
        currency: optional(create.currency),
        tax_number: optional(create.tax_number),
        trial_days: create.trial_days.map_or(Value::Null, Value::from),
        ..Asked::default()
    }
}
