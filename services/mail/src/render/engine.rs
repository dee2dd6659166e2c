//! The templates, compiled once.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, escape_formatter};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::samples;
use super::texts::{Catalogue, Override, Texts};
use super::view::{Speaker, StoreLook};
use crate::domain::facts::Facts;
use crate::domain::format::Lang;
use crate::domain::kinds::{Kind, Layout};
use crate::domain::placeholders::{self, Values};

/// Longest subject; longer ones are cut by readers anyway.
const SUBJECT_CHARS_MAX: usize = 180;
const PREVIEW_CHARS_MAX: usize = 120;

const TEMPLATES: [(&str, &str); 10] = [
    (
        "html/layout.html",
        include_str!("../../templates/html/layout.html"),
    ),
    (
        "html/facts.html",
        include_str!("../../templates/html/facts.html"),
    ),
    (
        "html/button.html",
        include_str!("../../templates/html/button.html"),
    ),
    (
        "html/order.html",
        include_str!("../../templates/html/order.html"),
    ),
    (
        "html/products.html",
        include_str!("../../templates/html/products.html"),
    ),
    (
        "html/notice.html",
        include_str!("../../templates/html/notice.html"),
    ),
    (
        "html/page.html",
        include_str!("../../templates/html/page.html"),
    ),
    (
        "text/layout.txt",
        include_str!("../../templates/text/layout.txt"),
    ),
    (
        "text/order.txt",
        include_str!("../../templates/text/order.txt"),
    ),
    (
        "text/products.txt",
        include_str!("../../templates/text/products.txt"),
    ),
];

/// A mail as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendered {
    pub subject: String,
    pub html: String,
    pub text: String,
}

/// What is to be written.
pub struct Wanted<'a> {
    pub kind: Kind,
    pub lang: Lang,
    pub facts: &'a Facts,
    pub store: &'a StoreLook,
    pub own: Option<&'a Override>,
    pub unsubscribe_url: Option<String>,
    pub is_test: bool,
}

/// Makes mails. Clones are not needed: it is shared.
pub struct Renderer {
    templates: Environment<'static>,
    pub catalogue: Catalogue,
}

impl Renderer {
    /// # Errors
    /// When a template or a catalogue cannot be read: a fault of the build.
    pub fn new() -> anyhow::Result<Self> {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_auto_escape_callback(|name| {
            if name.starts_with("html/") {
                AutoEscape::Html
            } else {
                AutoEscape::None
            }
        });
        templates.set_formatter(format);
        for (name, source) in TEMPLATES {
            templates.add_template(name, source)?;
        }
        templates.add_template(
            "text/notice.txt",
            include_str!("../../templates/text/notice.txt"),
        )?;
        Ok(Self {
            templates,
            catalogue: Catalogue::read()?,
        })
    }

    /// # Errors
    /// When a template names what the view does not have: a fault of the build.
    pub fn render(&self, wanted: &Wanted<'_>) -> Result<Rendered, minijinja::Error> {
        let texts = self.texts(wanted.kind, wanted.lang, wanted.own);
        let speaker = self.speaker(wanted.kind, wanted.lang, wanted.store);
        let mut view = speaker.view(wanted.facts);
        let values = placeholders::values_of(&Value::Object(view.clone()));
        let subject = one_line(&placeholders::fill(&texts.subject, &values));
        let said = self.said(&texts, &values, wanted, &subject);
        if texts.button.is_empty() {
            view.insert("button".into(), json!({ "url": null, "is_needed": false }));
        }
        view.insert("text".into(), said);
        view.insert("unsubscribe_url".into(), json!(wanted.unsubscribe_url));
        view.insert("is_test".into(), json!(wanted.is_test));
        let (html, text) = match wanted.kind.layout() {
            Layout::Order => ("html/order.html", "text/order.txt"),
            Layout::Products => ("html/products.html", "text/products.txt"),
            Layout::Notice => ("html/notice.html", "text/notice.txt"),
        };
        Ok(Rendered {
            subject,
            html: self.templates.get_template(html)?.render(&view)?,
            text: tidy(&self.templates.get_template(text)?.render(&view)?),
        })
    }

