//! Rows as the messages that other services hear.

use db::TenantTx;
use events::invoicing::v1;
use events::to_us;
use http_kit::Acted;

use crate::app::App;
use crate::links;
use crate::store::documents::DocumentRow;

/// What staff did, for the audit trail.
pub async fn action(tx: &mut TenantTx, acted: Acted) -> Result<(), db::Error> {
    let event = v1::ActionRecorded {
        tenant_id: tx.tenant().to_string(),
        action: Some(acted.into()),
    };
    bus::emit(tx, &event).await
}

/// The document counts.
pub async fn issued(app: &App, tx: &mut TenantTx, row: &DocumentRow) -> Result<(), db::Error> {
    let event = v1::DocumentIssued {
        tenant_id: tx.tenant().to_string(),
        document: Some(document(app, row)),
    };
    bus::emit(tx, &event).await
}

/// The document waits for a person.
pub async fn failed(app: &App, tx: &mut TenantTx, row: &DocumentRow) -> Result<(), db::Error> {
    let event = v1::DocumentFailed {
        tenant_id: tx.tenant().to_string(),
        document: Some(document(app, row)),
    };
    bus::emit(tx, &event).await
}

fn document(app: &App, row: &DocumentRow) -> v1::Document {
    let locale = app.locale_of(row.tenant());
    v1::Document {
        document_id: row.id.to_string(),
        version: row.version,
        order_id: row.order_id.to_string(),
        order_number: row.order_number.clone(),
        kind: row.kind().into(),
        status: row.status().into(),
        number: row.number.clone().unwrap_or_default(),
        atcud: row.atcud.clone().unwrap_or_default(),
        total: Some(row.total().into()),
        pdf_url: links::pdf_url(app, row).unwrap_or_default(),
        refund_id: match row.is_invoice() {
            true => String::new(),
            false => row.subject.to_string(),
        },
        corrects_document_id: row.corrects.map(|id| id.to_string()).unwrap_or_default(),
        provider: row.provider.clone(),
        problem: row.problem_text(&locale),
        needs: row.needs.clone().unwrap_or_default(),
        issued_at_us: row.issued_at.map_or(0, to_us),
        changed_at_us: to_us(row.changed_at),
    }
}
