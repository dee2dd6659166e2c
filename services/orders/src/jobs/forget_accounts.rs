//! Words of mails that were not followed, and sessions that have run out, serve nobody any more.

use crate::app::App;
use crate::store::{challenges, customer_sessions};

const BATCH: i64 = 1_000;

pub async fn run(app: App) -> anyhow::Result<()> {
    let now = app.clock.now();
    loop {
        let gone = app
            .db
            .system("forget words and sessions of customers", async |tx| {
                let words = challenges::delete_over(tx, now, BATCH).await?;
                let sessions = customer_sessions::delete_over(tx, now, BATCH).await?;
                Ok::<_, db::Error>(words + sessions)
            })
            .await?;
        if gone == 0 {
            return Ok(());
        }
    }
}
