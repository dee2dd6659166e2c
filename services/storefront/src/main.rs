//! The storefront alone in a process: renders every store's pages, or helps who makes a theme.

use std::process::ExitCode;

use storefront::cli::{self, Command};
use storefront::{Settings, run};

/// A page is thousands of small pieces of memory that come and go; the system's own allocator takes a fifth
/// of a page's time for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let command = match Command::parse(std::env::args().skip(1)) {
        Ok(command) => command,
        Err(usage) => {
            eprintln!("{usage}");
            return Ok(ExitCode::FAILURE);
        }
    };
    if command != Command::Serve {
        let telemetry = telemetry::init_with(None, false, "stores-storefront")?;
        let is_good = cli::run(command).await;
        telemetry.shutdown();
        return Ok(if is_good? {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        });
    }
    keep_pages_small();
    let settings = Settings::from_process()?;
    let endpoint = settings.otlp_endpoint.as_deref();
    let telemetry = telemetry::init_with(endpoint, settings.log_json, "stores-storefront")?;
    let outcome = run(settings).await;
    telemetry.shutdown();
    outcome.map(|()| ExitCode::SUCCESS)
}

/// As `stores` does: see there.
fn keep_pages_small() {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}
