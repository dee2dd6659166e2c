//! What is wrong with a theme, all of it at once: for who makes one, before anybody sees it.

use std::collections::BTreeSet;

use fluent_bundle::FluentResource;
use http_kit::Coding;
use minijinja::Environment;

use super::engine::template_name;
use super::folder::{self, Files};
use super::manifest::{MANIFEST, Manifest};
use super::texts::{self, Lang};
use super::tokens::is_color;
use super::{Theme, ThemeFault, fields, sections};

/// Bytes of all style sheets of a page, as they travel.
const STYLE_BYTES_MAX: usize = 25_000;
/// Bytes of all scripts.
const SCRIPT_BYTES_MAX: usize = 36_000;
/// Of text on its ground, in hundredths: WCAG 2.2 AA.
const CONTRAST_MIN: u32 = 450;

/// Text and what it stands on.
const PAIRS: [(&str, &str); 17] = [
    ("text", "background"),
    ("text", "surface"),
    ("text", "surface_alt"),
    ("text_muted", "background"),
    ("text_muted", "surface"),
    ("on_primary", "primary"),
    ("on_accent", "accent"),
    ("on_sale", "sale"),
    ("sale", "background"),
    ("sale", "surface"),
    ("success", "background"),
    ("success", "surface"),
    ("warning", "background"),
    ("warning", "surface"),
    ("danger", "background"),
    ("danger", "surface"),
    ("text_muted", "surface_alt"),
];
/// Colours that the shared style sheet names beside those.
const OTHER_COLORS: [&str; 2] = ["border", "focus"];

/// Everything that is wrong with a theme over what all themes share.
pub fn check(shared: &Files, own: &Files) -> Vec<ThemeFault> {
    let mut faults = Vec::new();
    templates(shared, own, &mut faults);
    translations(shared, own, &mut faults);
    match Manifest::of(shared, own) {
        Ok(manifest) => {
            faults.extend(sections::check(&manifest.sections, MANIFEST));
            faults.extend(sections::check_placed(&manifest.sections, &manifest.home));
            settings(&manifest, own, &mut faults);
            colors(&manifest, &mut faults);
        }
        Err(fault) => faults.push(fault),
    }
    match Theme::new(shared, own.clone()) {
        Ok(theme) => budgets(&theme, &mut faults),
        Err(fault) => {
            let is_known = faults
                .iter()
                .any(|known| known.file == fault.file && known.line == fault.line);
            if !is_known {
                faults.push(fault);
            }
        }
    }
    faults.sort_by(|a, b| (&a.file, a.line, &a.reason).cmp(&(&b.file, b.line, &b.reason)));
    faults
}

/// Templates that cannot be read, and names in them that are nothing.
fn templates(shared: &Files, own: &Files, faults: &mut Vec<ThemeFault>) {
    let mut known = BTreeSet::new();
    for (name, content) in shared.iter().chain(own) {
        if template_name(name).is_some() {
            known.extend(bound(&String::from_utf8_lossy(content)));
        }
    }
    let mut environment = Environment::new();
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    for (name, content) in shared {
        let text = String::from_utf8_lossy(content).into_owned();
        if template_name(name).is_some()
            && environment.add_template_owned(name.clone(), text).is_ok()
            && let Ok(template) = environment.get_template(name)
        {
            known.extend(template.undeclared_variables(false));
        }
    }
    for (name, content) in own.iter().filter(|(name, _)| template_name(name).is_some()) {
        let Ok(text) = std::str::from_utf8(content) else {
            faults.push(ThemeFault::new(name, None, "is no text"));
            continue;
        };
        if let Err(error) = environment.add_template_owned(format!("own/{name}"), text.to_owned()) {
            let reason = error
                .detail()
                .map_or_else(|| error.kind().to_string(), str::to_owned);
            faults.push(ThemeFault::new(name, error.line(), reason));
            continue;
        }
        let Ok(template) = environment.get_template(&format!("own/{name}")) else {
            continue;
        };
        for variable in template.undeclared_variables(true) {
            let mut parts = variable.split('.');
            let (root, field) = (parts.next().unwrap_or_default(), parts.next());
            let is_nothing = match field.and_then(|field| fields::has(root, field)) {
                Some(has) => !has,
                None => !known.contains(root) && !fields::is_given(root),
            };
            if is_nothing {
                let shown: Vec<_> = variable.split('.').take(2).collect();
                let shown = shown.join(".");
                let reason = format!("nothing is called {shown}");
                faults.push(ThemeFault::new(name, line_of(text, &shown), reason));
            }
        }
    }
}

