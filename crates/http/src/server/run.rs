use tokio::signal::unix::{SignalKind, signal};

use super::{Roles, Running};
use crate::service::{Platform, ServiceParts};

/// Runs until SIGTERM or SIGINT, then ends in good order; also ends, with an error, when a worker
/// fails, so that whoever supervises the process starts it anew.
pub async fn serve(
    platform: &Platform,
    parts: Vec<ServiceParts>,
    roles: Roles,
) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut running = Running::start(platform, parts, roles)?;
    let outcome = tokio::select! {
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
        error = running.failed() => Err(error),
    };
    tracing::info!("Ending");
    running.stop().await;
    outcome
}
