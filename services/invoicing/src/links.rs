//! Addresses under which a document's PDF can be had, by whoever holds them.

use kernel::TenantId;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::app::App;
use crate::store::documents::{DocumentRow, State};

const PURPOSE: &str = "invoicing pdf";

/// The address, of a document that has or will have a PDF.
pub fn pdf_url(app: &App, row: &DocumentRow) -> Option<String> {
    if row.state() != State::Issued {
        return None;
    }
    let slug = app.directory.by_id(row.tenant())?.slug.to_string();
    let origin = app.config.public_origin(Some(&slug));
    let word = word(app, row.tenant(), row.id);
    let id = row.id;
    Some(format!(
        "{origin}/api/invoicing/store/documents/{id}/pdf?key={word}"
    ))
}

/// What opens a document's PDF: it can be made again and is stored nowhere.
pub fn word(app: &App, tenant: TenantId, document: Uuid) -> String {
    let mut subject = tenant.uuid().into_bytes().to_vec();
    subject.extend(document.as_bytes());
    app.config.ticket_key.word(PURPOSE, &subject)
}

/// Whether a word opens the document.
pub fn opens(app: &App, tenant: TenantId, document: Uuid, given: &str) -> bool {
    let word = word(app, tenant, document);
    bool::from(word.as_bytes().ct_eq(given.as_bytes()))
}
