//! The sections that a merchant composes pages of: what a theme offers, and what of a page holds.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ThemeFault;
use super::tokens::is_color;

/// Sections of a page; a page that has more is cut.
pub const SECTIONS_MAX: usize = 30;
const TEXT_CHARS_MAX: i64 = 200;
const LONG_TEXT_CHARS_MAX: i64 = 2_000;
const SLUG_CHARS_MAX: usize = 200;

/// A text for the merchant, in the languages of the panel that a theme speaks.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    pub pt: String,
    pub en: String,
}

/// A kind of section, with what can be set of it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SectionType {
    pub name: Label,
    #[serde(default)]
    pub fields: Vec<Field>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Text,
    LongText,
    Number,
    Boolean,
    Color,
    /// An address: of the store itself from its `/` on, or of another place by https.
    Url,
    /// One of `options`.
    Choice,
    /// A category, by its slug; the section gets products of it.
    Category,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    pub name: String,
    pub kind: Kind,
    pub label: Label,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// Of a number, or letters of a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
}

/// A section where it stands, with its settings.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Placed {
    /// The name of a file in `sections/`, without its ending.
    #[serde(alias = "type")]
    pub section: String,
    #[serde(default)]
    pub settings: Map<String, Value>,
}

/// The kinds of section by name.
pub type SectionTypes = BTreeMap<String, SectionType>;

impl Field {
    /// Whether the value is one that the section's template can do something with.
    pub fn takes(&self, value: &Value) -> bool {
        let text = value.as_str();
        let is_within = |number: i64| {
            self.min.is_none_or(|min| min <= number) && self.max.is_none_or(|max| number <= max)
        };
        let is_short = |text: &str, limit: i64| {
            let letters = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
            letters <= self.max.unwrap_or(limit)
        };
        match self.kind {
            Kind::Text => text.is_some_and(|text| is_short(text, TEXT_CHARS_MAX)),
            Kind::LongText => text.is_some_and(|text| is_short(text, LONG_TEXT_CHARS_MAX)),
            Kind::Number => value.as_i64().is_some_and(is_within),
            Kind::Boolean => value.is_boolean(),
            Kind::Color => text.is_some_and(is_color),
            Kind::Url => text.is_some_and(is_address),
            Kind::Choice => {
                text.is_some_and(|text| self.options.iter().any(|option| option == text))
            }
            Kind::Category => text.is_some_and(is_slug),
        }
    }
}

impl SectionType {
    /// The settings that hold, and the defaults of the others.
    fn settled(&self, given: &Map<String, Value>) -> Map<String, Value> {
        let settled = self.fields.iter().filter_map(|field| {
            let given = given.get(&field.name).filter(|value| field.takes(value));
            let value = given.or(field.default.as_ref())?;
            Some((field.name.clone(), value.clone()))
        });
        settled.collect()
    }

    /// The category that is set, where this kind of section shows products of one.
    pub fn category<'s>(&self, settings: &'s Map<String, Value>) -> Option<&'s str> {
        let field = self
            .fields
            .iter()
            .find(|field| field.kind == Kind::Category)?;
        settings.get(&field.name)?.as_str()
    }
}

/// A page as it was composed: sections that the theme has not are left out, and so are settings that
/// are none of the section's or not what it takes.
pub fn composed(types: &SectionTypes, wanted: &[Placed]) -> Vec<Placed> {
    let placed = wanted.iter().filter_map(|placed| {
        let kind = types.get(&placed.section)?;
        Some(Placed {
            section: placed.section.clone(),
            settings: kind.settled(&placed.settings),
        })
    });
    placed.take(SECTIONS_MAX).collect()
}

/// What a merchant's page says, entry by entry: one that cannot be read does not take the others with it.
pub fn read(page: &Value) -> Option<Vec<Placed>> {
    let entries = page.as_array()?;
    let placed = entries
        .iter()
        .filter_map(|entry| serde_json::from_value(entry.clone()).ok());
    Some(placed.collect())
}

