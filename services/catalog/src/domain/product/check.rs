//! What makes a product acceptable. All faults are told at once, each at its field.

use std::collections::BTreeSet;

use kernel::{Money, ProductId, Slug, VariantId};

use super::{Draft, Place, Product, Variant, VariantDraft, VatClass};
use crate::domain::{exemption, html, slug};

/// What the store's plan covers; nothing where it has no limit.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub variants: Option<i64>,
    pub images: Option<i64>,
}

const OPTIONS_MAX: usize = 5;
const VALUES_MAX: usize = 200;
/// The platform's own limit, whatever the plan says.
const VARIANTS_MAX: usize = 2_000;
const IMAGES_MAX: usize = 250;
const CATEGORIES_MAX: usize = 20;
const TAGS_MAX: usize = 50;
const WORD_CHARS_MAX: usize = 100;
/// 999,999,999.99 in a currency with cents.
const AMOUNT_MAX: i64 = 99_999_999_999;

/// One wrong field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub pointer: String,
    pub code: &'static str,
    pub message: String,
}

/// Why a product was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProductFaults {
    #[error("some fields are not acceptable")]
    Fields(Vec<Fault>),
    #[error("the plan covers {limit} {what} for one product")]
    LimitReached { what: &'static str, limit: i64 },
}

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, pointer: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.0.push(Fault {
            pointer: pointer.into(),
            code,
            message: message.into(),
        });
    }

    fn unless(
        &mut self,
        holds: bool,
        pointer: impl Into<String>,
        code: &'static str,
        message: &str,
    ) {
        if !holds {
            self.add(pointer, code, message);
        }
    }
}

/// Makes the product of a draft: a new one, or the next version of `before`.
///
/// # Errors
/// Every field that is not acceptable, or the limit of the plan that was reached.
pub fn build(
    draft: Draft,
    before: Option<&Product>,
    place: Place,
    limits: Limits,
) -> Result<Product, ProductFaults> {
    over(limits.variants, draft.variants.len(), "variants")?;
    over(limits.images, draft.images.len(), "images")?;
    let mut faults = Faults::default();
    let description_html = html::clean(&draft.description_html);
    check_texts(&draft, &description_html, &mut faults);
    check_options(&draft, &mut faults);
    check_lists(&draft, &mut faults);
    for (at, variant) in draft.variants.iter().enumerate() {
        check_variant(at, variant, &draft, place, &mut faults);
    }
    check_twins(&draft.variants, &mut faults);
    let slug = slug_of(&draft, before, &mut faults);
    let variants = draft.variants.into_iter().enumerate();
    let variants = variants
        .map(|(at, variant)| settle(at, variant, before, &mut faults))
        .collect();
    let (Some(slug), true) = (slug, faults.0.is_empty()) else {
        return Err(ProductFaults::Fields(faults.0));
    };
    Ok(Product {
        id: before.map_or_else(ProductId::new, |product| product.id),
        version: before.map_or(1, |product| product.version + 1),
        slug,
        title: draft.title.trim().to_owned(),
        description_html,
        status: draft.status,
        vendor: draft.vendor,
        tags: draft.tags,
        seo_title: draft.seo_title,
        seo_description: draft.seo_description,
        options: draft.options,
        variants,
        categories: draft.categories,
        images: draft.images,
        created_at: before.map_or(place.now, |product| product.created_at),
        changed_at: place.now,
    })
}

fn over(limit: Option<i64>, count: usize, what: &'static str) -> Result<(), ProductFaults> {
    match limit {
        Some(limit) if i64::try_from(count).unwrap_or(i64::MAX) > limit => {
            Err(ProductFaults::LimitReached { what, limit })
        }
        _ => Ok(()),
    }
}

fn check_texts(draft: &Draft, description: &str, faults: &mut Faults) {
    let title = draft.title.trim().chars().count();
    faults.unless(
        (1..=200).contains(&title),
        "/title",
        "length",
        "1 to 200 characters",
    );
    faults.unless(
        description.len() <= html::HTML_BYTES_MAX,
        "/description_html",
        "too-long",
        "at most 65,536 bytes",
    );
    faults.unless(
        draft.vendor.chars().count() <= WORD_CHARS_MAX,
        "/vendor",
        "too-long",
        "at most 100 characters",
    );
    faults.unless(
        draft.seo_title.chars().count() <= 200,
        "/seo_title",
        "too-long",
        "at most 200 characters",
    );
    faults.unless(
        draft.seo_description.chars().count() <= 500,
        "/seo_description",
        "too-long",
        "at most 500 characters",
    );
}

fn check_lists(draft: &Draft, faults: &mut Faults) {
    faults.unless(
        draft.tags.len() <= TAGS_MAX,
        "/tags",
        "too-many",
        "at most 50 tags",
    );
    for (at, tag) in draft.tags.iter().enumerate() {
        faults.unless(
            is_word(tag),
            format!("/tags/{at}"),
            "length",
            "1 to 100 characters",
        );
    }
    faults.unless(
        draft.categories.len() <= CATEGORIES_MAX,
        "/category_ids",
        "too-many",
        "at most 20 categories",
    );
    faults.unless(
        draft.images.len() <= IMAGES_MAX,
        "/images",
        "too-many",
        "at most 250 images",
    );
    let categories: BTreeSet<_> = draft.categories.iter().collect();
    faults.unless(
        categories.len() == draft.categories.len(),
        "/category_ids",
        "duplicate",
        "each category once",
    );
    let images: BTreeSet<_> = draft.images.iter().map(|image| image.media_id).collect();
    faults.unless(
        images.len() == draft.images.len(),
        "/images",
        "duplicate",
        "each image once",
    );
    for (at, image) in draft.images.iter().enumerate() {
        faults.unless(
            image.alt.chars().count() <= 500,
            format!("/images/{at}/alt"),
            "too-long",
            "at most 500 characters",
        );
    }
}

