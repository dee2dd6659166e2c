//! The PDF of an issued document, kept by us: the provider's link is anybody's who has it.

use time::Duration;

use super::{At, alone, save, step};
use crate::app::App;
use crate::links;
use crate::provider::{FiscalProvider, ProviderError};
use crate::store::documents::DocumentRow;

const PAUSE: Duration = Duration::seconds(5);
const PAUSE_MAX: Duration = Duration::hours(1);
/// About two days; then only a person can bring it.
const TRIES_MAX: i32 = 60;

/// Fetches the PDF and keeps it. It fails by itself: the document counts without it.
pub(super) async fn keep(at: &At<'_>, row: &mut DocumentRow) -> Result<step::Next, ProviderError> {
    if row.pdf_key.is_none() {
        let fetched = at.desk.pdf(&step::handle(row)?).await;
        match fetched {
            Ok(content) => store(at.app, row, &content).await,
            Err(ProviderError::Database(error)) => return Err(error.into()),
            Err(error) => postpone(at.app, row, &error.to_string()),
        }
    } else {
        row.next_at = None;
    }
    save(at.app, row, alone).await?;
    Ok(step::Next::Rest)
}

/// Puts a PDF where only this service looks. The key holds a word that nobody guesses.
async fn store(app: &App, row: &mut DocumentRow, content: &[u8]) {
    let word = links::word(app, row.tenant(), row.id);
    let key = format!("documents/{}/{}-{word}.pdf", row.tenant(), row.id);
    match app.objects.put_pdf(&key, content).await {
        Ok(()) => {
            row.pdf_key = Some(key);
            row.next_at = None;
        }
        Err(error) => postpone(app, row, &error.to_string()),
    }
}

fn postpone(app: &App, row: &mut DocumentRow, error: &str) {
    row.pdf_tries = row.pdf_tries.saturating_add(1);
    if row.pdf_tries >= TRIES_MAX {
        tracing::error!(tenant.id = %row.tenant(), document.id = %row.id, error, "A document's PDF was given up");
        row.next_at = None;
        return;
    }
    let doubled = 1_i32.checked_shl(row.pdf_tries.clamp(1, 10).unsigned_abs() - 1);
    let pause = (PAUSE * doubled.unwrap_or(1)).min(PAUSE_MAX);
    row.next_at = Some(app.clock.now() + pause);
    tracing::warn!(tenant.id = %row.tenant(), document.id = %row.id, error, "A document's PDF is not to be had yet");
}
