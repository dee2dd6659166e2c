//! Moloni as a [`FiscalProvider`](crate::provider::FiscalProvider): one store's company there.

mod customers;
mod documents;
mod drafts;
mod lookups;
mod products;

use kernel::TenantId;
use serde_json::{Value, json};

use crate::app::App;
use crate::clients::moloni::{MoloniError, row};
use crate::provider::ProviderError;
use crate::store::settings::SettingsRow;
use crate::tokens;

pub use lookups::{Series, companies, exemptions, payment_methods, series};

/// Rows of a page; Moloni gives no more.
const PAGE: usize = 50;
/// Pages that are read of any list; a filter that is ignored must not be followed for ever.
const PAGES_MAX: usize = 20;

/// One store's company at Moloni.
pub struct Desk<'a> {
    pub app: &'a App,
    pub tenant: TenantId,
    pub company: i64,
    pub settings: &'a SettingsRow,
}

impl Desk<'_> {
    /// One call about the company.
    async fn call(&self, method: &str, fields: Value) -> Result<Value, Refusal> {
        call(self.app, self.tenant, self.company, method, fields).await
    }

    /// A call that only looks.
    async fn look(&self, method: &str, fields: Value) -> Result<Value, ProviderError> {
        let answer = self.call(method, fields).await;
        answer.map_err(|refusal| refusal.plain().of_a_look())
    }

    async fn rows(&self, method: &str, fields: Value) -> Result<Vec<Value>, ProviderError> {
        rows(self.app, self.tenant, self.company, (method, fields)).await
    }
}

/// Why a call was not done, as long as it is open what that means.
pub(crate) enum Refusal {
    /// Moloni's codes.
    Codes(MoloniError),
    Other(ProviderError),
}

impl Refusal {
    fn plain(self) -> ProviderError {
        match self {
            Self::Codes(error) => ProviderError::of(error),
            Self::Other(error) => error,
        }
    }
}

/// One call for a store. A token that is refused is replaced once.
pub(crate) async fn call(
    app: &App,
    tenant: TenantId,
    company: i64,
    method: &str,
    mut fields: Value,
) -> Result<Value, Refusal> {
    let moloni = tokens::moloni(app).map_err(Refusal::Other)?;
    if company > 0 {
        row::put(&mut fields, "company_id", json!(company));
    }
    let token = Box::pin(tokens::access(app, tenant, None)).await;
    let token = token.map_err(Refusal::Other)?;
    let outcome = match Box::pin(moloni.call(&token, method, &fields)).await {
        Err(MoloniError::TokenRefused) => {
            let fresh = Box::pin(tokens::access(app, tenant, Some(&token))).await;
            let fresh = fresh.map_err(Refusal::Other)?;
            Box::pin(moloni.call(&fresh, method, &fields)).await
        }
        outcome => outcome,
    };
    outcome.map_err(|error| match error {
        MoloniError::Refused(_) => Refusal::Codes(error),
        other => Refusal::Other(ProviderError::of(other)),
    })
}

/// All rows of a list, page by page.
pub(crate) async fn rows(
    app: &App,
    tenant: TenantId,
    company: i64,
    (method, fields): (&str, Value),
) -> Result<Vec<Value>, ProviderError> {
    let mut all: Vec<Value> = Vec::new();
    for page in 0..PAGES_MAX {
        let mut asked = fields.clone();
        row::put(&mut asked, "qty", json!(PAGE));
        row::put(&mut asked, "offset", json!(page * PAGE));
        let answer = call(app, tenant, company, method, asked).await;
        let answer = answer.map_err(|refusal| refusal.plain().of_a_look())?;
        let Value::Array(rows) = answer else {
            return Err(ProviderError::Wait(format!("{method} answered no list")));
        };
        // The same page again: paging is not known here. All was said when there was more than a page.
        if rows.first().is_some_and(|first| all.contains(first)) {
            return match all.len() > PAGE {
                true => Ok(all),
                false => Err(ProviderError::Wait(format!("{method} does not end"))),
            };
        }
        let is_last = rows.len() < PAGE;
        all.extend(rows);
        if is_last {
            return Ok(all);
        }
    }
    // What is not seen is not absent: a document that is not found is made again.
    Err(ProviderError::Wait(format!("{method} does not end")))
}

/// The id of what a call made.
fn made(answer: &Value, field: &str) -> Result<i64, ProviderError> {
    row::id(answer, field)
        .ok_or_else(|| ProviderError::Unknown(format!("an answer without {field}")))
}