/// Names that templates give to others: `{% with image = … %}`, `{% set at = … %}`.
fn bound(text: &str) -> Vec<String> {
    let statements = text.split("{%").skip(1);
    let statements = statements.filter_map(|rest| Some(rest.split_once("%}")?.0.trim()));
    let binding = statements.filter(|line| line.starts_with("with ") || line.starts_with("set "));
    let names = binding.flat_map(|line| {
        line.match_indices('=').filter_map(|(at, _)| {
            let before = line.get(..at)?.trim_end();
            let start = before
                .rfind(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
                .map_or(0, |at| at + 1);
            Some(before.get(start..)?.to_owned())
        })
    });
    names.filter(|name| !name.is_empty()).collect()
}

/// Texts that one language has and another has not, and texts that templates name and none has.
fn translations(shared: &Files, own: &Files, faults: &mut Vec<ThemeFault>) {
    let file = |lang: Lang| format!("locales/{}.ftl", lang.tag());
    let mut keys = Vec::new();
    for lang in Lang::ALL {
        let mut of_both = BTreeSet::new();
        for (files, is_own) in [(shared, false), (own, true)] {
            match files
                .get(&file(lang))
                .map(|content| texts::resource(&file(lang), content))
            {
                Some(Ok(resource)) => of_both.extend(ids(&resource)),
                Some(Err(fault)) if is_own => faults.push(fault),
                Some(Err(_)) | None => {}
            }
        }
        keys.push((lang, of_both));
    }
    let all: BTreeSet<_> = keys.iter().flat_map(|(_, keys)| keys.clone()).collect();
    for (lang, has) in &keys {
        for key in all.difference(has) {
            let reason = format!("the text {key} is missing in {}", lang.tag());
            faults.push(ThemeFault::new(file(*lang), None, reason));
        }
    }
    for (name, content) in own.iter().filter(|(name, _)| template_name(name).is_some()) {
        for (at, line) in String::from_utf8_lossy(content).lines().enumerate() {
            for key in named_texts(line).filter(|key| !all.contains(*key)) {
                let reason = format!("there is no text {key}");
                faults.push(ThemeFault::new(name, Some(at + 1), reason));
            }
        }
    }
}

fn ids(resource: &FluentResource) -> Vec<String> {
    // A message begins at the start of a line; what belongs to it is indented.
    let lines = resource.source().lines();
    let ids = lines.filter_map(|line| line.split_once('=').map(|(id, _)| id.trim_end()));
    let is_id = |id: &&str| {
        id.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    ids.filter(is_id).map(str::to_owned).collect()
}

/// The keys that a line names outright: `t('key')` and not `asset('…')`.
fn named_texts(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("t('").filter_map(|(at, _)| {
        let before = line.get(..at)?;
        if before.ends_with(|letter: char| letter.is_alphanumeric()) {
            return None;
        }
        let (key, after) = line.get(at + 3..)?.split_once('\'')?;
        after.starts_with([')', ',']).then_some(key)
    })
}

/// Settings that a section's template reads and its type does not declare.
fn settings(manifest: &Manifest, own: &Files, faults: &mut Vec<ThemeFault>) {
    for (name, content) in own {
        let Some(section) = name
            .strip_prefix("sections/")
            .and_then(|file| file.strip_suffix(".html"))
        else {
            continue;
        };
        let Some(kind) = manifest.sections.get(section) else {
            let reason = format!("{MANIFEST} has no section type {section}");
            faults.push(ThemeFault::new(name, None, reason));
            continue;
        };
        for (at, line) in String::from_utf8_lossy(content).lines().enumerate() {
            for after in line.split("settings.").skip(1) {
                let end =
                    after.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
                let field = after.get(..end.unwrap_or(after.len())).unwrap_or_default();
                if !kind.fields.iter().any(|known| known.name == field) {
                    let reason = format!("section {section} has no field {field}");
                    faults.push(ThemeFault::new(name, Some(at + 1), reason));
                }
            }
        }
    }
}

fn colors(manifest: &Manifest, faults: &mut Vec<ThemeFault>) {
    let mut fault = |reason: String| faults.push(ThemeFault::new(MANIFEST, None, reason));
    let known: BTreeSet<&str> = PAIRS
        .iter()
        .flat_map(|(text, ground)| [*text, *ground])
        .chain(OTHER_COLORS)
        .collect();
    for (name, value) in &manifest.colors {
        if !known.contains(name.as_str()) {
            fault(format!("colors: nothing uses {name}"));
        }
        if !is_color(value) {
            fault(format!("colors: {name} is no colour such as #1B2018"));
        }
    }
    for name in known
        .iter()
        .filter(|name| !manifest.colors.contains_key(**name))
    {
        fault(format!("colors: {name} is missing"));
    }
    for (text, ground) in PAIRS {
        let of = |name: &str| manifest.colors.get(name).and_then(|value| rgb(value));
        let Some(found) = of(text).zip(of(ground)).map(|(a, b)| contrast(a, b)) else {
            continue;
        };
        if found < CONTRAST_MIN {
            fault(format!(
                "colors: {text} on {ground} has a contrast of {}.{:02}:1, and needs 4.50:1",
                found / 100,
                found % 100
            ));
        }
    }
}

fn budgets(theme: &Theme, faults: &mut Vec<ThemeFault>) {
    let weight = |ending: &str| -> usize {
        let assets = theme
            .assets()
            .filter(|(address, _)| address.ends_with(ending));
        assets
            .map(|(_, asset)| asset.body.bytes(Coding::Gzip).1.len())
            .sum()
    };
    for (ending, most) in [(".css", STYLE_BYTES_MAX), (".js", SCRIPT_BYTES_MAX)] {
        let found = weight(ending);
        if found > most {
            let reason = format!("{found} bytes of {ending} compressed, and {most} are allowed");
            faults.push(ThemeFault::new("assets", None, reason));
        }
    }
}

/// Red, green and blue of `#rgb`, `#rrggbb`, and the same with an alpha, which is not looked at.
fn rgb(value: &str) -> Option<[u8; 3]> {
    let digits = value.strip_prefix('#')?;
    let long = match digits.len() {
        3 | 4 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
        _ => digits.to_owned(),
    };
    let part = |at: usize| u8::from_str_radix(long.get(at..at + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

/// WCAG's ratio of two colours, in hundredths.
fn contrast(a: [u8; 3], b: [u8; 3]) -> u32 {
    let (a, b) = (luminance(a), luminance(b));
    let ratio = (a.max(b) + 0.05) / (a.min(b) + 0.05);
    // From 1 to 21: whole hundredths, rounded down so that nothing passes by rounding.
    (100..=2_100)
        .rev()
        .find(|hundredths| f64::from(*hundredths) <= ratio * 100.0 + 1e-9)
        .unwrap_or(100)
}

fn luminance([red, green, blue]: [u8; 3]) -> f64 {
    let linear = |channel: u8| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 {
            share / 12.92
        } else {
            ((share + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

fn line_of(text: &str, wanted: &str) -> Option<usize> {
    let at = text.lines().position(|line| line.contains(wanted))?;
    Some(at + 1)
}

/// The shared folder beside a theme, when nobody says which.
pub fn shared_beside(folder: &std::path::Path) -> std::path::PathBuf {
    folder.join("../base")
}

/// Reads both folders and checks the theme.
///
/// # Errors
/// When a folder cannot be read.
pub fn check_folder(
    own: &std::path::Path,
    shared: &std::path::Path,
) -> Result<Vec<ThemeFault>, ThemeFault> {
    Ok(check(&folder::read(shared)?, &folder::read(own)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(list: &[(&str, &str)]) -> Files {
        let file = |(name, text): &(&str, &str)| ((*name).to_owned(), text.as_bytes().to_vec());
        list.iter().map(file).collect()
    }

    fn found(own: &[(&str, &str)]) -> Vec<String> {
        let shared = files(&[
            (
                "templates/page.html",
                "{{ t('hi') }} {{ product.title }} {% include 'part.html' %}",
            ),
            ("templates/part.html", "{{ wanted }}"),
            ("locales/en.ftl", "hi = Hello\n"),
            ("locales/pt-PT.ftl", "hi = Olá\n"),
        ]);
        let faults = check(&shared, &files(own));
        faults
            .iter()
            .map(ToString::to_string)
            .filter(|fault| !fault.contains("is missing"))
            .collect()
    }

    #[test]
    fn every_broken_template_is_told_with_its_file_and_line() {
        let told = found(&[
            ("theme.toml", "name = \"x\""),
            ("templates/a.html", "ok\n{% if %}"),
            ("templates/b.html", "{{ 1 + }}"),
        ]);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told[0].starts_with("templates/a.html:2: ")
                && told[1].starts_with("templates/b.html:1: ")
        );
    }

    #[test]
    fn names_that_are_nothing_are_found_and_those_that_are_something_are_not() {
        let told = found(&[
            (
                "theme.toml",
                "name = \"x\"\n[sections.hero]\nname = { pt = \"a\", en = \"a\" }",
            ),
            (
                "templates/page.html",
                "{{ product.title }}{{ mine }}\n{{ product.titel }} {{ prodcut.title }}{% with mine = 1 %}{% endwith %}",
            ),
            (
                "sections/hero.html",
                "{{ settings.title }} {{ newest[0].title }}",
            ),
        ]);
        assert_eq!(
            told,
            [
                "sections/hero.html:1: section hero has no field title",
                "templates/page.html:2: nothing is called prodcut.title",
                "templates/page.html:2: nothing is called product.titel",
            ]
        );
    }

    #[test]
    fn a_text_that_is_in_one_language_only_is_found_and_one_that_is_in_none() {
        let shared = files(&[
            ("locales/en.ftl", "hi = Hello\n"),
            ("locales/pt-PT.ftl", "hi = Olá\n"),
        ]);
        let own = files(&[
            (
                "locales/en.ftl",
                "mine = { $n ->\n  [one] 1 = one\n *[other] x\n }\n",
            ),
            (
                "templates/a.html",
                "{{ t('mine', n=1) }}\n{{ t('none') }} {{ asset('x') }}",
            ),
        ]);
        let mut faults = Vec::new();
        translations(&shared, &own, &mut faults);
        let told: Vec<_> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "locales/pt-PT.ftl: the text mine is missing in pt-PT",
                "templates/a.html:2: there is no text none"
            ]
        );
    }

    #[test]
    fn contrast_is_wcags() {
        assert_eq!(contrast([0, 0, 0], [255, 255, 255]), 2_100);
        assert_eq!(contrast([0x77, 0x77, 0x77], [255, 255, 255]), 447);
        assert_eq!(contrast([0x76, 0x76, 0x76], [255, 255, 255]), 454);
        assert_eq!(rgb("#abc"), Some([0xaa, 0xbb, 0xcc]));
        let told = found(&[(
            "theme.toml",
            "name = \"x\"\n[colors]\ntext = \"#777\"\nbackground = \"#fff\"\nmood = \"calm\"",
        )]);
        assert_eq!(
            told,
            [
                "theme.toml: colors: mood is no colour such as #1B2018",
                "theme.toml: colors: nothing uses mood",
                "theme.toml: colors: text on background has a contrast of 4.47:1, and needs 4.50:1",
            ]
        );
    }
}
