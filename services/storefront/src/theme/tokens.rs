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
    let own = theme.get("colors").and_then(Value::as_object);
    for (name, value) in own.into_iter().flatten() {
        if let Some(value) = value.as_str() {
            colors.insert(name, value);
        }
    }
    let mut css = String::from(":root{");
    for (name, value) in colors {
        if is_name(name) && is_color(value) {
            let _ = write!(css, "--{}:{value};", name.replace('_', "-"));
        }
    }
    let radius = theme.pointer("/shape/radius_px").and_then(Value::as_u64);
    if let Some(radius) = radius.filter(|radius| *radius <= RADIUS_MAX) {
        let _ = write!(css, "--radius:{radius}px;");
    }
    css.push('}');
    css
}

fn is_name(name: &str) -> bool {
    (1..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

fn is_color(value: &str) -> bool {
    value.strip_prefix('#').is_some_and(|digits| {
        matches!(digits.len(), 3 | 4 | 6 | 8) && digits.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_stores_colours_win_and_only_colours_get_in() {
        let defaults = [("background", "#fff"), ("text", "#111")];
        let defaults = defaults.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let theme = json!({
            "colors": { "background": "#12150F", "text_muted": "red;}</style><script>", "Bad": "#000" },
            "shape": { "radius_px": 2 },
        });
        let css = tokens_css(&defaults.into_iter().collect(), &theme);
        assert_eq!(css, ":root{--background:#12150F;--text:#111;--radius:2px;}");
    }
}
