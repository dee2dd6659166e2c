//! Categories of another shop.

use db::TenantTx;
use events::migration::v1::Category as Record;
use kernel::{CategoryId, Slug};
use uuid::Uuid;

use super::{Ended, Place, Refusal, id, redirect};
use crate::domain::category::{Category, Draft, Tree};
use crate::domain::slug;
use crate::store::redirects::CATEGORY;
use crate::store::{cards, categories, usage};
use crate::tell;

pub(super) async fn take(
    tx: &mut TenantTx,
    place: &Place,
    target: Uuid,
    body: Record,
) -> Result<Ended, Refusal> {
    usage::hold(tx).await?;
    let all = categories::list_categories(tx).await?;
    let target = CategoryId::from_uuid(target);
    let before = all.iter().find(|category| category.id == target);
    redirect(tx, CATEGORY, target.uuid(), &body.old_paths, place.now).await?;
    let category = Category {
        id: target,
        ..draft(&body, before, &all)?
            .build(before, place.now)
            .map_err(|error| Refusal::said(error.to_string()))?
    };
    if before.is_some_and(|before| is_same(before, &category)) {
        return Ok(Ended::Unchanged);
    }
    let mut tree = Tree::of(&all);
    let placed = match before {
        Some(_) => tree.place(target, category.parent),
        None => tree.grow(target, category.parent),
    };
    placed.map_err(|error| Refusal::said(error.to_string()))?;
    match before {
        None => categories::create_category(tx, &category).await?,
        Some(before) => {
            categories::save_category(tx, &category).await?;
            if before.parent != category.parent {
                let moved = categories::list_products(tx, &tree.below(target)).await?;
                cards::shelve(tx, &moved).await?;
            }
        }
    }
    tell::category_changed(tx, &category).await?;
    Ok(Ended::Applied)
}

/// A category keeps the address that it was given here.
fn draft(body: &Record, before: Option<&Category>, all: &[Category]) -> Result<Draft, Refusal> {
    let parent = match body.parent_id.as_str() {
        "" => None,
        parent => Some(id(parent)?),
    };
    let wished = slug::of_title(&body.slug)
        .or_else(|| slug::of_title(&body.name))
        .or_else(|| fallback(body));
    let address = match (before, wished) {
        (Some(before), _) => Some(before.slug.clone()),
        (None, Some(wished)) => {
            let used: Vec<Slug> = all.iter().map(|other| other.slug.clone()).collect();
            let choices = slug::alternatives(&wished);
            Some(slug::first_free(wished, choices, &used))
        }
        (None, None) => None,
    };
    Ok(Draft {
        name: body.name.clone(),
        slug: address,
        parent,
        position: body.position,
        description_html: body.description_html.clone(),
        seo_title: before.map_or_else(String::new, |before| before.seo_title.clone()),
        seo_description: before.map_or_else(String::new, |before| before.seo_description.clone()),
    })
}

/// A name without a letter of ours has an address all the same.
fn fallback(body: &Record) -> Option<Slug> {
    let mark = body.name.chars().next().map_or(0, u32::from);
    format!("categoria-{mark:x}").parse().ok()
}

fn is_same(before: &Category, after: &Category) -> bool {
    let after = Category {
        version: before.version,
        changed_at: before.changed_at,
        ..after.clone()
    };
    *before == after
}
