//! The audit trail.

use std::process::ExitCode;

use clap::Subcommand;
use http_kit::Platform;

use crate::say;

/// The audit trail
#[derive(Subcommand)]
pub enum Audit {
    /// Reads every chain; names the first entry of each that was changed, removed or put in
    Verify,
}

pub async fn run(platform: &Platform, command: Audit) -> anyhow::Result<ExitCode> {
    let Audit::Verify = command;
    let mut holds = true;
    for service in crate::services::ALL {
        let db = service.db(platform)?;
        for broken in tenants::store::audit::verify(&db).await? {
            holds = false;
            say::line(format_args!(
                "{}: tenant {} breaks at entry {}",
                service.name, broken.tenant, broken.seq
            ));
        }
    }
    if holds {
        say::line("Every chain holds");
    }
    Ok(if holds {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
