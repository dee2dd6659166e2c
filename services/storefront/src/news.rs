//! What the storefront hears: through a queue of this instance alone, which vanishes with it.

use std::sync::Arc;

use bus::{Listener, Rabbit};
use events::catalog::v1::{AvailabilityChanged, CategoryChanged, ProductChanged};
use events::tenants::v1::TenantChanged;
use uuid::Uuid;

use crate::cache::{Tag, Versions, Witness};

/// Drops what events say has changed, and everything when some may have been missed.
pub fn listener(rabbit: Rabbit, versions: &Arc<Versions>) -> Listener {
    let of = || versions.clone();
    let (tenant, product, category, stock, lost) = (of(), of(), of(), of(), of());
    Listener::new("storefront", rabbit)
        .on::<TenantChanged>(move |news| tenant.changed(news.tenant.uuid(), Tag::Store))
        .on::<ProductChanged>(move |news| {
            let id = news.message.product_id.parse().unwrap_or(Uuid::nil());
            let witness = Witness {
                product: id,
                changed_at_us: news.message.changed_at_us,
            };
            product.product_changed(news.tenant.uuid(), witness);
        })
        .on::<CategoryChanged>(move |news| {
            category.changed(news.tenant.uuid(), Tag::Categories);
            category.changed(news.tenant.uuid(), Tag::Shelf);
        })
        .on::<AvailabilityChanged>(move |news| {
            let id = news.message.product_id.parse().unwrap_or(Uuid::nil());
            stock.changed(news.tenant.uuid(), Tag::Product(id));
            stock.changed(news.tenant.uuid(), Tag::Shelf);
        })
        .lost(move || lost.lost())
}
