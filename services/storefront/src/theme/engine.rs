//! A theme that is ready to render.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::{Kwargs, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior};

use super::assets::{Asset, Assets};
use super::folder::{self, Files};
use super::manifest::{MANIFEST, Manifest};
use super::sections::{self, Placed};
use super::texts::{Lang, Texts, arguments_of};
use super::{ThemeFault, filters};

/// Steps that a page may take; a large one takes about 20,000.
const FUEL: u64 = 2_000_000;
/// Includes count ten each.
const RECURSION_MAX: usize = 200;

/// A page could not be rendered: the theme's fault, with file and line.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct RenderError(String);

pub struct Theme {
    pub manifest: Manifest,
    environment: Environment<'static>,
    assets: Arc<Assets>,
    texts: Arc<Texts>,
}

impl Theme {
    /// # Errors
    /// The first thing that is wrong, with its file and line.
    pub fn new(shared: &Files, own: Files) -> Result<Self, ThemeFault> {
        let texts = Arc::new(Texts::of(shared, &own)?);
        let manifest = Manifest::of(shared, &own)?;
        let files = folder::overlay(shared, own);
        let assets = Arc::new(Assets::of(&files)?);
        let sources = checked_sources(files)?;
        check(&manifest, &assets, &sources)?;
        let mut environment = environment(&assets, &texts);
        // Made ready when it is first shown: most themes' are never, and each takes memory.
        environment.set_loader(move |name| Ok(sources.get(name).cloned()));
        Ok(Self {
            manifest,
            environment,
            assets,
            texts,
        })
    }

    /// # Errors
    /// When the template is not there, fails, or does too much.
    pub fn render(&self, template: &str, page: Value) -> Result<String, RenderError> {
        let rendered = self
            .environment
            .get_template(template)
            .and_then(|template| template.render(page));
        rendered.map_err(|error| RenderError(told(&error)))
    }

    pub fn asset_address(&self, name: &str) -> Option<&str> {
        self.assets.address(name)
    }

    pub fn assets(&self) -> impl Iterator<Item = (&String, &Arc<Asset>)> {
        self.assets.by_address()
    }

    pub fn say(&self, lang: Lang, key: &str) -> String {
        self.texts.say(lang, key, None)
    }

    /// A text with names and words in it.
    pub fn say_with(&self, lang: Lang, key: &str, words: &[(&str, &str)]) -> String {
        let arguments = words.iter().copied().collect();
        self.texts.say(lang, key, Some(&arguments))
    }

    pub fn has_text(&self, lang: Lang, key: &str) -> bool {
        self.texts.has(lang, key)
    }

    /// The sections of a page: as the merchant composed it, or as the theme has it.
    pub fn page(&self, composed: Option<&serde_json::Value>) -> Vec<Placed> {
        let own = composed.and_then(sections::read);
        sections::composed(
            &self.manifest.sections,
            own.as_deref().unwrap_or(&self.manifest.home),
        )
    }
}

/// Templates by name, each of which can be read.
type Sources = BTreeMap<String, String>;

fn checked_sources(files: Files) -> Result<Sources, ThemeFault> {
    let mut sources = Sources::new();
    let mut environment = Environment::empty();
    for (file, content) in files {
        let Some(name) = template_name(&file) else {
            continue;
        };
        let source =
            String::from_utf8(content).map_err(|error| ThemeFault::new(&file, None, error))?;
        environment
            .add_template_owned(name.to_owned(), source.clone())
            .map_err(|error| ThemeFault::new(&file, error.line(), error.to_string()))?;
        sources.insert(name.to_owned(), source);
    }
    Ok(sources)
}

/// What the manifest names is there.
fn check(manifest: &Manifest, assets: &Assets, sources: &Sources) -> Result<(), ThemeFault> {
    let fault = |what: String| ThemeFault::new(MANIFEST, None, what);
    let wrong = sections::check(&manifest.sections, MANIFEST);
    let placed = sections::check_placed(&manifest.sections, &manifest.home);
    if let Some(fault) = wrong.into_iter().chain(placed).next() {
        return Err(fault);
    }
    for section in manifest.sections.keys() {
        let file = format!("sections/{section}.html");
        if !sources.contains_key(&file) {
            return Err(fault(format!("there is no {file}")));
        }
    }
    for font in &manifest.preload {
        if assets.address(font).is_none() {
            return Err(fault(format!("there is no asset {font}")));
        }
    }
    Ok(())
}

/// `templates/product.html` is called `product.html`; a section keeps its folder.
pub fn template_name(file: &str) -> Option<&str> {
    let is_section = file.starts_with("sections/");
    let name = if is_section {
        file
    } else {
        file.strip_prefix("templates/")?
    };
    [".html", ".xml", ".txt"]
        .iter()
        .any(|ending| name.ends_with(ending))
        .then_some(name)
}

