//! What the pages share.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bus::Link;
use http_kit::TrustedProxies;

use crate::api::Api;
use crate::cache::{Kept, PageCache, Versions};
use crate::config::Settings;
use crate::pages::session::Renewals;
use crate::pages::shell::Shells;
use crate::panel::Panel;
use crate::theme::Library;

/// While no news arrive a page is right for this long at most.
const DEAF_AGE_MAX: Duration = Duration::from_secs(5);

pub struct App {
    pub settings: Settings,
    pub api: Api,
    pub library: Arc<Library>,
    pub panel: Panel,
    pub pages: PageCache,
    pub shells: Shells,
    pub renewals: Renewals,
    pub versions: Arc<Versions>,
    pub proxies: TrustedProxies,
    /// Whether news arrive; set when the listener is made.
    pub news: OnceLock<Link>,
}

impl App {
    /// # Errors
    /// When the themes cannot be read or a setting cannot be used.
    pub fn new(settings: Settings) -> anyhow::Result<Self> {
        let library = Library::open(&settings.themes)?;
        Self::with(settings, library)
    }

    /// # Errors
    /// When a setting cannot be used.
    pub fn with(settings: Settings, library: Library) -> anyhow::Result<Self> {
        Ok(Self {
            api: Api::new(&settings)?,
            library: Arc::new(library),
            panel: Panel::open(&settings)?,
            pages: PageCache::new(settings.cache_bytes),
            shells: Shells::default(),
            renewals: Renewals::default(),
            versions: Arc::default(),
            proxies: TrustedProxies::parse(&settings.trusted_proxies)?,
            news: OnceLock::new(),
            settings,
        })
    }

    /// Whether a kept page still shows what is so.
    pub fn is_right(&self, kept: &Kept) -> bool {
        kept.is_young()
            && (self.hears() || kept.is_younger_than(DEAF_AGE_MAX))
            && self
                .versions
                .is_current(kept.tenant, &kept.tags, kept.stamp)
    }

    /// Whether news of changes arrive.
    pub fn hears(&self) -> bool {
        self.news.get().is_some_and(Link::is_up)
    }
}
