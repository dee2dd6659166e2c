//! The demo store's goods, as catalog takes them.

use anyhow::Context;
use catalog::domain::category;
use catalog::domain::image::ImageType;
use catalog::domain::product::{Draft, ProductOption, Status, VariantDraft};
use catalog::operator::{Good, Picture, Review};
use kernel::{Currency, Money};
use time::{Duration, OffsetDateTime};

use super::data::{self, Category, Product, Store};

pub fn category((position, from): (i32, &Category)) -> category::Draft {
    category::Draft {
        name: from.name.clone(),
        slug: from.slug.parse().ok(),
        parent: None,
        position,
        description_html: from.text.clone(),
        seo_title: String::new(),
        seo_description: String::new(),
    }
}

/// A product as it came to be until `now`.
pub fn good(
    store: &Store,
    from: &Product,
    currency: Currency,
    now: OffsetDateTime,
) -> anyhow::Result<Good> {
    let ago = |days: i64| now - Duration::days(days);
    let pictures = from.pictures.iter().map(|shot| {
        let content = data::picture(&shot.file);
        Ok(Picture {
            content: content.with_context(|| format!("the picture {}", shot.file))?,
            kind: ImageType::WebP,
            alt: shot.alt.clone(),
            shows: shot.shows.clone(),
        })
    });
    let reviews = store.reviews_of(&from.slug).map(|said| Review {
        rating: said.rating,
        reviewer: said.name.clone(),
        email: email_of(&said.name),
        body_html: format!("<p>{}</p>", said.text),
        created_at: ago(said.days_ago),
    });
    Ok(Good {
        draft: draft(from, currency)?,
        category: from.category.clone(),
        pictures: pictures.collect::<anyhow::Result<_>>()?,
        listed_at: ago(from.listed_days_ago),
        cut_at: from.was.map(|_| ago(from.cut_days_ago)),
        reviews: reviews.collect(),
    })
}

fn draft(from: &Product, currency: Currency) -> anyhow::Result<Draft> {
    let options = from.options.iter().map(|option| ProductOption {
        name: option.name.clone(),
        values: option.values.clone(),
    });
    let choices = from.choices().into_iter().enumerate();
    let variants = choices.map(|(at, choice)| variant(from, currency, at, &choice));
    Ok(Draft {
        slug: from.slug.parse().ok(),
        title: from.title.clone(),
        description_html: from.text.clone(),
        status: Status::Active,
        vendor: from.vendor.clone(),
        tags: from.tags.clone(),
        seo_title: String::new(),
        seo_description: String::new(),
        options: options.collect(),
        variants: variants.collect::<anyhow::Result<_>>()?,
        categories: Vec::new(),
        images: Vec::new(),
    })
}

fn variant(
    from: &Product,
    currency: Currency,
    at: usize,
    choice: &[&str],
) -> anyhow::Result<VariantDraft> {
    let sku = match choice {
        [] => from.sku.clone(),
        _ => format!("{}-{}", from.sku, at + 1),
    };
    Ok(VariantDraft {
        id: None,
        sku: sku.parse()?,
        barcode: None,
        option_values: choice.iter().map(|value| (*value).to_owned()).collect(),
        price: Money::new(from.price, currency),
        compare_at: from.was.map(|was| Money::new(was, currency)),
        cost: None,
        weight_grams: from.weight_grams,
        vat_class: from.vat,
        exemption_code: None,
        active: true,
        track_stock: true,
        image: None,
    })
}

/// An address of nobody's: the domain is kept for examples.
pub fn email_of(name: &str) -> String {
    let plain = |letter: char| match letter {
        'á' | 'à' | 'â' | 'ã' => 'a',
        'é' | 'ê' => 'e',
        'í' => 'i',
        'ó' | 'ô' | 'õ' => 'o',
        'ú' => 'u',
        'ç' => 'c',
        ' ' => '.',
        other => other,
    };
    let name: String = name.to_lowercase().chars().map(plain).collect();
    format!("{name}@mail.example")
}
