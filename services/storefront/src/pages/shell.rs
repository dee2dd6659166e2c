//! What every page of a store shows around its content: the store itself and its categories.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use uuid::Uuid;

use crate::api::{Ask, Fault, Upstream};
use crate::app::App;
use crate::cache::{Stamp, Tag, Turns};
use crate::theme::{Lang, Theme, tokens_css};
use crate::web::Visit;

const HOSTS_MAX: u64 = 20_000;
const AGE_MAX: Duration = Duration::from_secs(60);
const DEAF_AGE_MAX: Duration = Duration::from_secs(5);
/// While tenants or catalog is away the store is shown as it was last known, for so long.
const STALE_AGE_MAX: Duration = Duration::from_secs(3_600);
/// A host that no store has is not asked for again within this.
const MISS_AGE_MAX: Duration = Duration::from_secs(5);
const MISSES_MAX: u64 = 10_000;
pub const TAGS: [Tag; 2] = [Tag::Store, Tag::Categories];

/// A store as its pages need it.
pub struct Shell {
    pub tenant: Uuid,
    /// As the tenants service tells it.
    pub store: Value,
    /// All categories, in the merchant's order.
    pub categories: Vec<Value>,
    /// Both once more, as templates read them: made once for all pages.
    pub shown: Shown,
    /// Of the store.
    pub lang: Lang,
    /// Design tokens as a style.
    pub tokens: String,
    /// The word for the merchant's draft, as it stands in an address.
    pub preview: Option<String>,
    template: String,
    stamp: Stamp,
    made: Instant,
    keep: bool,
}

impl Shell {
    pub fn text(&self, pointer: &str) -> &str {
        self.store
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The language of a visit: the one that its address names, or the store's.
    pub fn lang_of(&self, visit: &Visit) -> Lang {
        visit.named.unwrap_or(self.lang)
    }

    /// What stands before a path in the language of a visit.
    pub fn prefix(&self, visit: &Visit) -> &'static str {
        self.prefix_of(self.lang_of(visit))
    }

    pub fn prefix_of(&self, lang: Lang) -> &'static str {
        match lang {
            lang if lang == self.lang => "",
            Lang::Portuguese => "/pt",
            Lang::English => "/en",
        }
    }

    /// How old a visitor has to be to see the shop, where the store asks.
    pub fn minimum_age(&self) -> Option<u64> {
        self.store
            .pointer("/age_gate/minimum_age")
            .and_then(Value::as_u64)
    }

    /// The same page at the store's primary host, for who came to another of its hosts. A checkout ends
    /// where it began: the browser keeps what belongs to it for one host only.
    pub fn elsewhere(&self, app: &App, visit: &Visit) -> Option<String> {
        let stays = app.settings.store_host.is_some() || visit.path.starts_with("/checkout");
        let primary = self.text("/url");
        if stays || !leads_on(primary, &visit.caller.host) {
            return None;
        }
        let page = format!("{primary}{}{}", self.prefix(visit), visit.path);
        Some(match visit.search.as_str() {
            "" => page,
            search => format!("{page}?{search}"),
        })
    }

    pub fn theme(&self, app: &App) -> Option<Arc<Theme>> {
        app.library.theme_or_fallback(&self.template)
    }

    fn is_right(&self, app: &App) -> bool {
        let age_max = if app.hears() { AGE_MAX } else { DEAF_AGE_MAX };
        self.keep
            && self.made.elapsed() < age_max
            && app.versions.is_current(self.tenant, &TAGS, self.stamp)
    }
}

/// What templates read of a shell. Cloning it copies nothing.
#[derive(Clone)]
pub struct Shown {
    pub store: minijinja::Value,
    pub categories: minijinja::Value,
    pub tokens: minijinja::Value,
}

/// Shells by host, and hosts that no store has.
pub struct Shells {
    known: moka::sync::Cache<String, Arc<Shell>>,
    misses: moka::sync::Cache<String, ()>,
    turns: Turns,
}

impl Default for Shells {
    fn default() -> Self {
        let known = moka::sync::Cache::builder()
            .max_capacity(HOSTS_MAX)
            .time_to_live(STALE_AGE_MAX);
        let misses = moka::sync::Cache::builder()
            .max_capacity(MISSES_MAX)
            .time_to_live(MISS_AGE_MAX);
        Self {
            known: known.build(),
            misses: misses.build(),
            turns: Turns::default(),
        }
    }
}

