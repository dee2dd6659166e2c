//! The steps of an import, in the order in which one needs the other.

use serde::{Deserialize, Serialize};

/// What can be asked for.
pub const RESOURCES: [&str; 10] = [
    "tags",
    "attributes",
    "taxes",
    "categories",
    "products",
    "reviews",
    "customers",
    "orders",
    "coupons",
    "shipping",
];

/// Lists that are walked twice: the second time for what changed while the first went on.
const TWICE: [&str; 6] = [
    "categories",
    "products",
    "reviews",
    "customers",
    "orders",
    "coupons",
];

/// Lists in which a shop can be asked for what changed since a moment.
pub const DATED: [&str; 3] = ["products", "orders", "coupons"];

/// One list, read for the first or the second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub resource: &'static str,
    /// 1; 2 for the final look.
    pub pass: i16,
    /// Reads the numbers alone, to find what is gone and what was missed.
    pub is_sweep: bool,
}

/// Where an import is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// In the list of steps.
    pub step: usize,
    /// How many records of the list were read.
    pub offset: u64,
    /// The last number that was read.
    pub last_id: i64,
}

/// The steps for what was asked; nothing asked for is everything.
pub fn steps(resources: &[String]) -> Vec<Step> {
    let wanted = |resource: &&'static str| {
        resources.is_empty() || resources.iter().any(|wanted| wanted == resource)
    };
    let first = RESOURCES
        .into_iter()
        .filter(|resource| wanted(resource))
        .map(|resource| Step {
            resource,
            pass: 1,
            is_sweep: false,
        });
    let again = TWICE
        .into_iter()
        .filter(|resource| wanted(resource))
        .flat_map(|resource| {
            let step = Step {
                resource,
                pass: 2,
                is_sweep: false,
            };
            let sweep = Step {
                is_sweep: true,
                ..step
            };
            std::iter::once(step).chain(DATED.contains(&resource).then_some(sweep))
        });
    first.chain(again).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_comes_first_and_the_final_look_last() {
        let all = steps(&[]);
        let at = |resource: &str, pass| {
            all.iter()
                .position(|step| step.resource == resource && step.pass == pass)
                .unwrap()
        };
        assert!(at("taxes", 1) < at("products", 1) && at("categories", 1) < at("products", 1));
        assert!(at("customers", 1) < at("orders", 1) && at("products", 1) < at("orders", 1));
        assert!(at("shipping", 1) < at("categories", 2));
        let some = steps(&["orders".to_owned()]);
        assert_eq!(some.len(), 3);
        assert!(some[2].is_sweep);
    }
}
