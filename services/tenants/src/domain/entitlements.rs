//! What a store may use: plan, addons and overrides become one list.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// The value of a feature that is on.
pub const ON: i64 = 1;
/// The value of a limit that there is none.
pub const UNLIMITED: i64 = -1;

/// An addon that the store has: with its plan, or bought.
#[derive(Clone, Debug)]
pub struct HeldAddon {
    pub key: String,
    pub entitlement: String,
    /// 1 for a feature; what one of it adds to a limit.
    pub value: i64,
    pub quantity: i64,
    pub included: bool,
}

/// Everything that decides.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    pub always: Vec<String>,
    pub plan: String,
    pub features: Vec<String>,
    pub limits: BTreeMap<String, i64>,
    pub addons: Vec<HeldAddon>,
    pub overrides: BTreeMap<String, i64>,
}

/// One key's value and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Entitlement {
    #[schema(example = "limit.products")]
    pub key: String,
    /// 1 for a feature that is on; a limit's number, -1 for no limit.
    #[schema(example = 5000)]
    pub value: i64,
    /// `always`, `plan:KEY`, `addon:KEY`, `override`; several when they add up.
    #[schema(example = json!(["plan:business"]))]
    pub source: Vec<String>,
}

impl Holdings {
    /// The whole list, by key. Features are joined by OR, limits add up, an override replaces the
    /// sum. What the law asks of a store cannot be taken away.
    pub fn resolve(&self) -> Vec<Entitlement> {
        let mut list = BTreeMap::<&str, Entitlement>::new();
        let from_plan = format!("plan:{}", self.plan);
        for (key, value) in &self.limits {
            add(&mut list, key, *value, from_plan.clone());
        }
        for key in &self.features {
            add(&mut list, key, ON, from_plan.clone());
        }
        for addon in &self.addons {
            let value = addon.value.saturating_mul(addon.quantity);
            add(
                &mut list,
                &addon.entitlement,
                value,
                format!("addon:{}", addon.key),
            );
        }
        for (key, value) in &self.overrides {
            list.remove(key.as_str());
            add(&mut list, key, *value, "override".to_owned());
        }
        for key in &self.always {
            list.remove(key.as_str());
            add(&mut list, key, ON, "always".to_owned());
        }
        list.into_values().collect()
    }
}

fn add<'a>(list: &mut BTreeMap<&'a str, Entitlement>, key: &'a str, value: i64, source: String) {
    let entry = list.entry(key).or_insert_with(|| Entitlement {
        key: key.to_owned(),
        value: 0,
        source: Vec::new(),
    });
    entry.value = if entry.value == UNLIMITED || value == UNLIMITED {
        UNLIMITED
    } else if is_limit(key) {
        entry.value.saturating_add(value)
    } else {
        entry.value.max(value)
    };
    entry.source.push(source);
}

fn is_limit(key: &str) -> bool {
    key.starts_with("limit.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn business() -> Holdings {
        let addon = |key: &str, entitlement: &str, value, quantity, included| HeldAddon {
            key: key.into(),
            entitlement: entitlement.into(),
            value,
            quantity,
            included,
        };
        Holdings {
            always: vec!["law.withdrawal_function".into()],
            plan: "business".into(),
            features: vec!["storefront.custom_css".into()],
            limits: [
                ("limit.staff".to_owned(), 5),
                ("limit.products".to_owned(), 5_000),
            ]
            .into(),
            addons: vec![
                addon("extra-staff", "limit.staff", 5, 2, false),
                addon("moloni-invoicing", "invoicing.moloni", 1, 1, true),
            ],
            overrides: BTreeMap::new(),
        }
    }

    fn value(holdings: &Holdings, key: &str) -> Option<i64> {
        holdings
            .resolve()
            .into_iter()
            .find(|entry| entry.key == key)
            .map(|entry| entry.value)
    }

    #[test]
    fn limits_add_up_and_features_do_not() {
        let mut holdings = business();
        assert_eq!(value(&holdings, "limit.staff"), Some(15));
        assert_eq!(value(&holdings, "invoicing.moloni"), Some(1));
        holdings.features.push("invoicing.moloni".into());
        assert_eq!(value(&holdings, "invoicing.moloni"), Some(1));
        assert_eq!(value(&holdings, "orders.loyalty"), None);
        let list = holdings.resolve();
        let staff = list
            .iter()
            .find(|entry| entry.key == "limit.staff")
            .unwrap();
        assert_eq!(staff.source, ["plan:business", "addon:extra-staff"]);
    }

    #[test]
    fn an_override_replaces_the_sum_but_not_the_law() {
        let mut holdings = business();
        holdings.overrides = [
            ("limit.staff".to_owned(), UNLIMITED),
            ("invoicing.moloni".to_owned(), 0),
            ("law.withdrawal_function".to_owned(), 0),
        ]
        .into();
        assert_eq!(value(&holdings, "limit.staff"), Some(UNLIMITED));
        assert_eq!(value(&holdings, "invoicing.moloni"), Some(0));
        assert_eq!(value(&holdings, "law.withdrawal_function"), Some(ON));
    }
}