fn environment(assets: &Arc<Assets>, texts: &Arc<Texts>) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(".txt") {
            AutoEscape::None
        } else {
            AutoEscape::Html
        }
    });
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(RECURSION_MAX);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.add_filter("money", filters::money);
    environment.add_filter("decimal", filters::decimal);
    environment.add_filter("date", filters::date);
    environment.add_filter("moment", filters::moment);
    environment.add_filter("srcset", filters::srcset);
    environment.add_filter("src", filters::src);
    environment.add_filter("escaped", filters::escaped);
    environment.add_filter("address", filters::address);
    environment.add_filter("height_for", filters::height_for);
    let words = texts.clone();
    environment.add_function(
        "t",
        move |state: &State<'_, '_>, key: String, arguments: Kwargs| {
            let arguments = arguments_of(&arguments);
            words.say(filters::lang(state), &key, Some(&arguments))
        },
    );
    let files = assets.clone();
    environment.add_function("asset", move |name: String| {
        let address = files
            .address(&name)
            .map(|address| filters::address(address.to_owned()));
        address.ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidOperation,
                format!("there is no asset {name}"),
            )
        })
    });
    environment.add_function("link", |state: &State<'_, '_>, path: String| {
        let prefix = state.lookup("prefix");
        let prefix = prefix.as_ref().and_then(Value::as_str).unwrap_or_default();
        let preview = state.lookup("preview");
        let preview = preview.as_ref().and_then(Value::as_str);
        filters::address(match preview.filter(|_| is_carried(&path)) {
            Some(word) => format!("{prefix}{path}?preview={word}"),
            None => format!("{prefix}{path}"),
        })
    });
    environment
}

/// Whether a page of the draft leads on to the draft of another: to pages that all visitors share,
/// where nothing is added to the address.
fn is_carried(path: &str) -> bool {
    let is_shared = |start: &str| {
        path.strip_prefix(start)
            .is_some_and(|slug| !slug.is_empty())
    };
    !path.contains('?') && (path == "/" || is_shared("/categories/") || is_shared("/products/"))
}

/// The message with the place, and what caused it.
fn told(error: &Error) -> String {
    let place = error.name().map(|name| match error.line() {
        Some(line) => format!("{name}:{line}: "),
        None => format!("{name}: "),
    });
    let mut text = format!("{}{error}", place.unwrap_or_default());
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use minijinja::context;

    fn files(list: &[(&str, &str)]) -> Files {
        let file = |(name, text): &(&str, &str)| ((*name).to_owned(), text.as_bytes().to_vec());
        list.iter().map(file).collect()
    }

    fn theme(own: &[(&str, &str)]) -> Result<Theme, ThemeFault> {
        let shared = files(&[
            ("templates/page.html", "shared {{ name }}"),
            (
                "locales/en.ftl",
                "left = { $n ->\n  [one] one left\n *[other] { $n } left\n }\nhi = Hello\n",
            ),
            ("locales/pt-PT.ftl", "hi = Olá\n"),
        ]);
        let mut all = files(&[("theme.toml", "name = \"Test\"")]);
        all.extend(files(own));
        Theme::new(&shared, all)
    }

    #[test]
    fn a_themes_file_takes_the_place_of_the_shared_one_and_values_are_escaped() {
        let shared = theme(&[]).unwrap();
        let page = context! { name => "<b>" };
        assert_eq!(
            shared.render("page.html", page.clone()).unwrap(),
            "shared &lt;b&gt;"
        );
        let own = theme(&[("templates/page.html", "own {{ name }}")]).unwrap();
        assert_eq!(own.render("page.html", page).unwrap(), "own &lt;b&gt;");
    }

    #[test]
    fn a_broken_template_is_refused_with_file_and_line() {
        let fault = theme(&[("templates/page.html", "a\n{% if %}")])
            .err()
            .unwrap();
        assert_eq!(
            (fault.file.as_str(), fault.line),
            ("templates/page.html", Some(2))
        );
        let fault = theme(&[("theme.toml", "name = \"x\"\nwhat = 1")])
            .err()
            .unwrap();
        assert_eq!((fault.file.as_str(), fault.line), ("theme.toml", Some(2)));
        let fault = theme(&[("locales/en.ftl", "ok = yes\n= no\n")])
            .err()
            .unwrap();
        assert_eq!(
            (fault.file.as_str(), fault.line),
            ("locales/en.ftl", Some(2))
        );
    }

    #[test]
    fn a_template_that_never_ends_is_stopped() {
        let source = "{% for a in range(9999) %}{% for b in range(9999) %}{{ a * b }}{% endfor %}{% endfor %}";
        let endless = theme(&[("templates/page.html", source)]).unwrap();
        let error = endless.render("page.html", context! {}).unwrap_err();
        assert!(error.to_string().contains("page.html"), "{error}");
    }

    #[test]
    fn texts_come_in_the_pages_language_and_counts_have_their_forms() {
        let source = "{{ t('hi') }} {{ t('left', n=1) }} {{ t('left', n=3) }}";
        let theme = theme(&[("templates/page.html", source)]).unwrap();
        let say = |locale: &str| {
            theme
                .render("page.html", context! { locale => locale })
                .unwrap()
        };
        assert_eq!(say("en"), "Hello one left 3 left");
        assert_eq!(say("pt-PT"), "Olá left left");
    }

    #[test]
    fn a_template_reaches_no_file() {
        for name in ["/etc/passwd", "../theme.toml", "theme.toml"] {
            let source = format!("{{% include '{name}' %}}");
            let theme = theme(&[("templates/page.html", source.as_str())]).unwrap();
            assert!(theme.render("page.html", context! {}).is_err(), "{name}");
        }
    }
}
