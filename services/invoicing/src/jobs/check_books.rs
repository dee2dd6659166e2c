//! The daily look at the books: every paid order has its document, every refund its credit note, and they
//! agree to the cent. What is missing is made; what differs is told.

use diesel_async::SimpleAsyncConnection;
use kernel::{TenantId, lisbon};

use crate::app::App;
use crate::open;
use crate::store::checks::{self, CheckRow};
use crate::store::orders;

/// Orders without a document that are repaired in one round.
const REPAIRS_MAX: i64 = 500;

/// # Errors
/// When the database is away.
pub async fn run(app: App) -> anyhow::Result<()> {
    let tenants = app
        .db
        .system("find stores whose books are to be checked", async |tx| {
            checks::list_tenants(tx).await
        })
        .await?;
    for tenant in tenants {
        if let Err(error) = check(&app, tenant).await {
            tracing::warn!(tenant.id = %tenant, error = %error, "A store's books could not be checked");
        }
    }
    Ok(())
}

/// Checks one store's books, repairs what is missing and keeps the result.
///
/// # Errors
/// When the database is away.
pub async fn check(app: &App, tenant: TenantId) -> Result<CheckRow, db::Error> {
    let now = app.clock.now();
    let (row, orders, refunds) = app
        .db
        .tenant(tenant, async |tx| {
            // A store's whole history is read.
            tx.conn()
                .batch_execute("SET LOCAL statement_timeout = '2min'")
                .await?;
            let row = checks::count(tx, (lisbon::day(now), now)).await?;
            checks::save_check(tx, &row).await?;
            let orders = checks::list_missing_invoices(tx, REPAIRS_MAX).await?;
            let refunds = checks::list_missing_credits(tx, REPAIRS_MAX).await?;
            checks::wake_forgotten(tx, now).await?;
            Ok::<_, db::Error>((row, orders, refunds))
        })
        .await?;
    for order in &orders {
        app.db
            .tenant(tenant, async |tx| {
                open::open_invoice(app, tx, order).await?;
                Ok::<_, db::Error>(())
            })
            .await?;
    }
    for refund in &refunds {
        app.db
            .tenant(tenant, async |tx| {
                if let Some(order) = orders::find_order(tx, refund.order_id).await? {
                    open::open_credit(app, tx, &order, refund).await?;
                }
                Ok::<_, db::Error>(())
            })
            .await?;
    }
    tell(tenant, &row);
    app.wake.notify_one();
    Ok(row)
}

fn tell(tenant: TenantId, row: &CheckRow) {
    if row.missing > 0 || row.differing > 0 {
        tracing::error!(tenant.id = %tenant, missing = row.missing, differing = row.differing, "A store's orders and documents do not agree");
        metrics::counter!("invoicing_differences_total").increment(1);
    }
}
