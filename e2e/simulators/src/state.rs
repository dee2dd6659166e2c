//! The file that keeps what a simulator knows over a restart.

use anyhow::Context as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;

/// Nothing when there is no file yet.
pub(crate) fn load<T: DeserializeOwned>(path: Option<&Path>) -> anyhow::Result<Option<T>> {
    let Some(path) = path.filter(|path| path.exists()) else {
        return Ok(None);
    };
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let known = serde_json::from_slice(&bytes);
    known
        .map(Some)
        .with_context(|| format!("understanding {}", path.display()))
}

/// Replaces the file at once, so that a kill leaves the old one or the new one.
pub(crate) fn save<T: Serialize>(path: Option<&Path>, what: &T) {
    let Some(path) = path else { return };
    let written = serde_json::to_vec(what)
        .map_err(std::io::Error::from)
        .and_then(|bytes| {
            let fresh = path.with_extension("new");
            std::fs::write(&fresh, bytes)?;
            std::fs::rename(fresh, path)
        });
    if let Err(error) = written {
        tracing::error!(%error, "the state was not saved: {error}");
    }
}
