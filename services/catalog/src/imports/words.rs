//! Tags, attributes and reviews of another shop.

use db::TenantTx;
use events::from_us;
use events::migration::v1::{Attribute, Review, Tag};
use kernel::ProductId;
use uuid::Uuid;

use super::{Ended, Place, Refusal, id};
use crate::domain::html;
use crate::store::attributes::{self, AttributeRow, TagRow};
use crate::store::products;
use crate::store::reviews::{self, ReviewRow};

pub(super) async fn take_tag(tx: &TenantTx, id: Uuid, body: Tag) -> Result<Ended, Refusal> {
    let row = TagRow {
        tenant_id: tx.tenant().uuid(),
        id,
        slug: body.slug,
        name: body.name,
        description: html::clean(&body.description),
    };
    Ok(ended(attributes::save_tag(tx, &row).await?))
}

pub(super) async fn take_attribute(
    tx: &TenantTx,
    id: Uuid,
    body: Attribute,
) -> Result<Ended, Refusal> {
    let row = AttributeRow {
        tenant_id: tx.tenant().uuid(),
        id,
        slug: body.slug,
        name: body.name,
        terms: body.terms,
    };
    Ok(ended(attributes::save_attribute(tx, &row).await?))
}

pub(super) async fn take_review(
    tx: &TenantTx,
    place: &Place,
    review: Uuid,
    body: Review,
) -> Result<Ended, Refusal> {
    let product: ProductId = id(&body.product_id)?;
    if products::find_product(tx, product).await?.is_none() {
        return Err(Refusal::said("its product is not here"));
    }
    let row = ReviewRow {
        tenant_id: tx.tenant().uuid(),
        id: review,
        product_id: product.uuid(),
        status: body.status,
        rating: i16::try_from(body.rating.min(5)).unwrap_or(0),
        reviewer: body.reviewer,
        email: body.email,
        body_html: html::clean(&body.body_html),
        verified: body.verified,
        created_at: from_us(body.created_at_us).unwrap_or(place.now),
    };
    let before = reviews::find_review(tx, review).await?;
    let is_new = before.as_ref() != Some(&row);
    if is_new {
        reviews::save_review(tx, &row).await?;
    }
    Ok(ended(is_new))
}

fn ended(is_new: bool) -> Ended {
    if is_new {
        Ended::Applied
    } else {
        Ended::Unchanged
    }
}
