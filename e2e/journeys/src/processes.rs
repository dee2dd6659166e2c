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

/// A service that is away until it is brought back, or this is dropped.
pub struct Away {
    service: &'static str,
    supervisor: u32,
    killed: u32,
}

/// Kills a service and keeps its supervisor from starting it again.
pub fn take_away(service: &'static str) -> anyhow::Result<Away> {
    let supervisor = leader(&format!("stores-{service}"))?;
    signal("STOP", i64::from(supervisor))?;
    match kill_service(service) {
        Ok(killed) => Ok(Away {
            service,
            supervisor,
            killed,
        }),
        Err(error) => {
            signal("CONT", i64::from(supervisor))?;
            Err(error)
        }
    }
}

impl Away {
    pub async fn bring_back(self) -> anyhow::Result<()> {
        let (service, killed) = (self.service, self.killed);
        drop(self);
        wait_ready(service, killed).await
    }
}

impl Drop for Away {
    fn drop(&mut self) {
        let _ = signal("CONT", i64::from(self.supervisor));
    }
}

/// Kills the broker with signal 9, and everything it started.
pub fn kill_broker() -> anyhow::Result<()> {
    signal("KILL", -i64::from(leader("rabbitmq")?))
}

/// Takes everything from a broker that is dead: what it confirmed, its queues and its logins.
pub fn empty_broker() -> anyhow::Result<()> {
    fs::remove_dir_all(run_folder()?.join("rabbitmq/mnesia")).context("the broker's disk")
}

/// Starts the broker again, with the logins and queues that it has from the start.
pub async fn start_broker() -> anyhow::Result<()> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/local/stack.sh");
    let start = move || {
        Command::new(script)
            .args(["part", "up", "rabbitmq"])
            .output()
    };
    let output = tokio::task::spawn_blocking(start).await??;
    let text = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "the broker did not start: {text}");
    Ok(())
}

fn signal(name: &str, pid: i64) -> anyhow::Result<()> {
    let status = Command::new("kill")
        .args([&format!("-{name}"), "--", &pid.to_string()])
        .status()?;
    anyhow::ensure!(status.success(), "{pid} could not be sent {name}");
    Ok(())
}

/// The process that leads a part, as the one that started it wrote it down.
fn leader(part: &str) -> anyhow::Result<u32> {
    let text = fs::read_to_string(run_folder()?.join("pids").join(part));
    let text = text.with_context(|| format!("{part} does not run"))?;
    let pid = text.split_whitespace().next().unwrap_or_default();
    pid.parse().with_context(|| format!("the number of {part}"))
}

fn run_folder() -> anyhow::Result<PathBuf> {
    let folder = std::env::var_os("STORES_RUN_DIR").context("STORES_RUN_DIR is not set")?;
    Ok(PathBuf::from(folder))
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
    let folder = run_folder().ok()?;
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
