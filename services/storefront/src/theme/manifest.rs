//! `theme.toml`: what a theme says of itself.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::ThemeFault;
use super::folder::Files;
use super::sections::{Placed, SECTIONS_MAX, SectionTypes};

/// Where a theme says what it is.
pub const MANIFEST: &str = "theme.toml";
/// Where the kinds of section stand that all themes share.
pub const SHARED_SECTIONS: &str = "sections.toml";
const PRELOADS_MAX: usize = 2;

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
    /// The kinds of section that a page can be composed of; those that all themes share are added.
    #[serde(default)]
    pub sections: SectionTypes,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shared {
    sections: SectionTypes,
}

impl Manifest {
    /// The theme's own, with the section types that all themes share.
    pub fn of(shared: &Files, own: &Files) -> Result<Self, ThemeFault> {
        let missing = || ThemeFault::new(MANIFEST, None, "is missing");
        let manifest: Self = parsed(MANIFEST, own.get(MANIFEST).ok_or_else(missing)?)?;
        let fault = |reason: String| ThemeFault::new(MANIFEST, None, reason);
        if manifest.preload.len() > PRELOADS_MAX {
            return Err(fault(format!("at most {PRELOADS_MAX} fonts are preloaded")));
        }
        if manifest.home.len() > SECTIONS_MAX {
            return Err(fault(format!("a page has at most {SECTIONS_MAX} sections")));
        }
        let mut sections = match shared.get(SHARED_SECTIONS) {
            Some(bytes) => parsed::<Shared>(SHARED_SECTIONS, bytes)?.sections,
            None => SectionTypes::new(),
        };
        sections.extend(manifest.sections);
        Ok(Self {
            sections,
            ..manifest
        })
    }
}

fn parsed<T: DeserializeOwned>(file: &str, bytes: &[u8]) -> Result<T, ThemeFault> {
    let fault = |line, reason: String| ThemeFault::new(file, line, reason);
    let text = std::str::from_utf8(bytes).map_err(|error| fault(None, error.to_string()))?;
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map(|before| before.matches('\n').count() + 1);
        fault(line, error.message().to_owned())
    })
}
