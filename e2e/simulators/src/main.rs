//! `simulators s3 …`, `simulators stripe …`, …: one outside system per process.

use clap::{Parser, Subcommand};
use simulators::{collector, moloni, proxy, s3, stripe, woocommerce, zeptomail};

#[derive(Parser)]
#[command(about = "Stand-ins for outside systems, for development and tests only")]
struct Arguments {
    #[command(subcommand)]
    system: System,
}

#[derive(Subcommand)]
enum System {
    /// An OpenTelemetry collector that shows what it was told.
    Collector(collector::Config),
    /// Ports that lead to other ports, and break on command.
    Proxy(proxy::Config),
    /// S3-compatible object storage on a folder.
    S3(s3::Config),
    /// Stripe's API, webhooks and pages.
    Stripe(stripe::Config),
    /// Moloni's API and pages.
    Moloni(moloni::Config),
    /// A WooCommerce shop to move away from.
    Woocommerce(woocommerce::Config),
    /// ZeptoMail's API, SMTP, and an inbox page.
    Zeptomail(zeptomail::Config),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| "info,s3s=warn,s3s_fs=warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).init();

    let (address, handle) = match Arguments::parse().system {
        System::Collector(config) => collector::start(config).await?,
        System::Proxy(config) => proxy::start(config).await?,
        System::S3(config) => s3::start(config).await?,
        System::Stripe(config) => stripe::start(config).await?,
        System::Moloni(config) => moloni::start(config).await?,
        System::Woocommerce(config) => woocommerce::start(config).await?,
        System::Zeptomail(config) => zeptomail::start(config).await?,
    };
    tracing::info!(%address, "listening on http://{address}");
    tokio::select! {
        () = handle.ended() => anyhow::bail!("the simulator ended by itself"),
        stopped = stop() => stopped,
    }
}

async fn stop() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => Ok(result?),
        _ = terminate.recv() => Ok(()),
    }
}
