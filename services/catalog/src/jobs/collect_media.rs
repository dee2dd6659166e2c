//! Images that nobody needs are forgotten, with their files: uploads that were never completed,
//! and images that have belonged to no product for a while.

use kernel::{MediaId, TenantId};
use time::Duration;

use crate::app::App;
use crate::intake;
use crate::store::media::{self, Unneeded};

/// An upload's address is good for a quarter of an hour; who has not completed it by then will not.
const BEGUN_FOR: Duration = Duration::days(1);
/// Time for a merchant to come back to a product that is not saved yet.
const UNUSED_FOR: Duration = Duration::days(7);
const BATCH: i64 = 200;

/// One round; what fails is taken up again by the next.
pub async fn run(app: App) -> anyhow::Result<()> {
    loop {
        let now = app.clock.now();
        let which = Unneeded {
            begun_before: now - BEGUN_FOR,
            unused_before: now - UNUSED_FOR,
        };
        let found = app.db.system("find images nobody needs", async |tx| {
            media::list_unneeded(tx, which, BATCH).await
        });
        let found = found.await?;
        let mut collected = 0;
        for (tenant, id) in &found {
            match collect(&app, *tenant, *id, which).await {
                Ok(()) => collected += 1,
                Err(error) => {
                    tracing::warn!(tenant.id = %tenant, media.id = %id, cause = %error, "An image could not be collected yet");
                }
            }
        }
        if collected == 0 {
            return Ok(());
        }
    }
}

/// Out of use first, then the files, then the row: after a crash anywhere it is found again, and
/// nothing that is shown ever lacks its files.
async fn collect(
    app: &App,
    tenant: TenantId,
    id: MediaId,
    which: Unneeded,
) -> Result<(), intake::IntakeError> {
    let retired = app
        .db
        .tenant(tenant, async |tx| media::retire(tx, id, which).await);
    if retired.await? {
        intake::delete_files(app, tenant, id).await?;
        app.db
            .tenant(tenant, async |tx| media::delete_media(tx, id).await)
            .await?;
    }
    Ok(())
}
