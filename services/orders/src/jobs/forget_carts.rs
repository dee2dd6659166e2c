//! A cart that nobody touched for a month is personal data without a purpose: it goes.

use time::Duration;

use crate::app::App;
use crate::store::carts;

/// How long a cart is kept after its last change.
pub const KEPT: Duration = Duration::days(30);
const BATCH: i64 = 1_000;

pub async fn run(app: App) -> anyhow::Result<()> {
    let before = app.clock.now() - KEPT;
    loop {
        let gone = app
            .db
            .system("forget carts", async |tx| {
                carts::delete_idle(tx, before, BATCH).await
            })
            .await?;
        if gone == 0 {
            return Ok(());
        }
    }
}
