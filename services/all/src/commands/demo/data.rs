//! The demo store as it is written down in `demo/store.toml`.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use catalog::domain::product::VatClass;
use orders::domain::tax::TaxRegion;
use serde::Deserialize;

include!(concat!(env!("OUT_DIR"), "/pictures.rs"));

const TEXT: &str = include_str!("../../../demo/store.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    pub categories: Vec<Category>,
    pub products: Vec<Product>,
    pub reviews: Vec<Review>,
    pub shipping: Vec<Rate>,
    pub buyers: Buyers,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    pub slug: String,
    pub name: String,
    pub text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    pub slug: String,
    pub title: String,
    pub vendor: String,
    pub category: String,
    pub tags: Vec<String>,
    pub text: String,
    pub sku: String,
    /// Minor units, as `was`.
    pub price: i64,
    #[serde(default)]
    pub was: Option<i64>,
    #[serde(default)]
    pub cut_days_ago: i64,
    pub vat: VatClass,
    pub weight_grams: i32,
    pub listed_days_ago: i64,
    pub stock: Vec<i64>,
    #[serde(default)]
    pub options: Vec<ChoiceOf>,
    pub pictures: Vec<Shot>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceOf {
    pub name: String,
    pub values: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shot {
    pub file: String,
    pub alt: String,
    #[serde(default)]
    pub shows: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    pub product: String,
    pub rating: i16,
    pub name: String,
    pub days_ago: i64,
    pub text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    pub region: TaxRegion,
    pub price: i64,
    pub free_from: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Buyers {
    pub first_names: Vec<String>,
    pub last_names: Vec<String>,
    pub streets: Vec<String>,
    pub places: Vec<Town>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Town {
    pub city: String,
    pub postcode: String,
}

impl Store {
    pub fn read() -> anyhow::Result<Self> {
        let store: Self = toml::from_str(TEXT).context("demo/store.toml")?;
        for product in &store.products {
            store
                .check(product)
                .with_context(|| format!("demo/store.toml: {}", product.slug))?;
        }
        Ok(store)
    }

    pub fn reviews_of<'a>(&'a self, slug: &'a str) -> impl Iterator<Item = &'a Review> {
        self.reviews
            .iter()
            .filter(move |review| review.product == slug)
    }

    fn check(&self, product: &Product) -> anyhow::Result<()> {
        let known: BTreeSet<_> = self.categories.iter().map(|one| &one.slug).collect();
        ensure!(known.contains(&product.category), "its category is none");
        ensure!(product.price > 0, "it costs nothing");
        ensure!(!product.stock.is_empty(), "nothing is said of its stock");
        ensure!(!product.pictures.is_empty(), "it has no picture");
        ensure!(
            product.was.is_none_or(|was| was > product.price),
            "its price was not cut"
        );
        // What a price is compared with has to be the lowest of the thirty days before it was cut.
        ensure!(
            product.was.is_none() || product.listed_days_ago >= product.cut_days_ago + 30,
            "its price was cut before it was shown for thirty days"
        );
        for shot in &product.pictures {
            ensure!(picture(&shot.file).is_some(), "{} is missing", shot.file);
        }
        Ok(())
    }
}

impl Product {
    /// Every combination of option values, the last option changing fastest.
    pub fn choices(&self) -> Vec<Vec<&str>> {
        let mut choices = vec![Vec::new()];
        for option in &self.options {
            choices = choices
                .iter()
                .flat_map(|start| {
                    let values = option.values.iter();
                    values.map(|value| [start.as_slice(), &[value.as_str()]].concat())
                })
                .collect();
        }
        choices
    }

    /// How many there are of the variant at a place.
    pub fn stock_of(&self, at: usize) -> i64 {
        let last = self.stock.last();
        self.stock.get(at).or(last).copied().unwrap_or(0)
    }
}

/// A picture's content by its name.
pub fn picture(name: &str) -> Option<&'static [u8]> {
    let found = PICTURES.iter().find(|(known, _)| *known == name);
    found.map(|(_, content)| *content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_product_can_be_sold_and_seen() {
        let store = Store::read().unwrap();
        assert!(store.products.len() >= 42);
        assert_eq!(store.categories.len(), 6);
        for category in &store.categories {
            let filed = store
                .products
                .iter()
                .filter(|one| one.category == category.slug);
            assert!(filed.count() >= 4, "{}", category.slug);
        }
        for product in &store.products {
            for shot in &product.pictures {
                let first = product.options.first();
                let is_shown = |value: &String| first.is_some_and(|one| one.values.contains(value));
                assert!(
                    shot.shows.as_ref().is_none_or(is_shown),
                    "{}: {:?}",
                    product.slug,
                    shot.shows
                );
            }
        }
        let count = |wanted: &dyn Fn(&Product) -> bool| {
            store.products.iter().filter(|one| wanted(one)).count()
        };
        assert!(count(&|one| one.was.is_some()) >= 5, "there is a sale");
        assert!(count(&|one| one.stock.iter().all(|n| *n == 0)) >= 1);
        assert!(count(&|one| one.vat == VatClass::Reduced) >= 1);
        assert!(count(&|one| one.options.len() == 2) >= 5);
    }

    #[test]
    fn names_and_pictures_are_used_once_and_reviews_name_products() {
        let store = Store::read().unwrap();
        let (mut slugs, mut skus, mut files) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for product in &store.products {
            assert!(slugs.insert(product.slug.as_str()), "{}", product.slug);
            assert!(skus.insert(product.sku.as_str()), "{}", product.sku);
            for shot in &product.pictures {
                assert!(files.insert(shot.file.as_str()), "{}", shot.file);
            }
        }
        assert_eq!(files.len(), PICTURES.len(), "no picture is left over");
        for review in &store.reviews {
            assert!(
                slugs.contains(review.product.as_str()),
                "{}",
                review.product
            );
            assert!((1..=5).contains(&review.rating));
        }
        let bytes: usize = PICTURES.iter().map(|(_, content)| content.len()).sum();
        assert!(bytes < 3 << 20, "{bytes} bytes of pictures");
    }

    #[test]
    fn options_make_every_choice_once() {
        let store = Store::read().unwrap();
        let find = |slug: &str| store.products.iter().find(|one| one.slug == slug).unwrap();
        let choices = find("casaco-geres").choices();
        assert_eq!((choices.len(), choices[1][1]), (12, "M"));
        assert_eq!(find("bussola-norte").choices(), [Vec::<&str>::new()]);
    }
}
