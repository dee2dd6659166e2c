//! How a merchant composes his store: sections of pages, and values of design tokens. What a section
//! or a token means is the theme's business; here is only what fits.

use std::collections::BTreeMap;

use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::Misfit;

pub const SECTIONS_MAX: usize = 30;
pub const SETTINGS_MAX: usize = 40;
pub const TOKENS_MAX: usize = 60;
/// Versions that can be shown again.
pub const VERSIONS_KEPT: i32 = 20;
const NAME_CHARS_MAX: usize = 40;
const TEXT_CHARS_MAX: usize = 2_000;
const TOKEN_CHARS_MAX: usize = 200;
/// Of a whole look as JSON: it is part of an answer that every page asks for.
const BYTES_MAX: usize = 65_536;

/// A part of a page and how it is set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Section {
    /// As the theme calls it.
    #[schema(example = "hero")]
    pub r#type: String,
    /// Texts, numbers and booleans by name.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Value>, example = json!({"title": "Novidades", "limit": 8}))]
    pub settings: BTreeMap<String, Value>,
}

/// The sections of each page that can be composed, in their order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Pages {
    pub home: Vec<Section>,
}

/// A store's look: which theme, and what the merchant made of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[garde(allow_unvalidated)]
pub struct Look {
    /// Key of a template.
    #[schema(example = "tactical")]
    pub template: String,
    /// Null: as the theme has them.
    pub sections: Option<Pages>,
    /// Values of the theme's tokens by name; a colour's name gives that colour.
    #[serde(default)]
    #[schema(example = json!({"primary": "#B7C34A"}))]
    pub tokens: BTreeMap<String, String>,
}

impl Look {
    /// Everything that does not fit.
    pub fn misfits(&self) -> Vec<Misfit> {
        let mut misfits = Vec::new();
        let home = self.sections.as_ref().map(|pages| &pages.home);
        if home.is_some_and(|home| home.len() > SECTIONS_MAX) {
            misfits.push(Misfit::new(
                "/sections/home",
                "a page has at most 30 sections",
            ));
        }
        for (at, section) in home.into_iter().flatten().enumerate() {
            section.gather(&format!("/sections/home/{at}"), &mut misfits);
        }
        if self.tokens.len() > TOKENS_MAX {
            misfits.push(Misfit::new("/tokens", "at most 60 tokens"));
        }
        for (name, value) in &self.tokens {
            if !is_name(name) {
                misfits.push(Misfit::new("/tokens", NAME_ACCEPTED));
            } else if value.chars().count() > TOKEN_CHARS_MAX || value.chars().any(char::is_control)
            {
                misfits.push(Misfit::new(
                    format!("/tokens/{name}"),
                    "at most 200 characters on one line",
                ));
            }
        }
        let bytes = serde_json::to_string(self).map_or(usize::MAX, |json| json.len());
        if misfits.is_empty() && bytes > BYTES_MAX {
            misfits.push(Misfit::new("/sections", "at most 64 KiB altogether"));
        }
        misfits
    }
}

const NAME_ACCEPTED: &str =
    "a name has 1 to 40 small letters, digits and underscores and begins with a letter";
const TYPE_ACCEPTED: &str = "a section's type has 1 to 40 small letters, digits, hyphens and underscores and begins with a letter";

impl Section {
    fn gather(&self, at: &str, misfits: &mut Vec<Misfit>) {
        if !is_name(&self.r#type.replace('-', "_")) {
            misfits.push(Misfit::new(format!("{at}/type"), TYPE_ACCEPTED));
        }
        if self.settings.len() > SETTINGS_MAX {
            let accepted = "a section has at most 40 settings";
            misfits.push(Misfit::new(format!("{at}/settings"), accepted));
        }
        for (name, value) in &self.settings {
            if !is_name(name) {
                misfits.push(Misfit::new(format!("{at}/settings"), NAME_ACCEPTED));
            } else if !is_plain(value) {
                misfits.push(Misfit::new(
                    format!("{at}/settings/{name}"),
                    "a text of at most 2000 characters, a number or a boolean",
                ));
            }
        }
    }
}

fn is_name(text: &str) -> bool {
    text.len() <= NAME_CHARS_MAX
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn is_plain(value: &Value) -> bool {
    match value {
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => {
            text.chars().count() <= TEXT_CHARS_MAX
                && !text.chars().any(|c| c.is_control() && c != '\n')
        }
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn look(value: Value) -> Look {
        serde_json::from_value(value).unwrap()
    }

    fn pointers(look: &Look) -> Vec<String> {
        let misfits = look.misfits().into_iter();
        misfits.map(|misfit| misfit.pointer).collect()
    }

    #[test]
    fn what_a_merchant_composes_fits() {
        let whole = look(json!({
            "template": "tactical",
            "sections": {"home": [
                {"type": "hero-wide", "settings": {"title": "Um\ndois", "limit": 8, "wide": true}},
                {"type": "row"},
            ]},
            "tokens": {"primary": "#B7C34A", "text_muted": "#000"},
        }));
        assert_eq!(whole.misfits(), []);
        assert_eq!(
            look(json!({"template": "tactical", "sections": null})).misfits(),
            []
        );
    }

    #[test]
    fn what_does_not_fit_is_named_where_it_stands() {
        let wrong = look(json!({
            "template": "tactical",
            "sections": {"home": [
                {"type": "Hero", "settings": {"Bad": 1, "list": [1], "none": null}},
                {"type": "row", "settings": {"title": "x".repeat(2_001), "bell": "\u{7}"}},
            ]},
            "tokens": {"9": "x", "primary": "a\nb"},
        }));
        assert_eq!(
            pointers(&wrong),
            [
                "/sections/home/0/type",
                "/sections/home/0/settings",
                "/sections/home/0/settings/list",
                "/sections/home/0/settings/none",
                "/sections/home/1/settings/bell",
                "/sections/home/1/settings/title",
                "/tokens",
                "/tokens/primary",
            ]
        );
    }

    #[test]
    fn there_is_an_end_to_sections_settings_and_bytes() {
        let section = |settings: usize, chars: usize| Section {
            r#type: "row".into(),
            settings: (0..settings)
                .map(|n| (format!("s{n}"), json!("x".repeat(chars))))
                .collect(),
        };
        let of = |sections: usize, settings: usize, chars: usize| Look {
            template: "tactical".into(),
            sections: Some(Pages {
                home: vec![section(settings, chars); sections],
            }),
            tokens: BTreeMap::new(),
        };
        assert_eq!(pointers(&of(31, 0, 0)), ["/sections/home"]);
        assert_eq!(pointers(&of(1, 41, 0)), ["/sections/home/0/settings"]);
        assert_eq!(pointers(&of(30, 2, 2_000)), ["/sections"]);
        assert_eq!(pointers(&of(30, 1, 2_000)), Vec::<String>::new());
    }
}