fn check_options(draft: &Draft, faults: &mut Faults) {
    faults.unless(
        draft.options.len() <= OPTIONS_MAX,
        "/options",
        "too-many",
        "at most 5 options",
    );
    let names: BTreeSet<_> = draft
        .options
        .iter()
        .map(|option| option.name.to_lowercase())
        .collect();
    faults.unless(
        names.len() == draft.options.len(),
        "/options",
        "duplicate",
        "each option has a name of its own",
    );
    for (at, option) in draft.options.iter().enumerate() {
        let pointer = format!("/options/{at}");
        faults.unless(
            is_word(&option.name),
            format!("{pointer}/name"),
            "length",
            "1 to 100 characters",
        );
        let fits = (1..=VALUES_MAX).contains(&option.values.len())
            && option.values.iter().all(|value| is_word(value));
        faults.unless(
            fits,
            format!("{pointer}/values"),
            "length",
            "1 to 200 values of 1 to 100 characters",
        );
        let values: BTreeSet<_> = option.values.iter().collect();
        faults.unless(
            values.len() == option.values.len(),
            format!("{pointer}/values"),
            "duplicate",
            "each value once",
        );
    }
}

fn check_variant(
    at: usize,
    variant: &VariantDraft,
    draft: &Draft,
    place: Place,
    faults: &mut Faults,
) {
    let pointer = |field: &str| format!("/variants/{at}/{field}");
    let amount =
        |money: &Money| money.currency == place.currency && (0..=AMOUNT_MAX).contains(&money.minor);
    let accepted = "an amount from 0 in the store's currency";
    faults.unless(
        amount(&variant.price),
        pointer("price"),
        "invalid",
        accepted,
    );
    faults.unless(
        variant.cost.as_ref().is_none_or(amount),
        pointer("cost"),
        "invalid",
        accepted,
    );
    let reduced = |money: &Money| amount(money) && money.minor > variant.price.minor;
    faults.unless(
        variant.compare_at.as_ref().is_none_or(reduced),
        pointer("compare_at"),
        "invalid",
        "an amount above the price, in the store's currency",
    );
    faults.unless(
        (0..=10_000_000).contains(&variant.weight_grams),
        pointer("weight_grams"),
        "out-of-range",
        "0 to 10,000,000 grams",
    );
    let reasoned = variant.exemption_code.is_some() == (variant.vat_class == VatClass::Exempt);
    let code = variant
        .exemption_code
        .as_deref()
        .is_none_or(exemption::is_known);
    if !(reasoned && code) {
        let codes = exemption::CODES.join(", ");
        let accepted = format!("for the class exempt and no other, one of {codes}");
        faults.add(pointer("exemption_code"), "invalid", accepted);
    }
    let chosen = variant.option_values.len() == draft.options.len()
        && variant
            .option_values
            .iter()
            .zip(&draft.options)
            .all(|(value, option)| option.values.contains(value));
    faults.unless(
        chosen,
        pointer("option_values"),
        "invalid",
        "one value of each option, in their order",
    );
    let shown = variant
        .image
        .is_none_or(|id| draft.images.iter().any(|image| image.media_id == id));
    faults.unless(
        shown,
        pointer("image_id"),
        "unknown",
        "one of the product's images",
    );
}

fn check_twins(variants: &[VariantDraft], faults: &mut Faults) {
    faults.unless(
        (1..=VARIANTS_MAX).contains(&variants.len()),
        "/variants",
        "length",
        "1 to 2,000 variants; a product without options has one",
    );
    let (mut skus, mut choices) = (BTreeSet::new(), BTreeSet::new());
    for (at, variant) in variants.iter().enumerate() {
        faults.unless(
            skus.insert(&variant.sku),
            format!("/variants/{at}/sku"),
            "duplicate",
            "a SKU of its own",
        );
        faults.unless(
            choices.insert(&variant.option_values),
            format!("/variants/{at}/option_values"),
            "duplicate",
            "a combination of its own",
        );
    }
}

fn slug_of(draft: &Draft, before: Option<&Product>, faults: &mut Faults) -> Option<Slug> {
    let kept = || before.map(|product| product.slug.clone());
    let slug = draft
        .slug
        .clone()
        .or_else(kept)
        .or_else(|| slug::of_title(&draft.title));
    faults.unless(
        slug.is_some(),
        "/slug",
        "missing",
        "no address can be made of this title; write one",
    );
    slug
}

fn settle(
    at: usize,
    variant: VariantDraft,
    before: Option<&Product>,
    faults: &mut Faults,
) -> Variant {
    let known = before.map_or(&[][..], |product| &product.variants);
    let id = match variant.id {
        Some(id) => {
            let ours = known.iter().any(|old| old.id == id);
            faults.unless(
                ours,
                format!("/variants/{at}/id"),
                "unknown",
                "a variant of this product, or no id for a new one",
            );
            id
        }
        None => known
            .iter()
            .find(|old| old.sku == variant.sku)
            .map_or_else(VariantId::new, |old| old.id),
    };
    Variant {
        id,
        sku: variant.sku,
        barcode: variant.barcode,
        option_values: variant.option_values,
        price: variant.price,
        compare_at: variant.compare_at,
        cost: variant.cost,
        weight_grams: variant.weight_grams,
        vat_class: variant.vat_class,
        exemption_code: variant.exemption_code,
        active: variant.active,
        track_stock: variant.track_stock,
        image: variant.image,
    }
}

fn is_word(text: &str) -> bool {
    (1..=WORD_CHARS_MAX).contains(&text.trim().chars().count())
}
