//! The file that keeps what a simulator knows over a restart.

use anyhow::Context as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::Handle;

/// The file is written this often at most: writing all of it with every call would make each call
/// slower than the one before.
const SAVE_EVERY: Duration = Duration::from_secs(1);
/// And takes a small part of the time, however much there is to write: whoever measures the platform measures
/// this machine too.
const SHARE: u32 = 30;

/// The file, and whether what it keeps has changed since it was written.
pub(crate) struct Keeper {
    path: Option<PathBuf>,
    changed: AtomicBool,
}

/// What knows something that is to be kept.
pub(crate) trait Kept: Send + Sync + 'static {
    /// Writes the file where something changed; may forget what is old.
    fn save(&self);
    fn keeper(&self) -> &Keeper;
}

impl Keeper {
    pub(crate) fn new(path: Option<PathBuf>) -> Self {
        let changed = AtomicBool::new(false);
        Self { path, changed }
    }

    /// Nothing when there is no file yet.
    pub(crate) fn load<T: DeserializeOwned>(&self) -> anyhow::Result<Option<T>> {
        let Some(path) = self.path.as_deref().filter(|path| path.exists()) else {
            return Ok(None);
        };
        let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        let known = serde_json::from_slice(&bytes);
        known
            .map(Some)
            .with_context(|| format!("understanding {}", path.display()))
    }

    pub(crate) fn changed(&self) {
        self.changed.store(true, Ordering::Relaxed);
    }

    /// Whether something changed since this was asked last.
    pub(crate) fn take_changed(&self) -> bool {
        self.path.is_some() && self.changed.swap(false, Ordering::Relaxed)
    }

    /// Replaces the file at once, so that a kill leaves the old one or the new one.
    pub(crate) fn write(&self, what: &impl Serialize) {
        let Some(path) = &self.path else { return };
        if let Err(error) = replace(path, what) {
            tracing::error!(%error, "the state was not saved: {error}");
        }
    }
}

fn replace(path: &Path, what: &impl Serialize) -> std::io::Result<()> {
    let fresh = path.with_extension("new");
    std::fs::write(&fresh, serde_json::to_vec(what)?)?;
    std::fs::rename(fresh, path)
}

/// Saves again and again while the simulator runs, and once more when it ends.
pub(crate) fn keep(sim: Arc<impl Kept>, handle: Handle) -> Handle {
    match sim.keeper().path {
        Some(_) => handle.beside(tokio::spawn(keep_saving(LastWords(sim)))),
        None => handle,
    }
}

/// Writes what is left when it goes.
struct LastWords<S: Kept>(Arc<S>);

impl<S: Kept> Drop for LastWords<S> {
    fn drop(&mut self) {
        self.0.save();
    }
}

async fn keep_saving<S: Kept>(last: LastWords<S>) {
    let mut pause = SAVE_EVERY;
    loop {
        tokio::time::sleep(pause).await;
        let sim = Arc::clone(&last.0);
        let began = Instant::now();
        if let Err(error) = tokio::task::spawn_blocking(move || sim.save()).await {
            tracing::error!(%error, "saving the state broke: {error}");
        }
        pause = SAVE_EVERY.max(began.elapsed() * SHARE);
    }
}
