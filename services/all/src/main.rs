//! `stores`: every service in one program, and what operators do with them.

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> std::process::ExitCode {
    keep_pages_small();
    match stores::run(stores::Cli::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("stores: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

/// The allocator asks for pages of two megabytes, of which many threads each use a little: with small ones
/// all services in one process hold a third less memory when nobody asks. A kernel that refuses costs no more
/// than that.
fn keep_pages_small() {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}
