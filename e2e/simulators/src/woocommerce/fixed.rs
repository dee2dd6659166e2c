//! Answers about the shop itself: settings, shipping, payment, taxes, the system, the world.

mod places;
mod shipping;
mod system;

use super::error::{Error, Result};
use super::ledger::TAX_CLASSES;
use super::views::api;
use crate::json::Json as _;
use serde_json::{Value, json};

pub(super) use places::{continents, countries, country, currencies, currency, data};
pub(super) use shipping::{gateways, locations, methods, shipping_methods, zone, zones};
pub(super) use system::{index, namespace, status};

/// `groups`: id, label, description, parent. `settings`: id, type, default (null is none), value,
/// options.
const SETTINGS: &str = include_str!("assets/settings.json");

fn table() -> Value {
    serde_json::from_str(SETTINGS).expect("the table of settings is JSON")
}

pub(super) fn settings_groups() -> Value {
    let table = table();
    let groups = table.part("groups").as_array().into_iter().flatten();
    let view = |group: &Value| {
        let field = |at: usize| group.get(at).cloned().unwrap_or_default();
        let below: &[&str] = if field(0) == "email" {
            &["email_new_order"]
        } else {
            &[]
        };
        let id = field(0);
        let path = format!("settings/{}", id.as_str().unwrap_or_default());
        json!({"id": id, "label": field(1), "description": field(2), "parent_id": field(3),
            "sub_groups": below, "_links": {"options": [{"href": api(&path)}]}})
    };
    groups.map(view).collect()
}

pub(super) fn settings(group: &str) -> Result<Value> {
    let table = table();
    let known = table.part("settings").get(group).and_then(Value::as_array);
    let Some(known) = known else {
        // `integration` is listed and yet unknown, as on a real shop.
        return Err(Error::new(
            404,
            "rest_setting_setting_group_invalid",
            "Invalid setting group.",
        ));
    };
    Ok(known
        .iter()
        .map(|setting| setting_view(group, setting))
        .collect())
}

fn setting_view(group: &str, setting: &Value) -> Value {
    let field = |at: usize| setting.get(at).cloned().unwrap_or_default();
    let id = field(0).as_str().unwrap_or_default().to_owned();
    let label = id.trim_start_matches("woocommerce_").replace('_', " ");
    let collection = format!("settings/{group}");
    let mut view = json!({"id": id, "label": label, "description": "", "type": field(1), "value": field(3),
        "_links": {"self": [{"href": api(&format!("{collection}/{id}"))}],
            "collection": [{"href": api(&collection)}]}});
    if !field(2).is_null() {
        view.set("default", field(2));
    }
    if field(4).is_object() {
        view.set("options", field(4));
        view.set("tip", label);
    }
    view
}

pub(super) fn tax_classes() -> Value {
    let view = |(slug, name): &(&str, &str)| json!({"slug": slug, "name": name, "_links": {"collection": [{"href": api("taxes/classes")}]}});
    TAX_CLASSES.iter().map(view).collect()
}
