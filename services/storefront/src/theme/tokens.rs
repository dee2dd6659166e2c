//! Design tokens as CSS variables: what a store's own settings say, else what the theme says.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

const RADIUS_MAX: u64 = 32;

/// `:root{--background:#fff;…}`; whatever is no colour or no sensible number is left out, so that
/// nothing a merchant typed can be anything else than a value.
pub fn tokens_css(defaults: &BTreeMap<String, String>, theme: &Value) -> String {
    let mut colors: BTreeMap<&str, &str> = defaults
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    // What a merchant chose in the designer comes last.
    for own in ["colors", "tokens"] {
        let own = theme.get(own).and_then(Value::as_object);
        for (name, value) in own.into_iter().flatten() {
            if let Some(value) = value.as_str().filter(|value| is_color(value)) {
                colors.insert(name, value);
            }
        }
    }
    let mut css = String::from(":root{");
    for (name, value) in colors {
        if is_name(name) && is_color(value) {
            let _ = write!(css, "--{}:{value};", name.replace('_', "-"));
        }
    }
    let chosen = theme.pointer("/tokens/radius").and_then(Value::as_str);
    let chosen = chosen.and_then(|text| text.trim_end_matches("px").parse().ok());
    let of_template = theme.pointer("/shape/radius_px").and_then(Value::as_u64);
    let sensible = |radius: &u64| *radius <= RADIUS_MAX;
    if let Some(radius) = chosen.filter(sensible).or(of_template.filter(sensible)) {
        let _ = write!(css, "--radius:{radius}px;");
    }
    css.push('}');
    css
}

fn is_name(name: &str) -> bool {
    (1..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

pub fn is_color(value: &str) -> bool {
    value.strip_prefix('#').is_some_and(|digits| {
        matches!(digits.len(), 3 | 4 | 6 | 8) && digits.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn defaults_of(list: &[(&str, &str)]) -> BTreeMap<String, String> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        list.iter().map(own).collect()
    }

    #[test]
    fn a_stores_colours_win_and_only_colours_get_in() {
        let defaults = defaults_of(&[("background", "#fff"), ("text", "#111")]);
        let theme = json!({
            "colors": { "background": "#12150F", "text_muted": "red;}</style><script>", "Bad": "#000" },
            "shape": { "radius_px": 2 },
        });
        let css = tokens_css(&defaults, &theme);
        assert_eq!(css, ":root{--background:#12150F;--text:#111;--radius:2px;}");
        let theme = json!({
            "colors": { "text": "#222" }, "shape": { "radius_px": 2 },
            "tokens": { "text": "#333", "background": "url(x)", "radius": "12", "mood": "calm" },
        });
        let css = tokens_css(&defaults_of(&[("background", "#fff")]), &theme);
        assert_eq!(css, ":root{--background:#fff;--text:#333;--radius:12px;}");
    }
}
