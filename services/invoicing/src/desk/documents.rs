//! Documents: found, read, closed, deleted.

use serde_json::{Value, json};
use time::Date;
use time::macros::format_description;

use super::drafts::{CREDIT_NOTES, FAMILIES, Ready, family};
use super::{Desk, Refusal, made};
use crate::clients::moloni::{MoloniError, row};
use crate::domain::bill::Bill;
use crate::domain::credit::Credit;
use crate::domain::problem::{Code, Problem};
use crate::provider::{FiscalProvider, Handle, InvoiceKind, Made, MadeState, ProviderError};
use crate::tokens;

/// Characters of a day in front of its hour: `2026-07-06T00:00:00+0100`.
const DAY_CHARS: usize = 10;

impl FiscalProvider for Desk<'_> {
    type Ready = Ready;

    async fn prepare_invoice(
        &self,
        bill: &Bill,
        kind: InvoiceKind,
        reference: &str,
        day: Date,
    ) -> Result<Ready, ProviderError> {
        Box::pin(self.invoice(bill, kind, (reference, day))).await
    }

    async fn prepare_credit(
        &self,
        original: &Handle,
        credit: &Credit,
        reference: &str,
        day: Date,
    ) -> Result<Ready, ProviderError> {
        Box::pin(self.credit_note(original, credit, (reference, day))).await
    }

    async fn insert(&self, ready: &Ready) -> Result<Handle, ProviderError> {
        let method = format!("{}/insert", ready.family);
        let answer = self.call(&method, ready.fields.clone()).await;
        let answer = answer.map_err(|refusal| self.meaning(refusal))?;
        Ok(Handle {
            family: ready.family.to_owned(),
            id: made(&answer, "document_id")?,
        })
    }

    /// Asks each family: the merchant may have changed the kind since. What a search answers is compared
    /// again, because one whose filter is not known answers everything.
    async fn find(&self, reference: &str) -> Result<Vec<Handle>, ProviderError> {
        let mut found = Vec::new();
        for family in FAMILIES {
            let method = format!("{family}/getAll");
            let rows = self
                .rows(&method, json!({"our_reference": reference}))
                .await?;
            let same = rows
                .iter()
                .filter(|one| row::text(one, "our_reference") == reference);
            found.extend(same.filter_map(|one| {
                Some(Handle {
                    family: family.to_owned(),
                    id: row::id(one, "document_id")?,
                })
            }));
        }
        Ok(found)
    }

    async fn read(&self, handle: &Handle) -> Result<Option<Made>, ProviderError> {
        let fields = json!({"document_id": handle.id});
        let document = self.look("documents/getOne", fields).await?;
        if document.as_array().is_some_and(Vec::is_empty) {
            return Ok(None);
        }
        match read(&document, handle) {
            Some(made) => Ok(Some(made)),
            None => Err(ProviderError::Wait("a document that cannot be read".into())),
        }
    }

    /// What a credit note corrects, and its total, must be sent again to close it.
    async fn close(&self, made: &Made, day: Date) -> Result<(), ProviderError> {
        let handle = &made.handle;
        let mut fields = json!({"document_id": handle.id, "status": 1});
        if made.day != Some(day) {
            row::put(&mut fields, "date", json!(day.to_string()));
        }
        if handle.family == CREDIT_NOTES {
            let document = self
                .look("documents/getOne", json!({"document_id": handle.id}))
                .await?;
            let of = row::list(&document, "associated_documents").iter().map(|one| {
                let value = row::number(one, "value").unwrap_or_default();
                json!({"associated_id": row::id(one, "associated_id"), "value": value.to_string()})
            });
            row::put(&mut fields, "associated_documents", of.collect());
            row::put(
                &mut fields,
                "net_value",
                json!(crate::domain::bill::shown(made.total)),
            );
        } else if made.day != Some(day) {
            row::put(&mut fields, "expiration_date", json!(day.to_string()));
        }
        let method = format!("{}/update", handle.family);
        let answer = self.call(&method, fields).await;
        answer.map(|_| ()).map_err(|refusal| self.meaning(refusal))
    }

    async fn delete(&self, handle: &Handle) -> Result<(), ProviderError> {
        let method = format!("{}/delete", handle.family);
        let answer = self.call(&method, json!({"document_id": handle.id})).await;
        answer.map(|_| ()).map_err(|refusal| self.meaning(refusal))
    }

    async fn pdf(&self, handle: &Handle) -> Result<Vec<u8>, ProviderError> {
        let fields = json!({"document_id": handle.id, "signed": 1});
        let answer = self.look("documents/getPDFLink", fields).await?;
        let moloni = tokens::moloni(self.app)?;
        let file = moloni.download(&row::text(&answer, "url")).await;
        file.map_err(|error| ProviderError::of(error).of_a_look())
    }
}

impl Desk<'_> {
    /// What a refusal of a document means. Products may have been deleted since they were found.
    fn meaning(&self, refusal: Refusal) -> ProviderError {
        let error = match refusal {
            Refusal::Codes(error) => error,
            Refusal::Other(error) => return error,
        };
        self.app
            .products
            .invalidate_entries_if({
                let of = (self.tenant, self.company);
                move |(tenant, company, _), _| (*tenant, *company) == of
            })
            .ok();
        problem(&error, &self.settings.document_set_name).into()
    }
}

fn problem(error: &MoloniError, series: &str) -> Problem {
    let codes = error.codes().join("; ");
    let is = |code: &str| error.has_code(code);
    if is("12 date") {
        let dates = codes.replace("12 date", "");
        return Problem::new(Code::LaterDocument, dates.trim().trim_start_matches(">= "));
    }
    if is("5 document_set_id") || is("1 document_set_id") {
        return Problem::new(Code::SeriesRefused, series);
    }
    if lacks_exemption(error) {
        return Problem::new(Code::ExemptionMissing, "");
    }
    let of_credit = [
        "5 related_id",
        "10 associated_id",
        "2 qty",
        "2 net_value",
        "2 price",
    ];
    if of_credit.iter().any(|code| is(code)) {
        return Problem::new(Code::LinesChanged, codes);
    }
    Problem::new(Code::Refused, codes)
}

/// Whether a line without VAT does not say why, or not in a way that Moloni knows.
pub(super) fn lacks_exemption(error: &MoloniError) -> bool {
    error.has_code("5 exemption_reason") || error.has_code("1 exemption_reason")
}

fn read(document: &Value, handle: &Handle) -> Option<Made> {
    if row::id(document, "document_id") != Some(handle.id) {
        return None;
    }
    let state = match row::text(document, "status").as_str() {
        "0" => MadeState::Draft,
        "1" => MadeState::Closed,
        "2" => MadeState::Annulled,
        _ => return None,
    };
    let kind = document.get("document_type").unwrap_or(&Value::Null);
    let own = row::id(document, "document_type_id").and_then(family);
    let number = match row::id(document, "number") {
        Some(number) => format!(
            "{} {}/{number}",
            row::text(kind, "saft_code"),
            row::text(document, "document_set_name")
        ),
        None => String::new(),
    };
    Some(Made {
        handle: Handle {
            family: own.unwrap_or(&handle.family).to_owned(),
            id: handle.id,
        },
        state,
        total: row::number(document, "net_value")?.cents(),
        day: day(&row::text(document, "date")),
        number,
        atcud: row::text(document, "atcud"),
    })
}

fn day(text: &str) -> Option<Date> {
    let format = format_description!("[year]-[month]-[day]");
    Date::parse(text.get(..DAY_CHARS)?, format).ok()
}
