//! `stores`: every service in one program, and what operators do with them.

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> std::process::ExitCode {
    match stores::run(stores::Cli::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("stores: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
