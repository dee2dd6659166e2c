//! Journeys over the whole running platform, through its front door: what a sysadmin, a merchant
//! and a shopper do, and what they get when things break on the way.

pub mod browser;
pub mod client;
pub mod faults;
pub mod inbox;
pub mod merchant;
pub mod moloni;
pub mod processes;
pub mod shopper;
pub mod stripe;
pub mod traces;

use std::process::Command;

use anyhow::{Context, bail};

/// Runs `stores` with arguments; its output when it succeeded.
pub fn stores(arguments: &[&str]) -> anyhow::Result<String> {
    let program = std::env::var("STORES_RUN_DIR").context("STORES_RUN_DIR is not set")?;
    let program = format!("{program}/bin/stores");
    let output = Command::new(&program)
        .args(arguments)
        .output()
        .context("stores cannot be run")?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() {
        Ok(text)
    } else {
        bail!(
            "stores {arguments:?} failed: {text} {}",
            String::from_utf8_lossy(&output.stderr)
        )
    }
}

/// A name nobody else uses.
pub fn unique(word: &str) -> String {
    let id = uuid::Uuid::now_v7().simple().to_string();
    let tail: String = id.chars().rev().take(10).collect();
    format!("{word}{tail}")
}
