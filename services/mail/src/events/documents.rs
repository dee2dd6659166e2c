//! What invoicing tells: a document counts, and goes with the mail about the payment or after it.

use bus::{Delivery, HandleError};
use db::TenantTx;
use events::Named;
use events::invoicing::v1::{Document as DocumentEvent, DocumentIssued, DocumentKind};

use super::orders::{Letter, document_place, recall, write_to_shopper};
use super::publish::publish;
use crate::app::App;
use crate::compose::content_place;
use crate::domain::facts::{Document, Facts};
use crate::domain::kinds::Kind;
use crate::domain::public;
use crate::store::messages::{self, MessageRow, QUEUED};
use crate::store::orders;

pub async fn issued(
    tx: &mut TenantTx,
    delivery: Delivery<DocumentIssued>,
    app: App,
) -> Result<(), HandleError> {
    let event = delivery.message.document.as_ref();
    let event = event.ok_or_else(|| HandleError::Park("document is absent".to_owned()))?;
    publish(&app, tx, &delivery, "document.issued", |event| {
        event.document.as_ref().map(public::document).into()
    })
    .await?;
    if event.pdf_url.is_empty() {
        return Ok(());
    }
    let document = Document {
        kind: event.kind().name(),
        number: event.number.clone(),
        pdf_url: event.pdf_url.clone(),
    };
    if event.kind() == DocumentKind::CreditNote {
        return send_after(&app, tx, event, document).await;
    }
    let id = event
        .order_id
        .parse()
        .map_err(|_| HandleError::Park("document.order_id is not a UUID".into()))?;
    // Locks the order: the news of its payment are taken in before or after, not beside it.
    orders::lock(tx, id, app.clock.now()).await?;
    let name = id.to_string();
    let sealed = app
        .vault
        .seal(document_place(tx, &name), &document)
        .map_err(anyhow::Error::from)?;
    orders::save_document(tx, id, &sealed).await?;
    let paid = messages::lock_of_order(tx, id, &[Kind::OrderPaid.name()]).await?;
    match paid.into_iter().next() {
        // The mail about the payment takes it along when it is heard of.
        None => Ok(()),
        Some(row) if row.state == QUEUED && row.rendered.is_none() => {
            put_into(&app, tx, row, document).await
        }
        Some(_) => send_after(&app, tx, event, document).await,
    }
}

/// Puts the document into a mail that waits for it, which then need not wait any longer.
async fn put_into(
    app: &App,
    tx: &TenantTx,
    mut row: MessageRow,
    document: Document,
) -> Result<(), HandleError> {
    let name = row.id.to_string();
    let place = content_place(tx, &name);
    let sealed = row.content.clone().unwrap_or_default();
    let mut facts: Facts = app
        .vault
        .open(place, &sealed)
        .map_err(anyhow::Error::from)?;
    facts.document = Some(document);
    row.content = Some(app.vault.seal(place, &facts).map_err(anyhow::Error::from)?);
    row.due_at = row.due_at.min(app.clock.now());
    row.updated_at = app.clock.now();
    Ok(messages::save_with_content(tx, &row).await?)
}

/// A mail of its own for a document that came too late, or that corrects another.
async fn send_after(
    app: &App,
    tx: &TenantTx,
    event: &DocumentEvent,
    document: Document,
) -> Result<(), HandleError> {
    let Some(heard) = recall(app, tx, &event.order_id).await? else {
        return Ok(());
    };
    let mut letter = Letter::of_order(Kind::InvoiceIssued, &heard);
    letter.about = format!("document:{}", event.document_id);
    letter.facts.document = Some(document);
    write_to_shopper(app, tx, &heard, letter).await
}
