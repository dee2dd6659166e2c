//! Killing what runs, as a power cut would, and seeing it come back.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

const COMES_BACK_WITHIN: Duration = Duration::from_secs(30);

/// Kills the process of a service with signal 9. Its supervisor starts it again.
pub fn kill_service(service: &str) -> anyhow::Result<u32> {
    let pid = find(service).with_context(|| format!("no process serves {service}"))?;
    let status = Command::new("kill")
        .args(["-9", &pid.to_string()])
        .status()?;
    if status.success() {
        Ok(pid)
    } else {
        bail!("{service} could not be killed")
    }
}

/// Waits until a new process of the service answers that it is ready.
pub async fn wait_ready(service: &str, killed: u32) -> anyhow::Result<()> {
    let variable = format!("{}_PORT", service.to_uppercase());
    let port = std::env::var(&variable).with_context(|| format!("{variable} is not set"))?;
    let url = format!("http://127.0.0.1:{port}/internal/ready");
    let began = Instant::now();
    while began.elapsed() < COMES_BACK_WITHIN {
        let is_new = find(service).is_some_and(|pid| pid != killed);
        if is_new
            && reqwest::get(&url)
                .await
                .is_ok_and(|answer| answer.status().is_success())
        {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("{service} did not come back")
}

/// The service's process in the platform under test, and not one of another platform on this machine:
/// its supervisor writes the number down.
fn find(service: &str) -> Option<u32> {
    let folder = PathBuf::from(std::env::var_os("STORES_RUN_DIR")?);
    let text = fs::read_to_string(folder.join(format!("pids/stores-{service}.child"))).ok()?;
    text.trim().parse().ok().filter(|pid| serves(*pid, service))
}

fn serves(pid: u32, service: &str) -> bool {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words: Vec<&[u8]> = line.split(|byte| *byte == 0).collect();
    match words.as_slice() {
        [program, b"serve", name, ..] => {
            program.ends_with(b"/stores") && *name == service.as_bytes()
        }
        _ => false,
    }
}
