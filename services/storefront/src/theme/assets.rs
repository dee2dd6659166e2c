//! What browsers load beside pages: under names that change with the content, kept for ever.

use std::collections::HashMap;
use std::sync::Arc;

use http_kit::Encoded;
use sha2::{Digest, Sha256};

use super::folder::Files;
use super::{ThemeFault, minify};

/// In a style sheet, what stands before the name of another asset: `url("asset:fonts/a.woff2")`.
const REFERENCE: &str = "asset:";
/// All style sheets of a theme in one.
const STYLE: &str = "store.css";

pub struct Asset {
    pub body: Encoded,
    pub content_type: &'static str,
}

/// A theme's assets: addresses by name, content by address.
#[derive(Clone, Default)]
pub struct Assets {
    addresses: HashMap<String, String>,
    by_address: HashMap<String, Arc<Asset>>,
}

impl Assets {
    pub fn of(files: &Files) -> Result<Self, ThemeFault> {
        let mut assets = Self::default();
        let all = || {
            files
                .iter()
                .filter_map(|(path, content)| Some((path.strip_prefix("assets/")?, content)))
        };
        for (name, content) in all().filter(|(name, _)| !name.ends_with(".css")) {
            if let Some(content_type) = content_type(name) {
                assets.add(name, content_type, content.clone());
            }
        }
        let mut style = String::new();
        for (name, content) in all().filter(|(name, _)| name.ends_with(".css")) {
            style.push_str(&assets.resolved(name, content)?);
        }
        assets.add(STYLE, "text/css; charset=utf-8", style.into_bytes());
        Ok(assets)
    }

    pub fn address(&self, name: &str) -> Option<&str> {
        self.addresses.get(name).map(String::as_str)
    }

    pub fn by_address(&self) -> impl Iterator<Item = (&String, &Arc<Asset>)> {
        self.by_address.iter()
    }

    fn add(&mut self, name: &str, content_type: &'static str, content: Vec<u8>) {
        let digest = hex::encode(Sha256::digest(&content));
        let hash = digest.get(..12).unwrap_or_default();
        let file = name.rsplit('/').next().unwrap_or(name);
        let (stem, ending) = file.rsplit_once('.').unwrap_or((file, "bin"));
        let address = format!("/assets/{stem}.{hash}.{ending}");
        let asset = Asset {
            body: Encoded::new(content),
            content_type,
        };
        self.addresses.insert(name.to_owned(), address.clone());
        self.by_address.insert(address, Arc::new(asset));
    }

    /// A style sheet with addresses for the names in it.
    fn resolved(&self, name: &str, content: &[u8]) -> Result<String, ThemeFault> {
        let file = format!("assets/{name}");
        let text =
            std::str::from_utf8(content).map_err(|error| ThemeFault::new(&file, None, error))?;
        let mut out = String::with_capacity(text.len());
        for (at, line) in text.lines().enumerate() {
            let mut rest = line;
            while let Some((before, after)) = rest.split_once(REFERENCE) {
                let end = after.find(['"', '\'', ')']).unwrap_or(after.len());
                let (wanted, tail) = after.split_at(end);
                let address = self.address(wanted).ok_or_else(|| {
                    ThemeFault::new(&file, Some(at + 1), format!("there is no asset {wanted}"))
                })?;
                out.push_str(before);
                out.push_str(address);
                rest = tail;
            }
            out.push_str(rest);
            out.push('\n');
        }
        Ok(minify::css(&out))
    }
}

/// Nothing for what is not for browsers, such as a font's licence.
pub fn content_type(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    Some(match ending {
        "js" => "text/javascript; charset=utf-8",
        "woff2" => "font/woff2",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(list: &[(&str, &str)]) -> Files {
        let file = |(name, text): &(&str, &str)| ((*name).to_owned(), text.as_bytes().to_vec());
        list.iter().map(file).collect()
    }

    #[test]
    fn a_name_changes_with_the_content_and_style_sheets_are_one() {
        let one = [
            ("assets/a.css", "a { top: 0 }"),
            ("assets/b.css", "b { top: 1px }"),
            ("assets/x.js", "1"),
        ];
        let assets = Assets::of(&files(&one)).unwrap();
        let style = assets.address("store.css").unwrap().to_owned();
        let script = assets.address("x.js").unwrap().to_owned();
        assert!(style.starts_with("/assets/store.") && style.ends_with(".css"));
        let two = [("assets/a.css", "a { top: 2px }"), ("assets/x.js", "1")];
        let changed = Assets::of(&files(&two)).unwrap();
        assert_ne!(changed.address("store.css"), Some(style.as_str()));
        assert_eq!(changed.address("x.js"), Some(script.as_str()));
    }

    #[test]
    fn a_style_sheet_that_names_what_is_not_there_is_refused_with_its_line() {
        let list = [(
            "assets/a.css",
            "a { top: 0 }\n@font-face { src: url(\"asset:fonts/no.woff2\") }",
        )];
        let fault = Assets::of(&files(&list)).err().unwrap();
        assert_eq!(
            fault.to_string(),
            "assets/a.css:2: there is no asset fonts/no.woff2"
        );
    }

    #[test]
    fn a_licence_is_kept_beside_a_font_and_not_served() {
        let list = [
            ("assets/fonts/a.woff2", "x"),
            ("assets/fonts/a.LICENSE.txt", "OFL"),
        ];
        let assets = Assets::of(&files(&list)).unwrap();
        assert!(assets.address("fonts/a.woff2").is_some());
        assert!(assets.address("fonts/a.LICENSE.txt").is_none());
    }
}
