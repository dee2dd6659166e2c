//! The world as WooCommerce knows it: a few countries of it.

use crate::woocommerce::error::{Error, Result};
use crate::woocommerce::views::api;
use serde_json::{Value, json};

/// Code, name, currency, states.
type Country = (
    &'static str,
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const EUROPE: [Country; 5] = [
    ("DE", "Germany", "EUR", &[]),
    ("ES", "Spain", "EUR", &[("M", "Madrid"), ("B", "Barcelona")]),
    ("FR", "France", "EUR", &[]),
    ("GB", "United Kingdom (UK)", "GBP", &[]),
    ("PT", "Portugal", "EUR", &[]),
];
const AMERICA: [Country; 2] = [
    ("CA", "Canada", "CAD", &[("QC", "Quebec")]),
    ("US", "United States (US)", "USD", &[("NY", "New York")]),
];
/// Code, name, symbol.
const CURRENCIES: [(&str, &str, &str); 4] = [
    ("CAD", "Canadian dollar", "&#36;"),
    ("EUR", "Euro", "&euro;"),
    ("GBP", "Pound sterling", "&pound;"),
    ("USD", "United States (US) dollar", "&#36;"),
];

pub(in crate::woocommerce) fn data() -> Value {
    let view = |slug: &&str| {
        let own = format!("data/{slug}");
        json!({"slug": slug, "description": format!("List of {slug}."), "_links": {
            "self": [{"href": api(&own)}], "collection": [{"href": api("data")}]}})
    };
    ["continents", "countries", "currencies"]
        .iter()
        .map(view)
        .collect()
}

pub(in crate::woocommerce) fn continents() -> Value {
    [
        ("EU", "Europe", EUROPE.as_slice()),
        ("NA", "North America", &AMERICA),
    ]
    .iter()
    .map(|(code, name, countries)| {
        let countries: Vec<_> = countries.iter().map(in_continent).collect();
        json!({"code": code, "name": name, "countries": countries,
                "_links": links("continents", &code.to_lowercase())})
    })
    .collect()
}

fn in_continent(&(code, name, currency, states): &Country) -> Value {
    json!({"code": code, "name": name, "currency_code": currency, "currency_pos": "right_space",
        "decimal_sep": ",", "dimension_unit": "cm", "num_decimals": 2, "thousand_sep": ".",
        "weight_unit": "kg", "states": states_view(states)})
}

pub(in crate::woocommerce) fn countries() -> Value {
    EUROPE.iter().chain(&AMERICA).map(country_view).collect()
}

pub(in crate::woocommerce) fn country(code: &str) -> Result<Value> {
    let mut all = EUROPE.iter().chain(&AMERICA);
    let found = all.find(|country| country.0.eq_ignore_ascii_case(code));
    found.map(country_view).ok_or_else(invalid)
}

fn country_view(&(code, name, _, states): &Country) -> Value {
    json!({"code": code, "name": name, "states": states_view(states),
        "_links": links("countries", &code.to_lowercase())})
}

fn states_view(states: &[(&str, &str)]) -> Vec<Value> {
    states
        .iter()
        .map(|(code, name)| json!({"code": code, "name": name}))
        .collect()
}

pub(in crate::woocommerce) fn currencies() -> Value {
    CURRENCIES.iter().map(currency_view).collect()
}

pub(in crate::woocommerce) fn currency(code: &str) -> Result<Value> {
    let code = if code == "current" { "EUR" } else { code };
    let found = CURRENCIES
        .iter()
        .find(|currency| currency.0.eq_ignore_ascii_case(code));
    found.map(currency_view).ok_or_else(invalid)
}

fn currency_view((code, name, symbol): &(&str, &str, &str)) -> Value {
    json!({"code": code, "name": name, "symbol": symbol, "_links": links("currencies", code)})
}

fn links(list: &str, own: &str) -> Value {
    let collection = format!("data/{list}");
    json!({"self": [{"href": api(&format!("{collection}/{own}"))}], "collection": [{"href": api(&collection)}]})
}

fn invalid() -> Error {
    Error::new(
        404,
        "woocommerce_rest_data_invalid_location",
        "There are no locations matching these parameters.",
    )
}
