//! What a merchant may write: words, and names in `{{ … }}` that stand for what the mail is about.
//! Nothing is computed, so a text can neither loop nor reach what it should not.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What a text may name, with what it stands for.
pub type Values = BTreeMap<String, String>;

/// Why a text is not taken, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct TextError {
    /// From 1.
    pub line: usize,
    pub what: String,
}

#[derive(Debug, PartialEq)]
enum Part<'a> {
    Words(&'a str),
    Name(&'a str),
}

/// Whether every name in `text` is among `known`.
///
/// # Errors
/// Names the line, and what is known.
pub fn check(text: &str, known: &BTreeSet<String>) -> Result<(), TextError> {
    for (line, part) in parts(text)? {
        if let Part::Name(name) = part
            && !known.contains(name)
        {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let what = format!(
                "{{{{ {name} }}}} is not known here; known are {}",
                known.join(", ")
            );
            return Err(TextError { line, what });
        }
    }
    Ok(())
}

/// The text with every name replaced; what is not known is left out.
pub fn fill(text: &str, values: &Values) -> String {
    let Ok(parts) = parts(text) else {
        return text.to_owned();
    };
    let part = |(_, part): (usize, Part<'_>)| match part {
        Part::Words(words) => words.to_owned(),
        Part::Name(name) => values.get(name).cloned().unwrap_or_default(),
    };
    parts.into_iter().map(part).collect()
}

/// The texts and numbers of a view under dotted names, two levels deep.
pub fn values_of(view: &Value) -> Values {
    let mut values = Values::new();
    for (group, inner) in view.as_object().into_iter().flatten() {
        for (name, value) in inner.as_object().into_iter().flatten() {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => continue,
            };
            values.insert(format!("{group}.{name}"), text);
        }
    }
    values
}

fn parts(text: &str) -> Result<Vec<(usize, Part<'_>)>, TextError> {
    let mut found = Vec::new();
    let (mut rest, mut line) = (text, 1);
    let wrong = |line, what: &str| {
        Err(TextError {
            line,
            what: what.to_owned(),
        })
    };
    loop {
        let Some((words, behind)) = rest.split_once('{') else {
            found.push((line, Part::Words(rest)));
            return Ok(found);
        };
        found.push((line, Part::Words(words)));
        line += words.matches('\n').count();
        if behind.starts_with(['%', '#']) {
            return wrong(
                line,
                "only names in {{ … }} can be used; there are no conditions, loops or comments",
            );
        }
        let Some(inner) = behind.strip_prefix('{') else {
            found.push((line, Part::Words("{")));
            rest = behind;
            continue;
        };
        let Some((name, after)) = inner.split_once("}}") else {
            return wrong(line, "a {{ is not closed by }}");
        };
        let name = name.trim();
        if !is_name(name) {
            return wrong(
                line,
                "between {{ and }} stands one name, such as order.number",
            );
        }
        found.push((line, Part::Name(name)));
        rest = after;
    }
}

fn is_name(text: &str) -> bool {
    text.split('.').count() == 2
        && text.split('.').all(|part| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> BTreeSet<String> {
        ["order.number", "store.name"].map(str::to_owned).into()
    }

    #[test]
    fn names_are_replaced_and_braces_are_words() {
        let values = Values::from([("order.number".to_owned(), "{{ store.name }}".to_owned())]);
        assert_eq!(
            fill("N.º {{order.number}} {a}", &values),
            "N.º {{ store.name }} {a}"
        );
        assert_eq!(fill("{{ store.name }}!", &values), "!");
    }

    #[test]
    fn what_is_not_known_is_refused_with_its_line_and_what_is() {
        let error = check("Olá\n\n{{ order.nuber }}", &known()).unwrap_err();
        assert_eq!(error.line, 3);
        assert!(
            error
                .to_string()
                .contains("known are order.number, store.name"),
            "{error}"
        );
    }

    #[test]
    fn nothing_is_computed() {
        for bad in [
            "{{7*7}}",
            "{{ order }}",
            "{{ order.number | upper }}",
            "{% for a in b %}",
            "{# x #}",
            "{{ order.number",
            "{{ self.__class__ }}",
            "{{ a.b.c }}",
            "{{}}",
            "{{ 'a.b' }}",
        ] {
            assert!(check(bad, &known()).is_err(), "{bad}");
        }
        assert!(check("{ {{ order.number }} }", &known()).is_ok());
    }
}
