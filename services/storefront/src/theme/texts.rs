//! What pages say, in each language: Fluent files.

use std::collections::HashMap;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use minijinja::value::{Kwargs, Value, ValueKind};
use unic_langid::LanguageIdentifier;

use super::ThemeFault;
use super::folder::Files;

/// A language that themes have texts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lang {
    Portuguese,
    English,
}

impl Lang {
    pub const ALL: [Self; 2] = [Self::Portuguese, Self::English];

    /// In addresses, before the path.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Portuguese => "pt",
            Self::English => "en",
        }
    }

    /// For `lang`, `hreflang` and the services.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Portuguese => "pt-PT",
            Self::English => "en",
        }
    }

    pub fn of_prefix(prefix: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.prefix() == prefix)
    }

    /// Of a locale such as pt-PT; English for what there are no texts in.
    pub fn of_locale(locale: &str) -> Self {
        let language = locale.split(['-', '_']).next().unwrap_or_default();
        Self::of_prefix(language).unwrap_or(Self::English)
    }
}

pub struct Texts(HashMap<Lang, FluentBundle<FluentResource>>);

impl Texts {
    /// Reads `locales/<tag>.ftl`, of what all themes share and then of the theme itself.
    pub fn of(shared: &Files, own: &Files) -> Result<Self, ThemeFault> {
        let mut bundles = HashMap::new();
        for lang in Lang::ALL {
            let id: LanguageIdentifier = lang.tag().parse().expect("a tag of ours is a language");
            let mut bundle = FluentBundle::new_concurrent(vec![id]);
            bundle.set_use_isolating(false);
            let file = format!("locales/{}.ftl", lang.tag());
            for files in [shared, own] {
                if let Some(content) = files.get(&file) {
                    bundle.add_resource_overriding(resource(&file, content)?);
                }
            }
            bundles.insert(lang, bundle);
        }
        Ok(Self(bundles))
    }

    pub fn has(&self, lang: Lang, key: &str) -> bool {
        let bundle = self.0.get(&lang);
        bundle.is_some_and(|bundle| bundle.has_message(key))
    }

    /// The text, or its key where there is none: a page is better with a gap than not at all.
    pub fn say(&self, lang: Lang, key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let found = self.0.get(&lang).and_then(|bundle| {
            let pattern = bundle.get_message(key)?.value()?;
            let text = bundle.format_pattern(pattern, arguments, &mut Vec::new());
            Some(text.into_owned())
        });
        found.unwrap_or_else(|| key.to_owned())
    }
}

/// What a template gives a text to say.
pub fn arguments_of(arguments: &Kwargs) -> FluentArgs<'static> {
    let mut all = FluentArgs::new();
    for name in arguments.args() {
        let value: Value = arguments.get(name).unwrap_or_default();
        let number = i64::try_from(value.clone()).ok();
        let value = match (value.kind(), number) {
            (ValueKind::Number, Some(number)) => FluentValue::from(number),
            _ => FluentValue::from(value.to_string()),
        };
        all.set(name.to_owned(), value);
    }
    all
}

/// A file of texts, or its first fault with its line.
pub fn resource(file: &str, content: &[u8]) -> Result<FluentResource, ThemeFault> {
    let text = std::str::from_utf8(content).map_err(|error| ThemeFault::new(file, None, error))?;
    FluentResource::try_new(text.to_owned()).map_err(|(_, errors)| {
        let first = errors.first();
        let before = first.and_then(|error| text.get(..error.pos.start));
        let line = before.map(|before| before.matches('\n').count() + 1);
        let reason = first.map_or_else(String::new, ToString::to_string);
        ThemeFault::new(file, line, reason)
    })
}
