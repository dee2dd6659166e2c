//! `theme.toml`: what a theme says of itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ThemeFault;

const PRELOADS_MAX: usize = 2;
const SECTIONS_MAX: usize = 20;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub name: String,
    /// Fonts that a page asks for before its style sheet does.
    #[serde(default)]
    pub preload: Vec<String>,
    /// Colours by name; a store's own take their place.
    #[serde(default)]
    pub colors: BTreeMap<String, String>,
    /// The home page until a merchant composes his own.
    #[serde(default)]
    pub home: Vec<Placed>,
}

/// A section where it stands, with its settings.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Placed {
    /// The name of a file in `sections/`, without its ending.
    pub section: String,
    #[serde(default)]
    pub settings: BTreeMap<String, toml::Value>,
}

impl Manifest {
    pub fn parse(bytes: &[u8]) -> Result<Self, ThemeFault> {
        let fault = |line, reason: String| ThemeFault::new("theme.toml", line, reason);
        let text = std::str::from_utf8(bytes).map_err(|error| fault(None, error.to_string()))?;
        let manifest: Self = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map(|before| before.matches('\n').count() + 1);
            fault(line, error.message().to_owned())
        })?;
        if manifest.preload.len() > PRELOADS_MAX {
            return Err(fault(
                None,
                format!("at most {PRELOADS_MAX} fonts are preloaded"),
            ));
        }
        if manifest.home.len() > SECTIONS_MAX {
            return Err(fault(
                None,
                format!("a page has at most {SECTIONS_MAX} sections"),
            ));
        }
        Ok(manifest)
    }
}
