//! Variations: what can be chosen, and each choice once.

use std::collections::BTreeSet;

use events::migration::v1::Option as Choice;
use serde_json::Value;

use crate::domain::text;
use crate::domain::value::Fields;

/// What stands for "any": the old shop lets the shopper say it.
const ANY: &str = "*";
const VALUE_CHARS_MAX: usize = 100;
/// Catalog's own limits.
const OPTIONS_MAX: usize = 5;
const VALUES_MAX: usize = 200;

/// The options of a product and what each of its variations chooses of them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Choices {
    pub options: Vec<Choice>,
    pub chosen: Vec<Vec<String>>,
    pub notes: Vec<String>,
}

pub(super) fn choices(product: &Value, variations: &[Value]) -> Choices {
    let mut options: Vec<Choice> = product
        .list("attributes")
        .iter()
        .filter(|attribute| attribute.flag("variation"))
        .map(option)
        .collect();
    let mut notes = Vec::new();
    if options.len() > OPTIONS_MAX {
        notes.push(format!(
            "{} options; this platform has {OPTIONS_MAX}",
            options.len()
        ));
        options.truncate(OPTIONS_MAX);
    }
    make_names_unique(&mut options);
    if options.is_empty() {
        options.push(Choice {
            name: "#".to_owned(),
            values: Vec::new(),
        });
        return numbered(options, variations, notes);
    }
    let (mut chosen, mut seen) = (Vec::new(), BTreeSet::new());
    for variation in variations {
        let mut values: Vec<String> = options
            .iter()
            .map(|option| value_of(variation, option))
            .collect();
        if values.iter().any(|value| value == ANY) {
            notes.push(format!(
                "variation {} leaves a choice open; it is written as {ANY}",
                variation.int("id")
            ));
        }
        make_unique(&mut values, &seen, variation, &mut notes);
        seen.insert(values.clone());
        chosen.push(values);
    }
    keep_used(&mut options, &chosen);
    Choices {
        options,
        chosen,
        notes,
    }
}

/// Without anything to choose by, each goes by its number.
fn numbered(mut options: Vec<Choice>, variations: &[Value], notes: Vec<String>) -> Choices {
    let names: Vec<String> = variations
        .iter()
        .map(|variation| variation.int("id").to_string())
        .collect();
    if let Some(option) = options.first_mut() {
        option.values.clone_from(&names);
    }
    Choices {
        options,
        chosen: names.into_iter().map(|name| vec![name]).collect(),
        notes,
    }
}

fn option(attribute: &Value) -> Choice {
    let mut values: Vec<String> = Vec::new();
    for value in attribute.list("options") {
        let value = text::plain(value.as_str().unwrap_or_default(), VALUE_CHARS_MAX);
        if !value.is_empty() && !values.contains(&value) {
            values.push(value);
        }
    }
    let name = text::plain(&attribute.text("name"), VALUE_CHARS_MAX);
    Choice {
        name: if name.is_empty() {
            "#".to_owned()
        } else {
            name
        },
        values,
    }
}

fn make_names_unique(options: &mut [Choice]) {
    let mut seen = BTreeSet::new();
    for option in options {
        let mut number = 2;
        let plain = option.name.clone();
        while !seen.insert(option.name.to_lowercase()) {
            option.name = format!("{plain} {number}");
            number += 1;
        }
    }
}

/// What a variation fixes of an option, as the option writes it.
fn value_of(variation: &Value, option: &Choice) -> String {
    let fixed = variation.list("attributes").iter().find(|attribute| {
        text::plain(&attribute.text("name"), VALUE_CHARS_MAX).to_lowercase()
            == option.name.to_lowercase()
    });
    let value = fixed.map(|attribute| text::plain(&attribute.text("option"), VALUE_CHARS_MAX));
    match value {
        Some(value) if !value.is_empty() => {
            let known = option
                .values
                .iter()
                .find(|known| known.to_lowercase() == value.to_lowercase());
            known.cloned().unwrap_or(value)
        }
        _ => ANY.to_owned(),
    }
}

/// Two variations may choose the same in the old shop; here the later one is told apart.
fn make_unique(
    values: &mut [String],
    seen: &BTreeSet<Vec<String>>,
    variation: &Value,
    notes: &mut Vec<String>,
) {
    if !seen.contains(values) {
        return;
    }
    notes.push(format!(
        "variation {} chooses the same as another one",
        variation.int("id")
    ));
    let last = values.last().cloned().unwrap_or_default();
    let mut number = 2;
    while seen.contains(values) {
        if let Some(value) = values.last_mut() {
            *value = format!("{} ({number})", text::cut(&last, VALUE_CHARS_MAX - 8));
        }
        number += 1;
    }
}

/// Values that are chosen come along; of the others as many as there is room for.
fn keep_used(options: &mut [Choice], chosen: &[Vec<String>]) {
    for (at, option) in options.iter_mut().enumerate() {
        let used: Vec<&String> = chosen.iter().filter_map(|values| values.get(at)).collect();
        for value in &used {
            if !option.values.contains(value) {
                option.values.push((*value).clone());
            }
        }
        if option.values.len() > VALUES_MAX {
            option.values.retain(|value| used.contains(&value));
        }
        if option.values.is_empty() {
            option.values.push(ANY.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn open_choices_and_twins_have_a_combination_of_their_own() {
        let product = json!({"attributes": [
            {"name": "Cor", "variation": true, "options": ["Azul", "Verde"]},
            {"name": "Tecido", "variation": false, "options": ["Linho"]},
            {"name": "Tamanho", "variation": true, "options": ["S", "M"]}]});
        let variations = [
            json!({"id": 1, "attributes": [{"name": "cor", "option": "azul"}, {"name": "Tamanho", "option": "S"}]}),
            json!({"id": 2, "attributes": [{"name": "Cor", "option": "Azul"}, {"name": "Tamanho", "option": "S"}]}),
            json!({"id": 3, "attributes": [{"name": "Cor", "option": "Roxo"}]}),
            json!({"id": 4, "attributes": []}),
        ];
        let choices = choices(&product, &variations);
        let chosen: Vec<Vec<&str>> = choices
            .chosen
            .iter()
            .map(|values| values.iter().map(String::as_str).collect())
            .collect();
        assert_eq!(
            chosen,
            [
                vec!["Azul", "S"],
                vec!["Azul", "S (2)"],
                vec!["Roxo", "*"],
                vec!["*", "*"]
            ]
        );
        assert_eq!(choices.options[0].values, ["Azul", "Verde", "Roxo", "*"]);
        assert_eq!(choices.options[1].values, ["S", "M", "S (2)", "*"]);
        assert_eq!(choices.notes.len(), 3);
    }

    #[test]
    fn without_options_variations_go_by_their_number() {
        let choices = choices(
            &json!({"attributes": []}),
            &[json!({"id": 7}), json!({"id": 8})],
        );
        assert_eq!(choices.chosen, [["7"], ["8"]]);
        assert_eq!(choices.options[0].values, ["7", "8"]);
    }
}