    /// The page behind an unsubscribe link.
    pub fn unsubscribe_page(
        &self,
        lang: Lang,
        store: &str,
        done: bool,
    ) -> Result<String, minijinja::Error> {
        let labels = &self.catalogue.words(lang).labels;
        let view = json!({ "lang": lang.tag(), "labels": labels, "store": store, "done": done });
        self.templates.get_template("html/page.html")?.render(view)
    }

    pub fn texts(&self, kind: Kind, lang: Lang, own: Option<&Override>) -> Texts {
        let ours = self.catalogue.texts(kind, lang);
        own.map_or(ours.clone(), |own| ours.with(own))
    }

    /// The names that the texts of a kind may use.
    pub fn known(&self, kind: Kind) -> BTreeSet<String> {
        let view = self
            .speaker(kind, Lang::En, &samples::store())
            .view(&samples::facts(kind));
        let groups = [
            "store",
            "customer",
            "order",
            "product",
            "voucher",
            "document",
            "refund",
            "shipment",
            "returned",
            "bill",
            "endpoint",
            "domain",
            "meter",
            "withdrawal",
        ];
        let hidden = [
            "store.accent",
            "store.on_accent",
            "store.logo_url",
            "product.side",
            "product.image_url",
        ];
        let names = placeholders::values_of(&Value::Object(view)).into_keys();
        names
            .filter(|name| {
                groups
                    .iter()
                    .any(|group| name.split('.').next() == Some(group))
            })
            .filter(|name| !hidden.contains(&name.as_str()))
            .collect()
    }

    fn speaker<'a>(&'a self, kind: Kind, lang: Lang, store: &'a StoreLook) -> Speaker<'a> {
        Speaker {
            kind,
            lang,
            words: self.catalogue.words(lang),
            store,
        }
    }

    fn said(&self, texts: &Texts, values: &Values, wanted: &Wanted<'_>, subject: &str) -> Value {
        let words = self.catalogue.words(wanted.lang);
        let greeting = if wanted.facts.name.trim().is_empty() {
            "greeting_plain"
        } else {
            "greeting"
        };
        let body = paragraphs(&placeholders::fill(&texts.body, values));
        let preview: String = body
            .iter()
            .flatten()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ");
        let mut said = Map::new();
        let mut say = |name: &str, value: Value| said.insert(name.to_owned(), value);
        say("subject", json!(subject));
        say(
            "heading",
            json!(one_line(&placeholders::fill(&texts.heading, values))),
        );
        say(
            "greeting",
            json!(one_line(&placeholders::fill(words.label(greeting), values))),
        );
        say(
            "preview",
            json!(preview.chars().take(PREVIEW_CHARS_MAX).collect::<String>()),
        );
        say("body", json!(body));
        say(
            "closing",
            json!(paragraphs(&placeholders::fill(&texts.closing, values))),
        );
        say(
            "button",
            json!(one_line(&placeholders::fill(&texts.button, values))),
        );
        Value::Object(said)
    }
}

/// Escapes what could end a text or an attribute. A slash cannot, and programs that look for links in
/// mails find them more surely when it stays.
fn format(
    out: &mut Output<'_>,
    state: &State<'_, '_>,
    value: &minijinja::Value,
) -> Result<(), minijinja::Error> {
    let text = value
        .as_str()
        .filter(|_| state.auto_escape() == AutoEscape::Html);
    let Some(text) = text.filter(|_| !value.is_safe()) else {
        return escape_formatter(out, state, value);
    };
    for c in text.chars() {
        let escaped = match c {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '"' => "&quot;",
            '\'' => "&#39;",
            _ => {
                out.write_char(c)?;
                continue;
            }
        };
        out.write_str(escaped)?;
    }
    Ok(())
}

/// Lines of paragraphs; an empty line parts them.
fn paragraphs(text: &str) -> Vec<Vec<String>> {
    let text = text.replace("\r\n", "\n");
    let parts = text.split("\n\n").map(|part| {
        let lines = part.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect::<Vec<_>>()
    });
    parts.filter(|lines| !lines.is_empty()).collect()
}

/// Without line breaks and other controls, so that nothing can become a header.
fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let words: Vec<&str> = spaced.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(SUBJECT_CHARS_MAX).collect()
}

/// A text part without more than one empty line in a row.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.trim().lines() {
        empty = if line.trim().is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            tidied.push_str(line.trim_end());
            tidied.push('\n');
        }
    }
    tidied
}

#[cfg(test)]
mod tests;
