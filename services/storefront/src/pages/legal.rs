//! What the law wants told, from the theme's texts and the store's own words about itself.

use minijinja::{Value, context};

use super::Asking;
use super::checkout_form::TERMS_VERSION;
use super::head::Head;
use super::show::Made;

/// The pages, by address.
const PAGES: [&str; 7] = [
    "terms",
    "privacy",
    "returns",
    "shipping",
    "disputes",
    "accessibility",
    "contact",
];

pub fn is_page(name: &str) -> bool {
    PAGES.contains(&name)
}

pub fn make(asking: &Asking<'_>, name: &str) -> Made {
    let Asking { app, visit, shell } = asking;
    let lang = shell.lang_of(visit);
    let theme = shell.theme(app);
    let (title, description) = theme.map_or_else(Default::default, |theme| {
        let title = theme.say(lang, &format!("legal-{name}"));
        let words = [("page", title.as_str()), ("store", shell.text("/name"))];
        let description = theme.say_with(lang, "describe-page", &words);
        (title, description)
    });
    Made {
        template: "legal.html",
        head: Head {
            description,
            canonical: format!("/{name}"),
            ..Head::titled(title)
        },
        data: context! {
            page => name,
            text => Value::from(format!("legal/{name}.{}.html", lang.prefix())),
            version => TERMS_VERSION,
        },
        ..Made::default()
    }
}
