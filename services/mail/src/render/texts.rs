//! The words of mails: a catalogue for each language, over which a merchant may lay words of his own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::format::Lang;
use crate::domain::kinds::Kind;

/// What is said in a mail. `{{ group.name }}` stands for what the mail is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Texts {
    #[schema(example = "Order {{ order.number }}")]
    pub subject: String,
    pub heading: String,
    /// Paragraphs, with an empty line between them.
    pub body: String,
    /// Below everything else; may be empty.
    pub closing: String,
    /// On the button; empty where the mail has none.
    pub button: String,
}

/// A merchant's own words: what is absent stays as the platform has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Override {
    pub subject: Option<String>,
    pub heading: Option<String>,
    pub body: Option<String>,
    pub closing: Option<String>,
    pub button: Option<String>,
}

impl Texts {
    pub fn with(self, own: &Override) -> Self {
        let pick = |own: &Option<String>, ours| own.clone().unwrap_or(ours);
        Self {
            subject: pick(&own.subject, self.subject),
            heading: pick(&own.heading, self.heading),
            body: pick(&own.body, self.body),
            closing: pick(&own.closing, self.closing),
            button: pick(&own.button, self.button),
        }
    }
}

/// One language.
#[derive(Deserialize)]
pub struct Words {
    pub labels: BTreeMap<String, String>,
    pub documents: BTreeMap<String, String>,
    pub methods: BTreeMap<String, String>,
    pub reasons: BTreeMap<String, String>,
    kinds: BTreeMap<String, Texts>,
}

impl Words {
    pub fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }
}

/// Every language, read once.
pub struct Catalogue([Words; 4]);

impl Catalogue {
    /// # Errors
    /// When a file of the catalogue is not one: a fault of the build.
    pub fn read() -> Result<Self, serde_json::Error> {
        Ok(Self([
            serde_json::from_str(include_str!("../../templates/texts/pt-PT.json"))?,
            serde_json::from_str(include_str!("../../templates/texts/en.json"))?,
            serde_json::from_str(include_str!("../../templates/texts/es.json"))?,
            serde_json::from_str(include_str!("../../templates/texts/fr.json"))?,
        ]))
    }

    pub fn words(&self, lang: Lang) -> &Words {
        let [pt, en, es, fr] = &self.0;
        match lang {
            Lang::Pt => pt,
            Lang::En => en,
            Lang::Es => es,
            Lang::Fr => fr,
        }
    }

    /// The platform's words for a kind.
    pub fn texts(&self, kind: Kind, lang: Lang) -> Texts {
        let found = self.words(lang).kinds.get(kind.name());
        found
            .cloned()
            .expect("a test reads the texts of every kind in every language")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_the_same_words() {
        let catalogue = Catalogue::read().unwrap();
        let names = |words: &Words| {
            let keys = |map: &BTreeMap<String, String>| map.keys().cloned().collect::<Vec<_>>();
            [
                keys(&words.labels),
                keys(&words.documents),
                keys(&words.methods),
                keys(&words.reasons),
            ]
        };
        for lang in Lang::ALL {
            let words = catalogue.words(lang);
            assert_eq!(
                names(words),
                names(catalogue.words(Lang::Pt)),
                "{}",
                lang.tag()
            );
            assert_eq!(words.kinds.len(), Kind::ALL.len());
            for kind in Kind::ALL {
                let texts = catalogue.texts(*kind, lang);
                assert!(
                    !texts.subject.is_empty()
                        && !texts.heading.is_empty()
                        && !texts.body.is_empty()
                );
            }
        }
    }
}
