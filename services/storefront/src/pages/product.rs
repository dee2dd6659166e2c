//! A product: pictures, the choice of a variant, and what the law wants told of its price.

use minijinja::{Value, context};
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::head::{Head, first_words};
use super::show::Made;
use super::{Asking, Other};
use crate::api::{Ask, Upstream};
use crate::cache::{Tag, Witness};

/// Why the form on the page could not be done.
pub const PARAMETERS: [&str; 2] = ["problem", "left"];

pub async fn make(asking: &Asking<'_>, slug: &str) -> Result<Made, Other> {
    let Asking { app, visit, .. } = asking;
    let ask = Ask::get(
        Upstream::Catalog,
        format!("/api/catalog/store/products/{slug}?include=reviews,properties,related"),
    );
    let mut product = app.api.send(&visit.caller, ask).await?;
    let mut beside = |name: &str| {
        let found = product.as_object_mut().and_then(|all| all.remove(name));
        found.unwrap_or(Json::Null)
    };
    let (reviews, properties, related) =
        (beside("reviews"), beside("properties"), beside("related"));
    let text = |pointer: &str| {
        product
            .pointer(pointer)
            .and_then(Json::as_str)
            .unwrap_or_default()
    };
    let id = text("/id");
    let mut tags = vec![Tag::Product(id.parse().unwrap_or(Uuid::nil()))];
    let cards = related.as_array().into_iter().flatten();
    tags.extend(cards.filter_map(product_tag));
    let changed_at = OffsetDateTime::parse(text("/changed_at"), &Rfc3339).ok();
    let witness = changed_at.and_then(|at| {
        Some(Witness {
            product: id.parse().ok()?,
            changed_at_us: i64::try_from(at.unix_timestamp_nanos() / 1_000).ok()?,
        })
    });
    let head = head(asking, slug, &product, &reviews);
    Ok(Made {
        template: "product.html",
        head,
        data: context! {
            variants_json => Value::from_safe_string(variants_json(&product)),
            product => Value::from_serialize(&product),
            reviews => Value::from_serialize(&reviews),
            properties => Value::from_serialize(&properties),
            related => Value::from_serialize(&related),
            problem => visit.query.text("problem"),
            left => visit.query.text("left").parse::<u32>().ok(),
        },
        tags,
        witnesses: witness.into_iter().collect(),
        ..Made::default()
    })
}

fn product_tag(card: &Json) -> Option<Tag> {
    let id = card.get("id")?.as_str()?.parse().ok()?;
    Some(Tag::Product(id))
}

/// What the script that follows the choice needs of each variant. Nothing in it ends its element.
fn variants_json(product: &Json) -> String {
    let variants = product.get("variants").and_then(Json::as_array);
    let told = |variant: &Json| {
        let of = |name: &str| variant.get(name).cloned().unwrap_or_default();
        json!({
            "id": of("id"), "values": of("option_values"), "sku": of("sku"), "in_stock": of("in_stock"),
            "available": of("available"), "image_id": of("image_id"),
        })
    };
    let list: Vec<Json> = variants.into_iter().flatten().map(told).collect();
    Json::from(list).to_string().replace('<', "\\u003c")
}

fn head(asking: &Asking<'_>, slug: &str, product: &Json, reviews: &Json) -> Head {
    let Asking { visit, shell, .. } = asking;
    let text = |pointer: &str| {
        product
            .pointer(pointer)
            .and_then(Json::as_str)
            .unwrap_or_default()
    };
    let either = |first: &str, second: String| {
        if first.is_empty() {
            second
        } else {
            first.to_owned()
        }
    };
    let image = product
        .pointer("/images/0/sources")
        .and_then(Json::as_array)
        .and_then(|list| list.last());
    let image = image
        .and_then(|source| source.get("url"))
        .and_then(Json::as_str)
        .unwrap_or_default();
    let image = match image {
        url if url.starts_with('/') => format!("{}{url}", visit.origin),
        url => url.to_owned(),
    };
    let description = either(
        text("/seo_description"),
        first_words(text("/description_html")),
    );
    let mut head = Head {
        description: description.clone(),
        canonical: format!("/products/{slug}"),
        image: image.clone(),
        ..Head::titled(either(text("/seo_title"), text("/title").to_owned()))
    };
    let address = format!("{}/products/{slug}", visit.origin);
    let offers: Vec<Json> = product
        .get("variants")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .map(|variant| offer(variant, &address))
        .collect();
    let mut data = json!({
        "@context": "https://schema.org", "@type": "Product", "name": text("/title"), "description": description,
        "url": address, "sku": text("/variants/0/sku"), "offers": offers,
    });
    if let Some(data) = data.as_object_mut() {
        if !image.is_empty() {
            data.insert("image".to_owned(), json!([image]));
        }
        if !text("/vendor").is_empty() {
            data.insert(
                "brand".to_owned(),
                json!({ "@type": "Brand", "name": text("/vendor") }),
            );
        }
        let count = reviews
            .get("rating_count")
            .and_then(Json::as_i64)
            .unwrap_or(0);
        if count > 0 {
            let mean = reviews
                .get("rating_mean")
                .and_then(Json::as_i64)
                .unwrap_or(0);
            let mean = format!("{}.{:02}", mean / 100, mean % 100);
            data.insert(
                "aggregateRating".to_owned(),
                json!({ "@type": "AggregateRating", "ratingValue": mean, "reviewCount": count }),
            );
        }
    }
    head.describe(&data);
    head.describe(&json!({
        "@context": "https://schema.org", "@type": "BreadcrumbList",
        "itemListElement": [
            { "@type": "ListItem", "position": 1, "name": shell.text("/name"), "item": format!("{}/", visit.origin) },
            { "@type": "ListItem", "position": 2, "name": text("/title") },
        ],
    }));
    head
}

fn offer(variant: &Json, address: &str) -> Json {
    let of = |pointer: &str| variant.pointer(pointer).cloned().unwrap_or_default();
    let amount = of("/price/amount").as_i64().unwrap_or(0);
    let availability = match of("/in_stock").as_bool() {
        Some(true) => "https://schema.org/InStock",
        _ => "https://schema.org/OutOfStock",
    };
    json!({
        "@type": "Offer", "sku": of("/sku"), "price": format!("{}.{:02}", amount / 100, amount % 100),
        "priceCurrency": of("/price/currency"), "availability": availability, "url": address,
        "itemCondition": "https://schema.org/NewCondition",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_end_the_script_that_it_stands_in() {
        let product = json!({ "variants": [{ "id": "1", "option_values": ["</script><b>"] }] });
        assert!(!variants_json(&product).contains('<'));
    }
}