/// What is wrong with the declarations of a theme.
pub fn check(types: &SectionTypes, file: &str) -> Vec<ThemeFault> {
    let mut faults = Vec::new();
    let mut fault = |text: String| faults.push(ThemeFault::new(file, None, text));
    for (name, kind) in types {
        let mut seen = BTreeSet::new();
        for field in &kind.fields {
            let place = format!("section {name}, field {}", field.name);
            if !seen.insert(field.name.as_str()) {
                fault(format!("{place}: is declared twice"));
            }
            if (field.kind == Kind::Choice) == field.options.is_empty() {
                fault(format!(
                    "{place}: a choice has options, and nothing else has"
                ));
            }
            if field
                .default
                .as_ref()
                .is_some_and(|value| !field.takes(value))
            {
                fault(format!("{place}: its default is not what it takes"));
            }
        }
    }
    faults
}

/// What is wrong with the settings of a page that the theme itself composes.
pub fn check_placed(types: &SectionTypes, placed: &[Placed]) -> Vec<ThemeFault> {
    let mut faults = Vec::new();
    let mut fault = |text: String| faults.push(ThemeFault::new("theme.toml", None, text));
    for placed in placed {
        let name = &placed.section;
        let Some(kind) = types.get(name) else {
            fault(format!("home: there is no section type {name}"));
            continue;
        };
        for (setting, value) in &placed.settings {
            match kind.fields.iter().find(|field| field.name == *setting) {
                None => fault(format!("home: section {name} has no field {setting}")),
                Some(field) if !field.takes(value) => {
                    fault(format!(
                        "home: section {name} does not take {value} as {setting}"
                    ));
                }
                Some(_) => {}
            }
        }
    }
    faults
}

fn is_address(text: &str) -> bool {
    let is_plain = text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    let is_own = text.starts_with('/') && !text.starts_with("//");
    is_plain && (is_own || text.starts_with("https://"))
}

fn is_slug(text: &str) -> bool {
    (1..=SLUG_CHARS_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn types() -> SectionTypes {
        toml::from_str(
            r#"
            [hero]
            name = { pt = "Abertura", en = "Opening" }
            fields = [
                { name = "title", kind = "text", label = { pt = "T", en = "T" }, max = 10 },
                { name = "count", kind = "number", label = { pt = "N", en = "N" }, min = 1, max = 12, default = 4 },
                { name = "look", kind = "choice", label = { pt = "L", en = "L" }, options = ["a", "b"] },
                { name = "to", kind = "url", label = { pt = "U", en = "U" } },
            ]
            [row]
            name = { pt = "Fila", en = "Row" }
            fields = [{ name = "category", kind = "category", label = { pt = "C", en = "C" } }]
            "#,
        )
        .unwrap()
    }

    #[test]
    fn what_the_theme_does_not_know_is_left_out_and_the_rest_is_shown_in_order() {
        let page = json!([
            { "type": "row", "settings": { "category": "barro", "colour": "red" } },
            { "type": "carousel", "settings": {} },
            "nonsense",
            { "type": "hero", "settings": { "title": "Olá", "count": 99, "look": "c", "to": "javascript:alert(1)" } },
        ]);
        let shown = composed(&types(), &read(&page).unwrap());
        let names: Vec<_> = shown.iter().map(|placed| placed.section.as_str()).collect();
        assert_eq!(names, ["row", "hero"]);
        assert_eq!(
            Value::from(shown[0].settings.clone()),
            json!({ "category": "barro" })
        );
        assert_eq!(
            Value::from(shown[1].settings.clone()),
            json!({ "title": "Olá", "count": 4 })
        );
        assert_eq!(types()["row"].category(&shown[0].settings), Some("barro"));
        assert_eq!(read(&json!([])), Some(Vec::new()), "an empty page is one");
        assert_eq!(read(&Value::Null), None);
    }

    #[test]
    fn an_address_leads_into_the_store_or_to_a_secure_place() {
        for good in ["/", "/categories/x?sort=price", "https://example.pt/a"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "http://a.pt",
            "javascript:1",
            "/a b",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn a_themes_own_page_is_checked_against_its_own_fields() {
        let placed = |settings: Value| Placed {
            section: "hero".to_owned(),
            settings: settings.as_object().cloned().unwrap(),
        };
        let page = [
            placed(json!({ "titel": "x" })),
            placed(json!({ "look": "c" })),
            placed(json!({ "look": "a" })),
        ];
        let faults: Vec<_> = check_placed(&types(), &page)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            faults,
            [
                "theme.toml: home: section hero has no field titel",
                "theme.toml: home: section hero does not take \"c\" as look"
            ]
        );
        assert!(check(&types(), "theme.toml").is_empty());
    }
}
