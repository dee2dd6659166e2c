//! All themes there are, read anew when a file changes.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use http_kit::Encoded;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::assets::Asset;
use super::engine::Theme;
use super::sections::{Placed, SectionType};
use super::{ThemeFault, folder};

/// What all themes share; no theme itself.
const SHARED: &str = "base";
/// For a store whose theme is not there.
const FALLBACK: &str = "essential";
const LOOK_EVERY: Duration = Duration::from_secs(2);

#[derive(Default)]
struct Shelf {
    /// Counts readings: part of a cached page's name.
    generation: u64,
    themes: HashMap<String, Arc<Theme>>,
    assets: HashMap<String, Arc<Asset>>,
    /// What the themes offer a merchant, as JSON.
    offer: Option<Arc<Asset>>,
    fingerprint: Option<[u8; 32]>,
}

/// Where themes come from.
enum Source {
    /// All folders of one, and what they share among them.
    All(PathBuf),
    /// One theme, which stands for every other, and what it shares with them.
    One { folder: PathBuf, shared: PathBuf },
}

impl Source {
    fn shared(&self) -> PathBuf {
        match self {
            Self::All(root) => root.join(SHARED),
            Self::One { shared, .. } => shared.clone(),
        }
    }

    /// The themes' folders by name.
    fn themes(&self) -> Result<Vec<(String, PathBuf)>, ThemeFault> {
        match self {
            Self::All(root) => {
                let names = theme_names(root)?.into_iter();
                Ok(names.map(|name| (name.clone(), root.join(name))).collect())
            }
            Self::One { folder, .. } => Ok(vec![(FALLBACK.to_owned(), folder.clone())]),
        }
    }

    fn fingerprint(&self) -> Result<[u8; 32], ThemeFault> {
        match self {
            Self::All(root) => folder::fingerprint(root),
            Self::One { folder, shared } => {
                let both = [folder::fingerprint(folder)?, folder::fingerprint(shared)?];
                Ok(Sha256::digest(both.concat()).into())
            }
        }
    }
}

/// The themes there are. A theme that is broken keeps its last good state.
pub struct Library {
    source: Source,
    shelf: RwLock<Arc<Shelf>>,
}

impl Library {
    /// # Errors
    /// When the folder cannot be read or has not even the theme that stands in for others.
    pub fn open(root: &Path) -> Result<Self, ThemeFault> {
        Self::of(Source::All(root.to_owned()))
    }

    /// One theme for every store, whatever template it has.
    ///
    /// # Errors
    /// When its folder or the shared one cannot be read, or it is broken.
    pub fn of_one(folder: &Path, shared: &Path) -> Result<Self, ThemeFault> {
        let (folder, shared) = (folder.to_owned(), shared.to_owned());
        Self::of(Source::One { folder, shared })
    }

    fn of(source: Source) -> Result<Self, ThemeFault> {
        let library = Self {
            source,
            shelf: RwLock::default(),
        };
        library.look()?;
        if library.theme(FALLBACK).is_none() {
            let place = library.source.shared().display().to_string();
            return Err(ThemeFault::new(
                place,
                None,
                "there is no usable theme beside it",
            ));
        }
        Ok(library)
    }

    /// The theme, or the one that stands in for it.
    pub fn theme_or_fallback(&self, name: &str) -> Option<Arc<Theme>> {
        self.theme(name).or_else(|| self.theme(FALLBACK))
    }

    pub fn asset(&self, address: &str) -> Option<Arc<Asset>> {
        self.shelf().assets.get(address).cloned()
    }

    /// The themes with their colours, their section types and what can be set of these.
    pub fn offer(&self) -> Option<Arc<Asset>> {
        self.shelf().offer.clone()
    }

    pub fn generation(&self) -> u64 {
        self.shelf().generation
    }