/// The store of the visited host. While the services are away it is the one last known.
pub async fn find(app: &App, visit: &Visit) -> Result<Arc<Shell>, Fault> {
    let host = visit.caller.host.as_str();
    let known = app.shells.known.get(host);
    if let Some(shell) = known.as_ref().filter(|shell| shell.is_right(app)) {
        return Ok(shell.clone());
    }
    if app.shells.misses.contains_key(host) {
        return Err(unknown_store());
    }
    let _turn = app.shells.turns.take(host).await;
    if let Some(shell) = app
        .shells
        .known
        .get(host)
        .filter(|shell| shell.is_right(app))
    {
        return Ok(shell);
    }
    match make(app, visit, "").await {
        Ok(shell) => {
            let shell = Arc::new(shell);
            app.shells.known.insert(host.to_owned(), shell.clone());
            Ok(shell)
        }
        Err(fault) if fault.is_passing() => known.ok_or(fault),
        Err(fault) => {
            app.shells.known.invalidate(host);
            if fault.is_not_found() {
                app.shells.misses.insert(host.to_owned(), ());
            }
            Err(fault)
        }
    }
}

/// The store as it was last known, when no news told otherwise; asked for only then. So a page in
/// memory is shown without a question, whoever is away.
pub async fn last_known(app: &App, visit: &Visit) -> Result<Arc<Shell>, Fault> {
    let is_told = |shell: &Arc<Shell>| {
        shell.keep && app.versions.is_current(shell.tenant, &TAGS, shell.stamp)
    };
    match app.shells.known.get(&visit.caller.host).filter(is_told) {
        Some(shell) => Ok(shell),
        None => find(app, visit).await,
    }
}

/// The store as its merchant has drafted it, for whoever holds the word for it. Never remembered.
pub async fn preview(app: &App, visit: &Visit, word: &str) -> Result<Shell, Fault> {
    let word: String = form_urlencoded::byte_serialize(word.as_bytes()).collect();
    let shell = make(app, visit, &format!("?preview={word}")).await?;
    Ok(Shell {
        keep: false,
        preview: Some(word),
        ..shell
    })
}

fn unknown_store() -> Fault {
    Fault::Refused(Box::new(crate::api::Problem {
        code: "unknown-store".to_owned(),
        status: 404,
        ..crate::api::Problem::default()
    }))
}

async fn make(app: &App, visit: &Visit, query: &str) -> Result<Shell, Fault> {
    let stamp = app.versions.stamp();
    let ask = |upstream, path: String| app.api.send(&visit.caller, Ask::get(upstream, path));
    let (store, tree) = futures_util::join!(
        ask(
            Upstream::Tenants,
            format!("/api/tenants/store/config{query}")
        ),
        ask(
            Upstream::Catalog,
            "/api/catalog/store/categories".to_owned()
        ),
    );
    let (store, tree) = (store?, tree?);
    let tenant = store
        .get("id")
        .and_then(Value::as_str)
        .and_then(|id| id.parse().ok());
    let tenant = tenant.ok_or(Fault::Unavailable)?;
    let text = |name: &str| {
        store
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let (template, locale) = (text("template"), text("locale"));
    let theme = app
        .library
        .theme_or_fallback(&template)
        .ok_or(Fault::Unavailable)?;
    let tokens = tokens_css(
        &theme.manifest.colors,
        store.get("theme").unwrap_or(&Value::Null),
    );
    let categories = tree
        .get("items")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    Ok(Shell {
        keep: app.versions.may_keep(tenant, &TAGS, stamp, &[]),
        shown: Shown {
            store: minijinja::Value::from_serialize(&store),
            categories: minijinja::Value::from_serialize(&categories),
            tokens: minijinja::Value::from_safe_string(tokens.clone()),
        },
        tenant,
        categories,
        lang: Lang::of_locale(&locale),
        tokens,
        preview: None,
        template,
        store,
        stamp,
        made: Instant::now(),
    })
}

/// Whether a store's primary address is of another host than the visited one; ports do not count.
fn leads_on(primary: &str, visited: &str) -> bool {
    let name = |host: &str| host.split(':').next().unwrap_or_default().to_owned();
    let primary = primary.split_once("://").map(|(_, host)| name(host));
    primary.is_some_and(|primary| primary != name(visited.trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::leads_on;

    #[test]
    fn only_another_host_of_the_store_leads_on() {
        let primary = "https://shop.example.pt:8443";
        assert!(leads_on(primary, "demo.store.example"));
        assert!(leads_on(primary, "www.shop.example.pt"));
        assert!(!leads_on(primary, "shop.example.pt"));
        assert!(!leads_on(primary, "shop.example.pt:443"));
        assert!(!leads_on(primary, "shop.example.pt."));
        assert!(!leads_on("", "shop.example.pt"));
    }
}
