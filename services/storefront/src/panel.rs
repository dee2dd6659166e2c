//! The admin panel: files that are the same for everybody, under `/admin/` of every host. Whoever signs
//! in there is told apart by the services; nothing is decided here.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use actix_web::http::header::HeaderValue;
use http_kit::Encoded;

use crate::config::Settings;
use crate::theme::{self, Asset, folder};

const ROOT: &str = "/admin/";
/// What the build names by its content: kept for ever.
const NAMED_BY_CONTENT: &str = "/admin/assets/";
const START: &str = "index.html";

/// The panel's files by address, and what a browser may load beside them.
#[derive(Default)]
pub struct Panel {
    files: HashMap<String, Arc<Asset>>,
    start: Option<Arc<Asset>>,
    images: String,
    uploads: String,
}

/// A theme has no pages and style sheets of its own among its files.
fn content_type(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "html" => Some("text/html; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        _ => theme::content_type(name),
    }
}

/// What is answered to an address of the panel.
pub enum Answer {
    File {
        asset: Arc<Asset>,
        is_lasting: bool,
    },
    /// The one page, whose address the panel reads itself.
    Page(Arc<Asset>),
    /// The page, under the address that relative links need.
    Moved(&'static str),
    NotFound,
}

impl Panel {
    /// Empty where no panel was built.
    ///
    /// # Errors
    /// When the folder is there and cannot be read.
    pub fn open(settings: &Settings) -> anyhow::Result<Self> {
        let mut panel = Self {
            images: settings.images_origin.clone().unwrap_or_default(),
            uploads: settings.uploads_origin.clone().unwrap_or_default(),
            ..Self::default()
        };
        let Some(root) = settings.panel.as_deref().filter(|root| root.is_dir()) else {
            return Ok(panel);
        };
        for (name, content) in folder::read(Path::new(root))? {
            let is_start = name == START;
            let Some(content_type) = content_type(&name) else {
                continue;
            };
            let asset = Arc::new(Asset {
                body: Encoded::new(content),
                content_type,
            });
            if is_start {
                panel.start = Some(asset);
            } else {
                panel.files.insert(format!("{ROOT}{name}"), asset);
            }
        }
        Ok(panel)
    }

    /// Nothing when the address is not the panel's.
    pub fn answer(&self, path: &str) -> Option<Answer> {
        if path == "/admin" {
            return Some(Answer::Moved(ROOT));
        }
        let inside = path.strip_prefix(ROOT)?;
        if let Some(asset) = self.files.get(path) {
            return Some(Answer::File {
                asset: asset.clone(),
                is_lasting: path.starts_with(NAMED_BY_CONTENT),
            });
        }
        // An old page asks for a file that a new build has no more: it must not get a page for it.
        let is_file = path.starts_with(NAMED_BY_CONTENT)
            || inside
                .rsplit('/')
                .next()
                .is_some_and(|last| last.contains('.'));
        match &self.start {
            Some(page) if !is_file => Some(Answer::Page(page.clone())),
            _ => Some(Answer::NotFound),
        }
    }

    /// What the panel may load and send to: its own host, images of the stores' hosts, and the object
    /// store for what is uploaded. Its parts set their sizes by style.
    pub fn policy(&self, scheme: &str, host: &str) -> HeaderValue {
        let policy = format!(
            "default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'; \
             script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; manifest-src 'self'; \
             img-src 'self' data: blob: {scheme}://*.{host} {}; connect-src 'self' {}; frame-src 'self' blob: {scheme}://*.{host}",
            self.images, self.uploads
        );
        HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset() -> Arc<Asset> {
        Arc::new(Asset {
            body: Encoded::new(b"x".to_vec()),
            content_type: "text/html; charset=utf-8",
        })
    }

    fn panel() -> Panel {
        Panel {
            files: HashMap::from([("/admin/assets/a-1.js".to_owned(), asset())]),
            start: Some(asset()),
            ..Panel::default()
        }
    }

    #[test]
    fn every_address_of_the_panel_is_its_page_but_those_of_files() {
        let panel = panel();
        let answer = |path| panel.answer(path);
        assert!(matches!(answer("/admin"), Some(Answer::Moved("/admin/"))));
        assert!(matches!(answer("/admin/orders/7"), Some(Answer::Page(_))));
        assert!(matches!(
            answer("/admin/assets/a-1.js"),
            Some(Answer::File {
                is_lasting: true,
                ..
            })
        ));
        assert!(matches!(
            answer("/admin/assets/old.js"),
            Some(Answer::NotFound)
        ));
        assert!(matches!(answer("/admin/icon.svg"), Some(Answer::NotFound)));
        assert!(answer("/administrator").is_none());
    }

    #[test]
    fn without_a_build_there_is_no_panel() {
        assert!(matches!(
            Panel::default().answer("/admin/"),
            Some(Answer::NotFound)
        ));
    }
}