    /// Reads what changed since the last look.
    ///
    /// # Errors
    /// When the folder itself cannot be read; a broken theme is logged and keeps its last good state.
    pub fn look(&self) -> Result<(), ThemeFault> {
        let seen = self.source.fingerprint()?;
        let before = self.shelf();
        if before.fingerprint == Some(seen) {
            return Ok(());
        }
        let shared = folder::read(&self.source.shared())?;
        let mut themes = before.themes.clone();
        for (name, place) in self.source.themes()? {
            let own = folder::read(&place);
            match own.and_then(|own| Theme::new(&shared, own)) {
                Ok(theme) => {
                    themes.insert(name, Arc::new(theme));
                }
                Err(fault) => {
                    let (file, line) = (fault.file.as_str(), fault.line);
                    let called = place.file_name().unwrap_or_default().to_string_lossy();
                    tracing::error!(
                        theme = %called,
                        file,
                        line,
                        reason = fault.reason,
                        "The theme {called} is broken: {fault}"
                    );
                }
            }
        }
        // Pages that browsers hold may still ask for assets of the reading before.
        let mut assets = before.assets.clone();
        if before.generation % 8 == 7 {
            assets.clear();
        }
        let owned = |(address, asset): (&String, &Arc<Asset>)| (address.clone(), asset.clone());
        assets.extend(themes.values().flat_map(|theme| theme.assets().map(owned)));
        let shelf = Shelf {
            generation: before.generation + 1,
            offer: Some(Arc::new(offer(&themes))),
            themes,
            assets,
            fingerprint: Some(seen),
        };
        *self.shelf.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(shelf);
        Ok(())
    }

    fn theme(&self, name: &str) -> Option<Arc<Theme>> {
        self.shelf().themes.get(name).cloned()
    }

    fn shelf(&self) -> Arc<Shelf> {
        self.shelf
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn offer(themes: &HashMap<String, Arc<Theme>>) -> Asset {
    let section = |(name, kind): (&String, &SectionType)| json!({ "type": name, "name": kind.name, "fields": kind.fields });
    let placed = |placed: &Placed| json!({ "type": placed.section, "settings": placed.settings });
    let item = |(key, theme): (&String, &Arc<Theme>)| {
        let manifest = &theme.manifest;
        json!({
            "key": key,
            "name": manifest.name,
            "colors": manifest.colors,
            "home": manifest.home.iter().map(placed).collect::<Vec<_>>(),
            "sections": manifest.sections.iter().map(section).collect::<Vec<_>>(),
        })
    };
    let sorted: BTreeMap<_, _> = themes.iter().collect();
    let items: Vec<_> = sorted.into_iter().map(item).collect();
    Asset {
        body: Encoded::new(json!({ "items": items }).to_string().into_bytes()),
        content_type: "application/json; charset=utf-8",
    }
}

fn theme_names(root: &Path) -> Result<Vec<String>, ThemeFault> {
    let fault = |error: std::io::Error| ThemeFault::new(root.display().to_string(), None, error);
    let mut names = Vec::new();
    for entry in fs::read_dir(root).map_err(fault)? {
        let entry = entry.map_err(fault)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() && name != SHARED && !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Looks now and then whether a file changed, until `stop`.
pub async fn keep_watching(library: Arc<Library>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        let library = library.clone();
        let looked = tokio::task::spawn_blocking(move || library.look()).await;
        if let Ok(Err(fault)) = looked {
            tracing::error!(reason = %fault, "The themes could not be read");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minijinja::context;

    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let root = std::env::temp_dir().join(format!("themes-{}", uuid::Uuid::now_v7()));
            let folder = Self(root);
            folder.write("base/templates/page.html", "one");
            folder.write("essential/theme.toml", "name = \"Essential\"");
            folder
        }

        fn write(&self, name: &str, text: &str) {
            let path = self.0.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn page(library: &Library) -> String {
        let theme = library.theme_or_fallback("unknown").unwrap();
        theme.render("page.html", context! {}).unwrap()
    }

    #[test]
    fn a_change_is_seen_and_a_broken_theme_keeps_its_last_good_state() {
        let folder = Folder::new();
        let library = Library::open(&folder.0).unwrap();
        assert_eq!(page(&library), "one");
        folder.write("essential/templates/page.html", "second");
        library.look().unwrap();
        assert_eq!(page(&library), "second");
        let generation = library.generation();
        folder.write("essential/templates/page.html", "{% if %} broken");
        library.look().unwrap();
        assert_eq!(page(&library), "second");
        assert!(library.generation() > generation);
    }

    #[test]
    fn without_the_theme_that_stands_in_for_others_there_is_no_start() {
        let folder = Folder::new();
        folder.write("essential/theme.toml", "nonsense");
        assert!(Library::open(&folder.0).is_err());
    }
}
