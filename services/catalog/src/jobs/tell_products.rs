//! Products whose categories changed under them are told anew.

use jobs::{Job, JobError, Task};
use kernel::{ProductId, TenantId};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::domain::product::Product;
use crate::publish::publish;
use crate::store::{products, usage};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TellProducts {
    pub products: Vec<ProductId>,
}

impl Job for TellProducts {
    const KIND: &'static str = "tell_products";
}

/// A product a transaction; telling one twice is a version more and no harm.
pub async fn run(app: App, task: Task<TellProducts>) -> Result<(), JobError> {
    for id in task.job.products {
        tell(&app, task.tenant, id).await?;
    }
    Ok(())
}

async fn tell(app: &App, tenant: TenantId, id: ProductId) -> Result<(), db::Error> {
    let now = app.clock.now();
    app.db
        .tenant(tenant, async |tx| {
            usage::share(tx).await?;
            let Some(before) = products::lock_product(tx, id).await? else {
                return Ok(());
            };
            let product = Product {
                version: before.version + 1,
                changed_at: now,
                ..before.clone()
            };
            products::save_version(tx, &product).await?;
            publish(tx, &app.media_base(tenant), &product, Some(&before)).await
        })
        .await
}
