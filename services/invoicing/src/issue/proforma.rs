//! What a store without a fiscal provider gives: a proforma of our own, which says that it is no fiscal
//! document. It is made from what orders told, so it waits for nobody.

use super::{alone, outcome, pdf, save};
use crate::app::App;
use crate::paper::{self, Paper};
use crate::store::documents::{DocumentRow, State};
use crate::store::orders;

/// The proforma, or its file where the object store was away when it was made.
pub(super) async fn give(app: &App, mut row: DocumentRow) -> Result<bool, db::Error> {
    if row.state() == State::Withdrawn {
        row.next_at = None;
        return save(app, &mut row, alone).await;
    }
    let found = app
        .db
        .read(row.tenant(), async |tx| {
            orders::find_order(tx, row.order_id).await
        })
        .await?;
    if row.state() != State::Issued {
        if found.as_ref().is_none_or(|order| order.is_cancelled) {
            return outcome::withdraw(app, &mut row).await;
        }
        row.number = Some(format!("PF {}", row.order_number));
        row.issued_minor = Some(row.total_minor);
        if !outcome::issue(app, &mut row).await? {
            return Ok(false);
        }
    }
    let order = found.and_then(|order| order.order()).unwrap_or_default();
    let store = app.directory.by_id(row.tenant());
    let paper = Paper {
        store: store.as_ref().map_or("", |store| store.name.as_str()),
        locale: &app.locale_of(row.tenant()),
        number: row.number.as_deref().unwrap_or_default(),
        order: &order,
    };
    match paper::draw(&paper) {
        Some(content) => pdf::store(app, &mut row, &content).await,
        None => {
            tracing::error!(tenant.id = %row.tenant(), document.id = %row.id, "A proforma could not be drawn");
            row.next_at = None;
        }
    }
    save(app, &mut row, alone).await
}
